/** <board-calls>: the numbers being called, the newest largest; beside an empty state that says so. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { callKey, chooseCalls, chooseRest, fit, widthOf } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";

const ROWS = 3;
const REST = 6;
const HERO_ROOM = 3.75;
const ROW_ROOM = 6.4;
const ALONE_ROOM = 6;

class BoardCalls extends HTMLElement {
  #seen = null;

  /** @param {object} view  the board picture; the first one never flashes */
  show(view) {
    const calls = chooseCalls(view, { seen: this.#seen, most: ROWS });
    this.#seen = new Set(view.calling.map(callKey));
    const rest = chooseRest(view, calls).slice(0, REST);
    const alone = calls.length === 1 && view.calling.length === 1;
    const rows = calls.map((call, i) => row(call, i === 0 && call.now, alone ? ALONE_ROOM : i === 0 && call.now ? HERO_ROOM : ROW_ROOM));
    if (!view.calling.length) rows.unshift(quiet());
    fill(this, el("ol.calls", { dataset: { rows: rows.length } }, rows), rest.length > 0 && restStrip(rest));
  }
}

function row(call, hero, room) {
  const state = call.now ? "now" : "past";
  return el(`li.call.call--${state}`, { class: [hero && "call--hero", call.fresh && "call--fresh"].filter(Boolean).join(" "), dataset: { number: call.number } },
    el("p.call__label", {}, pair(both(call.now ? "board.calling" : "board.called"))),
    el("p.call__number.num", { style: { "--fit": fit(call.number, 2.4) } }, call.number),
    el("p.call__to", { "aria-hidden": true }, icon("arrow-right")),
    windowName(call, room));
}

/** @param {number} room  Chinese characters that fit beside the number; longer names get two smaller lines */
function windowName(call, room) {
  const { zh, en } = namesOf(call, "window_name");
  const long = widthOf(zh) > room * 1.4;
  const size = long ? fit(zh, room * 1.9, 0.4) * 0.96 : fit(zh, room);
  return el(`p.call__window${long ? ".call__window--long" : ""}`, {}, el("span.call__window-zh", { style: { "--fit": size }, lang: "zh-CN" }, zh), en && el("span.call__window-en", { lang: "en" }, en));
}

function quiet() {
  return el("li.call.call--quiet", {}, icon("bell"),
    el("div.quiet", {}, pair(both("board.empty"), "p.quiet__title"), pair(both("board.empty_hint"), "p.quiet__hint")));
}

function restStrip(rest) {
  return el("ul.rest", {}, rest.map((call) => el("li.rest__one", {}, el("span.rest__number.num", {}, call.number), el("span.rest__window.truncate", {}, call.window_name))));
}

customElements.define("board-calls", BoardCalls);
