/** A small form of a shared machine: fields, a refusal beside the field, and what the card reader may do instead. */

import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

/** A field; `value` reads it. */
export function field(name, label, { keys = "digits", maxlength = 60, placeholder = "", hint = "", rows = 0, value = "" } = {}) {
  const how = { id: name, name, dataset: { keys }, maxlength, placeholder, autocomplete: "off", autocapitalize: "off", spellcheck: "false", value, enterkeyhint: rows ? null : "go" };
  const input = rows ? el("textarea.textarea", { ...how, rows }, value) : el("input.input", { ...how, type: "text", inputmode: "none" });
  const fault = el("span.field__error", { id: `${name}-error`, role: "alert", hidden: true });
  input.setAttribute("aria-describedby", `${name}-error`);
  return {
    name, input,
    node: el("label.field.en-field", {}, el("span.field__label", {}, t(label)), input, hint && el("span.field__hint", {}, t(hint)), fault),
    get value() { return input.value.trim(); },
    refuse(text) { fault.hidden = !text; fill(fault, text); if (text) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid"); },
  };
}

/** Shows a form. @param {{title: string, fields: object[], send: (signal) => Promise, done: (reply) => void, beside?: Node, text: string}} form */
export function asked(app, { title, over, hint, fields, beside = null, text, send, done, before = null, after = null }) {
  const { signal } = app;
  const refusal = el("p.notice.notice--bad.en-refusal", { role: "alert", hidden: true });
  let busy = false;
  async function go(event) {
    event?.preventDefault();
    if (busy) return;
    for (const one of fields) one.refuse("");
    refusal.hidden = true;
    const empty = fields.find((one) => !one.value && !one.isOptional);
    if (empty) { empty.refuse(t("enquiry.fill_in")); empty.input.focus(); return; }
    busy = true;
    try {
      const reply = await send(signal);
      if (!signal.aborted) done(reply);
    } catch (error) {
      if (signal.aborted) return;
      const about = fields.find((one) => error.fields?.field === one.name || error.fields?.field === `person.${one.name}` || error.code === `person.${one.name}`);
      if (about) { about.refuse(errorText(error)); about.input.focus(); }
      else { refusal.hidden = false; fill(refusal, icon("alert"), el("span", {}, errorText(error))); }
    } finally { busy = false; }
  }
  app.show({
    title, over, hint, class: "en-form",
    body: el("form.en-two", { novalidate: true, on: { submit: go } }, el("div.stack", {}, before, fields.map((one) => one.node), refusal, after, el("button.visually-hidden", { type: "submit", tabindex: "-1", "aria-hidden": "true" })), beside),
    next: { text, act: go },
  });
}

/** What to do with the reader beside the machine, where there is one. */
export function cardHint(app) {
  if (!app.hasReader) return null;
  return el("aside.card.en-card", { id: "card-hint" }, el("img.en-card__picture", { src: "/pages/hall_queue/kiosk-card.svg", alt: "" }), el("p.strong", {}, t("enquiry.card")), el("p.muted", {}, t("enquiry.card_hint")));
}
