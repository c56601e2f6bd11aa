/** The switch for large type (适老) on a phone; what was chosen is remembered on that phone. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { onLang, t } from "/static/i18n.js";

const STORED = "onedoor.large";
const SCALE = "1.3";

class LargeType extends HTMLElement {
  #stop = null;
  #isLarge = stored() === "1" || new URLSearchParams(location.search).get("large") === "1";

  connectedCallback() {
    this.#stop = onLang(() => this.#draw());
    this.#draw();
  }

  disconnectedCallback() { this.#stop?.(); }

  /** Call once the texts are there. */
  draw() { this.#draw(); }

  #draw() {
    document.documentElement.style.setProperty("--type-scale", this.#isLarge ? SCALE : "1");
    document.documentElement.toggleAttribute("data-large", this.#isLarge);
    const name = t(this.#isLarge ? "kiosk.normal_type" : "kiosk.large_type");
    fill(this, el("button.btn.btn--quiet", { id: "large-type", "aria-pressed": String(this.#isLarge), on: { click: () => this.#turn() } }, icon("type"), name));
  }

  #turn() {
    this.#isLarge = !this.#isLarge;
    try { localStorage.setItem(STORED, this.#isLarge ? "1" : ""); } catch { /* private mode: only this page knows */ }
    this.#draw();
  }
}

function stored() { try { return localStorage.getItem(STORED); } catch { return null; } }

customElements.define("large-type", LargeType);
