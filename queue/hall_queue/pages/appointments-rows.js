/** The inputs of one row of slots, each with the place for its error. */

import { el, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const WEEK = [1, 2, 3, 4, 5, 6, 7];

/** @param {object} row  changed in place  @param {{path: string, n: number, onChange: () => void, onRemove: () => void}} options */
export function weekRowInputs(row, options) {
  const { path, onChange } = options;
  const toggle = (day, chip) => {
    row.weekdays = row.weekdays.includes(day) ? row.weekdays.filter((one) => one !== day) : [...row.weekdays, day].sort();
    chip.setAttribute("aria-pressed", String(row.weekdays.includes(day)));
    onChange();
  };
  const chips = WEEK.map((day) => { const chip = el("button.chip.rows__day", { "aria-pressed": String(row.weekdays.includes(day)), on: { click: () => toggle(day, chip) } }, t(`slots.weekday.${day}`)); return chip; });
  return el("div.rows__one", {}, el("div.rows__cell", {}, el("div.rows__week", { role: "group", "aria-label": t("slots.weekdays"), tabindex: -1 }, chips), error(`${path}.weekdays`)), rest(row, options));
}

export function dayRowInputs(row, options) {
  return el("div.rows__one", {}, rest(row, options));
}

function rest(row, { path, n, onChange, onRemove }) {
  const sum = el("span.rows__sum.num.muted.small");
  const changed = () => { tell(); onChange(); };
  const tell = () => {
    const length = minute(row.end) - minute(row.begin);
    say(sum, length > 0 && row.minutes > 0 ? t("slots.row_places", { slots: Math.floor(length / row.minutes), quota: row.quota }) : "");
  };
  tell();
  return [
    clock(row, "begin", path, changed), clock(row, "end", path, changed), number(row, "minutes", path, { min: 5, max: 480, step: 5 }, changed), number(row, "quota", path, { min: 1, max: 500 }, changed),
    sum, el("button.btn.btn--quiet.btn--sm.rows__remove", { "aria-label": t("slots.row_remove", { n: n + 1 }), on: { click: onRemove } }, icon("trash")),
  ];
}

/* Text, as a browser's time field knows no 24:00; "900" and "9:00" become "09:00". */
function clock(row, name, path, onChange) {
  const take = () => {
    const [, hours, minutes] = input.value.trim().match(/^(\d{1,2})[:：]?(\d{2})$/) ?? [];
    if (hours) input.value = `${hours.padStart(2, "0")}:${minutes}`;
    row[name] = input.value.trim();
    onChange();
  };
  const input = el("input.input.num", { name: `${path}.${name}`, value: row[name], maxlength: 5, inputmode: "numeric", autocomplete: "off", "aria-label": t(`slots.${name}`), on: { change: take } });
  return el("div.rows__cell", {}, input, error(`${path}.${name}`));
}

function number(row, name, path, bounds, onChange) {
  const input = el("input.input.num", { type: "number", name: `${path}.${name}`, value: row[name], ...bounds, "aria-label": t(`slots.${name}`), on: { input: () => { row[name] = Math.round(Number(input.value)) || 0; onChange(); } } });
  return el("div.rows__cell", {}, input, error(`${path}.${name}`));
}

const error = (name) => el("span.field__error", { dataset: { error: name } });
const minute = (text) => (/^\d\d:\d\d$/.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) : NaN);
