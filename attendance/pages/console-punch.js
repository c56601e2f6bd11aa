/** What attendance adds to the window console: a button by which one punches, oneself or with a card or code. */

import { api } from "/static/api.js";
import { $, el } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { onLang, t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";

const PLACE = ".bar__me";

let atRest = (question) => question();

/** Puts the button into the bar, whenever the console draws its bar anew. */
export function install(console) {
  atRest = console.dialog ?? atRest;
  const place = () => { const bar = $(PLACE); if (bar && !$("#punch", bar)) bar.insertBefore(button(), $("language-switch", bar)); };
  new MutationObserver(place).observe($("#bar"), { childList: true, subtree: true });
  onLang(() => { $("#punch")?.remove(); place(); });
  place();
}

const button = () => el("button.btn.btn--quiet.btn--sm", { id: "punch", title: t("attendance.console_punch"), on: { click: (event) => { event.currentTarget.blur(); atRest(open); } } }, icon("clock"), el("span.bar__text", {}, t("attendance.console_punch")));

/** Asks for a card, or for nothing; settles when the dialog is gone. */
function open() {
  return new Promise((closed) => {
    const card = el("input.input.num", { id: "punch-card", name: "card", type: "password", maxlength: 64, autocomplete: "off", autofocus: true });
    const rest = el("p.field__error", { role: "alert", dataset: { error: "card" } });
    const send = async (event) => {
      event.preventDefault();
      showFieldErrors(form);
      try {
        const { at, name } = await api.post("attendance/sign-in", { card: card.value.trim() || null });
        box.close();
        toast(t("attendance.console_punched", { name, time: timeOfDay(at) }), "ok", { ms: 4000 });
      } catch (error) { rest.textContent = errorText(error); card.select(); }
    };
    const form = el("form.dialog__body", { novalidate: true, on: { submit: send } }, el("h2.dialog__title", {}, t("attendance.console_punch")), el("p.muted", {}, t("attendance.console_punch_hint")),
      el("div.field", {}, el("label.field__label", { for: "punch-card" }, t("attendance.console_card")), card, rest), el("a", { href: "/my-attendance" }, t("attendance.console_month")),
      el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), el("button.btn.btn--primary", { type: "submit", id: "punch-now" }, t("attendance.console_punch"))));
    const box = el("dialog.dialog", { "aria-label": t("attendance.console_punch"), on: { close: () => { box.remove(); closed(null); } } }, form);
    document.body.append(box);
    box.showModal();
  });
}
