/** The tab "live": totals, lines, windows, ratings, alarms, devices; and the switches of lines and windows. */

import { api } from "/static/api.js";
import { secondsSince } from "/static/clock.js";
import { $$, el, fill, say } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { askCloseLine, askCloseWindow, askOpen, askPause } from "./manager-ask.js";
import { windowName } from "./manager-words.js";
import { alarms, devices, recent, satisfaction } from "./manager-side.js";

const TOTALS = ["waiting", "called", "serving", "held", "issued", "done", "passed", "cancelled", "expired"];
const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const LONG_WAIT_S = 30 * 60;
/** What a manager may do with a window in each state. */
const DEEDS = { closed: ["open"], idle: ["pause", "close"], paused: ["resume", "close"], calling: [], serving: [] };
const DEED_ICONS = { open: "power", pause: "pause", resume: "play", close: "close" };

export class LiveTab {
  #place; #parts = {}; #busy = new Set(); #view = null;

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
    fill(this.#parts.side, alarms(view.alarms, names), devices(view.devices), recent(view.recent, names));
    this.tick();
  }

  tick() {
    for (const node of $$("[data-since]", this.#place)) {
      const s = secondsSince(node.dataset.since);
      say(node, t("manager.minutes", { n: Math.floor(s / 60) }));
      node.classList.toggle("late", node.dataset.late !== undefined && s > LONG_WAIT_S);
    }
  }

  #lines(lines) {
    const head = el("tr", {}, ["line", "waiting", "longest", "estimate", "windows", "tickets"].map((name) => el("th", { scope: "col", class: ["waiting", "longest", "estimate", "windows"].includes(name) ? "end" : "", title: name === "estimate" ? t("manager.estimate_title") : null }, t(`manager.col.${name}`))));
    if (!lines.length) return [title("manager.lines"), nothing("list", "manager.lines_none")];
    return [title("manager.lines", lines.length), el("div.live__scroll", {}, el("table.table.live__table", {}, el("thead", {}, head), el("tbody", {}, lines.map((line) => this.#line(line)))))];
  }

  #line(line) {
    const name = named(line);
    return el("tr", {},
      el("td", {}, el("span.line-name", { title: name }, el("span.prefix.num", {}, line.prefix), el("span.clamp-2", {}, name))),
      el("td.end.num.big", {}, line.waiting),
      el("td.end.num", {}, line.longest_since && line.waiting ? el("span", { dataset: { since: line.longest_since, late: "" } }) : "–"),
      el("td.end.num", {}, line.waiting ? `${minutes(line.wait_s?.p50)}/${minutes(line.wait_s?.p90)}` : "–"),
      el("td.end.num", { class: line.waiting && !line.windows_open ? "late" : "" }, line.windows_open),
      el("td", {}, el("button.switch", { id: `line-${line.id}`, role: "switch", "aria-checked": String(line.open), "aria-label": `${name}: ${t(line.open ? "manager.line_open" : "manager.line_closed")}`, disabled: this.#busy.has(`line-${line.id}`), on: { click: () => this.#switchLine(line) } })));
  }

  async #switchLine(line) {
    const body = line.open ? await askCloseLine(named(line)) : {};
    if (body) await this.#send(`line-${line.id}`, `lines/${line.id}/${line.open ? "close" : "open"}`, body);
  }

  #windows(windows) {
    const head = el("tr", {}, ["window", "state", "since", "staff", "number", "served"].map((name) => el("th", { scope: "col", class: ["since", "served"].includes(name) ? "end" : "" }, t(`manager.col.${name}`))), el("th"));
    if (!windows.length) return [title("manager.windows"), nothing("desk", "manager.windows_none")];
    return [title("manager.windows", windows.length), el("div.live__scroll", {}, el("table.table.live__table", {}, el("thead", {}, head), el("tbody", {}, windows.map((window) => this.#window(window)))))];
  }

  #window(window) {
    const reason = window.state === "paused" && window.reason && el("span.small.muted.state-why", {}, t(`manager.reason.${window.reason}`));
    return el("tr", { class: window.state === "closed" ? "off" : "" },
      el("td.strong", {}, el("span.window-name", { title: named(window) }, el("a.window-name__number.num", { id: `why-${window.id}`, href: `/why/${encodeURIComponent(window.id)}`, title: t("why.title") }, window.window_number), el("span.clamp-2", {}, named(window)))),
      el("td", {}, el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`manager.state.${window.state}`)), reason),
      el("td.end.num", {}, window.since && el("span", { dataset: { since: window.since } })),
      el("td", {}, window.staff && el("span.who", {}, el("span.truncate", {}, window.staff.name), el("span.num.muted.small", {}, window.staff.number))),
      el("td.num.strong", {}, window.number ?? ""),
      el("td.end.num", {}, window.served),
      el("td.end", {}, el("span.deeds", {}, DEEDS[window.state].map((deed) => el("button.btn.btn--sm", { id: `${deed}-${window.id}`, title: t(`manager.do.${deed}`), disabled: this.#busy.has(window.id), on: { click: () => this.#deed(deed, window) } }, icon(DEED_ICONS[deed]), el("span.deeds__text", {}, t(`manager.do.${deed}`)))))));
  }

  async #deed(deed, window) {
    const questions = { open: askOpen, pause: askPause, close: askCloseWindow };
    const body = questions[deed] ? await questions[deed](window) : {};
    if (body) await this.#send(window.id, `windows/${window.id}/${deed}`, body);
  }

  /** One press, one request: the switch waits until the hall has answered, whichever comes first, the answer or the new picture. */
  async #send(id, path, body) {
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    try { await api.post(path, body); } catch (error) { toast(errorText(error), "bad"); } finally { this.#busy.delete(id); if (this.#view) this.take(this.#view); }
  }
}

function totals(values) {
  return el("dl.totals", {}, TOTALS.map((name) => el(`div.totals__one${name === "waiting" ? ".totals__one--first" : ""}`, {}, el("dt", {}, t(`manager.total.${name}`)), el("dd.num", {}, count(values[name])))));
}

const title = (key, n) => el("h2.live__title", {}, t(key), n !== undefined && el("span.num.muted", {}, n));
const nothing = (sign, key) => el("div.empty", {}, icon(sign), el("p.empty__title", {}, t(key)), el("p", {}, t(`${key}_hint`)));
const minutes = (seconds) => (Number.isFinite(seconds) ? Math.ceil(seconds / 60) : "–");

/** A redraw must not throw a reader back to the top of a list. */
function keepScroll(node, draw) {
  const at = node.querySelector(".live__scroll")?.scrollTop ?? 0;
  draw();
  const list = node.querySelector(".live__scroll");
  if (list) list.scrollTop = at;
}
