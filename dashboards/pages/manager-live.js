/** The tab "live": the board on one screen, and what lies behind a line, a window or a figure of it; Esc leads back. */

import { el, fill } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { Board } from "./manager-board.js";
import { tickAll } from "./manager-board-words.js";
import { AlarmsBehind, HallBehind } from "./manager-behind-hall.js";
import { LineBehind } from "./manager-behind-line.js";
import { WindowBehind } from "./manager-behind-window.js";
import { EstimateCard } from "./manager-estimate.js";

const BEHIND = { line: LineBehind, window: WindowBehind, hall: HallBehind, alarms: AlarmsBehind };

export class LiveTab {
  #place; #estimate = new EstimateCard(); #board = null; #behind = null; #view = null; #came = ""; #trail = [];

  constructor(place) { this.#place = place; }

  /** @param {string[]} path  what to show behind the board: ["line", id], ["window", id], ["hall"], ["alarms"]; none: the board */
  open(path = []) {
    document.addEventListener("keydown", this.#onKey);
    this.#trail = [location.hash];
    this.#draw(path);
    if (!this.#view) fill(this.#place, el("p.muted.board__wait", {}, t("manager.loading")));
  }

  close() {
    document.removeEventListener("keydown", this.#onKey);
    this.#drop();
  }

  /** Another address of this tab. */
  show(path) {
    if (this.#trail.at(-2) === location.hash) this.#trail.pop();
    else this.#trail.push(location.hash);
    if (this.#board) this.#came = document.activeElement?.id ?? "";
    this.#draw(path);
  }

  take(view) {
    const isFirst = !this.#view;
    this.#view = view;
    if (isFirst) this.#put();
    this.#board?.take(view);
    this.#behind?.take(view);
    this.tick();
  }

  tick() { tickAll(this.#place); }

  #draw([kind, id]) {
    this.#drop();
    if (kind in BEHIND) this.#behind = new BEHIND[kind]({ id, estimate: this.#estimate, back: () => this.#back() });
    else this.#board = new Board(this.#estimate);
    if (!this.#view) return;
    this.#put();
    this.take(this.#view);
    if (this.#behind) this.#behind.node.querySelector("#back")?.focus({ preventScroll: true });
    else if (this.#came) { document.getElementById(this.#came)?.focus(); this.#came = ""; }
  }

  #put() { fill(this.#place, (this.#board ?? this.#behind).node); }

  #drop() {
    this.#board?.close();
    this.#behind?.close();
    this.#board = this.#behind = null;
  }

  #back() {
    if (this.#trail.length > 1) history.back();
    else location.hash = "live";
  }

  #onKey = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !this.#behind) return;
    if (document.querySelector("dialog[open], :popover-open")) return; // these close first
    event.preventDefault();
    this.#back();
  };
}
