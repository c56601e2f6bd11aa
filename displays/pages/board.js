/** <zone-board>: calling now, last called, who waits, the windows, the notices; see board-calls.js and board-side.js. */

import { el, fill } from "/static/dom.js";
import "./board-calls.js";
import "./board-side.js";
import { namesOf } from "./both.js";
import "./screen-head.js";
import "./screen-notices.js";

class ZoneBoard extends HTMLElement {
  #head = el("screen-head"); #foot = el("screen-notices");
  #calls = el("board-calls.board__calls", { "aria-live": "assertive" }); #lines = el("board-lines.board__lines"); #windows = el("board-windows.board__windows");

  connectedCallback() {
    this.classList.add("board");
    fill(this, this.#head, el("div.board__main", {}, this.#calls, el("div.board__side", {}, this.#lines, this.#windows)), this.#foot);
  }

  /** @param {object} view  of board/{zone} */
  show(view, layout) {
    this.#head.show({ title: namesOf(view.zone), hall: view.hall, layout });
    this.#calls.show(view, layout);
    this.#lines.show(view);
    this.#windows.show(view);
    this.#foot.show(view);
  }

  titleOf(view) { return view.zone; }
}

/** A call of before a restart must not be shown as one of now. */
export const boardAfterRestart = (view) => ({ ...view, calling: [], recent: [...view.calling, ...view.recent] });

customElements.define("zone-board", ZoneBoard);
