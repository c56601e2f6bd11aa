/** <od-ahead> and <od-aside>: who is next, who is on hold, whom this window served last. */

import { secondsSince, secondsUntil } from "/static/clock.js";
import { $$, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { stopwatch, timeOfDay } from "/static/numbers.js";
import { priorityName } from "./console-words.js";

const TONES = { done: "badge--ok", passed: "badge--warn", held: "badge--accent" };

class Ahead extends HTMLElement {
  /** @param {(ticket: object) => void} onCall */
  onCall = () => {};
  /** May this person call somebody else than the first? */
  mayJump = false;

  show(desk) {
    const left = desk.waiting - desk.ahead.length;
    fill(this, el("h2.panel__title", {}, t("console.ahead"), el("span.panel__count.num", {}, desk.waiting)),
      desk.ahead.length === 0 ? el("div.empty", {}, icon("users"), el("p", {}, t("console.ahead_empty"))) : el("ol.queue", {}, desk.ahead.map((ticket, place) => this.#row(ticket, desk.window.state === "idle" && (this.mayJump || place === 0))), left > 0 && el("li.queue__more.num", {}, t("console.ahead_more", { n: left }))));
  }

  #row(ticket, callable) {
    const inside = [el("span.queue__number.num", {}, ticket.number), el("span.queue__what", {}, el("span.queue__matter.truncate", { title: ticket.matter_name }, named(ticket, "matter_name")), el("span.queue__tags", {}, el("span.truncate", {}, named(ticket, "line_name")), tags(ticket))), el("span.queue__wait.num", {}, waited(ticket.issued_at))];
    return el("li.queue__row", {}, callable ? el("button.queue__call", { id: `ahead-${ticket.id}`, title: t("console.ahead_call", { number: ticket.number }), on: { click: () => this.onCall(ticket) } }, inside) : el("div.queue__call", {}, inside));
  }
}

function tags(ticket) {
  const rank = `console.rank.${ticket.rank}`;
  return [
    ticket.priority && el("span.badge.badge--call", {}, priorityName(ticket.priority)),
    ticket.flags.includes("unchecked") && el("span.badge.badge--warn", { title: t("console.mark.unchecked_why") }, t("console.mark.unchecked_short")),
    ticket.due && el("span.badge.badge--ok.num", {}, t("console.mark.due", { time: timeOfDay(ticket.due) })),
    has(rank) && !(ticket.priority && ticket.rank === "priority") && !(ticket.due && ticket.rank === "due") && el("span.badge.badge--accent", {}, t(rank)),
  ];
}

const waited = (issued_at) => t("common.minutes", { n: Math.floor(secondsSince(issued_at) / 60) });

class Aside extends HTMLElement {
  #timer = null;
  onCall = () => {};

  connectedCallback() { this.#timer = setInterval(() => this.#tick(), 1000); }

  disconnectedCallback() { clearInterval(this.#timer); }

  show(desk) {
    fill(this, this.#held(desk), recent(desk));
    this.#tick();
  }

  #tick() {
    for (const node of $$("[data-until]", this)) {
      const left = secondsUntil(node.dataset.until);
      node.classList.toggle("held__until--over", left <= 0);
      say(node, left > 0 ? t("console.held_left", { time: stopwatch(left) }) : t("console.held_due"));
    }
  }

  #held({ held, passed = [], window }) {
    return el("section.panel.panel--held", {}, el("h2.panel__title", {}, t("console.held"), el("span.panel__count.num", {}, held.length + passed.length)),
      held.length + passed.length === 0 ? el("p.panel__none.muted.small", {}, t("console.held_empty")) : el("ul.held", {}, held.map((one) => el("li.held__row", {}, el("span.held__number.num", {}, one.number), el("span.held__until.num", one.until ? { dataset: { until: one.until }, title: t("console.held_until", { time: timeOfDay(one.until) }) } : {}), this.#back(one, window)))),
      passed.length > 0 && el("ul.held.held--passed", {}, passed.map((one) => el("li.held__row", {}, el("span.held__number.num", {}, one.number), el("span.held__until.num", {}, t("console.ticket.passed"), " ", timeOfDay(one.at)), this.#back(one, window)))));
  }

  #back(ticket, window) {
    return el("button.btn.btn--sm", { id: `back-${ticket.id}`, disabled: window.state !== "idle", on: { click: (event) => { event.currentTarget.blur(); this.onCall(ticket); } } }, t("console.held_call"));
  }
}

function recent({ recent: list, served = 0 }) {
  return el("section.panel.panel--recent", {}, el("h2.panel__title", {}, t("console.recent"), el("span.muted.small.num", {}, t("console.served_n", { n: served }))),
    list.length === 0 ? el("p.panel__none.muted.small", {}, t("console.recent_empty")) : el("ul.recent", {}, list.map((one) => el("li.recent__row", {}, el("span.num.recent__time", {}, timeOfDay(one.at)), el("span.num.strong", {}, one.number), el(`span.badge${TONES[one.state] ? `.${TONES[one.state]}` : ""}`, {}, t(`console.ticket.${one.state}`))))));
}

customElements.define("od-ahead", Ahead);
customElements.define("od-aside", Aside);
