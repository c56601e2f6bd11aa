/** Figures as the hall's pages and reports write them (dashboards/figures/shown.py): "8:12", "98.5%", "1,204". */

import { el } from "/static/dom.js";
import { both, pair } from "/pages/displays/both.js";

const SECONDS = new Set(["mean", "percentile"]);
const PIECES = new Set(["ratings"]);
const COUNT = new Intl.NumberFormat("en");
const NOTHING = "—";

const find = (figures, id) => figures.find((one) => one.id === id) ?? null;
/* One digit behind the point, half up, of the share's own decimals: 0.9765 is 97.7 although 97.65 is a little less in binary. */
const percent = (share) => (Math.round(Number(share < 1e-6 ? 0 : `${share}e3`)) / 10).toFixed(1);
const two = (n) => String(n).padStart(2, "0");

/** A figure as one short text: "8:12", "98.5%", "1,204"; a dash where there is none. */
export function short(figures, id) {
  const figure = find(figures, id);
  if (figure === null || figure.value === null) return NOTHING;
  if (SECONDS.has(figure.kind)) { const s = Math.round(figure.value); return `${Math.floor(s / 60)}:${two(s % 60)}`; }
  return figure.kind === "rate" ? `${percent(figure.value)}%` : COUNT.format(figure.value);
}

/** The same where there is little room: the sign is smaller than the digits, so that "100.0%" fits too. */
export function narrow(figures, id) {
  const text = short(figures, id);
  return text.endsWith("%") ? [text.slice(0, -1), el("span.eff-sign", {}, "%")] : text;
}

/** A figure large, its unit small beside it. */
export function large(figures, id) {
  const figure = find(figures, id);
  if (figure === null || figure.value === null) return el("span.eff-value", {}, NOTHING);
  if (SECONDS.has(figure.kind)) {
    const s = Math.round(figure.value);
    return el("span.eff-value", {}, s >= 60 && [Math.floor(s / 60), unit("min")], s >= 60 ? two(s % 60) : s, unit("s"));
  }
  if (figure.kind === "rate") return el("span.eff-value", {}, percent(figure.value), el("span.eff-unit", {}, "%"));
  return el("span.eff-value", {}, COUNT.format(figure.value), unit(PIECES.has(id) ? "piece" : "person"));
}

/** The name of a figure, {zh, en}. */
export const figureName = (id, { goal_min }) => both(`efficiency.figure.${id}`, { goal: goal_min });

/** Its name over a column; times say how they are written. */
export const columnName = (id, { goal_min }) => both(`efficiency.short.${id}`, { goal: goal_min });

const unit = (name) => pair(both(`efficiency.unit.${name}`), "span.eff-unit.pair");
