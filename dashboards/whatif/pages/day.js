/** The recorded day: its curve, and how well it can be played again. */

import { el } from "/static/dom.js";
import { named, t } from "/static/i18n.js";
import { count, duration, percent } from "/static/numbers.js";

const SVG = "http://www.w3.org/2000/svg";

export const clock = (seconds) => `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;

/** Arrivals as bars, who waits and which windows are there as lines, in half hours. */
export function curve(day) {
  const { slots } = day;
  const most = Math.max(1, ...slots.map((slot) => Math.max(slot.came, slot.waiting)));
  const staffed = Math.max(1, ...slots.map((slot) => slot.windows));
  const width = 100 / Math.max(1, slots.length);
  const svg = document.createElementNS(SVG, "svg");
  const draw = (tag, attributes) => { const one = document.createElementNS(SVG, tag); for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value); svg.append(one); };
  for (const [key, value] of Object.entries({ viewBox: "0 0 100 100", preserveAspectRatio: "none", class: "curve", role: "img", "aria-label": slots.map((slot) => `${clock(slot.begin_s)} ${slot.came} / ${slot.waiting} / ${slot.windows}`).join(", ") })) svg.setAttribute(key, value);
  slots.forEach((slot, n) => draw("rect", { x: n * width + width * 0.12, width: width * 0.76, y: 100 - (100 * slot.came) / most, height: (100 * slot.came) / most, class: "curve__bar" }));
  const path = (value) => slots.map((slot, n) => `${(n + 0.5) * width},${100 - 100 * value(slot)}`).join(" ");
  draw("polyline", { points: path((slot) => slot.waiting / most), class: "curve__waiting" });
  draw("polyline", { points: path((slot) => (0.95 * slot.windows) / staffed), class: "curve__windows" });
  const key = (name, text) => el("span", {}, el(`i.key__${name}`), text);
  return el("section.box", { id: "curve" }, el("h2.box__title", {}, t("whatif.curve")), el("p.note.num", {}, t("whatif.day_counts", { visitors: count(day.visitors), left: count(day.left), unserved: count(day.unserved) })),
    svg, el("div.curve__ends.num", {}, slots.length ? [el("span", {}, clock(slots[0].begin_s)), el("span", {}, clock(slots.at(-1).begin_s + 1800))] : null),
    el("div.legend", {}, key("came", t("whatif.key.came", { most: count(most) })), key("waiting", t("whatif.key.waiting")), key("windows", t("whatif.key.windows", { most: count(staffed) }))));
}

/** What a what-if of this day is worth: its own waits, played again. */
export function baseline(day, hall) {
  const all = day.baseline[""];
  const name = (id) => { const found = hall.lines.find((line) => line.id === id); return found ? named(found) : id; };
  const off = (one) => (one.recorded_mean_s ? Math.abs(one.played_mean_s - one.recorded_mean_s) / one.recorded_mean_s : 0);
  const row = (id) => { const one = day.baseline[id]; return el("tr", { "data-line": id }, el("th", { scope: "row" }, name(id)), el("td.end.num", {}, known(one.recorded_mean_s)), el("td.end.num", {}, known(one.played_mean_s)), el("td.end.num", {}, known(one.visitor_error_s))); };
  const isPoor = off(all) > 0.15 && Math.abs(all.played_mean_s - all.recorded_mean_s) > 60;
  return el("section.box", { id: "baseline" }, el("h2.box__title", {}, t("whatif.baseline")),
    el("p", { id: "baseline-said" }, all.visitors ? t("whatif.baseline_said", { recorded: duration(all.recorded_mean_s), played: duration(all.played_mean_s), error: duration(all.visitor_error_s), order: percent(all.in_order ?? 1) }) : t("whatif.baseline_none")),
    isPoor ? el("p.note--warn", {}, t("whatif.baseline_poor")) : null,
    el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, ["line", "recorded", "played", "error"].map((one, n) => el(n ? "th.end" : "th", { scope: "col" }, t(`whatif.column.${one}`))))), el("tbody", {}, day.lines.map(row)))),
    el("ul.limits.note", {}, ["drawn", "patience", "hand", "hours"].map((one) => el("li", {}, t(`whatif.limit.${one}`)))));
}

const known = (seconds) => (seconds === null ? "–" : duration(seconds));
