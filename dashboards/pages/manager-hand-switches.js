/** Lines and windows opened and closed by a manager, each with a reason; a line's rules and quotas are one step away. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { DEEDS, SIGNS, switchLine, switchWindow, TONES } from "./manager-hand-deeds.js";
import { windowName } from "./manager-words.js";

export class HandSwitches {
  #place; #lines = el("div.hand__list"); #windows = el("div.hand__list"); #busy = false; #hall = null;

  constructor(place) { this.#place = place; }

  open() { fill(this.#place, el("div.hand__switches", {}, this.#lines, this.#windows)); }

  take(hall) {
    this.#hall = hall;
    keep(this.#lines, () => fill(this.#lines, el("div.table-wrap.edit__scroll", {}, el("table.table.hand__table.cards", {}, head(["line", "waiting", "windows"], 1), el("tbody", {}, hall.lines.map((line) => this.#line(line)))))));
    keep(this.#windows, () => fill(this.#windows, el("div.table-wrap.edit__scroll", {}, el("table.table.hand__table.cards", {}, head(["window", "state", "staff", "number"], 1), el("tbody", {}, hall.windows.map((window) => this.#window(window)))))));
  }

  #line(line) {
    return el("tr", {}, el("td", {}, el("span.line-name.hand__name", {}, el("span.prefix.num", {}, line.prefix), el("span", {}, el("span.clamp-2", {}, named(line)), el("span.hand__given.num", {}, given(line)), !line.open && el("span.badge.badge--dot.badge--warn", {}, t("manager.line_closed"))))), el("td.num", col("waiting"), line.waiting), el("td.num", col("windows"), line.windows_open),
      el("td.end", {}, el("span.deeds", {}, el("a.btn.btn--sm", { href: `/manager/rules#line=${encodeURIComponent(line.id)}`, title: t("manager.hand.quotas"), "aria-label": `${named(line)}: ${t("manager.hand.quotas")}` }, icon("settings")),
        el("button.btn.btn--sm", { id: `switch-line-${line.id}`, on: { click: () => this.#once(() => switchLine(line)) } }, icon(line.open ? "stop" : "play"), t(line.open ? "manager.hand.line_close" : "manager.hand.line_open")))));
  }

  #window(window) {
    return el("tr", { class: window.state === "closed" ? "off" : "" }, el("td.strong", {}, el("span.clamp-2", {}, windowName(window))), el("td", {}, el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`manager.state.${window.state}`))),
      el("td", col("staff"), window.staff && el("span.who", {}, el("span.truncate", {}, window.staff.name))), el("td.num.strong", col("number"), window.number ?? ""),
      el("td.end", {}, el("span.deeds", {}, DEEDS[window.state].map((to) => el("button.btn.btn--sm", { id: `hand-${to}-${window.id}`, title: t(`manager.do.${to}`), on: { click: () => this.#once(() => switchWindow(window, to, () => this.#hall)) } }, icon(SIGNS[to]), t(`manager.do.${to}`))))));
  }

  async #once(deed) {
    if (this.#busy) return;
    this.#busy = true;
    try { await deed(); } finally { this.#busy = false; }
  }
}

/** "今日 23 号，其中 4 号由别处转来": the numbers that count in the line, of which a line's quota is taken. */
const given = ({ given: n, sent_here: sent }) => t(sent ? "manager.hand.given_sent" : "manager.hand.given", { n, sent });
/** The name of a column beside its figure, where the table is too narrow for a head. */
const col = (name) => ({ dataset: { col: t(`manager.col.${name}`) } });
const head = (names, more) => el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, t(`manager.col.${name}`))), Array.from({ length: more }, () => el("th"))));

function keep(node, draw) {
  const at = node.querySelector(".edit__scroll")?.scrollTop ?? 0;
  draw();
  const list = node.querySelector(".edit__scroll");
  if (list) list.scrollTop = at;
}
