/** <od-desk>: the current ticket, its running times and the buttons of the state. */

import { secondsSince, secondsUntil } from "/static/clock.js";
import { $$, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { stopwatch, timeOfDay } from "/static/numbers.js";
import { actionsFor, hindrance } from "./console-actions.js";
import { priorityName } from "./console-words.js";

class Desk extends HTMLElement {
  #desk = null; #busy = null; #timer = null;

  connectedCallback() { this.#timer = setInterval(() => this.#tick(), 250); }

  disconnectedCallback() { clearInterval(this.#timer); }

  /** @param {(action: object) => void} onAction */
  onAction = () => {};

  show(desk) { this.#desk = desk; this.#draw(); }

  /** The action under way, or null: every button waits for it. */
  set busy(id) { this.#busy = id; this.#tick(); }

  #draw() {
    const { window, ticket } = this.#desk;
    this.dataset.state = window.state;
    fill(this, ticket ? ticketPart(ticket) : nothing(this.#desk), this.#buttons(window.state));
    this.#tick();
  }

  #buttons(state) {
    const all = actionsFor(state);
    const main = all.find((action) => action.main);
    return el("div.desk__actions", { role: "toolbar" }, main && this.#button(main, "desk__main"), el("div.desk__more", {}, all.filter((action) => action !== main).map((action) => this.#button(action, "desk__act"))));
  }

  #button(action, kind) {
    return el(`button.btn.${kind}${action.main ? ".btn--primary" : ""}`, { id: `act-${action.id}`, dataset: { act: action.id }, on: { click: (event) => { event.currentTarget.blur(); this.onAction(action); } } },
      icon(action.icon), el("span.desk__label", {}, t(`console.act.${action.id}`), el("span.desk__why.num", { dataset: { why: action.id } })),
      el("kbd.key", {}, action.cap === "space" ? t("console.key.space") : action.cap));
  }

  #tick() {
    if (!this.#desk) return;
    for (const node of $$("[data-since]", this)) say(node, stopwatch(secondsSince(node.dataset.since)));
    for (const action of actionsFor(this.#desk.window.state)) this.#tickAction(action);
  }

  #tickAction(action) {
    const button = this.querySelector(`[data-act="${action.id}"]`);
    if (!button) return;
    const why = hindrance(action, this.#desk, secondsUntil);
    button.disabled = this.#busy !== null || why !== null;
    button.setAttribute("aria-busy", String(this.#busy === action.id));
    const left = action.id === "recall" && !why ? t("console.recalls_left", { n: this.#desk.recalls_left }) : "";
    say(button.querySelector("[data-why]"), why ? t(why.key, { n: why.n }) : left);
  }
}

function ticketPart(ticket) {
  return el("section.ticket", { "aria-live": "polite" },
    el("div.ticket__head", {}, el("span.ticket__line.truncate", {}, named(ticket, "line_name")), ticket.priority && el("span.badge.badge--call.ticket__priority", {}, icon("star"), priorityName(ticket.priority)), ticket.state === "called" && el("span.badge.num", {}, t("console.calls_n", { n: ticket.calls }))),
    el("p.ticket__number.num", {}, ticket.number),
    el("p.ticket__matter.clamp-2", { title: ticket.matter_name }, named(ticket, "matter_name")),
    ticket.identified && el("p.ticket__person", {}, icon("user"), t("console.identified")),
    extraMatters(ticket),
    el("dl.times", {}, time("console.waited", null, stopwatch((Date.parse(ticket.called_at) - Date.parse(ticket.issued_at)) / 1000)),
      ticket.started_at ? time("console.serving", ticket.started_at) : time("console.walking", ticket.called_at)));
}

function extraMatters({ matters = [] }) {
  if (matters.length < 2) return null;
  return el("ul.ticket__matters", {}, matters.map((one) => el("li.truncate", {}, named(one), one.outcome && el("span.badge.badge--ok", {}, t(`console.outcome.${one.outcome}`)))));
}

function time(label, since, text = "") {
  return el("div.times__one", {}, el("dt", {}, t(label)), el("dd.num", since ? { dataset: { since } } : {}, text));
}

function nothing({ window, waiting }) {
  const kind = window.state === "idle" && !waiting ? "empty" : window.state;
  const icons = { closed: "power", paused: "pause", idle: "users", empty: "check" };
  return el("section.ticket.ticket--none", {}, icon(icons[kind] ?? "info"), el("h2.ticket__title", {}, t(`console.none.${kind}`)),
    window.reason && window.state === "paused" && el("p.badge.badge--warn", {}, t(`console.reason.${window.reason}`)),
    el("p.muted", {}, t(`console.none.${kind}_hint`, { n: waiting })),
    window.since && el("p.muted.small.num", {}, timeOfDay(window.since), " · ", el("span.num", { dataset: { since: window.since } })));
}

customElements.define("od-desk", Desk);
