/** <screen-head>: the name of the place, the hall, the logo and the clock; the clock runs on without the server. */

import { hallIso } from "/static/clock.js";
import { el, fill, say } from "/static/dom.js";
import { timeOfDay } from "/static/numbers.js";
import { both, dayInBoth, namesOf, pair } from "./both.js";

class ScreenHead extends HTMLElement {
  #time = el("span.head__time", { id: "time" }); #day = el("span.head__day", { id: "day" }); #shown = ""; #timer = null;

  connectedCallback() { this.classList.add("head"); this.#timer = setInterval(() => this.#tick(), 1000); this.#tick(); }
  disconnectedCallback() { clearInterval(this.#timer); }

  /** @param {{title: {zh: string, en: string}, hall: object, layout: object}} what */
  show({ title, hall, layout }) {
    const shown = JSON.stringify([title, hall, layout.logo?.id, layout.demo]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    fill(this, layout.logo && el("img.head__logo", { src: `/api/v1/media/${layout.logo.id}`, alt: "", width: layout.logo.width, height: layout.logo.height }),
      el("div.head__names", {}, el("h1.head__title", { id: "zone" }, pair(title)),
        el("p.head__hall", { id: "hall" }, pair(namesOf(hall)), layout.demo && pair(both("board.demo"), "span.head__demo.pair"))),
      el("p.head__clock.num", {}, this.#time, this.#day));
  }

  #tick() {
    const now = hallIso();
    say(this.#time, timeOfDay(now));
    if (this.#day.dataset.day === now.slice(0, 10)) return;
    this.#day.dataset.day = now.slice(0, 10);
    fill(this.#day, pair(dayInBoth(now)));
  }
}

customElements.define("screen-head", ScreenHead);
