/** Dates on a machine that strangers touch: typed as eight digits, or chosen with large keys, year → month → day. */

import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";
import { onForget } from "./forget.js";
import { isShared } from "./machine.js";
import { modes } from "./modes.js";

const FIRST_YEAR = 1900, YEARS_ON = 60, ON_A_PAGE = 20, BIRTHS_NEAR = 1970;
const BIRTH = /出生|生日|birth/iu;
const WEEK = 7;
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };

const two = (n) => String(n).padStart(2, "0");
const utc = (year, month, day = 1) => new Date(Date.UTC(year, month - 1, day));
const iso = (year, month, day) => `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
const parts = (text) => text.split("-").map(Number);
const say = (date, how) => new Intl.DateTimeFormat(lang(), { timeZone: "UTC", ...how }).format(date);
const today = () => hallIso().slice(0, 10);

/** A date as it is written everywhere here, of what somebody typed: 19900102, 1990-1-2, 1990年1月2日; null: there is no such day. */
export function dateOf(text) {
  const found = /^\s*(\d{4})(\d{2})(\d{2})\s*$/u.exec(text) ?? /^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*$/u.exec(text);
  if (!found) return null;
  const [year, month, day] = found.slice(1).map(Number);
  const at = utc(year, month, day);
  return year >= 1000 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? iso(year, month, day) : null;
}

/**
 * A field for a date; typed into, or filled from the keys.
 * @param {{id: string, name?: string, label?: string, value?: string, min?: string, max?: string, attributes?: object, onInput: (value: string) => void}} how
 *   onInput: the date, "" where there is none, else what was typed: whoever checks it says what is wrong
 */
export function dateField({ id, name = id, label = "", value = "", min = "", max = "", attributes = {}, onInput }) {
  const wrong = el("span.v-date__wrong", { id: `${id}-wrong`, role: "alert" });
  const input = el("input.input.num.v-date__typed", { id, name, value, type: "text", maxlength: 14, autocomplete: "off", placeholder: t("kit.date.like"), "aria-describedby": `${id}-wrong`, ...attributes, dataset: { keys: "digits" }, on: { input: () => typed(), change: () => told(), blur: () => told() } });
  const set = (chosen) => { input.value = chosen; told(); onInput(chosen); };
  const button = el("button.btn.v-date__open", { id: `${id}-choose`, type: "button", "aria-label": `${label ? `${label}：` : ""}${t("kit.date.choose")}`, on: { click: async () => { const chosen = await pickDate({ title: label, value: dateOf(input.value) ?? "", min, max }); if (chosen !== null) set(chosen); button.focus(); } } }, icon("calendar"), el("span", {}, t("kit.date.choose")));
  return el("div.v-date", {}, el("div.v-date__row", {}, input, button), wrong);

  function typed() {
    const found = dateOf(input.value);
    if (found && /^\d{8}$/u.test(input.value)) input.value = found;
    if (found || !input.value) told();
    onInput(found ?? input.value.trim());
  }

  function told() {
    const found = dateOf(input.value);
    if (found) input.value = found;
    const isOutside = Boolean(found) && ((min !== "" && found < min) || (max !== "" && found > max));
    const isWrong = Boolean(input.value) && (!found || isOutside);
    input.setAttribute("aria-invalid", String(isWrong));
    fill(wrong, isWrong && [icon("alert"), t(found ? "kit.date.outside" : "kit.date.wrong", { from: min || "…", to: max || "…" })]);
  }
}

/** On machines of the hall every `<input type="date">` is filled from the keys: the browser's own calendar is made for a mouse. */
export function touchDates() {
  if (!isShared()) return;
  const meant = (event) => (event.target instanceof HTMLInputElement && event.target.type === "date" && !event.target.disabled && !event.target.readOnly ? event.target : null);
  const open = async (event) => {
    const input = meant(event);
    if (!input) return;
    event.preventDefault();
    const chosen = await pickDate({ title: input.labels?.[0]?.textContent ?? input.getAttribute("aria-label") ?? "", value: input.value, min: input.min, max: input.max });
    input.focus();
    if (chosen === null || chosen === input.value) return;
    input.value = chosen;
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  addEventListener("click", open, { capture: true });
  addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") open(event); }, { capture: true });
}

function line(cells) {
  const keys = cells.filter((one) => one.tagName === "BUTTON");
  const [first, last] = [keys.at(0)?.textContent, keys.at(-1)?.textContent];
  return el("div.v-date__line", keys.length ? { role: "group", "aria-label": first === last ? first : `${first} – ${last}`, dataset: { scanGroup: "" } } : {}, cells);
}

/** Asks for a date; null: nothing was chosen, "": there shall be none. @param {{title?: string, value?: string, min?: string, max?: string}} asked */
export function pickDate(asked) { return new Promise((done) => { new Picker(asked, done).open(); }); }

class Picker {
  #asked; #box; #head = el("h2.dialog__title", { id: "date-title", tabindex: "-1" }); #trail = el("p.v-date__trail"); #keys = el("div.v-date__keys"); #foot = el("div.dialog__actions");
  #first; #last; #from; #year = 0; #month = 0; #step = "year"; #chosen = null;

  constructor({ title = "", value = "", min = "", max = "" }, done) {
    const [now] = parts(today());
    const isBirth = BIRTH.test(title);
    this.#asked = { title, value: dateOf(value) ?? "", min, max: max || (isBirth ? today() : "") };
    this.#first = min ? parts(min)[0] : FIRST_YEAR;
    this.#last = this.#asked.max ? parts(this.#asked.max)[0] : now + YEARS_ON;
    const near = this.#asked.value ? parts(this.#asked.value)[0] : isBirth ? BIRTHS_NEAR : now;
    this.#from = this.#page(Math.min(Math.max(near, this.#first), this.#last));
    const stop = onForget(() => { this.#chosen = null; });
    this.#box = el("dialog.dialog.v-date-box", { "aria-labelledby": "date-title", on: { close: () => { stop(); this.#box.remove(); done(this.#chosen); } } },
      el("div.dialog__body", {}, title && el("p.muted", {}, title), this.#head, this.#trail, this.#keys, this.#foot));
    this.#keys.addEventListener("keydown", (event) => this.#move(event));
  }

  open() {
    document.body.append(this.#box);
    this.#box.showModal();
    this.#draw();
  }

  #page = (year) => FIRST_YEAR + Math.floor((year - FIRST_YEAR) / ON_A_PAGE) * ON_A_PAGE;

  #go(step) { this.#step = step; this.#draw(); }

  #end(chosen) { this.#chosen = chosen; this.#box.close(); }

  #draw() {
    this.#box.dataset.step = this.#step;
    fill(this.#head, t(`kit.date.${this.#step}`));
    const back = (step, text) => el("button.btn.v-date__back", { type: "button", "aria-label": `${text}：${t("kit.date.change")}`, on: { click: () => this.#go(step) } }, icon("edit"), text);
    fill(this.#trail, this.#step !== "year" && back("year", say(utc(this.#year, 1), { year: "numeric" })), this.#step === "day" && back("month", say(utc(this.#year, this.#month), { month: "short" })));
    fill(this.#keys, ...this[{ year: "years", month: "months", day: "days" }[this.#step]]());
    fill(this.#foot, el("button.btn.btn--lg", { id: "date-cancel", type: "button", on: { click: () => this.#end(null) } }, t("common.cancel")),
      this.#asked.value && el("button.btn.btn--lg", { id: "date-clear", type: "button", on: { click: () => this.#end("") } }, t("kit.date.none")),
      !BIRTH.test(this.#asked.title) && this.#isOpen(today()) && el("button.btn.btn--lg", { id: "date-today", type: "button", on: { click: () => this.#end(today()) } }, t("kit.date.today")));
    (this.#keys.querySelector("[aria-current]:not(:disabled)") ?? this.#head).focus();
  }

  years() {
    const years = Array.from({ length: ON_A_PAGE }, (_, n) => this.#from + n);
    const [value] = this.#asked.value ? parts(this.#asked.value) : [parts(today())[0]];
    const turn = (id, by, sign) => el("button.btn.btn--lg.v-date__turn", { id, type: "button", disabled: by < 0 ? this.#from <= this.#first : this.#from + ON_A_PAGE > this.#last, on: { click: () => { this.#from += by; this.#draw(); this.#keys.querySelector(`#${id}:not(:disabled)`)?.focus(); } } }, icon(sign), t(by < 0 ? "kit.date.earlier" : "kit.date.later"));
    return [el("div.v-date__turns", {}, turn("date-earlier", -ON_A_PAGE, "arrow-left"), turn("date-later", ON_A_PAGE, "arrow-right")),
      this.#grid(modes.isLarge() ? 4 : 5, years.map((year) => this.#key({ id: `year-${year}`, text: String(year), name: say(utc(year, 1), { year: "numeric" }), isNow: year === value, isOpen: year >= this.#first && year <= this.#last, act: () => { this.#year = year; this.#go("month"); } })))];
  }

  months() {
    const [year, value] = this.#asked.value ? parts(this.#asked.value) : [];
    return [this.#grid(modes.isLarge() ? 3 : 4, Array.from({ length: 12 }, (_, n) => n + 1).map((month) => this.#key({ id: `month-${month}`, text: say(utc(this.#year, month), { month: "short" }), name: say(utc(this.#year, month), { year: "numeric", month: "long" }), isNow: year === this.#year && month === value, isOpen: this.#isOpenMonth(month), act: () => { this.#month = month; this.#go("day"); } })))];
  }

  days() {
    const before = (utc(this.#year, this.#month).getUTCDay() + WEEK - 1) % WEEK; // weeks begin on Monday
    const count = new Date(Date.UTC(this.#year, this.#month, 0)).getUTCDate();
    const names = Array.from({ length: WEEK }, (_, n) => el("span.v-date__weekday", { "aria-hidden": "true" }, say(utc(2024, 1, 1 + n), { weekday: "narrow" })));
    const days = Array.from({ length: count }, (_, n) => iso(this.#year, this.#month, n + 1)).map((day, n) => this.#key({ id: `day-${n + 1}`, text: String(n + 1), name: say(utc(this.#year, this.#month, n + 1), { dateStyle: "full" }), isNow: day === this.#asked.value, isOpen: this.#isOpen(day), act: () => this.#end(day) }));
    return [this.#grid(WEEK, [...names, ...Array.from({ length: before }, () => el("span")), ...days])];
  }

  /* Rows, so that a switch finds a day in two steps. */
  #grid(columns, cells) {
    const rows = [];
    for (let from = 0; from < cells.length; from += columns) rows.push(line(cells.slice(from, from + columns)));
    return el("div.v-date__grid", { role: "group", "aria-labelledby": "date-title", style: { "--columns": columns }, dataset: { columns } }, rows);
  }

  #key({ id, text, name, isNow, isOpen, act }) { return el("button.v-date__key.num", { id, type: "button", "aria-label": name, "aria-current": isNow ? "date" : null, disabled: !isOpen, on: { click: act } }, text); }

  #isOpen(day) { return !((this.#asked.min && day < this.#asked.min) || (this.#asked.max && day > this.#asked.max)); }

  #isOpenMonth(month) {
    const last = iso(this.#year, month, new Date(Date.UTC(this.#year, month, 0)).getUTCDate());
    return !((this.#asked.min && last < this.#asked.min) || (this.#asked.max && iso(this.#year, month, 1) > this.#asked.max));
  }

  /* Arrow keys go from key to key. */
  #move(event) {
    const grid = event.target.closest(".v-date__grid");
    const columns = Number(grid?.dataset.columns);
    const by = MOVES[event.key] ?? { ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!grid || !by) return;
    const keys = [...grid.querySelectorAll(".v-date__key")];
    let to = keys.indexOf(event.target) + by;
    while (keys[to]?.disabled) to += Math.sign(by);
    event.preventDefault();
    keys[to]?.focus();
  }
}
