/** The last step: who comes, by phone or ID number, and the button that books. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { faultOf } from "./id-number.js";

const PHONE = /^\+?\d{7,14}$/;

export function personStep(booking) {
  const isNeeded = booking.places.id_required;
  const form = el("form.b-form", { novalidate: true, on: { submit: send } },
    field(booking, "phone", { label: "book.phone", hint: "book.phone_hint", type: "tel", inputmode: "tel", autocomplete: "tel", maxlength: 16 }),
    field(booking, "id_number", { label: isNeeded ? "book.id_number" : "book.id_optional", hint: isNeeded ? "book.id_needed" : "book.id_hint", type: "text", autocomplete: "off", autocapitalize: "characters", maxlength: 18 }),
    el("p.b-privacy.muted.small", {}, icon("lock"), el("span", {}, t("book.privacy"))),
    materials(booking.matter),
    el("div", { id: "refusal", tabindex: -1 }),
    el("div.b-foot", {}, el("button.btn.btn--primary.btn--xl.btn--block", { id: "confirm", type: "submit" }, icon("check"), t("book.confirm"))));
  return form;

  function send(event) {
    event.preventDefault();
    const { phone, id_number } = booking.person;
    const wrong = [];
    if (phone ? !PHONE.test(phone.replace(/[\s-]/g, "")) : !id_number) wrong.push(["person.phone", phone ? "book.wrong_phone" : "error.appointment.person_missing"]);
    if (id_number ? faultOf(id_number) : isNeeded) wrong.push(["person.id_number", id_number ? "book.wrong_id" : "book.id_needed"]);
    mark(form, wrong);
    if (!wrong.length) booking.confirm(form);
  }
}

function mark(form, wrong) {
  for (const node of form.querySelectorAll("[data-error]")) node.textContent = "";
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  for (const [name, key] of wrong) {
    form.querySelector(`[data-error="${name}"]`).textContent = t(key);
    form.querySelector(`[name="${name}"]`).setAttribute("aria-invalid", "true");
  }
  form.querySelector("[aria-invalid]")?.focus();
}

function field(booking, name, { label, hint, ...attributes }) {
  const isId = name === "id_number";
  const input = el("input.input.b-input.num", { id: name, name: `person.${name}`, value: booking.person[name], "aria-describedby": `${name}-hint`, ...attributes, on: { input: () => {
    if (isId) input.value = input.value.toUpperCase().replace(/[^\dX]/g, "");
    booking.person[name] = input.value.trim();
  } } });
  return el("div.field", {}, el("label.field__label", { for: name }, t(label)), input, el("p.field__error", { role: "alert", dataset: { error: `person.${name}` } }), el("p.field__hint", { id: `${name}-hint` }, t(hint)));
}

/** What to bring, as the guide says. @param {?object} matter */
export function materials(matter) {
  const list = matter?.guidance?.materials ?? [];
  if (!matter) return null;
  return el("details.card.b-bring", { open: list.length <= 4 }, el("summary.strong", {}, icon("document"), t("book.materials")), list.length ? el("ol", { lang: "zh-CN" }, list.map((one) => el("li", {}, one))) : el("p", {}, t("book.no_materials")));
}
