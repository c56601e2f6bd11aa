/** <od-desk>: the current ticket, its running times and the buttons of the state. */

import { secondsSince, secondsUntil } from "/static/clock.js";
import { $$, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { stopwatch, timeOfDay } from "/static/numbers.js";
import { actionsFor, hindrance, passing } from "./console-actions.js";
import { ticketPart } from "./console-ticket.js";
import { tickUndo, undoBar } from "./console-undo.js";

class Desk extends HTMLElement {
  #desk = null; #busy = null; #timer = null;

  connectedCallback() { this.#timer = setInterval(() => this.#tick(), 250); }

  disconnectedCallback() { clearInterval(this.#timer); }

  /** @param {(action: object) => void} onAction */
  onAction = () => {};
  onUndo = () => {};
  /** What other rooms show between the ticket and the keys; each hides itself where it has nothing to say. */
  extras = [];

  show(desk) { this.#desk = desk; this.#draw(); }

  /** The action under way, or null: every button waits for it. */
  set busy(id) { this.#busy = id; this.#tick(); }

  #draw() {
    const { window, ticket } = this.#desk;
    this.dataset.state = window.state;
    fill(this, ticket ? ticketPart(ticket) : nothing(this.#desk), undoBar(this.#desk, () => this.onUndo()), this.extras, this.#buttons(window.state));
    this.#tick();
  }

  #buttons(state) {
    const all = actionsFor(state);
    const main = all.find((action) => action.main);
    return el("div.desk__actions", { role: "toolbar" }, main && this.#button(main, "desk__main"), el("div.desk__more", {}, all.filter((action) => action !== main).map((action) => this.#button(action, "desk__act"))));
  }

  #button(action, kind) {
    return el(`button.btn.${kind}${action.main ? ".btn--primary" : ""}${action.quiet && this.#desk.ticket ? ".desk__act--quiet" : ""}`, { id: `act-${action.id}`, dataset: { act: action.id }, on: { click: (event) => { event.currentTarget.blur(); this.onAction(action); } } },
      icon(action.icon), el("span.desk__label", {}, label(action, this.#desk), el("span.desk__why.num", { dataset: { why: action.id } })),
      el("kbd.key", {}, action.cap === "space" ? t("console.key.space") : action.cap));
  }

  #tick() {
    if (!this.#desk) return;
    for (const node of $$("[data-since]", this)) say(node, stopwatch(secondsSince(node.dataset.since)));
    tickUndo(this.querySelector(".undo"), this.#busy !== null);
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

/** What stands on a button: a pass says what it does in this hall. */
function label(action, desk) {
  return action.id === "pass" ? t(`console.pass.${passing(desk)}`, { n: desk.pass_places }) : t(`console.act.${action.id}`);
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
