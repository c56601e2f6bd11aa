/** Controls of the editor: each reads and writes one field of a part. */

import { el } from "/static/dom.js";
import { t } from "/static/i18n.js";

/** The control of a field. @param {{changed: () => void, departments: object, edition: object}} means */
export function control(field, part, means) {
  const put = (value) => { part[field.name] = value; means.changed(); };
  return KINDS[field.kind](field, part[field.name] ?? field.blank ?? "", put, means);
}

const input = (value, read, props = {}, tag = "input.input") => el(tag, { value, autocomplete: "off", ...props, on: { input: (event) => read(event.target) } });

const KINDS = {
  text: (field, value, put) => input(value, (node) => put(node.value.trim())),
  whole: (field, value, put) => input(value, (node) => put(Math.trunc(Number(node.value)) || 0), { type: "number", inputmode: "numeric" }),
  maybe: (field, value, put) => input(value ?? "", (node) => put(node.value === "" ? null : Math.trunc(Number(node.value)) || 0), { type: "number", inputmode: "numeric" }),
  lines: (field, value, put) => input(value.join("\n"), (node) => put(split(node.value, /\n/)), { rows: Math.max(2, Math.min(8, value.length + 1)) }, "textarea.textarea"),
  ids: (field, value, put) => input(value.join(", "), (node) => put(split(node.value, /[\s,，、]+/))),
  when: (field, value, put) => input(whenText(value), (node) => put(whenRead(node.value))),
  options: (field, value, put) => input(value.map((one) => [one.id, one.name, one.name_en].filter(Boolean).join(" | ")).join("\n"), (node) => put(split(node.value, /\n/).map((line) => {
    const [id = "", name = "", name_en = ""] = line.split("|").map((one) => one.trim());
    return { id, name, name_en };
  })), { rows: Math.max(3, value.length + 1) }, "textarea.textarea"),
  json: (field, value, put) => input(Object.keys(value).length ? JSON.stringify(value, null, 2) : "", (node) => {
    try { put(node.value.trim() ? JSON.parse(node.value) : {}); node.setCustomValidity(""); } catch { node.setCustomValidity(t("catalogue.fault.cell_json")); node.reportValidity(); }
  }, { rows: 8, spellcheck: "false" }, "textarea.textarea.cat__json"),
  yes: (field, value, put) => el("label.check", {}, el("input", { type: "checkbox", checked: Boolean(value), on: { change: (event) => put(event.target.checked) } }), t("common.yes")),
  choice: (field, value, put) => el("select.select", { on: { change: (event) => put(typeof field.values[0] === "number" ? Number(event.target.value) : event.target.value) } }, field.values.map((one) => el("option", { value: one, selected: one === value }, t(`catalogue.${field.words}.${one}`)))),
  option: (field, value, put) => el("select.select", { on: { change: (event) => put(event.target.value || null) } }, ["", ...field.values].map((one) => el("option", { value: one, selected: one === (value ?? "") }, t(one ? `catalogue.${field.words}.${one}` : "catalogue.done.by_id")))),
  several: (field, value, put) => {
    const chosen = new Set(value);
    return el("div.cluster", {}, field.values.map((one) => el("label.check", {}, el("input", { type: "checkbox", checked: chosen.has(one), on: { change: (event) => { if (event.target.checked) chosen.add(one); else chosen.delete(one); put(field.values.filter((way) => chosen.has(way))); } } }), t(`catalogue.${field.words}.${one}`))));
  },
  department: (field, value, put, { departments }) => el("select.select", { on: { change: (event) => put(event.target.value) } }, [...new Set(["", value, ...Object.keys(departments)])].map((one) => el("option", { value: one, selected: one === value }, departments[one] ?? one))),
  law: (field, value, put) => {
    let now = { name: "", article: "", ...value };
    const set = (change) => { now = { ...now, ...change }; put(now.name ? now : null); };
    return el("div.cat__law", {}, input(now.name, (node) => set({ name: node.value.trim() }), { "aria-label": t("catalogue.law_name"), placeholder: t("catalogue.law_name") }), input(now.article, (node) => set({ article: node.value.trim() }), { "aria-label": t("catalogue.field.article"), placeholder: t("catalogue.field.article") }));
  },
};

const split = (text, by) => text.split(by).map((one) => one.trim()).filter(Boolean);
const whenText = (when) => Object.entries(when || {}).map(([id, options]) => `${id}=${options.join("/")}`).join("; ");

function whenRead(text) {
  const found = {};
  for (const part of split(text.replaceAll("；", ";").replaceAll("＝", "="), /;/)) {
    const [id, options = ""] = part.split("=");
    found[id.trim()] = split(options, /\//);
  }
  return found;
}
