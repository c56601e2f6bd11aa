/** <board-lines>, <board-windows> and <board-notices>: what else a waiting person wants to know. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { columnsFor } from "./board-choice.js";
import { both, namesOf, pair } from "./both.js";

const MOST_WINDOWS = 24;
const NOTICE_MS = 12000;

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
    el("span.line__count.num", {}, line.waiting), pair(waitText(line), "span.line__wait.pair"));
}

function waitText(line) {
  if (!line.open && !line.waiting) return both("board.line_closed");
  if (line.windows_open === 0) return both("board.no_window");
  const minutes = Math.ceil((line.wait_s?.p50 ?? 0) / 60);
  if (!line.waiting || minutes < 1) return both("board.no_wait");
  return both("board.about_minutes", { n: minutes < 10 ? minutes : Math.ceil(minutes / 5) * 5 });
}

class BoardWindows extends HTMLElement {
  show({ windows }) {
    this.hidden = windows.length === 0;
    const portrait = matchMedia("(orientation: portrait)").matches;
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
    el("div.window__text", {}, el("span.window__name.truncate", {}, window.name),
      window.number ? el("span.window__number.num", {}, window.number) : pair(both(`board.state.${window.state}`), "span.window__state.pair")));
}

class BoardNotices extends HTMLElement {
  #notices = null; #at = 0; #timer = null;

  show({ notices }) {
    if (JSON.stringify(notices) === JSON.stringify(this.#notices)) return;
    this.#notices = notices;
    this.#at = 0;
    clearInterval(this.#timer);
    if (notices.length > 1) this.#timer = setInterval(() => { this.#at += 1; this.#draw(); }, NOTICE_MS);
    this.#draw();
  }

  disconnectedCallback() { clearInterval(this.#timer); }

  #draw() {
    const notice = this.#notices[this.#at % this.#notices.length];
    this.hidden = !notice;
    if (notice) fill(this, icon("info"), pair(notice, "p.pair"));
  }
}

customElements.define("board-lines", BoardLines);
customElements.define("board-windows", BoardWindows);
customElements.define("board-notices", BoardNotices);
