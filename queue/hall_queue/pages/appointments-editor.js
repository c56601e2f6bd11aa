/** The editor of one line's slots: plans by dates, each with rows of the week, and special days; errors stand at their field. */

import { hallIso } from "/static/clock.js";
import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { dayOf } from "/static/numbers.js";
import { dayRowInputs, weekRowInputs } from "./appointments-rows.js";

const USUAL = { minutes: 30, quota: 4 };

export class PlanEditor {
  node = el("div.editor");
  #hours; #plan; #before; #onChange;

  /** @param {object} item  a PlanPicture  @param {() => void} onChange */
  constructor(item, onChange) {
    this.#hours = item.hours;
    this.#plan = structuredClone(item.plan);
    if (!this.#plan.plans.length) this.#plan.plans.push({ begins: null, ends: null, rows: [] });
    this.#before = JSON.stringify(this.plan());
    this.#onChange = onChange;
    this.#draw();
  }

  get dirty() { return JSON.stringify(this.plan()) !== this.#before; }

  /** What to send; a plan without rows that holds always is none. */
  plan() {
    const plans = this.#plan.plans.filter((one) => one.rows.length || one.begins || one.ends);
    return { ...this.#plan, plans: plans.map(({ begins, ends, rows }) => ({ begins: begins || null, ends: ends || null, rows })) };
  }

  /** Puts an error at its field; gives what has no place, "" where it has one. */
  refuse(error) {
    for (const node of this.node.querySelectorAll("[data-error]")) say(node, "");
    for (const node of this.node.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    if (!error) return "";
    for (const [field, text] of Object.entries(error.fields ?? {})) {
      const name = field.replace(/^plan\./, "");
      const place = this.node.querySelector(`[data-error="${CSS.escape(name)}"]`);
      if (!place) continue;
      say(place, typeof text === "string" && text ? text : errorText(error));
      this.node.querySelector(`[name="${CSS.escape(name)}"]`)?.setAttribute("aria-invalid", "true");
    }
    return "";
  }

  #changed(isDrawn = false) {
    if (isDrawn) this.#draw();
    this.#onChange();
  }

  #draw() {
    fill(this.node, this.#plan.plans.map((one, at) => this.#week(one, at)),
      el("button.btn.btn--quiet", { id: "plan-add", on: { click: () => { this.#plan.plans.push({ begins: null, ends: null, rows: [] }); this.#changed(true); } } }, icon("plus"), t("slots.plan_add")),
      this.#days());
  }

  #week(one, at) {
    const path = `plans[${at}]`;
    const many = this.#plan.plans.length > 1;
    const add = (rows) => { one.rows.push(...rows); this.#changed(true); };
    return el("section.card.editor__card", { "aria-label": t("slots.plan_n", { n: at + 1 }) },
      el("div.editor__head", {}, el("h3", {}, many ? t("slots.plan_n", { n: at + 1 }) : t("slots.plan")), this.#date(one, "begins", path), this.#date(one, "ends", path), el("span.grow"),
        many && el("button.btn.btn--quiet.btn--sm", { on: { click: () => { this.#plan.plans.splice(at, 1); this.#changed(true); } } }, icon("trash"), t("slots.plan_remove"))),
      el("p.muted.small", {}, t("slots.plan_hint")),
      one.rows.length > 0 && el("div.rows.rows--week", {}, headings(["weekdays", "begin", "end", "minutes", "quota"]), one.rows.map((row, n) => weekRowInputs(row, { path: `${path}.rows[${n}]`, n, onChange: () => this.#changed(), onRemove: () => { one.rows.splice(n, 1); this.#changed(true); } }))),
      el("div.cluster", {}, el("button.btn", { id: `row-add-${at}`, on: { click: () => add([nextRow(one.rows)]) } }, icon("plus"), t("slots.row_add")),
        one.rows.length === 0 && el("button.btn", { id: `from-hours-${at}`, on: { click: () => add(fromHours(this.#hours)) } }, icon("clock"), t("slots.from_hours"))));
  }

  #date(one, name, path) {
    const input = el("input.input.num", { type: "date", name: `${path}.${name}`, value: one[name] ?? "", on: { change: () => { one[name] = input.value || null; this.#changed(); } } });
    return el("label.editor__date", {}, el("span.small.muted", {}, t(`slots.${name}`)), input, el("span.field__error", { dataset: { error: `${path}.${name}` } }));
  }

  #days() {
    const { days } = this.#plan;
    const add = () => { days.push({ day: hallIso().slice(0, 10), rows: [], note: "" }); this.#changed(true); };
    return el("section.card.editor__card", {}, el("h3", {}, t("slots.days")), el("p.muted.small", {}, t("slots.days_hint")), days.map((one, at) => this.#special(one, at)), el("div", {}, el("button.btn", { id: "day-add", on: { click: add } }, icon("plus"), t("slots.day_add"))));
  }

  #special(one, at) {
    const path = `days[${at}]`;
    const day = el("input.input.num", { type: "date", name: `${path}.day`, value: one.day, min: hallIso().slice(0, 10), "aria-label": t("slots.day"), on: { change: () => { one.day = day.value; this.#changed(); } } });
    const note = el("input.input", { name: `${path}.note`, value: one.note, maxlength: 100, placeholder: t("slots.note"), "aria-label": t("slots.note"), on: { input: () => { one.note = note.value.trim(); this.#changed(); } } });
    const remove = () => { this.#plan.days.splice(at, 1); this.#changed(true); };
    return el("div.editor__day", {},
      el("div.editor__head", {}, el("div.editor__daydate", {}, day, el("span.field__error", { dataset: { error: `${path}.day` } })), one.rows.length === 0 && el("span.badge", {}, t("slots.day_closed")), el("div.grow", {}, note),
        el("button.btn.btn--quiet.btn--sm", { "aria-label": t("slots.day_remove", { day: dayOf(one.day) }), on: { click: remove } }, icon("trash"))),
      one.rows.length > 0 && el("div.rows", {}, headings(["begin", "end", "minutes", "quota"]), one.rows.map((row, n) => dayRowInputs(row, { path: `${path}.rows[${n}]`, n, onChange: () => this.#changed(), onRemove: () => { one.rows.splice(n, 1); this.#changed(true); } }))),
      el("div", {}, el("button.btn.btn--sm", { on: { click: () => { const { weekdays, ...row } = nextRow(one.rows); one.rows.push(row); this.#changed(true); } } }, icon("plus"), t("slots.row_add"))));
  }
}

const headings = (names) => el("div.rows__head", {}, names.map((name) => el("span", {}, t(`slots.${name}`))));

/* A new row follows the last one, as a morning is followed by an afternoon. */
function nextRow(rows) {
  const last = rows[rows.length - 1];
  if (!last) return { weekdays: [1, 2, 3, 4, 5], begin: "09:00", end: "12:00", ...USUAL };
  const isMorning = last.end <= "13:30";
  return { ...structuredClone(last), begin: isMorning ? "13:30" : last.end, end: isMorning ? "17:00" : last.end };
}

/** Rows of half hours that fill the opening hours; weekdays with the same hours share them. */
function fromHours(hours) {
  const days = hours.length ? hours : Array.from({ length: 7 }, () => [{ open: "09:00", close: "17:00" }]);
  const rows = new Map();
  days.forEach((spans, at) => spans.forEach(({ open, close }) => {
    const end = clock(Math.floor((minute(close) - minute(open)) / USUAL.minutes) * USUAL.minutes + minute(open));
    const key = `${open}-${end}`;
    if (end > open) rows.set(key, { weekdays: [...(rows.get(key)?.weekdays ?? []), at + 1], begin: open, end, ...USUAL });
  }));
  return [...rows.values()];
}

const minute = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
