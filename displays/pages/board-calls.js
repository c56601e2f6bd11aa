/** <board-calls>: the numbers being called, the newest largest; beside an empty state that says so. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { callKey, callRows, chooseCalls, chooseRest, fit } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";
import { isPortrait } from "./shape.js";
import { windowSign } from "./window-sign.js";

const REST = 6;
const TICKET_ROOM = 2.4;
const FLASH_MS = 5400; // six times --t-call

class BoardCalls extends HTMLElement {
  #seen = null; #flashing = new Map();

  /** @param {object} view  the board picture; the first one never flashes */
  show(view, { size = "hall" } = {}) {
    const { rows: most, isRestLarge, isTight } = callRows(view, { portrait: isPortrait(this), size });
    const calls = chooseCalls(view, { seen: this.#seen, most });
    this.#note(view);
    const left = chooseRest(view, calls);
    const rest = (isRestLarge ? left.filter((call) => view.calling.some((one) => callKey(one) === callKey(call))) : left).slice(0, REST);
    const rows = calls.map((call, i) => row(call, { isHero: i === 0 && call.now, flash_ms: this.#since(call) }));
    if (!view.calling.length) rows.unshift(quiet());
    fill(this, el("ol.calls", { dataset: { rows: rows.length, tight: String(isTight) } }, rows), rest.length > 0 && restStrip(rest, isRestLarge));
  }

  /* A call goes on flashing where it was, when another one moves it down. */
  #note(view) {
    const now = performance.now();
    for (const call of view.calling) if (this.#seen !== null && !this.#seen.has(callKey(call))) this.#flashing.set(callKey(call), now);
    for (const [key, at] of this.#flashing) if (now - at > FLASH_MS) this.#flashing.delete(key);
    this.#seen = new Set(view.calling.map(callKey));
  }

  #since(call) {
    const at = this.#flashing.get(callKey(call));
    return call.now && at !== undefined ? performance.now() - at : null;
  }
}

function row(call, { isHero, flash_ms }) {
  const state = call.now ? "now" : "past";
  const classes = [isHero && "call--hero", flash_ms !== null && "call--fresh"].filter(Boolean).join(" ");
  return el(`li.call.call--${state}`, { class: classes, style: { "--flash-from": `${-(flash_ms ?? 0)}ms` }, dataset: { number: call.number } },
    el("p.call__label", {}, pair(both(call.now ? "board.calling" : "board.called"))),
    el("p.call__number.num", { style: { "--fit": fit(call.number, TICKET_ROOM) } }, call.number),
    el("p.call__go", {}, el("span.call__to", { "aria-hidden": true }, icon("arrow-right")), windowSign(call.window_number)),
    pair(namesOf(call, "window_name"), "p.call__name.pair"));
}

function quiet() {
  return el("li.call.call--quiet", {}, icon("bell"),
    el("div.quiet", {}, pair(both("board.empty"), "p.quiet__title.pair"), pair(both("board.empty_hint"), "p.quiet__hint.pair")));
}

function restStrip(rest, isLarge) {
  return el("ul.rest", { class: isLarge ? "rest--large" : "" }, rest.map((call) => el("li.rest__one.num", { title: call.window_name, "data-fit": true }, el("span.rest__number", {}, call.number), icon("arrow-right", { label: both("board.proceed").zh }), el("span.rest__window", {}, call.window_number))));
}

customElements.define("board-calls", BoardCalls);
