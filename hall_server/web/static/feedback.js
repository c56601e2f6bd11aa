/** Toasts, questions and error texts: how a page answers the person at it. */

import { el } from "./dom.js";
import { has, t } from "./i18n.js";

const SHOWN_MS = 5000;

/** Shows a passing message. @param {""|"ok"|"bad"} kind */
export function toast(text, kind = "", { ms = SHOWN_MS } = {}) {
  let list = document.querySelector(".toasts");
  if (!list) document.body.append((list = el("div.toasts", { role: "status", "aria-live": "polite", popover: "manual" })));
  const one = el(`div.toast${kind ? `.toast--${kind}` : ""}`, {}, text);
  list.append(one);
  if (list.showPopover) { if (list.matches(":popover-open")) list.hidePopover(); list.showPopover(); }
  setTimeout(() => { one.remove(); if (!list.children.length && list.hidePopover) list.hidePopover(); }, ms);
}

/**
 * Asks; resolves to true when agreed. Enter agrees, Escape does not.
 * @param {{title: string, text?: string, yes?: string, no?: string, danger?: boolean}} question
 */
export function ask({ title, text = "", yes = t("common.yes"), no = t("common.cancel"), danger = false }) {
  return new Promise((resolve) => {
    const agree = el(`button.btn${danger ? ".btn--danger" : ".btn--primary"}`, { on: { click: () => box.close("yes") }, autofocus: true }, yes);
    const refuse = el("button.btn", { on: { click: () => box.close("no") } }, no);
    const box = el("dialog.dialog", { "aria-label": title, on: { close: () => { box.remove(); resolve(box.returnValue === "yes"); } } },
      el("div.dialog__body", {}, el("h2.dialog__title", {}, title), text && el("p.muted", {}, text), el("div.dialog__actions", {}, refuse, agree)));
    document.body.append(box);
    box.showModal();
  });
}

/** What to tell a person about an error of api.js. */
export function errorText(error) {
  if (error?.offline) return t("common.offline");
  const key = `error.${error?.code}`;
  return error?.message && error.message !== error.code ? error.message : has(key) ? t(key) : t("common.failed");
}

/**
 * Writes an ApiError's fields under the inputs of a form: [data-error="field"] gets the text, [name="field"] aria-invalid.
 * Returns [] when a field took the text, else [the error's text], to be shown elsewhere. Without an error it clears the form.
 */
export function showFieldErrors(form, error = null) {
  for (const node of form.querySelectorAll("[data-error]")) node.textContent = "";
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  if (!error) return [];
  let isPlaced = false;
  for (const [field, text] of Object.entries(error.fields ?? {})) {
    const place = form.querySelector(`[data-error="${CSS.escape(field)}"]`);
    form.querySelector(`[name="${CSS.escape(field)}"]`)?.setAttribute("aria-invalid", "true");
    if (place) place.textContent = fieldText(text, error);
    isPlaced ||= Boolean(place);
  }
  return isPlaced ? [] : [errorText(error)];
}

/* A field's value is a sentence, or the word for what is wrong ("missing", "check"). */
function fieldText(value, error) {
  if (typeof value !== "string" || !value) return errorText(error);
  if (/^[\w.]+$/.test(value)) return has(`error.field.${value}`) ? t(`error.field.${value}`) : errorText(error);
  return value;
}
