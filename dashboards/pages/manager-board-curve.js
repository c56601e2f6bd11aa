/** Today's curve in plain SVG: people who wait and numbers taken by half hour, before the usual of this weekday. */

import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { lang, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { slotTime, title } from "./manager-board-words.js";

const NS = "http://www.w3.org/2000/svg";
const LABEL_EM = 3.4; // room for one time of day on the axis
const KINDS = ["waiting", "taken"];

export class CurveCard {
  #head = el("div"); #plot = el("div.curve__plot"); #curve = null; #shown = ""; #size = null; #watch = new ResizeObserver(() => this.#measure());

  constructor() {
    this.node = el("section.board__curve", { id: "curve" }, this.#head, this.#plot);
    this.#watch.observe(this.#plot);
  }

  close() { this.#watch.disconnect(); }

  take(curve) {
    const shown = JSON.stringify([curve, lang()]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#curve = curve;
    fill(this.#head, title(t("manager.board.curve"), el("span.curve__legend", {}, legend(curve))));
    this.#draw();
  }

  /* Only when the size has changed: to measure at each event would lay the whole board out once more. */
  #measure() {
    const { clientWidth: width, clientHeight: height } = this.#plot;
    this.#size = width < 50 || height < 50 ? null : { width, height, em: parseFloat(getComputedStyle(this.#plot).fontSize) };
    this.#draw();
  }

  #draw() {
    if (!this.#curve || !this.#size) return;
    const { width, height, em } = this.#size;
    const each = (height - 1.5 * em) / KINDS.length;
    const charts = KINDS.map((kind, at) => chart(kind, this.#curve, { left: 2.4 * em, right: width - 0.8 * em, top: at * each + 2.1 * em, bottom: (at + 1) * each, em }));
    fill(this.#plot, svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": spoken(this.#curve) }, charts, axis(this.#curve, { left: 2.4 * em, right: width - 0.8 * em, y: height - 0.35 * em, em })));
  }
}

/** What the lines mean, or why there is nothing to compare with. */
function legend({ usual, is_known: isKnown }) {
  if (!usual) return el("span.muted", {}, t(isKnown ? "manager.board.usual_none" : "manager.board.usual_wait"));
  return [el("span.curve__key.curve__key--today", {}, t("manager.board.today")), el("span.curve__key.curve__key--usual", { title: t("manager.board.usual_title", { n: usual.days }) }, t("manager.board.usual", { day: weekday(), n: usual.days }))];
}

const weekday = () => new Intl.DateTimeFormat(lang(), { weekday: "long", timeZone: "UTC" }).format(new Date(`${hallIso()}Z`));

function spoken({ waiting, taken, usual }) {
  const at = waiting.length - 1;
  const now = t("manager.board.curve_now", { waiting: waiting[at] ?? 0, taken: taken[at] ?? 0 });
  return usual && at >= 0 ? `${now} ${t("manager.board.curve_usual", { waiting: Math.round(usual.waiting[at][1]), taken: Math.round(usual.taken[at][1]) })}` : now;
}

/* One of the two: people who wait stand at the end of a half hour, numbers taken fill one. */
function chart(kind, { first, end, usual, [kind]: today }, box) {
  const band = usual?.[kind] ?? [];
  const top = nice(Math.max(1, ...today, ...band.map(([, , high]) => high)));
  const slots = end - first;
  const x = (slot) => box.left + ((box.right - box.left) * slot) / slots;
  const y = (n) => box.bottom - ((box.bottom - box.top) * n) / top;
  const now = today.length - 1;
  const steps = kind === "taken";
  return svg("g", { class: `curve__chart curve__chart--${kind}` },
    svg("text", { class: "curve__name", x: box.left - 2.2 * box.em, y: box.top - 0.9 * box.em }, t(`manager.board.curve_${kind}`)),
    now >= 0 && svg("text", { class: "curve__now num", x: box.right, y: box.top - 0.9 * box.em, "text-anchor": "end" }, beside(today[now], band[now])),
    [0, top / 2, top].filter(Number.isInteger).map((n) => [svg("line", { class: "curve__grid", x1: box.left, x2: box.right, y1: y(n), y2: y(n) }), svg("text", { class: "curve__tick num", x: box.left - 0.4 * box.em, y: y(n) + 0.3 * box.em, "text-anchor": "end" }, n)]),
    band.length > 0 && svg("path", { class: "curve__band", d: area(band, x, y, steps) }),
    band.length > 0 && svg("path", { class: "curve__usual", d: line(band.map(([, middle]) => middle), x, y, steps) }),
    steps ? today.map((n, slot) => svg("rect", { class: `curve__bar${slot === now ? " curve__bar--runs" : ""}`, x: x(slot + 0.14), width: x(0.72) - x(0), y: y(n), height: box.bottom - y(n) }))
      : today.length > 0 && [svg("path", { class: "curve__today", d: line(today, x, y, false) }), svg("circle", { class: "curve__dot", cx: x(now + 0.5), cy: y(today[now]), r: 0.28 * box.em })]);
}

const beside = (n, usual) => (usual ? t("manager.board.beside_usual", { n: count(n), usual: count(Math.round(usual[1])) }) : count(n));

function axis({ first, end }, { left, right, y, em }) {
  const slots = end - first;
  const room = Math.max(1, Math.floor((right - left) / (LABEL_EM * em)));
  const step = [2, 4, 6, 8, 12].find((one) => slots / one <= room) ?? 16;
  return Array.from({ length: slots + 1 }, (_, at) => first + at).filter((slot) => slot % step === 0)
    .map((slot) => svg("text", { class: "curve__tick num", x: left + ((right - left) * (slot - first)) / slots, y, "text-anchor": slot === end ? "end" : "middle" }, slotTime(slot)));
}

/* Through the middles of the half hours; as steps: level through each. */
function line(values, x, y, steps) {
  const points = values.flatMap((n, slot) => (steps ? [[x(slot), y(n)], [x(slot + 1), y(n)]] : [[x(slot + 0.5), y(n)]]));
  return points.map(([px, py], at) => `${at ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
}

function area(band, x, y, steps) {
  const upper = line(band.map(([, , high]) => high), x, y, steps);
  const lower = line(band.map(([low]) => low), x, y, steps).slice(1).split("L").reverse().join("L");
  return `${upper}L${lower}Z`;
}

/** The next round number above, even so that its half is whole. */
function nice(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return Math.max(2, [1, 2, 4, 6, 8, 10].map((one) => one * power).find((one) => one >= n));
}

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter((child) => child || child === 0).map((child) => (child instanceof Node ? child : String(child))));
  return node;
}
