/** The emergency over the whole screen, read from ten metres: what has happened and what to do, in both languages. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { loadWords, words } from "./notices-words.js";

export const SIGNS = { fire: "flame", evacuation: "exit", power: "power", network: "wifi-off", police: "shield", other: "alert" };
/** Of these people must leave or take care: red. The others interrupt service: blue. */
export const DANGERS = new Set(["fire", "evacuation", "police"]);
const ON_TOP_MS = 1000;
const SHRINK = 0.95;
const LARGEST = 1.5;
const LEAST = 0.35;

export class EmergencyScreen {
  #node = null; #shown = null; #signIn; #timer = null; #above = [];

  constructor({ signIn }) {
    this.#signIn = signIn;
    addEventListener("resize", () => this.#fit());
  }

  /** @param {object|null} emergency  of notices/hall */
  show(emergency) {
    if (JSON.stringify(emergency) === JSON.stringify(this.#shown)) return;
    this.#shown = emergency;
    if (!emergency) { this.#leave(); return; }
    this.#draw();
    loadWords().then(() => { if (this.#shown === emergency) this.#draw(); });
  }

  #draw() {
    // Whoever must leave has nothing to learn about numbers.
    const { kind, zh, en, do_zh, do_en, stops_issuing, stops_calling } = this.#shown;
    this.#node ??= this.#made();
    this.#node.dataset.danger = String(DANGERS.has(kind));
    const stops = DANGERS.has(kind) ? [] : [stops_issuing && words("notices.no_numbers"), stops_calling && words("notices.no_calls")].filter((one) => one && one.zh);
    fill(this.#node, el("div.emergency__body", { role: "alert" },
      icon(SIGNS[kind] ?? "alert"),
      el("p.emergency__what", { lang: "zh-CN" }, zh), en && en !== zh && el("p.emergency__what.emergency__en", { lang: "en" }, en),
      do_zh && el("p.emergency__do", { lang: "zh-CN" }, do_zh), do_en && do_en !== do_zh && el("p.emergency__do.emergency__en", { lang: "en" }, do_en),
      stops.length > 0 && el("p.emergency__stops", {}, el("span", { lang: "zh-CN" }, stops.map((one) => one.zh).join(" · ")), el("span.emergency__en", { lang: "en" }, stops.map((one) => one.en).join(" · ")))),
    this.#signIn && el("a.emergency__sign-in", { href: "/sign-in" }, [words("notices.sign_in").zh, words("notices.sign_in").en].filter(Boolean).join(" ") || "→"));
    this.#fit();
  }

  /* A popover stands above everything and knows no Escape; what lies below cannot be touched meanwhile. */
  #made() {
    const node = el("section.emergency", { id: "emergency", popover: "manual" });
    document.documentElement.append(node);
    node.showPopover?.();
    document.body.inert = true;
    this.#timer = setInterval(() => this.#stayOnTop(), ON_TOP_MS);
    return node;
  }

  /* A dialog that the page opens later would stand above: show again. */
  #stayOnTop() {
    if (!this.#node?.showPopover) return;
    const others = [...document.querySelectorAll("dialog:modal, [popover]:popover-open")].filter((one) => one !== this.#node);
    const isNew = others.some((one) => !this.#above.includes(one));
    this.#above = others;
    if (!isNew) return;
    this.#node.hidePopover();
    this.#node.showPopover();
  }

  #leave() {
    clearInterval(this.#timer);
    this.#node?.remove();
    this.#node = null;
    document.body.inert = false;
  }

  /** As large as the screen allows: by the number of letters first, then smaller until nothing is cut off. */
  #fit() {
    if (!this.#node) return;
    const area = innerWidth * innerHeight;
    const { zh, en, do_zh, do_en } = this.#shown;
    const what = Math.min(Math.sqrt((area * 0.2) / (room(zh) + room(en) * 0.45)), innerHeight * 0.17, innerWidth * 0.2);
    const shall = Math.min(Math.sqrt((area * 0.22) / (room(do_zh) + room(do_en) * 0.45)), what * 0.7);
    for (let scale = LARGEST; scale > LEAST; scale *= SHRINK) {
      this.#node.style.setProperty("--what", `${what * scale}px`);
      this.#node.style.setProperty("--do", `${Math.max(shall * scale, 16)}px`);
      if (this.#node.scrollHeight <= this.#node.clientHeight && this.#node.scrollWidth <= this.#node.clientWidth) return;
    }
  }
}

/** How many squares of a hanzi a text fills: a Latin letter about half a one. */
const room = (text) => [...(text || "")].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 0x2000 ? 0.55 : 1), 0) || 1;
