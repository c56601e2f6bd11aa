/** A number for somebody who is on the way, where the hall gives it; and the moment in which they are there. */

import { api, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { dayOf, duration, timeOfDay, waitRange } from "/static/numbers.js";
import { nothing } from "/static/visitor/steps.js";
import { awaited, keepTicket, look } from "./phone-mine.js";

const PHONE = /^\+?[\d\s-]{7,16}$/;

/** For a matter, or, where none is known yet, for a line. */
export async function outsideView(phone, place, matter = "", line = "") {
  phone.loading(place, t("mobile.outside_title"));
  const query = new URLSearchParams(matter ? { matter } : line ? { line } : {});
  const [state, hall, guide] = await Promise.all([api.get(`outside?${query}`), api.get("hall"), matter ? api.get(`matters/${encodeURIComponent(matter)}`) : null]);
  if (!state.now) { refuse(phone, place, state); return; }
  if (!matter && !line) { chooseLine(phone, place, hall); return; }
  const what = guide ? { matter } : { line };
  form(phone, place, { state, what, name: named(guide ?? hall.lines.find((one) => one.id === line)), key: newKey() });
}

function chooseLine(phone, place, hall) {
  phone.show(place, {
    title: t("mobile.outside_what"), back: () => phone.back(),
    body: el("div.v-choices", {}, hall.lines.filter((one) => one.open).map((one) => el("button.v-choice", { id: `line-${one.id}`, on: { click: () => phone.go(`outside//${encodeURIComponent(one.id)}`) } },
      el("span.v-choice__text", {}, el("span.v-choice__name", {}, named(one)), el("span.v-choice__note.num", {}, `${t("mobile.waiting_n", { n: one.waiting })} · ${waitRange(one.wait_s)}`)), icon("chevron-right")))),
  });
}

/* What stands against it, when it will be possible, and what to do instead. */
function refuse(phone, place, { allowed, refusal, begins, ends, opens }) {
  const when = allowed && begins ? t("mobile.outside_when", { day: dayOf(begins), begins: timeOfDay(begins), ends: timeOfDay(ends), opens: timeOfDay(opens) }) : "";
  phone.show(place, {
    title: t("mobile.outside_title"), back: () => phone.back(),
    body: [
      el("div.notice.notice--warn", { role: "status", dataset: { refusal } }, icon("clock"), el("div", {}, el("strong", {}, t(allowed ? (refusal === "outside.not_now" ? "mobile.outside_not_now" : `error.${refusal}`) : "mobile.outside_off")), when && el("p.num", {}, when))),
      el("h2.m-over", {}, t("mobile.instead_do")),
      el("a.btn.btn--primary.btn--lg.btn--block", { id: "book", href: "/book" }, icon("calendar"), t("mobile.book")),
      el("p.muted", {}, t("mobile.outside_kiosk")),
    ],
  });
}

function form(phone, place, { state, what, name, key }) {
  const input = el("input.input.num", { id: "phone", name: "person.phone", type: "tel", inputmode: "tel", autocomplete: "tel", maxlength: 16, "aria-describedby": "phone-hint" });
  const idNumber = el("input.input.num", { id: "id_number", name: "person.id_number", autocomplete: "off", autocapitalize: "characters", maxlength: 18 });
  const refusal = el("div", { id: "refusal", role: "alert" });
  const button = () => document.querySelector("#next");
  phone.show(place, {
    over: name, title: t("mobile.outside_title"), back: () => phone.back(), next: { text: t("mobile.outside_take"), icon: "ticket", act: () => take() },
    body: [
      el("ol.card.m-plain", {}, el("li", {}, t("mobile.outside_rule_come", { time: duration(state.come_s), from: state.opens && new Date(state.opens) > new Date() ? t("mobile.from_opening", { time: timeOfDay(state.opens) }) : t("mobile.from_now") })), el("li", {}, t("mobile.outside_rule_scan")), el("li", {}, t("mobile.outside_rule_late"))),
      el("div.field", {}, el("label.field__label", { for: "phone" }, t("mobile.phone")), input, el("p.field__error", { role: "alert", dataset: { error: "person.phone" } }), el("p.field__hint", { id: "phone-hint" }, t("mobile.outside_phone_hint"))),
      el("details", {}, el("summary", {}, t("mobile.outside_id")), el("div.field", {}, el("label.field__label", { for: "id_number" }, t("mobile.id_number")), idNumber, el("p.field__error", { role: "alert", dataset: { error: "person.id_number" } }))),
      refusal,
    ],
  });
  input.focus();

  async function take() {
    const person = { ...(input.value.trim() && { phone: input.value.trim() }), ...(idNumber.value.trim() && { id_number: idNumber.value.trim().toUpperCase() }) };
    const wrong = person.phone ? !PHONE.test(person.phone) : !person.id_number;
    document.querySelector('[data-error="person.phone"]').textContent = wrong ? t(person.phone ? "mobile.wrong_phone" : "mobile.need_phone") : "";
    if (wrong) { input.focus(); return; }
    button().setAttribute("aria-busy", "true");
    button().disabled = true;
    try {
      const ticket = await api.post("outside", { ...what, person, language: lang() }, { key });
      keepTicket(ticket.token, ticket.number);
      if (place.isHere()) taken(phone, place, ticket);
    } catch (error) {
      if (!place.isHere()) return;
      button().removeAttribute("aria-busy");
      button().disabled = false;
      fill(refusal, el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, error.code === "ticket.duplicate" ? t("mobile.outside_twice", { number: error.fields.number }) : errorText(error))));
      if (error.fields?.["person.id_number"]) idNumber.closest("details").open = true;
      refusal.scrollIntoView({ block: "center" });
    }
  }
}

function taken(phone, place, ticket) {
  phone.show(place, {
    title: t("mobile.outside_have"), next: { text: t("mobile.follow"), icon: "ticket", act: () => location.assign(`/t/${ticket.token}`) },
    body: [
      el("div.card.m-have", {}, el("p.m-have__number.num", {}, ticket.number), el("p.m-have__by", {}, t("mobile.here_by", { time: timeOfDay(ticket.here_by) }))),
      el("p.notice.notice--warn", { role: "status" }, icon("map-pin"), el("span", {}, t("mobile.outside_rule_scan"))),
    ],
  });
}

/** Behind the code that hangs in the hall: whoever has a number from outside is here now. */
export async function hereView(phone, place, code) {
  phone.loading(place, t("mobile.here_title"));
  await look(); // the numbers as they are now
  const mine = awaited();
  const done = [];
  for (const { token, view } of mine) {
    try { done.push({ token, view: await api.post("outside/here", { ticket: token, code }) }); } catch (error) { done.push({ token, view, error }); }
  }
  history.replaceState(null, "", "#/"); // the code is used; "back" does not use it again
  const failed = done.find((one) => one.error);
  const body = failed
    ? [el("div.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, errorText(failed.error))), el("p.muted", {}, t("mobile.here_again"))]
    : done.length
      ? [el("div.notice.notice--ok", { role: "status" }, icon("check"), el("span", {}, t("mobile.here_done"))), done.map(({ token, view }) => el("a.btn.btn--primary.btn--xl.btn--block", { href: `/t/${token}` }, icon("ticket"), el("span.num", {}, view.number)))]
      : nothing("ticket", t("mobile.here_none"), t("mobile.here_none_hint"));
  phone.show(place, { title: t(failed ? "mobile.here_failed" : done.length ? "mobile.here_title" : "mobile.here_title"), body });
}
