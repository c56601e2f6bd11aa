/** <way-map>: the floor plan with where one stands, the zone and windows that are meant lit, the way to them, and the way in words. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";

const NS = "http://www.w3.org/2000/svg";
const ICONS = { entrance: "arrow-right", exit: "exit", kiosk: "kiosk", desk: "desk", toilet: "users" };
const HIGH = 1000;

/** How far to turn an arrow that points up. */
const TURNS = { top: 0, right: 90, bottom: 180, left: 270 };

class WayMap extends HTMLElement {
  connectedCallback() { this.classList.add("way"); }

  /** @param {object} way  of GET /api/v1/way; null: nothing is known */
  show(way) {
    if (!way) { fill(this); return; }
    const { plan, lit, goal, here } = way;
    const ratio = plan.picture ? plan.picture.width / plan.picture.height : plan.columns / plan.rows;
    const board = el("div.way__plan", { role: "img", "aria-label": t("way.plan", { name: named(plan) }), dataset: { say: t("way.plan", { name: named(plan) }) }, style: { "--ratio": ratio } },
      plan.picture && el("img.way__picture", { src: `/api/v1/media/${plan.picture.id}`, alt: "" }),
      plan.places.map((place) => placeNode(place, isLit(place, lit), isGoal(place, goal), plan.places)),
      line(way.points, ratio), hereNode(here));
    fill(this, el("div.way__frame", { style: { "--ratio": ratio } }, board), stepList(way));
  }
}

/** The way in words, as a list. */
export function stepList(way) {
  return el("ol.way__steps", { "aria-label": t("way.words") }, way.steps.map((step, at) => el("li.way__step", { dataset: { last: at === way.steps.length - 1 } }, el("span.way__n.num", { "aria-hidden": "true" }, at + 1), el("span", {}, isChinese() ? step.zh : step.en))));
}

const percent = (share) => `${(share * 100).toFixed(3)}%`;
const isLit = (place, lit) => (place.kind === "window" && lit.windows.includes(place.ref)) || (place.kind === "zone" && lit.zones.includes(place.ref));
const isGoal = (place, goal) => place.kind === goal.kind && place.ref === goal.ref;

function placeNode(place, isLit, isGoal, all) {
  const style = { left: percent(place.x), top: percent(place.y), width: percent(place.w), height: percent(place.h) };
  const marks = { ...(isLit && { lit: "" }), ...(isGoal && { goal: "" }) };
  if (place.kind === "window") return el("div.way__spot.way__spot--window", { style, dataset: { window: place.ref, ...marks } }, el("span.way__no.num", {}, place.window_number));
  if (place.kind === "zone") return el("div.way__spot.way__spot--zone", { style, dataset: { zone: place.ref, word: wordSide(place, all), ...marks } }, el("span.way__zone", {}, named(place)));
  const words = place.name ? named(place) : place.kind === "label" ? "" : t(`plan.kind.${place.kind}`);
  return el(`div.way__spot.way__spot--thing.way__spot--${place.kind}`, { style, dataset: marks }, ICONS[place.kind] && icon(ICONS[place.kind]), words && el("span.way__name", {}, words));
}

/* A zone's name stands where its windows do not. */
function wordSide(zone, all) {
  const inside = all.filter((one) => one.kind === "window" && one.x + one.w / 2 > zone.x && one.x + one.w / 2 < zone.x + zone.w && one.y + one.h / 2 > zone.y && one.y + one.h / 2 < zone.y + zone.h);
  if (!inside.length) return "middle";
  const mean = (of) => inside.reduce((sum, one) => sum + of(one), 0) / inside.length;
  const dx = (mean((one) => one.x + one.w / 2) - zone.x) / zone.w - 0.5;
  const dy = (mean((one) => one.y + one.h / 2) - zone.y) / zone.h - 0.5;
  if (Math.abs(dx) > Math.abs(dy)) return dx > 0 ? "left" : "right";
  return dy > 0 ? "top" : "bottom";
}

function line(points, ratio) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("class", "way__line");
  svg.setAttribute("viewBox", `0 0 ${HIGH * ratio} ${HIGH}`);
  svg.setAttribute("aria-hidden", "true");
  const drawn = points.map(({ x, y }) => `${(x * HIGH * ratio).toFixed(1)},${(y * HIGH).toFixed(1)}`).join(" ");
  for (const name of ["way__under", "way__over"]) {
    const stroke = document.createElementNS(NS, "polyline");
    stroke.setAttribute("points", drawn);
    stroke.setAttribute("class", name);
    svg.append(stroke);
  }
  const end = points.at(-1);
  const dot = document.createElementNS(NS, "circle");
  dot.setAttribute("class", "way__end");
  dot.setAttribute("cx", (end.x * HIGH * ratio).toFixed(1));
  dot.setAttribute("cy", (end.y * HIGH).toFixed(1));
  dot.setAttribute("r", 15);
  svg.append(dot);
  return svg;
}

function hereNode({ x, y, facing }) {
  const isLow = y < 0.15; // the word stands below the dot where there is no room above it
  return el("div.way__here", { style: { left: percent(x), top: percent(y) }, dataset: isLow ? { low: "" } : {} },
    el("span.way__dot", { style: facing ? { "--turn": `${TURNS[facing]}deg` } : {}, dataset: { facing: facing ?? "" } }), el("strong.way__word", {}, t("way.here")));
}

customElements.define("way-map", WayMap);
