/** Watches whether the visitor is still there: asks after a quiet time, and gives the place to the next one. */

import { el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";

const LEAVE_S = 60;
const WARN_S = 10;

export class Idle {
  #quiet_s = 0; #box = null; #onLeave; #isHome;

  /** @param {{onLeave: () => void, isHome: () => boolean}} options  isHome: nothing to forget, so nobody is asked */
  constructor({ onLeave, isHome }) {
    this.#onLeave = onLeave;
    this.#isHome = isHome;
    for (const kind of ["pointerdown", "keydown", "wheel", "touchmove", "card"]) addEventListener(kind, () => this.#here(), { capture: true, passive: true });
    setInterval(() => this.#second(), 1000);
  }

  #here() {
    this.#quiet_s = 0;
    this.#box?.close();
  }

  #second() {
    if (this.#isHome()) { this.#quiet_s = 0; this.#box?.close(); return; }
    this.#quiet_s += 1;
    const left_s = LEAVE_S - this.#quiet_s;
    if (left_s <= 0) { this.#here(); this.#onLeave(); }
    else if (left_s <= WARN_S) this.#warn(left_s);
  }

  #warn(left_s) {
    if (!this.#box) {
      this.#box = el("dialog.dialog.k-still", { on: { close: (event) => { event.target.remove(); this.#box = null; } } },
        el("div.dialog__body", {}, el("h2.dialog__title", {}, t("kiosk.still_here")), el("p.k-still__left", { role: "timer" }), el("button.btn.btn--primary.btn--xl.btn--block", { on: { click: () => this.#here() } }, t("kiosk.go_on"))));
      document.body.append(this.#box);
      this.#box.showModal();
    }
    say(this.#box.querySelector(".k-still__left"), t("kiosk.leaving_in", { n: left_s }));
  }
}
