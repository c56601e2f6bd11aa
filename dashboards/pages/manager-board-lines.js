/** The lines of the board: who waits, who waits longest, what whoever comes now must expect, windows. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { keyed } from "./manager-board-keyed.js";
import { clock, title, waitNow } from "./manager-board-words.js";

const COLUMNS = ["line", "waiting", "longest", "estimate", "windows"];

export class LinesCard {
  #body = el("tbody"); #head = el("div"); #table; #columns = el("thead");

  constructor() {
    this.#table = el("table.board__table.live__table", {}, this.#columns, this.#body);
    this.node = el("section.board__lines.live__lines", { id: "lines" }, this.#head, el("div.board__rows", {}, this.#table));
  }

  take({ lines, windows }) {
    this.#head.replaceChildren(title(t("manager.lines"), el("span.muted.board__hint", {}, t("manager.board.expect_hint"))));
    this.#columns.replaceChildren(el("tr", {}, COLUMNS.map((name) => el("th", { scope: "col", class: name === "line" ? "" : "end", title: name === "estimate" ? t("manager.estimate_title") : null }, t(`manager.board.col.${name}`)))));
    this.#table.style.setProperty("--rows", Math.max(lines.length, 4));
    this.#table.hidden = !lines.length;
    this.node.querySelector(".empty")?.remove();
    if (!lines.length) this.node.append(el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("manager.lines_none")), el("p", {}, t("manager.lines_none_hint"))));
    const of = (line) => windows.filter((window) => window.lines.includes(line.id)).length;
    keyed(this.#body, lines, (line) => line.id, (line) => [t("manager.title"), line, of(line)], (line) => row(line, of(line)));
  }
}

function row(line, all) {
  const wants = line.waiting > 0 && !line.windows_open;
  return el("tr", { dataset: { line: line.id }, class: line.waiting ? "" : "calm" },
    el("td", {}, el("a.line-name", { id: `line-link-${line.id}`, href: `#live/line/${encodeURIComponent(line.id)}`, title: named(line) }, el("span.prefix.num", {}, line.prefix), el("span.truncate", {}, named(line)), !line.open && el("span.badge.badge--warn", {}, t("manager.line_closed")))),
    el("td.end.num.board__big", col("waiting"), line.waiting),
    el("td.end", col("longest"), line.longest_since && line.waiting ? clock(line.longest_since, line.long_wait_s) : "–"),
    el("td.end.num", col("estimate"), waitNow(line.wait_s)),
    el("td.end.num", { ...col("windows"), class: wants ? "late" : "" }, wants && icon("alert"), `${line.windows_open}/${all}`));
}

/** The name of a column beside its figure, where the table is too narrow for a head. */
const col = (name) => ({ dataset: { col: t(`manager.board.col.${name}`) } });
