/** The opening hours: spans for each weekday, when the last number is given, and whether holidays close the hall. */

import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { clockInput } from "./rules-clock.js";
import { hoursText } from "./rules-words.js";

const ALWAYS = { days: Array.from({ length: 7 }, () => [{ open: "00:00", close: "24:00" }]), last_ticket_minutes: 0, follows_calendar: false };
const WORKDAYS = [1, 2, 3, 4];

export class HoursRow {
  name = "hours";
  #draft; #week = el("div.week"); #more = el("div.week__more"); #meanwhile = el("p.cell__meanwhile"); #hours = null; #shown = "";

  constructor({ draft }) {
    this.#draft = draft;
    this.node = el("article.rule.rule--whole", { id: "r-hours" }, this.#week, this.#meanwhile, this.#more);
    this.draw();
  }

  draw() {
    const saved = this.#draft.saved(null, this.name);
    this.#shown = JSON.stringify(saved);
    this.#hours = structuredClone(this.#draft.value(null, this.name) ?? ALWAYS);
    this.#draw();
  }

  take(view) {
    if (JSON.stringify(view.hours) !== this.#shown && !this.#draft.change(null, this.name) && !this.node.contains(document.activeElement)) this.draw();
    this.note();
  }

  note() {
    const change = this.#draft.change(null, this.name);
    this.node.classList.toggle("rule--changed", Boolean(change));
    say(this.#meanwhile, change?.meanwhile ? t("rules.changed_meanwhile", { value: hoursText(this.#draft.saved(null, this.name)) }) : "");
  }

  /** @param {{field?: string}} fields  "days[2][0].close": the very input */
  refuse(_line, text, fields = {}) {
    const [, day, span, part] = String(fields.field ?? "").match(/days\[(\d+)\](?:\[(\d+)\]\.(\w+))?/) ?? [];
    const place = this.node.querySelector(day === undefined ? "#e-hours" : `#e-hours-${day}`);
    const input = this.node.querySelector(day === undefined ? "#h-last" : `#h-${part ?? "open"}-${day}-${span ?? 0}`);
    say(place, text);
    input?.setAttribute("aria-invalid", "true");
    return () => { (input ?? place).scrollIntoView({ block: "center" }); input?.focus(); };
  }

  clear() {
    for (const node of this.node.querySelectorAll(".field__error")) say(node, "");
    for (const node of this.node.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  }

  #draw() {
    fill(this.#week, this.#hours.days.map((spans, day) => this.#day(spans, day)));
    const last = el("input.input.num.value__number", { id: "h-last", inputmode: "numeric", maxlength: 4, autocomplete: "off", value: this.#hours.last_ticket_minutes, "aria-describedby": "h-last-hint e-hours", on: { input: () => { this.#hours.last_ticket_minutes = /^\d+$/.test(last.value.trim()) ? Number(last.value) : null; this.#give(); } } });
    const calendar = el("input", { id: "h-calendar", type: "checkbox", checked: this.#hours.follows_calendar, "aria-describedby": "h-calendar-hint", on: { change: () => { this.#hours.follows_calendar = calendar.checked; this.#give(); } } });
    fill(this.#more, el("div.field", {}, el("label.field__label", { for: "h-last" }, t("rules.last_ticket_minutes")), el("div.value--number", {}, last, el("span.value__unit", {}, t("rules.minutes"))), el("p.field__hint", { id: "h-last-hint" }, t("rules.last_ticket_minutes_hint")), el("p.field__error", { id: "e-hours", role: "alert" })),
      el("div.field", {}, el("label.check", {}, calendar, t("rules.follows_calendar")), el("p.field__hint", { id: "h-calendar-hint" }, t("rules.follows_calendar_hint"))));
    this.note();
  }

  #day(spans, day) {
    const name = t(`rules.day.${day}`);
    const clock = (part, span, n) => clockInput({ id: `h-${part}-${day}-${n}`, "aria-label": t(`rules.span_${part}`, { day: name, n: n + 1 }), "aria-describedby": `e-hours-${day}` }, span[part], (text) => { span[part] = text; this.#give(); });
    const row = (span, n) => el("span.span", {}, clock("open", span, n), el("span", {}, "–"), clock("close", span, n),
      el("button.btn.btn--quiet.btn--sm", { "aria-label": t("rules.span_remove", { day: name, n: n + 1 }), on: { click: () => { spans.splice(n, 1); this.#give(); this.#draw(); this.node.querySelector(`#h-add-${day}`).focus(); } } }, icon("close")));
    const add = el("button.btn.btn--quiet.btn--sm", { id: `h-add-${day}`, "aria-label": t("rules.span_add_for", { day: name }), on: { click: () => { spans.push({ open: "", close: "" }); this.#give(); this.#draw(); this.node.querySelector(`#h-open-${day}-${spans.length - 1}`).focus(); } } }, icon("plus"), t("rules.span_add"));
    const copy = day === 0 && el("button.btn.btn--quiet.btn--sm", { id: "h-copy", on: { click: () => { for (const other of WORKDAYS) this.#hours.days[other] = structuredClone(this.#hours.days[0]); this.#give(); this.#draw(); } } }, t("rules.copy_monday"));
    return el("div.week__day", {}, el("span.week__name", {}, name), el("div.week__spans", {}, spans.length ? spans.map(row) : el("span.muted.week__closed", {}, t("rules.day_closed")), add, copy), el("p.field__error.week__error", { id: `e-hours-${day}`, role: "alert" }));
  }

  #give() {
    this.clear();
    this.#draft.set(null, this.name, structuredClone(this.#hours), this.#hours.last_ticket_minutes === null ? t("rules.not_number") : "");
    this.note();
  }
}
