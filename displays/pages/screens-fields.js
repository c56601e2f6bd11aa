/** Fields of the editor: a label, an input, a hint and a place for what is wrong with it. Inputs take {name, value, set}. */

import { el } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { has, t } from "/static/i18n.js";

/** @param {string} name  path of the draft, such as "dimming.begin"; the text of its label is screens.field.{last part} */
export function field(name, input, { hint = "", label } = {}) {
  const key = `screens.field.${name.replace(/\.\d+\./, ".")}`;
  const words = label ?? (has(key) ? t(key) : t(`screens.field.${name.split(".").pop()}`));
  const isGroup = !["INPUT", "SELECT", "TEXTAREA"].includes(input.tagName);
  if (!isGroup) input.id ||= `f-${name}`;
  return el(isGroup ? "div.field" : "label.field", { dataset: { field: name } }, words && el("span.field__label", {}, words), input, hint && el("span.field__hint", {}, hint), el("span.field__error", { dataset: { error: name }, role: "alert" }));
}

export const text = ({ name, value, set }, props = {}) => el("input.input", { name, value: value ?? "", autocomplete: "off", ...props, on: { input: (event) => set(event.target.value.trimStart()) } });

export const area = ({ name, value, set }, props = {}) => el("textarea.textarea", { name, rows: 3, value: value ?? "", ...props, on: { input: (event) => set(event.target.value) } });

export const time = ({ name, value, set }) => el("input.input.num", { name, value: value ?? "", inputmode: "numeric", placeholder: "08:30", maxlength: 5, on: { input: (event) => set(event.target.value.trim().replace("：", ":")) } });

/** A whole number; what is none is refused by the server, at this field. */
export const number = ({ name, value, set }, { min, max }) => el("input.input.num", { type: "number", name, value: value ?? "", min, max, step: 1, on: { input: (event) => set(Number.isFinite(event.target.valueAsNumber) ? Math.round(event.target.valueAsNumber) : 0) } });

export const select = ({ name, value, set }, options) => el("select.select", { name, on: { change: (event) => set(event.target.value) } }, options.map(([id, words]) => el("option", { value: id, selected: (value ?? "") === id }, words)));

export const check = ({ name, value, set }, words) => el("label.check", {}, el("input", { type: "checkbox", name, id: `f-${name}`, checked: value, on: { change: (event) => set(event.target.checked) } }), words);

/** One of a few, as chips with arrow keys; swatches: look → its colours. */
export function choice({ name, value, set }, options, { swatches = null } = {}) {
  const chips = options.map(([id, words]) => el("button.chip", { id: `f-${name}-${id}`, role: "radio", "aria-checked": String(id === value), tabindex: id === value ? 0 : -1, on: { click: () => take(id) } }, swatches && swatch(swatches[id]), words));
  const take = (id) => { chips.forEach((chip, at) => { const isIt = options[at][0] === id; chip.setAttribute("aria-checked", isIt); chip.tabIndex = isIt ? 0 : -1; if (isIt) chip.focus(); }); set(id); };
  const step = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = chips.indexOf(event.target.closest("button"));
    take(options[(at + by + options.length) % options.length][0]);
  };
  return el("div.cluster", { role: "radiogroup", dataset: { name }, on: { keydown: step } }, chips);
}

function swatch(colours) {
  return el("span.swatch", { style: { background: colours.bg, "border-color": colours["line-strong"] } }, ["text", "accent", "call"].map((one) => el("i", { style: { background: colours[one] } })));
}

export function colour({ name, value, set }, { usual, usual_text }) {
  const words = el("input.input.num", { name, value: value ?? "", placeholder: usual, maxlength: 7, on: { input: () => { set(words.value.trim() || null); if (/^#[0-9a-f]{6}$/i.test(words.value)) picker.value = words.value; } } });
  const picker = el("input.form__colour", { type: "color", value: value ?? usual, "aria-label": t("screens.field.accent"), on: { input: () => { words.value = picker.value; set(picker.value); } } });
  return el("div.cluster", {}, picker, words, el("button.btn.btn--sm.btn--quiet", { on: { click: () => { words.value = ""; picker.value = usual; set(null); } } }, usual_text));
}

export function clearErrors(form) {
  for (const node of form.querySelectorAll("[data-error]")) node.textContent = "";
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
}

/** Writes a refusal at the field it names; false where the form has no such field. */
export function placeError(form, error, { focus = false }) {
  const named = error.fields?.field ?? Object.keys(error.fields ?? {})[0] ?? "";
  const name = String(named).replace(/\[(\d+)\]/g, ".$1");
  const place = [...form.querySelectorAll("[data-error]")].find((node) => node.dataset.error === name || name.startsWith(`${node.dataset.error}.`) && node.dataset.error.split(".").length > 1) ?? form.querySelector(`[data-error="${CSS.escape(name.split(".")[0])}"]`);
  if (!place) return false;
  place.closest("details")?.setAttribute("open", "");
  place.textContent = errorText(error);
  const input = form.querySelector(`[name="${CSS.escape(name)}"]`) ?? place.parentElement.querySelector("input, select, textarea, button");
  input?.setAttribute("aria-invalid", "true");
  if (focus) input?.focus();
  return true;
}
