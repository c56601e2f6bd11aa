/** <queue-overview>: every line of the hall by zone, who waits, how long, and at which windows; for the entrance. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lineWait } from "./board-side.js";
import { both, namesOf, pair } from "./both.js";
import { columnsOf, tallest } from "./overview-choice.js";
import "./screen-head.js";
import "./screen-notices.js";
import { isPortrait } from "./shape.js";

const CALLS = 6;

class QueueOverview extends HTMLElement {
  #head = el("screen-head"); #foot = el("screen-notices"); #body = el("div.ov__zones"); #calls = el("div.ov__calls"); #seen = null;

  connectedCallback() {
    this.classList.add("ov");
    fill(this, this.#head, this.#calls, this.#body, this.#foot);
  }

  /** @param {object} view  of overview/hall */
  show(view, layout) {
    this.#head.show({ title: both("overview.title"), hall: view.hall, layout });
    this.#foot.show(view);
    this.#drawCalls(view);
    const columns = columnsOf(view.zones, isPortrait(this) ? 1 : view.zones.length > 1 ? 2 : 1);
    fill(this.#body, columns.map((zones) => el("div.ov__column", {}, zones.map(zonePart))));
    this.#body.style.setProperty("--rows", tallest(columns));
  }

  titleOf() { const { zh, en } = both("overview.title"); return { name: zh, name_en: en }; }

  #drawCalls({ calling, waiting }) {
    const fresh = (call) => this.#seen !== null && !this.#seen.has(`${call.ticket} ${call.calls}`);
    const shown = calling.slice(0, isPortrait(this) ? 3 : CALLS);
    fill(this.#calls,
      el("p.ov__total", {}, pair(both("overview.waiting")), el("span.num.ov__sum", {}, waiting)),
      el("ol.ov__now", {}, shown.length ? shown.map((call) => el("li.ov__call", { class: fresh(call) ? "calling" : "", dataset: { number: call.number } }, el("span.num", {}, call.number), icon("arrow-right"), el("span.num", {}, call.window_number))) : el("li.ov__none", {}, pair(both("board.empty")))));
    this.#seen = new Set(calling.map((call) => `${call.ticket} ${call.calls}`));
  }
}

function zonePart({ zone, lines, windows }) {
  return el("section.ov__zone", {}, el("h2.ov__name", {}, icon("map-pin"), pair(namesOf(zone))),
    el("ul.ov__lines", {}, lines.map((line) => lineRow(line, windows[line.prefix] ?? []))));
}

function lineRow(line, windows) {
  const state = !line.open ? "closed" : windows.length ? "open" : "unserved";
  return el(`li.ov__line.ov__line--${state}`, { dataset: { line: line.id } },
    el("span.ov__prefix.num", {}, line.prefix),
    pair(namesOf(line), "span.ov__line-name.pair"),
    el("span.ov__count.num", {}, line.waiting),
    pair(lineWait(line), "span.ov__wait.pair"),
    el("span.ov__windows.num", { title: both("board.windows").zh }, windows.length ? windows.slice(0, 6).map((number) => el("span.ov__window", {}, number)) : el("span", {}, "–")));
}

customElements.define("queue-overview", QueueOverview);
