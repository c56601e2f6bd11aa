/** <screen-notices>: what the hall has to say, one after the other, at the foot of a screen. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { pair } from "./both.js";

const NOTICE_MS = 12000;

class ScreenNotices extends HTMLElement {
  #notices = []; #at = 0; #timer = null;

  connectedCallback() { this.classList.add("foot"); this.#draw(); }
  disconnectedCallback() { clearInterval(this.#timer); }

  show({ notices }) {
    if (JSON.stringify(notices) === JSON.stringify(this.#notices)) return;
    this.#notices = notices ?? [];
    this.#at = 0;
    clearInterval(this.#timer);
    if (this.#notices.length > 1) this.#timer = setInterval(() => { this.#at += 1; this.#draw(); }, NOTICE_MS);
    this.#draw();
  }

  #draw() {
    const notice = this.#notices[this.#at % this.#notices.length];
    this.hidden = !notice;
    if (!notice) return;
    this.dataset.kind = notice.kind ?? "info";
    fill(this, icon(notice.kind === "warning" ? "alert" : "info"), pair(notice, "p.pair"), this.#notices.length > 1 && el("span.num", {}, `${(this.#at % this.#notices.length) + 1}/${this.#notices.length}`));
  }
}

customElements.define("screen-notices", ScreenNotices);
