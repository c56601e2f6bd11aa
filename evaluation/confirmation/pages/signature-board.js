/** The board to sign on: strokes as shares of its size, with time and pressure. */

import { el } from "/static/dom.js";
import { t } from "/static/i18n.js";

const POINTS_MOST = 20_000, STROKES_MOST = 200;
const INK_LEAST = 0.1, SPAN_LEAST = 0.06; // as evaluation/confirmation/model.py
const THIN = 0.0035, THICK = 0.011; // as evaluation/confirmation/ink.py
const STEP_LEAST = 0.0006;

export class SignatureBoard {
  strokes = []; node; #canvas; #hint; #aspect; #begun = null; #pointer = null; #onInk; #watch;

  /** @param {{aspect: number, onInk: () => void}} how  onInk: called when something has been written */
  constructor({ aspect, onInk }) {
    this.#aspect = aspect;
    this.#onInk = onInk;
    this.#canvas = el("canvas.board__canvas", { role: "img", "aria-label": t("confirm.sign_board") });
    this.#hint = el("span.board__hint", { "aria-hidden": "true" }, t("confirm.sign_here"));
    this.node = el("div.board", { style: { "--aspect": aspect } }, this.#hint, el("span.board__line", { "aria-hidden": "true" }), this.#canvas);
    for (const [name, listener] of Object.entries({ pointerdown: this.#down, pointermove: this.#move, pointerup: this.#up, pointercancel: this.#up })) this.#canvas.addEventListener(name, listener);
    this.#watch = new ResizeObserver(() => this.#draw());
    this.#watch.observe(this.#canvas);
  }

  get aspect() { return this.#aspect; }

  /** Why this is no signature: "empty", "dot" or null. */
  get fault() {
    const points = this.strokes.flat();
    if (!points.length) return "empty";
    const across = (at) => Math.max(...points.map((p) => p[at])) - Math.min(...points.map((p) => p[at]));
    const length = this.strokes.reduce((sum, stroke) => sum + stroke.slice(1).reduce((all, p, i) => all + Math.hypot(p[0] - stroke[i][0], (p[1] - stroke[i][1]) / this.#aspect), 0), 0);
    return length < INK_LEAST || Math.hypot(across(0), across(1) / this.#aspect) < SPAN_LEAST ? "dot" : null;
  }

  clear() {
    this.strokes = [];
    this.#begun = this.#pointer = null;
    this.#draw();
  }

  /** Nothing of the signature stays. */
  destroy() {
    this.#watch.disconnect();
    this.clear();
    this.#canvas.width = this.#canvas.height = 0;
  }

  relabel() {
    this.#hint.textContent = t("confirm.sign_here");
    this.#canvas.setAttribute("aria-label", t("confirm.sign_board"));
  }

  #down = (event) => {
    if (this.#pointer !== null || event.button > 0 || this.strokes.length >= STROKES_MOST) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#begun ??= event.timeStamp;
    this.strokes.push([]);
    this.#add(event);
    this.#onInk();
  };

  #move = (event) => {
    if (event.pointerId !== this.#pointer) return;
    event.preventDefault();
    for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) this.#add(one);
  };

  #up = (event) => {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.#onInk();
  };

  #add(event) {
    const box = this.#canvas.getBoundingClientRect();
    const stroke = this.strokes.at(-1), last = stroke.at(-1);
    const point = [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height), this.#time(event), event.pressure > 0 ? round(Math.min(1, event.pressure)) : 0.5];
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < STEP_LEAST) return;
    if (this.strokes.reduce((n, one) => n + one.length, 0) >= POINTS_MOST) return;
    stroke.push(point);
    this.#segment(this.#pen(), last ?? point, point);
    this.#hint.hidden = true;
  }

  /* Whole milliseconds that never go back, whatever the events' clocks do. */
  #time(event) {
    const last = this.strokes.flat().at(-1)?.[2] ?? 0;
    return Math.min(3_600_000, Math.max(last, Math.round(event.timeStamp - this.#begun)));
  }

  #pen() {
    const pen = this.#canvas.getContext("2d");
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#101418";
    return pen;
  }

  #segment(pen, from, to) {
    const { width, height } = this.#canvas;
    pen.lineWidth = (THIN + (THICK - THIN) * ((from[3] + to[3]) / 2)) * width;
    pen.beginPath();
    pen.moveTo(from[0] * width, from[1] * height);
    pen.lineTo(to[0] * width, to[1] * height);
    pen.stroke();
  }

  #draw() {
    const box = this.#canvas.getBoundingClientRect();
    this.#hint.hidden = this.strokes.length > 0;
    if (!box.width) return;
    const fine = Math.min(3, devicePixelRatio || 1);
    this.#canvas.width = Math.round(box.width * fine);
    this.#canvas.height = Math.round(box.height * fine);
    const pen = this.#pen();
    for (const stroke of this.strokes) stroke.forEach((point, i) => this.#segment(pen, stroke[Math.max(0, i - 1)], point));
  }
}

const round = (x) => Math.round(x * 10_000) / 10_000;
const share = (x) => round(Math.min(1, Math.max(0, x)));
