/** Draws a form of its JSON Schema: texts, numbers, dates, choices, yes or no, and rows of these; the server checks it. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { isShared } from "/static/visitor/machine.js";

const LONG = 80;
/* The keys for dates come only where strangers touch the screen. */
const { dateField } = isShared() ? await import("/static/visitor/date-picker.js") : {};

/**
 * @param {object} schema  of an object @param {object} held  what is filled in, changed in place
 * @param {{path: string, onChange: (path: string) => void, hints?: Map<string, string>}} how  hints: path → where its value came from
 */
export function schemaForm(schema, held, { path, onChange, hints = new Map() }) {
  const required = new Set(schema.required ?? []);
  return el("div.sform", {}, Object.entries(schema.properties ?? {}).map(([name, one]) =>
    field(one, { name: `${path}.${name}`, value: held[name], isRequired: required.has(name), hint: hints.get(`${path}.${name}`), hints,
      set: (value) => { if (value === undefined) delete held[name]; else held[name] = value; onChange(`${path}.${name}`); } })));
}

const kindOf = (one) => (one.enum ? "choice" : one.type === "array" ? "rows" : one.type === "object" ? "group" : one.type === "boolean" ? "yes" : ["number", "integer"].includes(one.type) ? "number" : one.format === "date" ? "date" : "text");
const titleOf = (one, name) => (isChinese() ? one.title : one["x-title-en"] || one.title) ?? name;

function field(one, how) {
  const kind = kindOf(one);
  const title = titleOf(one, how.name);
  if (kind === "rows") return rows(one, title, how);
  if (kind === "group") return group(one, title, how);
  const input = MAKERS[kind](one, how);
  const wide = kind === "text" && (one.maxLength ?? 0) > LONG;
  return el(`div.field.sfield${wide ? ".sfield--wide" : ""}`, {}, el("label.field__label", { id: `${how.name}-label`, for: how.name }, title, how.isRequired && el("span.sfield__must", { title: t("accept.required") }, "*")), input,
    how.hint && el("span.sfield__from", {}, icon("check"), how.hint), one.description && el("span.field__hint", {}, one.description), el("span.field__error", { dataset: { error: how.name } }));
}

const common = (how) => ({ id: how.name, name: how.name, "aria-required": String(how.isRequired) });

const MAKERS = {
  text: (one, how) => el((one.maxLength ?? 0) > 200 ? "textarea.textarea" : "input.input", { ...common(how), value: how.value ?? "", maxlength: one.maxLength, autocomplete: "off", on: { input: (event) => how.set(event.target.value.trim() === "" ? undefined : event.target.value) } }),
  number: (one, how) => el("input.input.num", { ...common(how), inputmode: "decimal", autocomplete: "off", value: how.value ?? "", on: { input: (event) => how.set(numberOf(event.target.value)) } }),
  date: (one, how) => (isShared() ? touched(one, how) : el("input.input.num", { ...common(how), type: "date", value: how.value ?? "", on: { input: (event) => how.set(event.target.value || undefined) } })),
  choice: (one, how) => (isShared() ? radios(one, how) : list(one, how)),
  yes: (one, how) => el("div.yesno", { role: "radiogroup", "aria-labelledby": `${how.name}-label` }, [[true, "accept.yes"], [false, "accept.no"]].map(([value, key]) => el("label.option.option--sm", {}, el("input", { type: "radio", name: how.name, id: value ? how.name : `${how.name}-no`, checked: how.value === value, on: { change: () => how.set(value) } }), t(key)))),
};

/* The browser's own calendar is made for a mouse. */
const touched = (one, how) => dateField({ ...common(how), label: titleOf(one, how.name), value: how.value ?? "", attributes: { "aria-required": String(how.isRequired) }, onInput: (value) => how.set(value || undefined) });

const nameOf = (one, at) => (isChinese() ? one["x-names"] : one["x-names-en"] ?? one["x-names"])?.[at] ?? String(one.enum[at]);

