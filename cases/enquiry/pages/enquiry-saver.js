/** The screen saver: when nobody has touched the start for a while, the hall's picture, the time, waits and notices; never two minutes in one place. */

import { api } from "/static/api.js";
import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, onLang, t } from "/static/i18n.js";
import { dayOf, timeOfDay, waitRange } from "/static/numbers.js";

const REST_S = Number(new URLSearchParams(location.search).get("saver")) || 90;
const MOVE_S = 30;
const LOOK_S = 30;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart", "card"];

export class Saver {
  #app; #quiet_s = 0; #shown_s = 0; #place = 0; #node = null; #hall = null; #notices = [];

  constructor(app) {
    this.#app = app;
    for (const kind of SIGNS) addEventListener(kind, (event) => this.#touched(event), { capture: true, passive: false });
    setInterval(() => this.#second(), 1000);
    onLang(() => this.#draw());
  }

  #touched(event) {
    this.#quiet_s = 0;
    if (!this.#node) return;
    if (event.type !== "card") { event.preventDefault(); event.stopPropagation(); } // the touch that wakes it chooses nothing
    const node = this.#node;
    this.#node = null;
    node.addEventListener("click", (click) => click.stopPropagation());
    setTimeout(() => node.remove(), 350); // a click that belongs to the touch ends on it
    node.classList.add("en-saver--leaving");
    document.body.removeAttribute("data-saver");
  }

  #second() {
    if (!this.#app.isPristine) { this.#quiet_s = 0; return; }
    this.#quiet_s += 1;
    if (!this.#node && this.#quiet_s >= REST_S) this.#begin();
    if (!this.#node) return;
    this.#shown_s += 1;
    if (this.#shown_s % MOVE_S === 0) this.#place = (this.#place + 1) % 6;
    if (this.#shown_s % LOOK_S === 0) this.#look();
    this.#draw();
  }

  async #begin() {
    this.#shown_s = 0;
    this.#node = el("section.en-saver", { id: "saver", role: "button", tabindex: "0", "aria-label": t("enquiry.touch") });
    document.body.append(this.#node);
    document.body.dataset.saver = "";
    this.#draw();
    await this.#look();
  }

  async #look() {
    const [start, hall, said] = await Promise.all(["enquiry", "hall", "notices"].map((path) => api.get(path).catch(() => null)));
    if (start) this.#app.start = start;
    this.#hall = hall ?? this.#hall;
    this.#notices = said?.notices ?? this.#notices;
    this.#draw();
  }

  #draw() {
    if (!this.#node) return;
    const { picture } = this.#app.start;
    this.#node.dataset.place = this.#place;
    const lines = (this.#hall?.lines ?? []).filter((one) => one.open || one.waiting).slice(0, 6);
    fill(this.#node,
      picture ? el("img.en-saver__picture", { src: picture, alt: "" }) : el("div.en-saver__picture.en-saver__picture--none", {}, icon("building")),
      el("div.en-saver__card", {},
        el("p.en-saver__hall", {}, this.#hall ? named(this.#hall) : "OneDoor 一门"),
        el("p.en-saver__time.num", {}, timeOfDay(hallIso())), el("p.en-saver__day", {}, dayOf(hallIso())),
        lines.length > 0 && el("ul.en-saver__lines", {}, lines.map((one) => el("li", {}, el("span.num.en-saver__prefix", {}, one.prefix), el("span.truncate", {}, named(one)), el("span.en-saver__wait", {}, one.open ? waitRange(one.wait_s) : t("enquiry.not_open"))))),
        this.#notices.length > 0 && el("p.en-saver__notice", {}, icon("bell"), el("span.clamp-2", {}, notice(this.#notices[Math.floor(this.#shown_s / 10) % this.#notices.length]))),
        el("p.en-saver__touch", {}, t("enquiry.touch"))));
  }
}

const notice = (one) => (isChinese() ? one.zh : one.en || one.zh);
