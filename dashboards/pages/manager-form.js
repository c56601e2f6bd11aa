/** One record in a form: what changed, what is missing, and where the server's errors belong. */

import { el, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { makeInput } from "./manager-fields.js";

export class RecordForm {
  #inputs = []; #before; #record; #node; #summary;

  /** @param {{fields: object[], record: object|null, refs: object, onSubmit: () => void, onChange?: () => void}} options  record null: a new one */
  constructor({ fields, record, refs, onSubmit, onChange = () => {} }) {
    this.#record = record;
    this.#summary = el("div.form__summary", { role: "alert", tabindex: -1 });
    const shown = fields.filter((field) => !(record ? field.once && field.type === "password" : field.later));
    this.#node = el("form.form", { novalidate: true, autocomplete: "off", on: { submit: (event) => { event.preventDefault(); onSubmit(); }, input: onChange, change: onChange } },
      this.#summary, shown.map((field) => (field.title ? el("h3.form__section", {}, t(field.title)) : this.#row(field, refs, onChange))));
    this.#before = JSON.stringify(this.#values());
  }

  get node() { return this.#node; }
  get dirty() { return JSON.stringify(this.#values()) !== this.#before; }

  /** What to send: everything of a new record, only what changed of an old one. A changed part of `guidance` sends it whole. */
  body() {
    const before = JSON.parse(this.#before);
    const now = this.#values();
    const changed = Object.entries(now).filter(([name, value]) => (this.#record ? JSON.stringify(value) !== JSON.stringify(before[name]) : value !== null && value !== "" && value !== undefined));
    const body = Object.fromEntries(changed.filter(([name]) => !name.includes(".")));
    const parts = Object.entries(now).filter(([name]) => name.includes("."));
    if (changed.some(([name]) => name.includes(".")) && parts.length) body[parts[0][0].split(".")[0]] = nested(parts, this.#record);
    return body;
  }

  /** Marks required fields that are empty; true when there are none. */
  complete() {
    const empty = this.#inputs.filter(({ field, read }) => !field.optional && isEmpty(read()) && !field.disabled);
    this.#mark(Object.fromEntries(empty.map(({ field }) => [field.name, t("manager.required")])));
    return empty.length === 0;
  }

  /** Puts an ApiError's texts under their fields; what has no place goes on top. */
  refuse(error) {
    const texts = {};
    for (const [name, text] of Object.entries(error.fields ?? {})) {
      const field = this.#inputs.map((input) => input.field.name).find((own) => own === name.replace(/^item\./, "").replace(/\[\d+\]/g, "") || (!own.includes(".") && name.startsWith(`${own}[`)));
      if (field) texts[field] = typeof text === "string" ? text : errorText(error);
    }
    this.#mark(texts, Object.keys(texts).length ? "" : errorText(error));
  }

  #mark(texts, whole = "") {
    for (const { field, node, place } of this.#inputs) {
      say(place, texts[field.name] ?? "");
      if (texts[field.name]) node.setAttribute("aria-invalid", "true"); else node.removeAttribute("aria-invalid");
    }
    const n = Object.keys(texts).length;
    const text = whole || (n ? t("manager.errors_n", { n }) : "");
    this.#summary.replaceChildren(...(text ? [el("div.notice.notice--bad", {}, icon("alert"), text)] : []));
    (this.#inputs.find(({ field }) => texts[field.name])?.node ?? (text ? this.#summary : null))?.focus();
  }

  #row(field, refs, onChange) {
    const value = valueAt(this.#record, field.name);
    const input = makeInput(field, value, choicesOf(field, refs), onChange);
    if (this.#record && field.once) input.node.disabled = field.disabled = true; else field.disabled = false;
    const place = el("p.field__error", { id: `e-${field.name}`, dataset: { error: field.name } });
    this.#inputs.push({ field: { ...field }, ...input, place });
    if (field.type === "check") return el("div.field", {}, el("label.check", {}, input.node, t(field.label)), place);
    return el("div.field", {}, el("label.field__label", { for: input.node.id }, t(field.label)), input.node, field.hint && !input.node.disabled && el("p.field__hint", {}, t(field.hint)), place);
  }

  #values() { return Object.fromEntries(this.#inputs.map(({ field, read }) => [field.name, read() ?? null])); }
}

const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
const valueAt = (record, path) => path.split(".").reduce((value, key) => value?.[key], record);

function choicesOf(field, refs) {
  if (field.choices) return field.choices;
  return (refs[field.from] ?? []).filter((one) => one.active !== false);
}

/** `guidance.fee`, `guidance.note` … as one object over what the record already had there. */
function nested(parts, record) {
  const [root] = parts[0][0].split(".");
  if (parts.every(([, value]) => isEmpty(value))) return null;
  return { ...record?.[root], ...Object.fromEntries(parts.map(([name, value]) => [name.split(".")[1], value])) };
}
