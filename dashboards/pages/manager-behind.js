/** What the pages behind the board share: the head with the way back, figures in a row, one deed of a thing at a time. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { DEEDS, SIGNS, switchWindow, TONES } from "./manager-hand-deeds.js";
import { clock } from "./manager-board-words.js";

/** The head: back to the board, the name, what stands beside it. */
export const head = (back, ...children) => el("header.behind__head", {}, el("button.btn", { id: "back", on: { click: back } }, icon("arrow-left"), t("manager.board.back"), el("kbd.key", {}, "Esc")), children);

/** Figures beside each other. @param {Array<[string, Node|string|number, string?]>} list  word, value, class */
export const figures = (list) => el("dl.behind__figures", {}, list.map(([word, value, mark = ""]) => el("div", {}, el("dt", {}, word), el("dd.num", { class: mark }, value))));

export const card = (heading, ...children) => el("section.side-card.behind__card", {}, el("h2.live__title", {}, heading), children);

export const nothing = (text) => el("p.muted.behind__none", {}, text);

export const stateBadge = (window) => el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`manager.state.${window.state}`));

/** One deed of a thing at a time: its switch waits until the hall has answered and the picture is drawn anew. */
export class Busy {
  #ids = new Set(); #drawn;

  /** @param {() => void} drawn  draws again */
  constructor(drawn) { this.#drawn = drawn; }

  has(id) { return this.#ids.has(id); }

  async once(id, deed) {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    try { await deed(); } finally { this.#ids.delete(id); this.#drawn(); }
  }
}

/** What a manager may do with a window. @param {() => object} hall  the newest picture */
export const deeds = (window, busy, hall) => el("span.deeds", {}, DEEDS[window.state].map((deed) => el("button.btn.btn--sm", { id: `${deed}-${window.id}`, title: t(`manager.do.${deed}`), disabled: busy.has(window.id), on: { click: () => busy.once(window.id, () => switchWindow(window, deed, hall)) } }, icon(SIGNS[deed]), el("span.deeds__text", {}, t(`manager.do.${deed}`)))));

export const reason = (window) => window.state === "paused" && window.reason && el("span.small.muted.state-why", {}, t(`manager.reason.${window.reason}`));

/** Windows as rows, with what can be done. */
export function windowRows(windows, busy, hall) {
  const columns = el("tr", {}, ["window", "state", "since", "staff", "number", "served"].map((name) => el("th", { scope: "col", class: ["since", "served"].includes(name) ? "end" : "" }, t(`manager.col.${name}`))), el("th"));
  return el("div.live__scroll", {}, el("table.table.live__table.cards", {}, el("thead", {}, columns), el("tbody", {}, windows.map((window) => windowRow(window, busy, hall)))));
}

function windowRow(window, busy, hall) {
  return el("tr", { class: window.state === "closed" ? "off" : "" },
    el("td.strong", {}, el("a.window-name", { id: `window-${window.id}`, href: `#live/window/${encodeURIComponent(window.id)}`, title: named(window) }, el("span.window-name__number.num", {}, window.window_number), el("span.clamp-2", {}, named(window)))),
    el("td", {}, stateBadge(window), reason(window)),
    el("td.end.num", col("since"), window.since && clock(window.since)),
    el("td", col("staff"), window.staff && el("span.who", {}, el("span.truncate", {}, window.staff.name), el("span.num.muted.small", {}, window.staff.number))),
    el("td.num.strong", col("number"), window.number ?? ""),
    el("td.end.num", col("served"), window.served),
    el("td.end", {}, deeds(window, busy, hall)));
}

/** The name of a column beside its figure, where the table is too narrow for a head. */
export const col = (name) => ({ dataset: { col: t(`manager.col.${name}`) } });

/** A redraw must not throw a reader back to the top of a list. */
export function keepScroll(node, draw, list = ".live__scroll") {
  const at = [...node.querySelectorAll(list)].map((one) => one.scrollTop);
  draw();
  node.querySelectorAll(list).forEach((one, place) => { one.scrollTop = at[place] ?? 0; });
}
