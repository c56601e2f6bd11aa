/** The alarms of the board: the worst first, what is wrong, for how long, what to do, and the way to where it is done. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, t } from "/static/i18n.js";
import { duration, timeOfDay } from "/static/numbers.js";
import { clock, title } from "./manager-board-words.js";
import { keyed } from "./manager-board-keyed.js";
import { deviceName, kioskName } from "./manager-words.js";

/* So many of one kind are shown, fewer where there is no room: other kinds, and what is to be done, must be seen. */
const AT_ONCE = [4, 3, 2, 1];

export class AlarmsCard {
  #list = el("ul.alarms", { tabindex: "-1" }); #head = el("div"); #more = el("a.alarms__more", { id: "alarms-more", href: "#live/alarms", hidden: true }); #isWhole; #watch; #groups = []; #shown = "";

  /** @param {{isWhole?: boolean}} [how]  isWhole: every alarm is shown; else as many as there is room for */
  constructor({ isWhole = false } = {}) {
    this.#isWhole = isWhole;
    this.node = el("section.board__alarms", { id: "alarms" }, this.#head, this.#list, this.#more);
    this.#watch = new ResizeObserver(() => this.#fold());
    this.#watch.observe(this.#list);
  }

  close() { this.#watch.disconnect(); }

  take({ alarms, devices }) {
    const shown = JSON.stringify([t("manager.title"), alarms]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#groups = grouped(alarms);
    const tone = alarms.length ? (alarms.some((one) => one.severity === "urgent") ? "board__count--bad" : "") : "board__count--ok";
    this.#head.replaceChildren(title(t("manager.alarms"), el("span.num.board__count", { class: tone }, alarms.length)));
    if (!alarms.length) { this.#list.replaceChildren(quiet()); this.#more.hidden = true; return; }
    for (const child of [...this.#list.children]) if (!child.keyedId) child.remove();
    keyed(this.#list, this.#groups, ({ code, severity }) => `${severity} ${code}`, (group) => [t("manager.title"), group], (group) => drawGroup(group, devices, this.#isWhole ? Infinity : AT_ONCE[0]));
    this.#fold();
  }

  /* What there is no room for is one press away, and is counted. */
  #fold() {
    if (this.#isWhole) return;
    const shown = [...this.#list.children];
    for (const child of shown) child.hidden = false;
    const isScreen = getComputedStyle(this.#list).overflowY === "hidden";
    let left = 0;
    this.#more.hidden = true;
    const isFull = () => isScreen && this.#list.scrollHeight > this.#list.clientHeight + 1;
    for (const most of AT_ONCE) { for (const group of shown) trim(group, most); if (!isFull()) break; }
    if (isFull()) {
      this.#more.hidden = false;
      while (shown.length > 1 && isFull()) {
        shown.pop().hidden = true;
        left += this.#groups[shown.length]?.ones.length ?? 0;
      }
      this.#more.textContent = t("manager.board.alarms_more", { n: left });
      this.#more.hidden = left === 0;
    }
  }
}

/** Alarms of one kind stand together, because one thing is to be done about them; the order is the hall's. */
function grouped(alarms) {
  const found = new Map();
  for (const alarm of alarms) {
    const group = found.get(alarm.code) ?? { code: alarm.code, severity: alarm.severity, ones: [] };
    group.ones.push(alarm);
    found.set(alarm.code, group);
  }
  return [...found.values()];
}

/** Shows at most so many of a group, and how many more there are. */
function trim(group, most) {
  const ones = [...group.querySelectorAll(".alarms__what")];
  const same = group.querySelector(".alarms__same");
  if (!same) return;
  for (const [place, one] of ones.entries()) one.hidden = place >= most;
  const left = Number(group.dataset.many) - Math.min(most, ones.length);
  same.hidden = left <= 0;
  same.textContent = t("manager.board.alarms_same", { n: left });
}

function drawGroup({ code, severity, ones }, devices, most) {
  return el("li.alarm", { class: `alarm--${severity}`, dataset: { alarm: code, severity, many: ones.length } }, icon(severity === "later" ? "info" : "alert", { label: t(`manager.board.severity.${severity}`) }),
    el("div.grow", {}, ones.slice(0, most).map((alarm) => drawOne(alarm, devices)), ones.length > 1 && most < Infinity && el("a.alarms__same", { href: "#live/alarms", hidden: true }), has(`manager.alarm_do.${code}`) && el("p.alarms__do", {}, t(`manager.alarm_do.${code}`))));
}

function drawOne(alarm, devices) {
  const text = alarmText(alarm, devices);
  return el(alarm.href ? "a.alarms__what" : "p.alarms__what", alarm.href ? { href: alarm.href.replace(/^\/manager#/, "#") } : {}, el("span.grow", {}, text),
    alarm.acknowledged_by && el("span.badge.badge--ok", {}, icon("check"), t("manager.alarm_held", { who: alarm.acknowledged_by })),
    alarm.since && el("span.alarms__since", { title: t("manager.board.since", { at: timeOfDay(alarm.since) }) }, clock(alarm.since)),
    alarm.href && icon("chevron-right"));
}

export function alarmText({ code, fields }, devices) {
  const key = `manager.alarm.${code}`;
  if (!has(key)) return code;
  const device = fields.kind && deviceName({ ...fields, place_name: fields.place, place_name_en: fields.place_en });
  const names = { device, kiosk: fields.kiosk && kioskName(fields.kiosk, devices), limit: fields.limit_s !== undefined && duration(fields.limit_s) };
  return t(key, { ...fields, ...Object.fromEntries(Object.entries(names).filter(([, value]) => value)) });
}

const quiet = () => el("li.alarms__none", {}, icon("check"), el("span", {}, t("manager.alarms_none")), el("span.muted", {}, t("manager.board.alarms_none_hint")));
