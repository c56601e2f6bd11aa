/** <window-screen>: the window's number and name, who sits there, the number being served, or why nobody is. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { fit } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";
import "./screen-notices.js";
import { windowSign } from "./window-sign.js";

const NUMBER_ROOM = 2.5;
const STATE_ICONS = { closed: "power", idle: "users", paused: "pause" };

class WindowScreen extends HTMLElement {
  #called; #foot = el("screen-notices");

  connectedCallback() { this.classList.add("ws"); }

  /** @param {object} view  of window/{w}; the first one never flashes */
  show(view, layout) {
    const { window, ticket } = view;
    const called = ticket?.state === "called" ? `${ticket.number} ${ticket.calls}` : null;
    const fresh = called !== null && this.#called !== undefined && called !== this.#called;
    this.#called = called;
    this.dataset.state = window.state;
    this.#foot.show(view);
    fill(this, namePlate(window, layout), ticket ? current(window, ticket, fresh) : standing(window), this.#foot);
  }

  titleOf(view) { return view.window; }
}

/** What stood here before a restart, without the number: a call of then must not be shown as one of now. */
export const windowAfterRestart = (view) => ({ ...view, ticket: null, window: { ...view.window, state: view.ticket ? "idle" : view.window.state } });

function namePlate(window, layout) {
  return el("section.ws__plate", {},
    layout.logo && el("img.ws__logo", { src: `/api/v1/media/${layout.logo.id}`, alt: "", width: layout.logo.width, height: layout.logo.height }),
    el("h1.ws__sign", {}, windowSign(window.number)),
    pair(namesOf(window), "p.ws__name.pair"),
    window.staff && window.state !== "closed" && el("p.ws__staff", {}, icon("user"), el("span.ws__staff-name", { "data-fit": true }, window.staff.name), el("span.ws__staff-number.num", {}, window.staff.number)));
}

function current(window, ticket, fresh) {
  return el("section.ws__current", { class: fresh ? "ws__current--fresh" : "" },
    pair(both(`windowscreen.state.${window.state}`), "p.ws__state.pair"),
    el("p.ws__number.num", { style: { "--fit": fit(ticket.number, NUMBER_ROOM) } }, ticket.number),
    pair(namesOf(ticket, "matter_name"), "p.ws__matter.pair"));
}

function standing(window) {
  const why = window.reason && window.state === "paused" ? both(`windowscreen.reason.${window.reason}`) : window.state === "closed" || window.state === "paused" ? both("windowscreen.elsewhere") : null;
  return el("section.ws__standing", {}, icon(STATE_ICONS[window.state] ?? "info"),
    el("div.ws__standing-text", {}, pair(both(`windowscreen.state.${window.state}`), "p.ws__standing-state.pair"), why && pair(why, "p.ws__why.pair")));
}

customElements.define("window-screen", WindowScreen);
