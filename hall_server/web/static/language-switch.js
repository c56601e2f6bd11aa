/** <language-switch>: one button that offers the other language, named in that language. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { isChinese, onLang, setLang } from "./i18n.js";

class LanguageSwitch extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = onLang(() => this.#draw());
    this.#draw();
  }

  disconnectedCallback() { this.#stop?.(); }

  #draw() {
    const other = isChinese() ? "en" : "zh-CN";
    const change = () => setLang(other, { keep: this.getAttribute("keep") !== "no" });
    fill(this, el("button.btn.btn--quiet", { id: "language-switch-button", lang: other, on: { click: change } }, icon("globe"), other === "en" ? "English" : "中文"));
  }
}

customElements.define("language-switch", LanguageSwitch);
