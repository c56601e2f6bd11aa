/** <board-calls>: the numbers being called, the newest largest; beside an empty state that says so. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { callKey, callRows, chooseCalls, chooseRest, fit } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";
import { windowSign } from "./window-sign.js";

const REST = 6;
const TICKET_ROOM = 2.4;

class BoardCalls extends HTMLElement {
  #seen = null;

  /** @param {object} view  the board picture; the first one never flashes */
  show(view) {
    const most = callRows(view, { portrait: matchMedia("(orientation: portrait)").matches });
    const calls = chooseCalls(view, { seen: this.#seen, most });
    this.#seen = new Set(view.calling.map(callKey));
    const rest = chooseRest(view, calls).slice(0, REST);
    const rows = calls.map((call, i) => row(call, i === 0 && call.now));
    if (!view.calling.length) rows.unshift(quiet());
    fill(this, el("ol.calls", { dataset: { rows: rows.length } }, rows), rest.length > 0 && restStrip(rest));
  }
}

function row(call, hero) {
  const state = call.now ? "now" : "past";
  return el(`li.call.call--${state}`, { class: [hero && "call--hero", call.fresh && "call--fresh"].filter(Boolean).join(" "), dataset: { number: call.number } },
    el("p.call__label", {}, pair(both(call.now ? "board.calling" : "board.called"))),
    el("p.call__number.num", { style: { "--fit": fit(call.number, TICKET_ROOM) } }, call.number),
    el("p.call__go", {}, el("span.call__to", { "aria-hidden": true }, icon("arrow-right")), windowSign(call.window_number)),
    pair(namesOf(call, "window_name"), "p.call__name.pair"));
}

function quiet() {
  return el("li.call.call--quiet", {}, icon("bell"),
    el("div.quiet", {}, pair(both("board.empty"), "p.quiet__title"), pair(both("board.empty_hint"), "p.quiet__hint")));
}

function restStrip(rest) {
  return el("ul.rest", {}, rest.map((call) => el("li.rest__one.num", { title: call.window_name }, el("span.rest__number", {}, call.number), icon("arrow-right", { label: both("board.proceed").zh }), el("span.rest__window", {}, call.window_number))));
}

customElements.define("board-calls", BoardCalls);
