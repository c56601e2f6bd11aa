/** <led-bar>: what an LED bar shows, drawn as its lamps; also for boxes that drive a wall from a browser. */

import { el, fill } from "/static/dom.js";

const EACH_MS = 3000;

class LedBar extends HTMLElement {
  #view = null; #at = 0; #timer = null;

  connectedCallback() { this.classList.add("led"); this.#timer = setInterval(() => { this.#at += 1; this.#draw(); }, EACH_MS); }
  disconnectedCallback() { clearInterval(this.#timer); }

  /** @param {object} view  of led/{id}: {chars, rows: [{texts, tone, scroll}]} */
  show(view) {
    this.#view = view;
    this.style.setProperty("--chars", view.chars);
    this.style.setProperty("--rows", view.rows.length);
    this.#draw();
  }

  #draw() {
    if (!this.#view) return;
    fill(this, this.#view.rows.map((row) => {
      const text = row.texts[this.#at % row.texts.length] ?? "";
      return el(`p.led__row.led__row--${row.tone}`, { class: row.scroll ? "led__row--scroll" : "" }, el("span.led__text", {}, text));
    }));
  }
}

customElements.define("led-bar", LedBar);
