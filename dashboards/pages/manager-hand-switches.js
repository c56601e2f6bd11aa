/** Lines and windows opened and closed by a manager, each with a reason; a line's rules and quotas are one step away. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { api } from "/static/api.js";
import { errorText, toast } from "/static/feedback.js";
import { askReason, deed } from "./manager-hand-ask.js";
import { windowName } from "./manager-words.js";

const DEEDS = { closed: ["open"], idle: ["pause", "close"], paused: ["resume", "close"], calling: ["pause", "close"], serving: ["pause", "close"] };
const SIGNS = { open: "power", pause: "pause", resume: "play", close: "close" };
const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const THEN = ["hold", "requeue", "finish"];
const ALONE = ["leave", "stop"];
const WHY = ["break", "meeting", "equipment"];

export class HandSwitches {
  #place; #lines = el("div.hand__list"); #windows = el("div.hand__list"); #busy = false;

  constructor(place) { this.#place = place; }

  open() { fill(this.#place, el("div.hand__switches", {}, this.#lines, this.#windows)); }

  take(hall) {
    keep(this.#lines, () => fill(this.#lines, el("div.table-wrap.edit__scroll", {}, el("table.table.hand__table", {}, head(["line", "waiting", "windows"], 1), el("tbody", {}, hall.lines.map((line) => this.#line(line)))))));
    keep(this.#windows, () => fill(this.#windows, el("div.table-wrap.edit__scroll", {}, el("table.table.hand__table", {}, head(["window", "state", "staff", "number"], 1), el("tbody", {}, hall.windows.map((window) => this.#window(window)))))));
  }

  #line(line) {
    return el("tr", {}, el("td", {}, el("span.line-name.hand__name", {}, el("span.prefix.num", {}, line.prefix), el("span", {}, el("span.clamp-2", {}, named(line)), !line.open && el("span.badge.badge--dot.badge--warn", {}, t("manager.line_closed"))))), el("td.num", {}, line.waiting), el("td.num", {}, line.windows_open),
      el("td.end", {}, el("span.deeds", {}, el("a.btn.btn--sm", { href: `/manager/rules#line=${encodeURIComponent(line.id)}`, title: t("manager.hand.quotas"), "aria-label": `${named(line)}: ${t("manager.hand.quotas")}` }, icon("settings")),
        el("button.btn.btn--sm", { id: `switch-line-${line.id}`, on: { click: () => this.#switchLine(line) } }, icon(line.open ? "stop" : "play"), t(line.open ? "manager.hand.line_close" : "manager.hand.line_open")))));
  }

  async #switchLine(line) {
    const body = await askReason({ title: t(line.open ? "manager.line_close" : "manager.hand.line_open_ask", { name: named(line) }), hint: line.open ? t("manager.line_close_hint") : "", yes: t(line.open ? "manager.hand.line_close" : "manager.hand.line_open") });
    if (body) await deed(`hand/lines/${encodeURIComponent(line.id)}`, { open: !line.open, ...body });
  }

  #window(window) {
    return el("tr", { class: window.state === "closed" ? "off" : "" }, el("td.strong", {}, el("span.clamp-2", {}, windowName(window))), el("td", {}, el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`manager.state.${window.state}`))),
      el("td", {}, window.staff && el("span.who", {}, el("span.truncate", {}, window.staff.name))), el("td.num.strong", {}, window.number ?? ""),
      el("td.end", {}, el("span.deeds", {}, DEEDS[window.state].map((to) => el("button.btn.btn--sm", { id: `hand-${to}-${window.id}`, title: t(`manager.do.${to}`), on: { click: () => this.#switchWindow(window, to) } }, icon(SIGNS[to]), t(`manager.do.${to}`))))));
  }

  async #switchWindow(window, to) {
    const fields = [];
    if (to === "open") fields.push(await staffField(window));
    if (to === "pause") fields.push(choice("why", WHY, "manager.reason."));
    if (to !== "open" && to !== "resume" && window.number) fields.push(choice("then", THEN.filter((one) => one !== (window.state === "calling" ? "finish" : "requeue")), "manager.hand.then."));
    const body = await askReason({ title: t(`manager.hand.window_${to}`, { name: windowName(window) }), yes: t(`manager.do.${to}`), fields });
    if (body) await this.#send(window, { to, ...body });
  }

  /** A window that alone serves somebody who waits: the hall asks what becomes of them. */
  async #send(window, body) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await api.post(`hand/windows/${encodeURIComponent(window.id)}`, body);
    } catch (error) {
      if (error.code === "window.alone" && !body.alone) await this.#askAlone(window, body, error);
      else toast(errorText(error), "bad", { ms: 8000 });
    } finally {
      this.#busy = false;
    }
  }

  async #askAlone(window, body, error) {
    this.#busy = false;
    const more = await askReason({ title: t("manager.hand.window_close", { name: windowName(window) }), hint: errorText(error), yes: t("manager.do.close"), fields: [choice("alone", ALONE, "manager.hand.alone.")] });
    if (more) await this.#send(window, { ...body, ...more });
  }
}

const head = (names, more) => el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, t(`manager.col.${name}`))), Array.from({ length: more }, () => el("th"))));

function choice(name, values, words) {
  return el("label.field", {}, el("span.field__label", {}, t(`manager.hand.field.${name}`)), el("select.select", { name }, values.map((value) => el("option", { value }, t(words + value)))));
}

/** Who may sit down: those the window is assigned to. */
async function staffField(window) {
  const { items } = await api.get("staff?limit=500").catch(() => ({ items: [] }));
  const people = items.filter((one) => one.active !== false && one.windows?.includes(window.id));
  return el("label.field", {}, el("span.field__label", {}, t("manager.window_open_staff")), el("select.select", { name: "staff", required: true }, people.map((one) => el("option", { value: one.id }, `${one.display_name || one.name} ${one.number ?? ""}`))));
}

function keep(node, draw) {
  const at = node.querySelector(".edit__scroll")?.scrollTop ?? 0;
  draw();
  const list = node.querySelector(".edit__scroll");
  if (list) list.scrollTop = at;
}
