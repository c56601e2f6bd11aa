/** <od-order>: the next tickets of a window, and between each two why the upper one goes first. */

import { secondsSince } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { duration } from "/static/numbers.js";
import { asides, fact, stepText } from "./why-words.js";

const TONES = { returned: "accent", pinned: "bad", directed: "accent", aged: "warn", turn: "warn", priority: "call", due: "ok" };

class Order extends HTMLElement {
  /** @param {(number: string) => void} onAsk */
  onAsk = () => {};

  show(view) {
    const [first, ...others] = view.tickets;
    const more = view.callable - view.tickets.length;
    if (!first) { fill(this, this.#nobody(view)); return; }
    fill(this, this.#hero(first, view), others.length > 0 && el("h2.why__title", {}, t("why.then")),
      el("ol.order", {}, others.map((ticket, i) => this.#row(ticket, view.tickets[i], i + 2, view))),
      more > 0 && el("p.order__more.num", {}, t("why.more", { n: more })));
  }

  /** Moves the focus by so many rows. */
  move(by) {
    const rows = [...this.querySelectorAll("button.order__ticket")];
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]?.focus();
  }

  #hero(ticket, { rules, window }) {
    return el("section.hero", { "aria-live": "polite" }, el("p.hero__label", {}, t("why.next")),
      el("button.hero__number.num.order__ticket", { id: `why-${ticket.id}`, on: { click: () => this.onAsk(ticket.number) } }, ticket.number),
      el("div.hero__words", {}, el("p.hero__fact", {}, fact(ticket, rules)), el("p.hero__what", {}, what(ticket)), el("p.hero__wait", {}, icon("clock"), waited(ticket), asides(ticket).map((one) => el("span.badge", {}, one))),
        window.state === "closed" && el("p.muted.small", {}, t("why.closed_hint"))));
  }

  #row(ticket, upper, place, { rules }) {
    return el("li.order__row", {}, el("p.order__step", {}, icon("arrow-right"), stepText(upper, ticket, rules)),
      el("button.order__ticket", { id: `why-${ticket.id}`, on: { click: () => this.onAsk(ticket.number) } },
        el("span.order__place.num", {}, place), el("span.order__number.num", {}, ticket.number),
        el("span.order__what", {}, el("span.truncate", { title: what(ticket) }, what(ticket)), el("span.order__fact", {}, fact(ticket, rules), asides(ticket).map((one) => ` · ${one}`))),
        el("span.order__tags", {}, tag(ticket)), el("span.order__wait.num", {}, waited(ticket))));
  }

  #nobody({ window }) {
    return el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("why.nobody")), el("p", {}, t(window.state === "closed" ? "why.closed_hint" : "why.nobody_hint")));
  }
}

const what = (ticket) => [named(ticket, "matter_name"), named(ticket, "line_name")].filter(Boolean).join(" · ");
const waited = (ticket) => t("why.waited", { time: duration(secondsSince(ticket.issued_at)) });

function tag(ticket) {
  if (ticket.skipped) return el("span.badge", {}, t("why.skipped"));
  return [ticket.express && el("span.badge.badge--ok", {}, t("why.express")), el(`span.badge${TONES[ticket.rank] ? `.badge--${TONES[ticket.rank]}` : ""}`, {}, t(`why.class.${ticket.rank}`))];
}

customElements.define("od-order", Order);
