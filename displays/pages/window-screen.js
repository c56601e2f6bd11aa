/** The screen above a window: its number and name, who sits there, the number being served, or why nobody is. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { live } from "/static/live.js";
import { fit } from "./board-choice.js";
import { both, loadBoth, namesOf, pair } from "./both.js";
import { windowSign } from "./window-sign.js";

const AGAIN_MS = 30_000;
const NUMBER_ROOM = 2.5;
const STATE_ICONS = { closed: "power", idle: "users", paused: "pause" };
const window_id = decodeURIComponent(location.pathname.split("/").pop());
const slot = `onedoor.window-screen.${window_id}`;

class WindowScreen extends HTMLElement {
  #view = null; #link = "connecting"; #called = null;

  set link(state) { this.#link = state; this.#draw(); }

  set view(view) {
    const called = view.ticket?.state === "called" ? `${view.ticket.number} ${view.ticket.calls}` : null;
    const fresh = called !== null && called !== this.#called && this.#called !== undefined && this.#view !== null;
    this.#called = called;
    this.#view = view;
    this.#draw(fresh);
  }

  #draw(fresh = false) {
    if (!this.#view) { fill(this, waiting(this.#link)); return; }
    const { window, ticket } = this.#view;
    this.dataset.state = window.state;
    fill(this, namePlate(window), ticket ? current(window, ticket, fresh) : standing(window), this.#link !== "live" && lost());
  }
}

function namePlate(window) {
  return el("section.ws__plate", {},
    el("h1.ws__sign", {}, windowSign(window.number)),
    pair(namesOf(window), "p.ws__name.pair"),
    window.staff && window.state !== "closed" && el("p.ws__staff", {}, icon("user"), el("span.ws__staff-name", {}, window.staff.name), el("span.ws__staff-number.num", {}, window.staff.number)));
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

function waiting(link) {
  const text = both(link === "refused" ? "windowscreen.missing" : "windowscreen.loading");
  return el("section.ws__standing.ws__standing--alone", {}, icon(link === "refused" ? "alert" : "clock"), pair(text, "p.ws__standing-state.pair"));
}

const lost = () => el("p.ws__lost", { role: "status" }, icon("wifi-off"), pair(both("windowscreen.link_lost")));

function keep(view) {
  try { localStorage.setItem(slot, JSON.stringify(view)); } catch { /* a full store only costs the picture after a restart */ }
}

/** What stood here before the restart, without the number: a call of then must not be shown as one of now. */
function kept() {
  const view = JSON.parse(localStorage.getItem(slot) ?? "null");
  return view && { ...view, ticket: null, window: { ...view.window, state: view.ticket ? "idle" : view.window.state } };
}

customElements.define("window-screen", WindowScreen);

await loadBoth();
const screen = document.querySelector("window-screen");
const before = kept();
if (before) screen.view = before;
live([`window/${window_id}`], {
  onView: (_topic, view) => { screen.view = view; document.documentElement.dataset.zone = view.window.zone; keep(view); },
  onState: (state) => {
    screen.link = state;
    if (state === "refused") setTimeout(() => location.reload(), AGAIN_MS);
  },
});
api.get("hall").then((hall) => syncClock(hall.now)).catch(() => {});
