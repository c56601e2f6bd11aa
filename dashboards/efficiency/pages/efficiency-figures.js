/** Figures in words that are read from far: "8 min 12 s", "98.5 %", "1,204"; never more digits than help. */

import { el } from "/static/dom.js";
import { both, pair } from "/pages/displays/both.js";

const SECONDS = new Set(["mean", "percentile"]);
const PIECES = new Set(["ratings"]);
const COUNT = new Intl.NumberFormat("en");
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

const find = (figures, id) => figures.find((one) => one.id === id) ?? null;
const two = (n) => String(n).padStart(2, "0");

/** A figure as one short text: "8:12", "98.5%", "1,204"; "–" where there is none. */
export function short(figures, id) {
  const figure = find(figures, id);
  if (figure === null || figure.value === null) return "–";
  if (SECONDS.has(figure.kind)) { const s = Math.round(figure.value); return `${Math.floor(s / 60)}:${two(s % 60)}`; }
  return figure.kind === "rate" ? PERCENT.format(figure.value) : COUNT.format(figure.value);
}

/** A figure large, its unit small beside it. */
export function large(figures, id) {
  const figure = find(figures, id);
  if (figure === null || figure.value === null) return el("span.eff-value", {}, "–");
  if (SECONDS.has(figure.kind)) {
    const s = Math.round(figure.value);
    return el("span.eff-value", {}, s >= 60 && [Math.floor(s / 60), unit("min")], s >= 60 ? two(s % 60) : s, unit("s"));
  }
  if (figure.kind === "rate") return el("span.eff-value", {}, PERCENT.format(figure.value).slice(0, -1), el("span.eff-unit", {}, "%"));
  return el("span.eff-value", {}, COUNT.format(figure.value), unit(PIECES.has(id) ? "piece" : "person"));
}

/** The name of a figure, {zh, en}. */
export const figureName = (id, { goal_min }) => both(`efficiency.figure.${id}`, { goal: goal_min });

/** Its name over a column; times say how they are written. */
export const columnName = (id, { goal_min }) => both(`efficiency.short.${id}`, { goal: goal_min });

const unit = (name) => pair(both(`efficiency.unit.${name}`), "span.eff-unit.pair");
