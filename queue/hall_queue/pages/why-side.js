/** <od-why-side>: the answer about one number, the rules in force, and those who wait without being called here. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { timeOfDay, waitRange } from "/static/numbers.js";
import { asides, beforeText, fact, hindranceText, ruleTexts } from "./why-words.js";

class Side extends HTMLElement {
  onClear = () => {};

  show(view, answer) {
    fill(this, answer && this.#answer(answer, view.rules), rulesPart(view.rules), apartPart(view));
  }

  #answer({ asked, error }, rules) {
    const close = el("button.btn.btn--quiet.btn--icon.btn--sm", { "aria-label": t("why.clear"), title: t("why.clear"), on: { click: () => this.onClear() } }, icon("close"));
    if (error) return el("section.side.side--answer", { id: "answer" }, el("div.spread", {}, el("h2.side__title", {}, error), close));
    return el("section.side.side--answer", { id: "answer", "aria-live": "polite" }, el("div.spread", {}, el("h2.side__title", {}, headline(asked)), close), asked.state === "waiting" ? waiting(asked, rules) : ended(asked));
  }
}

function headline({ number, state, place, at }) {
  if (state !== "waiting") return t(`why.answer.${state}`, { number, n: at?.number ?? "" });
  if (!place) return t("why.answer.not_here", { number });
  return place === 1 ? t("why.answer.next", { number }) : t("why.answer.place", { number, n: place });
}

const ended = ({ since }) => el("p.muted", {}, t("why.answer.since", { time: timeOfDay(since) }));

function waiting({ ticket, before, apart, windows, wait_s }, rules) {
  const ahead = before.reduce((sum, one) => sum + one.tickets, 0);
  return [
    apart && el("p.side__why", {}, hindranceText(apart)),
    ahead > 0 && [el("h3.side__label", {}, t("why.answer.before", { n: ahead })), el("ul.side__list", {}, before.map((one) => el("li", {}, beforeText(one))))],
    ticket && [el("h3.side__label", {}, t("why.answer.because")), el("p", {}, fact(ticket, rules), asides(ticket).map((one) => ` · ${one}`))],
    ticket?.ages_at && !["aged", "pinned", "directed", "returned"].includes(ticket.rank) && el("p.muted.small", {}, t("why.answer.ages", { time: timeOfDay(ticket.ages_at) })),
    el("dl.side__facts", {},
      el("div", {}, el("dt", {}, t("why.answer.wait")), el("dd.num", {}, waitRange(wait_s))),
      el("div", {}, el("dt", {}, t("why.answer.windows")), el("dd.num", {}, windows.length ? windows.map((one) => el("span.side__window", { title: named(one) }, one.number)) : t("why.answer.no_window")))),
  ];
}

function rulesPart(rules) {
  return el("section.side", {}, el("h2.side__title", {}, t("why.rules")), el("ul.side__rules", {}, ruleTexts(rules).map((text) => el("li", {}, text))));
}

function apartPart({ apart, apart_total }) {
  if (!apart_total) return null;
  const more = apart_total - apart.length;
  return el("section.side", {}, el("h2.side__title", {}, t("why.apart"), el("span.num.side__count", {}, apart_total)),
    el("ul.side__apart", {}, apart.map((one) => el("li", {}, el("span.num.strong", {}, one.number), el("span", {}, hindranceText(one)))), more > 0 && el("li.muted", {}, t("why.apart_more", { n: more }))));
}

customElements.define("od-why-side", Side);
