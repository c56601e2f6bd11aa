/** Carrying a line to a window: by mouse, by finger, or by keys; what it would do to the waits is said on the way. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { windowName } from "./manager-words.js";

const BEGINS_PX = 6;
const EDGE_PX = 48;
const STEP_PX = 12;
const SETTLE_MS = 200;

export class LineCarrier {
  #area; #foresee; #drop; #line = null; #over = null; #from = null; #isMoved = false; #windows = []; #ghost = el("div.hand__ghost", { role: "status", hidden: true }); #timer = null; #turn = 0; #scroll = null; #chip = null;

  /**
   * @param {Element} area  scrolls; holds rows `tr[data-window]`
   * @param {{foresee: (line: object, window: object) => Promise<string>, drop: (line: object, window: object) => void}} does  foresee: what it would do, in words
   */
  constructor(area, { foresee, drop }) {
    this.#area = area;
    this.#foresee = foresee;
    this.#drop = drop;
  }

  /** Whether a line is in the hand: the table must not be drawn anew under it. */
  get isBusy() { return this.#line !== null; }

  /** The chip of a line, to be taken hold of. @param {() => object[]} windows  those it may go to, as they stand */
  chip(line, windows, content) {
    return el("button.hand__chip", { id: `carry-${line.id}`, title: t("manager.hand.carry", { line: named(line) }), "aria-pressed": "false",
      on: { pointerdown: (event) => this.#hold(event, line, windows()), click: (event) => { if (event.detail === 0) this.#pick(event.currentTarget, line, windows()); }, keydown: (event) => this.#key(event), blur: () => { if (!this.#from) this.end(); } } }, content);
  }

  /** Puts the line back where it was. */
  end() {
    clearTimeout(this.#timer);
    clearInterval(this.#scroll);
    for (const [name, listener] of this.#listeners) removeEventListener(name, listener);
    this.#enter(null);
    this.#chip?.setAttribute("aria-pressed", "false");
    this.#line = this.#from = this.#chip = null;
    this.#isMoved = false;
    this.#ghost.remove();
  }

  // -- by mouse and finger

  #listeners = [["pointermove", (event) => this.#move(event)], ["pointerup", (event) => this.#let(event)], ["pointercancel", () => this.end()], ["keydown", (event) => { if (event.key === "Escape") this.end(); }]];

  #hold(event, line, windows) {
    if (event.button !== 0 || !event.isPrimary) return;
    this.end();
    this.#begin(event.currentTarget, line, windows);
    this.#from = { x: event.clientX, y: event.clientY };
    for (const [name, listener] of this.#listeners) addEventListener(name, listener);
  }

  #move(event) {
    const { clientX: x, clientY: y } = event;
    this.#isMoved ||= Math.hypot(x - this.#from.x, y - this.#from.y) > BEGINS_PX;
    if (!this.#isMoved) return;
    event.preventDefault();
    this.#at(x + 14, y + 14);
    this.#enter(this.#windowAt(x, y));
    this.#scrollAt(x, y);
  }

  #let(event) {
    const [line, window] = [this.#line, this.#isMoved ? this.#windowAt(event.clientX, event.clientY) : null];
    this.end();
    if (window) this.#drop(line, window);
  }

  #windowAt(x, y) {
    const row = document.elementFromPoint(x, y)?.closest("tr[data-window]");
    return row && this.#area.contains(row) ? this.#windows.find((one) => one.id === row.dataset.window) ?? null : null;
  }

  /* Near an edge the table goes on by itself: not every window is in sight. */
  #scrollAt(x, y) {
    clearInterval(this.#scroll);
    const { top, bottom, left, right } = this.#area.getBoundingClientRect();
    const head = this.#area.querySelector("thead")?.offsetHeight ?? 0;
    if (x < left || x > right) return;
    const by = y > bottom - EDGE_PX ? STEP_PX : y < top + head + EDGE_PX / 2 && y > top ? -STEP_PX : 0;
    if (by) this.#scroll = setInterval(() => { this.#area.scrollBy(0, by); this.#enter(this.#windowAt(x, y)); }, 30);
  }

  // -- by keys: enter takes it, the arrows choose the window, enter lets it go, escape puts it back

  #pick(chip, line, windows) {
    if (this.#line) {
      const [held, over] = [this.#line, this.#over];
      this.end();
      if (over) this.#drop(held, over);
      return;
    }
    this.#begin(chip, line, windows);
    this.#step(0);
  }

  #key(event) {
    if (!this.#line || this.#from) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) this.#step(by);
    else if (event.key === "Escape") this.end();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    const at = this.#windows.indexOf(this.#over);
    const next = this.#windows.at(at < 0 ? 0 : (at + by) % this.#windows.length);
    if (!next) return;
    this.#row(next)?.scrollIntoView({ block: "nearest" });
    const { bottom, left } = this.#row(next)?.querySelector("th").getBoundingClientRect() ?? { bottom: 0, left: 0 };
    this.#at(left + 24, bottom + 2);
    this.#enter(next);
  }

  // -- both

  #begin(chip, line, windows) {
    this.#chip = chip;
    this.#line = line;
    this.#windows = windows;
    chip.setAttribute("aria-pressed", "true");
    this.#ghost.hidden = true;
    document.body.append(this.#ghost);
  }

  #row(window) { return this.#area.querySelector(`tr[data-window="${CSS.escape(window.id)}"]`); }

  #at(x, y) {
    if (this.#ghost.hidden) { this.#ghost.hidden = false; this.#say(""); }
    const { width, height } = this.#ghost.getBoundingClientRect();
    this.#ghost.style.setProperty("translate", `${Math.max(8, Math.min(x, innerWidth - width - 8))}px ${Math.max(8, Math.min(y, innerHeight - height - 8))}px`);
  }

  #enter(window) {
    if (window === this.#over) return;
    if (this.#over) this.#row(this.#over)?.classList.remove("hand__target");
    this.#over = window;
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (!this.#line) return;
    this.#say("");
    if (!window) return;
    this.#row(window)?.classList.add("hand__target");
    this.#timer = setTimeout(() => this.#ask(this.#turn), SETTLE_MS);
  }

  async #ask(turn) {
    const words = await this.#foresee(this.#line, this.#over);
    if (turn === this.#turn && this.#line) this.#say(words);
  }

  #say(words) {
    fill(this.#ghost, el("p.hand__ghost-what", {}, el("span.prefix.num", {}, this.#line.prefix), el("span", {}, named(this.#line)), this.#over && icon("arrow-right"), this.#over && el("strong", {}, windowName(this.#over))),
      (words || !this.#over) && el("p.small", { class: words ? "num" : "muted" }, words || t("manager.hand.carry_to")));
  }
}
