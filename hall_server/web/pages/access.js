/** Parts of the sign-in and set-up forms. */

import { api } from "/static/api.js";
import { el, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

/** A labelled input with a place for its error. @param {object} input  attributes of the <input> */
export function field({ name, label, hint, ...input }) {
  const box = el("input.input", { name, id: name, "aria-describedby": `${name}-hint ${name}-error`, ...input });
  return el("div.field", {}, el("label.field__label", { for: name }, label),
    input.type === "password" ? el("div.access__password", {}, box, eye(box)) : box,
    hint && el("p.field__hint", { id: `${name}-hint` }, hint), el("p.field__error", { id: `${name}-error`, role: "alert", dataset: { error: name } }));
}

function eye(box) {
  const button = el("button.access__eye", { "aria-pressed": "false", "aria-label": t("signin.show_password"), on: { click: () => {
    const shown = box.type === "password";
    box.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    box.focus();
  } } }, icon("eye"));
  return button;
}

/** Writes texts under fields; focuses the first. @param {Record<string, string>} errors  field → text, "" for none */
export function showErrors(form, errors) {
  const wrong = Object.entries(errors).filter(([, text]) => text);
  for (const place of form.querySelectorAll("[data-error]")) say(place, "");
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  for (const [name, text] of wrong) {
    const place = form.querySelector(`[data-error="${CSS.escape(name)}"]`);
    if (place) say(place, text);
    form.elements[name]?.setAttribute("aria-invalid", "true");
  }
  form.elements[wrong[0]?.[0]]?.focus();
  return wrong.length > 0;
}

let isCity = false;

/** The hall's name in the head of the page; nothing where the hall does not answer. */
export async function showHall() {
  try {
    const place = await api.get("hall");
    isCity = place.kind === "city";
    say(document.querySelector("#hall"), named(place));
  } catch { /* the form itself will tell */ }
}

/** Where to go after signing in: a path of this server only, else by role. */
export function destination(me, next) {
  if (next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\")) return next;
  if (isCity) return "/"; // its home page has a door for each role
  if (me.roles.includes("manager") || me.roles.includes("admin")) return "/manager";
  return me.roles.includes("staff") ? "/console" : "/";
}
