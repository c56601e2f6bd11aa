/** Who files: ID number, phone, and the code that comes by short message. What was filled in stays, whatever becomes of the session. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { faultOf } from "/pages/hall_queue/id-number.js";
import { atTheHall, whoIsThere } from "./phone-send.js";
import { keepDraft } from "./phone-store.js";

const PHONE = /^\+?[\d\s-]{7,16}$/;

/** @param {string} why  "expired" after a session ended under way; then: what to do afterwards */
export async function whoView(phone, place, draft, why = "", then = () => phone.go(`apply/${draft.id}`, { replace: true })) {
  const wasNobody = !draft.owner;
  const known = why ? null : await whoIsThere(draft).catch(() => null);
  if (!place.isHere()) return;
  if (known && wasNobody && draft.id) { await keepDraft(draft); atTheHall(draft).catch(() => { /* taken in when the form is opened */ }); }
  if (known) { shown(phone, place, draft, known); return; }
  ask(phone, place, draft, why, then);
}

function shown(phone, place, draft, { masked }) {
  phone.show(place, {
    over: named(draft, "matter_name"), title: t("mobile.part_who"), back: () => phone.go(`apply/${draft.id}`), next: { act: () => phone.go(`apply/${draft.id}`) },
    body: [el("p.notice.notice--ok", {}, icon("check"), el("span.num", {}, t("mobile.who_known", { masked }))),
      el("button.btn.btn--lg.btn--block", { id: "other", on: { click: async () => { await api.del("applicant/session"); draft.owner = ""; await keepDraft(draft); phone.draw(); } } }, icon("user"), t("mobile.who_other"))],
  });
}

function ask(phone, place, draft, why, then) {
  const typed = { id_number: "", phone: "", name: "", code: "" };
  const said = el("div", { role: "alert" });
  let sent = null, isBusy = false;
  const field = (name, more) => el("div.field", {}, el("label.field__label", { for: name }, t({ id_number: "mobile.id_number", phone: "mobile.phone", name: "mobile.who_name", code: "mobile.who_code" }[name])),
    el("input.input.num", { id: name, name, value: typed[name], autocomplete: "off", ...more, on: { input: (event) => { typed[name] = name === "id_number" ? event.target.value.toUpperCase().replace(/[^\dX]/g, "") : event.target.value.trim(); if (name === "id_number") event.target.value = typed[name]; }, keydown: (event) => { if (event.key === "Enter") act(); } } }),
    el("p.field__error", { role: "alert", dataset: { error: name } }));
  draw();

  function draw(focus = "") {
    phone.show(place, {
      over: named(draft, "matter_name"), title: t("mobile.who_title"), hint: why ? "" : t("mobile.who_hint"), back: () => phone.back(),
      next: { text: t(sent ? "mobile.who_confirm" : "mobile.who_send"), act },
      body: [
        why && el("p.notice.notice--warn", { role: "status" }, icon("clock"), el("span", {}, t("mobile.who_expired"))),
        el("div.m-form", {},
          sent ? [el("p.notice.notice--ok", { role: "status" }, icon("check"), el("span.num", {}, t("mobile.who_sent", { phone: sent.phone, n: Math.round(sent.valid_s / 60) }))), field("code", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 8 }), el("button.btn.btn--quiet", { id: "again", on: { click: () => { sent = null; draw("phone"); } } }, icon("refresh"), t("mobile.who_again"))]
            : [field("name", { autocomplete: "name", maxlength: 60 }), field("id_number", { autocapitalize: "characters", maxlength: 18 }), field("phone", { type: "tel", inputmode: "tel", autocomplete: "tel", maxlength: 16 })]),
        said,
      ],
    });
    document.querySelector(`#${focus || (sent ? "code" : "name")}`)?.focus();
  }

  function act() { if (!isBusy) (sent ? confirm() : send()); }

  async function send() {
    const wrong = { id_number: faultOf(typed.id_number) && t("mobile.wrong_id"), phone: PHONE.test(typed.phone) ? "" : t(typed.phone ? "mobile.wrong_phone" : "mobile.need_phone") };
    for (const [name, text] of Object.entries(wrong)) mark(name, text);
    if (wrong.id_number || wrong.phone) { document.querySelector(wrong.id_number ? "#id_number" : "#phone").focus(); return; }
    await trying(async () => { sent = await api.post("applicant/code", { id_number: typed.id_number, phone: typed.phone, name: typed.name }); draw(); });
  }

  async function confirm() {
    await trying(async () => {
      const who = await api.post("applicant/session", { id_number: typed.id_number, phone: typed.phone, code: typed.code, machine: "phone" });
      if (draft.id) {
        if (draft.owner && draft.owner !== who.masked) { await api.del("applicant/session"); fill(said, bad(t("mobile.who_mismatch"))); return; }
        draft.owner = who.masked;
        await keepDraft(draft);
        await atTheHall(draft).catch(() => { /* taken in when the form is opened */ });
        if (draft.applicant && !draft.applicant.name && typed.name) { draft.applicant.name = typed.name; await keepDraft(draft); }
      }
      if (place.isHere()) then();
    });
  }

  async function trying(work) {
    const button = document.querySelector("#next");
    isBusy = true;
    button.setAttribute("aria-busy", "true");
    fill(said);
    try { await work(); } catch (error) {
      for (const name of Object.keys(typed)) mark(name, error.fields?.[name] ? errorText(error) : "");
      if (place.isHere() && !Object.keys(typed).some((name) => error.fields?.[name])) fill(said, bad(error.offline ? t("mobile.no_link_text") : errorText(error)));
    } finally { isBusy = false; button.removeAttribute("aria-busy"); }
  }
}

const bad = (text) => el("p.notice.notice--bad", {}, icon("alert"), el("span", {}, text));

function mark(name, text) {
  const place = document.querySelector(`[data-error="${name}"]`);
  if (place) place.textContent = text;
  document.querySelector(`#${name}`)?.setAttribute("aria-invalid", String(Boolean(text)));
}
