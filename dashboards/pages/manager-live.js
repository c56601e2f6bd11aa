/** The tab "live": totals, lines, windows, ratings, alarms, devices; and the switches of lines and windows. */

import { secondsSince } from "/static/clock.js";
import { $$, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { EstimateCard } from "./manager-estimate.js";
import { DEEDS, SIGNS, switchLine, switchWindow, TONES } from "./manager-hand-deeds.js";
import { windowName } from "./manager-words.js";
import { alarms, devices, recent, satisfaction } from "./manager-side.js";

const TOTALS = ["waiting", "called", "serving", "held", "issued", "done", "passed", "cancelled", "expired"];

export class LiveTab {
  #place; #parts = {}; #busy = new Set(); #view = null; #estimate = new EstimateCard();

  constructor(place) { this.#place = place; }

  open() {
    for (const name of ["totals", "lines", "windows", "side"]) this.#parts[name] = el(`section.live__${name}`);
    fill(this.#place, el("div.live", {}, Object.values(this.#parts)));
    fill(this.#parts.totals, el("p.muted", {}, t("manager.loading")));
  }

  take(view) {
    this.#view = view;
    fill(this.#parts.totals, totals(view.totals), satisfaction(view.satisfaction));
    keepScroll(this.#parts.lines, () => fill(this.#parts.lines, this.#lines(view.lines)));
    keepScroll(this.#parts.windows, () => fill(this.#parts.windows, this.#windows(view.windows)));
    const names = new Map(view.windows.map((window) => [window.id, windowName(window)]));
    keepScroll(this.#parts.side, () => fill(this.#parts.side, alarms(view.alarms, view.devices), this.#estimate.card(view), devices(view.devices), recent(view.recent, names)), ".alarms");
    this.tick();
  }

  tick() {
    for (const node of $$("[data-since]", this.#place)) {
      const s = secondsSince(node.dataset.since);
      say(node, t("manager.minutes", { n: Math.floor(s / 60) }));
      node.classList.toggle("late", s > Number(node.dataset.late ?? Infinity));
    }
  }

  #lines(lines) {
    const head = el("tr", {}, ["line", "waiting", "longest", "estimate", "windows", "tickets"].map((name) => el("th", { scope: "col", class: ["waiting", "longest", "estimate", "windows"].includes(name) ? "end" : "", title: name === "estimate" ? t("manager.estimate_title") : null }, t(`manager.col.${name}`))));
    if (!lines.length) return [title("manager.lines"), nothing("list", "manager.lines_none")];
    return [title("manager.lines", lines.length), el("div.live__scroll", {}, el("table.table.live__table.cards", {}, el("thead", {}, head), el("tbody", {}, lines.map((line) => this.#line(line)))))];
  }

  #line(line) {
    const name = named(line);
    return el("tr", {},
      el("td", {}, el("span.line-name", { title: name }, el("span.prefix.num", {}, line.prefix), el("span.clamp-2", {}, name))),
      el("td.end.num.big", col("waiting"), line.waiting),
      el("td.end.num", col("longest"), line.longest_since && line.waiting ? el("span", { dataset: { since: line.longest_since, late: line.long_wait_s } }) : "–"),
      el("td.end.num", col("estimate"), line.waiting ? `${minutes(line.wait_s?.p50)}/${minutes(line.wait_s?.p90)}` : "–"),
      el("td.end.num", { ...col("windows"), class: line.waiting && !line.windows_open ? "late" : "" }, line.windows_open),
      el("td", {}, el("button.switch", { id: `line-${line.id}`, role: "switch", "aria-checked": String(line.open), "aria-label": `${name}: ${t(line.open ? "manager.line_open" : "manager.line_closed")}`, disabled: this.#busy.has(`line-${line.id}`), on: { click: () => this.#once(`line-${line.id}`, () => switchLine(line)) } })));
  }

  #windows(windows) {
    const head = el("tr", {}, ["window", "state", "since", "staff", "number", "served"].map((name) => el("th", { scope: "col", class: ["since", "served"].includes(name) ? "end" : "" }, t(`manager.col.${name}`))), el("th"));
    if (!windows.length) return [title("manager.windows"), nothing("desk", "manager.windows_none")];
    return [title("manager.windows", windows.length), el("div.live__scroll", {}, el("table.table.live__table.cards", {}, el("thead", {}, head), el("tbody", {}, windows.map((window) => this.#window(window)))))];
  }

  #window(window) {
    const reason = window.state === "paused" && window.reason && el("span.small.muted.state-why", {}, t(`manager.reason.${window.reason}`));
    return el("tr", { class: window.state === "closed" ? "off" : "" },
      el("td.strong", {}, el("span.window-name", { title: named(window) }, el("a.window-name__number.num", { id: `why-${window.id}`, href: `/why/${encodeURIComponent(window.id)}`, title: t("why.title") }, window.window_number), el("span.clamp-2", {}, named(window)))),
      el("td", {}, el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`manager.state.${window.state}`)), reason),
      el("td.end.num", col("since"), window.since && el("span", { dataset: { since: window.since } })),
      el("td", col("staff"), window.staff && el("span.who", {}, el("span.truncate", {}, window.staff.name), el("span.num.muted.small", {}, window.staff.number))),
      el("td.num.strong", col("number"), window.number ?? ""),
      el("td.end.num", col("served"), window.served),
      el("td.end", {}, el("span.deeds", {}, DEEDS[window.state].map((deed) => el("button.btn.btn--sm", { id: `${deed}-${window.id}`, title: t(`manager.do.${deed}`), disabled: this.#busy.has(window.id), on: { click: () => this.#once(window.id, () => switchWindow(window, deed, () => this.#view)) } }, icon(SIGNS[deed]), el("span.deeds__text", {}, t(`manager.do.${deed}`)))))));
  }

  /** One deed of a thing at a time: its switch waits until the hall has answered and the picture is drawn anew. */
  async #once(id, deed) {
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    try { await deed(); } finally { this.#busy.delete(id); if (this.#view) this.take(this.#view); }
  }
}

function totals(values) {
  return el("dl.totals", {}, TOTALS.map((name) => el(`div.totals__one${name === "waiting" ? ".totals__one--first" : ""}`, {}, el("dt", {}, t(`manager.total.${name}`)), el("dd.num", {}, count(values[name])))));
}

const title = (key, n) => el("h2.live__title", {}, t(key), n !== undefined && el("span.num.muted", {}, n));
const nothing = (sign, key) => el("div.empty", {}, icon(sign), el("p.empty__title", {}, t(key)), el("p", {}, t(`${key}_hint`)));
/** The name of a column beside its figure, where the table is too narrow for a head. */
const col = (name) => ({ dataset: { col: t(`manager.col.${name}`) } });
const minutes = (seconds) => (Number.isFinite(seconds) ? Math.ceil(seconds / 60) : "–");

/** A redraw must not throw a reader back to the top of a list. */
function keepScroll(node, draw, list = ".live__scroll") {
  const at = node.querySelector(list)?.scrollTop ?? 0;
  draw();
  const drawn = node.querySelector(list);
  if (drawn) drawn.scrollTop = at;
}
