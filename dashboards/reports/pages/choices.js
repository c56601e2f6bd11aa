/** Inputs that the forms of this page share: kind, whose figures, format. */

import { el } from "/static/dom.js";
import { named, t } from "/static/i18n.js";

export const KINDS = ["daily", "weekly", "monthly", "period"];
export const FORMATS = ["pdf", "xlsx", "csv"];

/** A labelled input with a place for what is wrong with it. */
export const field = (name, label, input) => el("label.field", {}, el("span.field__label", {}, label), input, el("span.wrong", { dataset: { error: name } }));

/** A list to choose from; `options` are [value, text]. */
export function select(name, options, chosen, onChange) {
  return el("select.input", { name, on: { change: (event) => onChange?.(event.currentTarget.value) } }, options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}

/** Whose figures: the hall, a window, a department; only some departments for whoever heads them. */
export function scopeSelect(hall, departments, chosen = "") {
  const windows = hall.windows.map((one) => el("option", { value: `window:${one.id}`, selected: chosen === `window:${one.id}` }, `${one.number ?? ""} ${named(one)}`.trim()));
  const of = hall.departments.filter((one) => !departments || departments.includes(one.id));
  const some = of.map((one) => el("option", { value: `department:${one.id}`, selected: chosen === `department:${one.id}` }, named(one)));
  if (departments) return el("select.input", { name: "scope" }, some);
  return el("select.input", { name: "scope" }, el("option", { value: "" }, t("reports.scope.hall")), el("optgroup", { label: t("reports.scope.windows") }, windows), el("optgroup", { label: t("reports.scope.departments") }, some));
}

/** {window} or {department} of a chosen scope; nothing for the hall. */
export function scopeOf(value) {
  const [kind, id] = value.split(":");
  return id ? { [kind]: id } : {};
}

/** The name of a plan's or report's scope. */
export function scopeName(hall, one) {
  if (one.window) { const window = hall.windows.find((each) => each.id === one.window); return window ? `${window.number ?? ""} ${named(window)}`.trim() : one.window; }
  if (one.department) { const department = hall.departments.find((each) => each.id === one.department); return department ? named(department) : one.department; }
  return t("reports.scope.hall");
}
