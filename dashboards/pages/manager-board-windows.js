/** The windows of the board as tiles: number, state by word and sign, the ticket there, for how long; colour where something is wrong. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { keyed } from "./manager-board-keyed.js";
import { clock, STATE_SIGNS, title } from "./manager-board-words.js";

/** How many tiles stand beside each other on one screen, by how many there are. */
const COLUMNS = [[4, 4], [10, 5], [16, 8], [20, 10], [30, 10], [39, 13], [60, 15], [80, 20], [Infinity, 24]];

export class WindowsCard {
  #tiles = el("div.tiles"); #head = el("div");

  constructor() { this.node = el("section.board__windows.live__windows", { id: "windows" }, this.#head, this.#tiles); }

  take({ windows, alarms }) {
    const idle = new Set(alarms.filter((one) => one.code === "window.idle").map((one) => one.fields.id));
    const count = (...states) => windows.filter((one) => states.includes(one.state)).length;
    this.#head.replaceChildren(title(t("manager.windows"), el("span.board__sums", {}, [["serving"], ["calling"], ["idle"], ["paused"], ["closed"]].map((states) => count(...states) > 0 && el("span", {}, icon(STATE_SIGNS[states[0]]), el("span", {}, t(`manager.state.${states[0]}`)), el("b.num", {}, count(...states)))))));
    const [, columns] = COLUMNS.find(([most]) => windows.length <= most);
    this.#tiles.style.setProperty("--columns", columns);
    this.#tiles.style.setProperty("--tile-rows", Math.max(1, Math.ceil(windows.length / columns)));
    keyed(this.#tiles, windows.length ? windows : [null], (window) => window?.id ?? "none", (window) => [t("manager.title"), window, idle.has(window?.id)], (window) => (window ? tile(window, idle.has(window.id)) : nobody()));
  }
}

function tile(window, isUnattended) {
  const state = t(isUnattended ? "manager.board.unattended" : `manager.state.${window.state}`);
  const who = window.staff ? ` · ${window.staff.name}` : "";
  return el("a.tile", { id: `tile-${window.id}`, href: `#live/window/${encodeURIComponent(window.id)}`, class: `tile--${window.state}${isUnattended ? " tile--wrong" : ""}`, title: `${window.window_number} · ${named(window)}${who}`, "aria-label": `${window.window_number} ${named(window)}, ${state}${window.number ? `, ${window.number}` : ""}${who}` },
    el("span.tile__in", {}, el("span.tile__top", {}, el("span.tile__number.num", {}, window.window_number), icon(isUnattended ? "alert" : STATE_SIGNS[window.state])),
      el("span.tile__what", { class: window.number ? "num" : "" }, window.number ?? state), window.since ? clock(window.since) : el("span.clock", {}, "")));
}

const nobody = () => el("div.empty", {}, icon("desk"), el("p.empty__title", {}, t("manager.windows_none")), el("p", {}, t("manager.windows_none_hint")));
