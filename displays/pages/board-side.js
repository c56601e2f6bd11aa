/** <board-lines> and <board-windows>: what else a waiting person wants to know. */

import { el, fill } from "/static/dom.js";
import { columnsFor } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";
import { isPortrait } from "./shape.js";

const MOST_WINDOWS = 24;

class BoardLines extends HTMLElement {
  show({ lines }) {
    this.hidden = lines.length === 0;
    fill(this, el("h2.side__title", {}, pair(both("board.waiting"))),
      el("ul.lines", { dataset: { many: lines.length > 5 }, style: { "--n": lines.length } }, lines.map(lineRow)));
  }
}

function lineRow(line) {
  return el("li.line", { class: [!line.open && "line--closed", line.windows_open === 0 && "line--unserved"].filter(Boolean).join(" ") },
    el("span.line__prefix.num", {}, line.prefix),
    pair(namesOf(line), "span.line__name.pair"),
    el("span.line__count.num", {}, line.waiting), pair(lineWait(line), "span.line__wait.pair"));
}

/** {zh, en} of how long one waits in a line. */
export function lineWait(line) {
  if (!line.open && !line.waiting) return both("board.line_closed");
  if (line.windows_open === 0) return both("board.no_window");
  const minutes = Math.ceil((line.wait_s?.p50 ?? 0) / 60);
  if (!line.waiting || minutes < 1) return both("board.no_wait");
  return both("board.about_minutes", { n: minutes < 10 ? minutes : Math.ceil(minutes / 5) * 5 });
}

class BoardWindows extends HTMLElement {
  show({ windows }) {
    this.hidden = windows.length === 0;
    const portrait = isPortrait(this);
    const shown = chooseWindows(windows);
    const left = windows.length - shown.length;
    const columns = columnsFor(shown.length, { portrait });
    const rows = Math.ceil(shown.length / columns);
    fill(this, el("h2.side__title", {}, pair(both("board.windows")), left > 0 && pair(both("board.more_windows", { n: left }), "span.side__more.pair")),
      el("ul.windows", { dataset: { dense: rows > 3 || columns > 4 }, style: { "--columns": columns, "--rows": rows } }, shown.map(windowCell)));
  }
}

/** All windows while there is room; else those that are open. */
function chooseWindows(windows) {
  if (windows.length <= MOST_WINDOWS) return windows;
  return [...windows.filter((w) => w.state !== "closed"), ...windows.filter((w) => w.state === "closed")].slice(0, MOST_WINDOWS);
}

function windowCell(window) {
  return el(`li.window.window--${window.state}`, {},
    el("span.window__badge.num", {}, window.window_number),
    el("div.window__text", {}, pair(namesOf(window), "span.window__name.pair"),
      window.number ? el("span.window__number.num", {}, window.number) : pair(both(`board.state.${window.state}`), "span.window__state.pair")));
}

customElements.define("board-lines", BoardLines);
customElements.define("board-windows", BoardWindows);
