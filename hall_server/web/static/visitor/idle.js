/** Watches whether the visitor is still there: asks after a quiet time, and gives the place to the next one. */

import { el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { modes } from "./modes.js";

const SIGNS = ["pointerdown", "keydown", "input", "wheel", "touchmove", "card", "spoken"];

export class Idle {
  #quiet_s = 0; #box = null; #timer = 0; #over = new AbortController(); #options;

  /**
   * @param {{leave_s?: number, warn_s?: number, isHome: () => boolean, onLeave: () => void}} options
   *   leave_s: quiet seconds until the place is given away; warn_s: how long before that the visitor is asked (WCAG 2.2.1
   *   wants 20 s at least); both twice as long in the modes that need time. isHome: nothing to forget, so nobody is asked.
   */
  constructor({ leave_s = 60, warn_s = 20, isHome, onLeave }) {
    this.#options = { leave_s, warn_s, isHome, onLeave };
    const { signal } = this.#over;
    for (const kind of SIGNS) addEventListener(kind, (event) => this.#sign(event), { capture: true, passive: true, signal });
    this.#timer = setInterval(() => this.#second(), 1000);
  }

  /** The visitor has done something. */
  here() {
    this.#quiet_s = 0;
    this.#box?.close();
  }

  /* A dialog that closed before the click would hand the click to what lies under it. */
  #sign({ type, key }) {
    this.#quiet_s = 0;
    if (type !== "pointerdown" && !(type === "keydown" && (key === "Enter" || key === " "))) this.#box?.close();
  }

  stop() {
    clearInterval(this.#timer);
    this.#over.abort();
    this.#box?.close();
  }

  #second() {
    const { leave_s, warn_s, isHome, onLeave } = this.#options;
    if (isHome()) { this.here(); return; }
    this.#quiet_s += 1;
    const left_s = leave_s * modes.patience() - this.#quiet_s;
    if (left_s <= 0) { this.here(); onLeave(); }
    else if (left_s <= warn_s * modes.patience()) this.#warn(left_s);
  }

  #warn(left_s) {
    if (!this.#box) {
      this.#box = el("dialog.dialog.v-still", { "aria-labelledby": "still-title", on: { click: () => this.here(), close: (event) => { event.target.remove(); this.#box = null; } } },
        el("div.dialog__body", {}, el("h2.dialog__title", { id: "still-title" }, t("kit.still_here")), el("p.v-still__left.num", { role: "timer" }),
          el("button.btn.btn--primary.btn--xl.btn--block", { id: "still-here" }, t("kit.go_on"))));
      document.body.append(this.#box);
      this.#box.showModal();
    }
    say(this.#box.querySelector(".v-still__left"), t("kit.leaving_in", { n: left_s }));
  }
}