const list = (one, how) => el("select.select", { ...common(how), on: { change: (event) => how.set(one.enum.find((value) => String(value) === event.target.value)) } },
  el("option", { value: "", selected: how.value === undefined }, t("accept.choose")), one.enum.map((value, at) => el("option", { value: String(value), selected: value === how.value }, nameOf(one, at))));

/* All of them beside each other: a list that opens is too small for a finger, and a switch cannot open it. */
const radios = (one, how) => el("div.yesno.yesno--all", { id: how.name, role: "radiogroup", "aria-labelledby": `${how.name}-label`, "aria-required": String(how.isRequired), tabindex: "-1" },
  one.enum.map((value, at) => el("label.option.option--sm", {}, el("input", { type: "radio", name: how.name, checked: value === how.value, on: { change: () => how.set(value) } }), nameOf(one, at))));

/** A number that is not one stays a text, so that the server names it. */
const numberOf = (text) => (text.trim() === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text);

function group(one, title, how) {
  const held = how.value ?? {};
  return el("fieldset.sgroup", {}, el("legend", {}, title), schemaForm(one, held, { path: how.name, hints: how.hints, onChange: () => how.set(Object.keys(held).length ? held : undefined) }));
}

function rows(one, title, how) {
  const held = how.value ?? [];
  const list = el("div.srows"), most = one.maxItems ?? 50;
  const told = () => how.set(held.length ? held : undefined);
  const item = one.items?.type === "object" ? one.items : null;
  const draw = (focus = -1) => {
    fill(list, held.map((row, at) => el("div.srow", {}, el("span.srow__n.num", {}, at + 1),
      item ? schemaForm(item, row, { path: `${how.name}.${at}`, onChange: told }) : field(one.items ?? { type: "string" }, { name: `${how.name}.${at}`, value: row, set: (value) => { held[at] = value ?? ""; told(); } }),
      el("button.btn.btn--icon.btn--quiet", { "aria-label": t("accept.row_remove", { n: at + 1 }), title: t("accept.row_remove", { n: at + 1 }), on: { click: () => { held.splice(at, 1); told(); draw(); } } }, icon("trash")))));
    if (focus >= 0) list.children[focus]?.querySelector("input, select, textarea")?.focus();
  };
  const add = el("button.btn.btn--sm", { id: `${how.name}-add`, on: { click: () => { if (held.length < most) { held.push(item ? {} : ""); told(); draw(held.length - 1); } } } }, icon("plus"), t("accept.row_add", { what: title }));
  draw();
  return el("fieldset.sgroup.sgroup--rows", {}, el("legend", {}, title, how.isRequired && el("span.sfield__must", {}, "*")), list, add, el("span.field__error", { dataset: { error: how.name } }));
}

/**
 * Fills what `x-from` names, the best source first, where nothing was typed; gives path → source of what was filled now.
 * @param {Map<string, string>} filled  what was filled before: a better source may take its place
 */
export function prefill(schema, held, sources, filled) {
  const now = new Map();
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    if (held[name] !== undefined && !filled.has(`fields.${name}`)) continue;
    const from = [one["x-from"] ?? []].flat().find((source) => fits(one, sources[source]) && !isOfPerson(name, source, sources));
    if (from === undefined || held[name] === sources[from]) continue;
    held[name] = sources[from];
    now.set(`fields.${name}`, from);
  }
  return now;
}

/* A person's own number is no social credit code, though it has as many letters. */
const isOfPerson = (name, source, sources) => name === "uscc" && source === "applicant.id_number" && sources["applicant.kind"] !== "organisation";

/* The server checks it all; what plainly does not fit is not put in. */
function fits(one, value) {
  if (value === undefined || value === "" || (one.enum && !one.enum.includes(value))) return false;
  return typeof value !== "string" || ((!one.pattern || new RegExp(one.pattern, "u").test(value)) && value.length <= (one.maxLength ?? Infinity) && value.length >= (one.minLength ?? 0));
}
