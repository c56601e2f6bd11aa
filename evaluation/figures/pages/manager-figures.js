/** The figures of a period beside those of the period before, and of its departments, windows, people, channels and days. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, lang, named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { byId, formulaLink, groupName, levelBar, levelKey, parts, rate, rateBar, RATES, shortDay } from "./figure-words.js";

const KINDS = ["window", "department", "channel", "staff", "matter", "day"];
const COUNTS = ["ratings", "marked", "served", "orders"];
/** More of it is worse. */
const LESS_IS_BETTER = new Set(["bad_rate", "unrated_rate"]);
const SVG = "http://www.w3.org/2000/svg";

export class FiguresPart {
  #node; #page; #by = "window"; #raw = false; #asked = 0;

  constructor(node, page) {
    this.#node = node;
    this.#page = page;
  }

  async load() {
    const asked = (this.#asked += 1);
    if (!this.#node.childElementCount) fill(this.#node, el("p.empty", {}, t("figures.loading")));
    const { from, to } = this.#page.period();
    const before = earlier(from, to);
    const get = (by, first, last) => api.get(`ratings/figures?from=${first}&to=${last}&by=${by}${this.#raw ? "&raw=1" : ""}`);
    try {
      const [now, then, days] = await Promise.all([get(this.#by, from, to), get("hall", before.from, before.to), get("day", from, to)]);
      if (asked === this.#asked) this.#draw(now, then, days, before);
    } catch (error) {
      if (asked === this.#asked) this.#page.failed(error);
    }
  }

  #draw(now, then, days, before) {
    const found = byId(now.figures);
    const old = byId(then.figures);
    fill(this.#node,
      el("div.period__hint", {}, t("figures.before_days", { first: before.from, last: before.to })),
      el("div.cards", { id: "figures" }, [...RATES, ...COUNTS].map((id) => card(found[id], old[id]))),
      el("div.two", {}, levels(found), chart(days), words(now)), this.#groups(now));
  }

  #groups(now) {
    const { from, to } = this.#page.period();
    const pick = (by) => el("button.chip", { id: `by-${by}`, "aria-pressed": String(by === this.#by), on: { click: () => { this.#by = by; this.load(); } } }, t(`figures.by.${by}`));
    const raw = el("button.chip", { id: "raw", title: t("figures.raw_hint"), "aria-pressed": String(this.#raw), on: { click: () => { this.#raw = !this.#raw; this.load(); } } }, t("figures.raw"));
    const file = `/api/v1/ratings/figures.csv?from=${from}&to=${to}&by=${this.#by}${this.#raw ? "&raw=1" : ""}&lang=${lang()}`;
    return el("section.box", { id: "groups" }, el("div.box__head", {}, el("h2.box__title", {}, t("figures.groups")), el("div.chips", {}, KINDS.map(pick), raw), el("a.btn.btn--sm", { href: file, download: true, id: "figures-csv" }, icon("document"), t("figures.csv"))), table(this.#by, now.groups));
  }
}

function card(figure, before) {
  const isCount = figure.kind === "count";
  return el("article.figure", { id: `figure-${figure.id}` }, el("span.figure__name", {}, formulaLink(figure.id)), el("span.figure__value", {}, isCount ? count(figure.numerator) : rate(figure)),
    el("span.figure__parts.num", {}, isCount ? "" : parts(figure) || t("figures.none_hint")), change(figure, before, isCount));
}

/* How much more or less than before: points of a rate, the number of a count. */
function change(figure, before, isCount) {
  if (before?.value === null || before?.value === undefined || figure.value === null) return el("span.figure__before", {}, before?.value === null ? t("figures.no_before") : "");
  const by = isCount ? figure.value - before.value : Math.round((figure.value - before.value) * 1000) / 10;
  const well = isCount || by === 0 ? "" : (by > 0) !== LESS_IS_BETTER.has(figure.id) ? "ok" : "bad";
  const signed = new Intl.NumberFormat(lang(), { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(by);
  return el("span.figure__before.num", {}, el(`span.figure__change${well ? `.figure__change--${well}` : ""}`, {}, by > 0 ? "▲ " : by < 0 ? "▼ " : "", isCount ? signed : t("figures.points", { n: signed })), " · ", t("figures.before", { value: isCount ? count(before.numerator) : rate(before) }));
}

function levels(found) {
  return el("section.box", { id: "levels" }, el("h2.box__title", {}, t("figures.levels")), levelBar(found), levelKey(found));
}

function words(now) {
  const rows = (names, kind) => Object.entries(names).sort((a, b) => b[1] - a[1]).map(([name, many]) => [kind, name, many]);
  const all = [...rows(now.reasons, "reason"), ...rows(now.aspects, "aspect")];
  const most = Math.max(1, ...all.map(([, , many]) => many));
  const line = ([kind, name, many]) => [el("span", {}, has(`figures.${kind}.${name}`) ? t(`figures.${kind}.${name}`) : name), el("span.words__bar", { "aria-hidden": "true" }, el(`span.words__fill.words__fill--${kind}`, { style: { width: `${(100 * many) / most}%` } })), el("span.num", {}, count(many))];
  return el("section.box", { id: "words" }, el("h2.box__title", {}, t("figures.words")), all.length ? el("div.words", {}, all.map(line)) : el("p.muted", {}, t("figures.none_hint")));
}

/* 好评率 day by day; the same numbers stand in the table by day. */
function chart(days) {
  const points = days.groups.map((one) => [one.key, byId(one.figures).good_rate.value]).filter(([, value]) => value !== null);
  const box = el("section.box", { id: "chart" }, el("h2.box__title", {}, t("figures.chart")));
  if (points.length < 2) { box.append(el("p.muted", {}, points.length ? `${shortDay(points[0][0])} ${rate({ value: points[0][1] })}` : t("figures.none_hint"))); return box; }
  const low = Math.min(0.9, Math.floor(Math.min(...points.map(([, value]) => value)) * 10) / 10);
  const place = ([, value], n) => `${(100 * n) / (points.length - 1)},${100 - (100 * (value - low)) / (1 - low)}`;
  const svg = document.createElementNS(SVG, "svg");
  const draw = (tag, attributes) => { const one = document.createElementNS(SVG, tag); for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value); svg.append(one); };
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "chart");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${t("figures.chart")}: ${points.map(([day, value]) => `${shortDay(day)} ${rate({ value })}`).join(", ")}`);
  for (const y of [0, 50, 100]) draw("line", { x1: 0, x2: 100, y1: y, y2: y, class: "chart__grid" });
  draw("polyline", { points: points.map(place).join(" "), class: "chart__line" });
  box.append(el("div.chart__ends.num", {}, el("span", {}, rate({ value: 1 })), el("span", {}, "")), svg, el("div.chart__ends.num", {}, el("span", {}, `${rate({ value: low })} · ${shortDay(points[0][0])}`), el("span", {}, shortDay(points.at(-1)[0]))));
  return box;
}

function table(by, groups) {
  if (!groups.length) return el("div.empty", {}, icon("chart"), el("p.empty__title", {}, t("figures.empty")), el("p", {}, t("figures.empty_hint")));
  const columns = ["ratings", "good_rate", "bad_rate", "active_rate", "unrated_rate", "fixed_rate", "marked"];
  const cell = (found, id) => el("td.end.num", {}, id === "good_rate" ? rateBar(found[id]) : found[id].kind === "count" ? count(found[id].numerator) : rate(found[id]));
  const row = (one) => { const found = byId(one.figures); return el("tr", { "data-key": one.key }, el("th.groups-table__name", { scope: "row" }, by === "day" && one.key ? shortDay(one.key) : groupName(by, one, named)), columns.map((id) => cell(found, id))); };
  return el("div.table-wrap", {}, el("table.table.groups-table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t(`figures.by.${by}`)), columns.map((id) => el("th.end", { scope: "col" }, formulaLink(id, { mark: false }))))), el("tbody", {}, groups.map(row))));
}

/* The period of the same length just before; of a month or its beginning, the same days of the month before. */
function earlier(from, to) {
  const at = (day) => Date.parse(`${day}T00:00:00Z`);
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const end = at(from) - 86_400_000;
  if (from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7) && from !== to) {
    const first = `${day(end).slice(0, 7)}-01`;
    const isWhole = day(at(to) + 86_400_000).endsWith("-01");
    return { from: first, to: isWhole ? day(end) : day(Math.min(end, at(first) + at(to) - at(from))) };
  }
  return { from: day(end - (at(to) - at(from))), to: day(end) };
}
