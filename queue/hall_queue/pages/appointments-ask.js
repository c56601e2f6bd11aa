/** Asks for a reason, without which a manager's hand does nothing. */

import { el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";

/**
 * Resolves to the reason, or to null when it is taken back.
 * @param {{title: string, text?: string, yes: string, danger?: boolean, more?: Node|false}} question
 */
export function askReason({ title, text = "", yes, danger = false, more = false }) {
  return new Promise((resolve) => {
    let answer = null;
    const input = el("input.input", { name: "reason", id: "reason", maxlength: 200, autocomplete: "off", autofocus: true });
    const wrong = el("p.field__error", { role: "alert" });
    const send = (event) => {
      event.preventDefault();
      answer = input.value.trim() || null;
      if (answer) box.close();
      else { say(wrong, t("slots.reason_needed")); input.setAttribute("aria-invalid", "true"); input.focus(); }
    };
    const box = el("dialog.dialog", { "aria-label": title, on: { close: () => { box.remove(); resolve(answer); } } },
      el("form.dialog__body", { novalidate: true, on: { submit: send } }, el("h2.dialog__title", {}, title), text && el("p.muted", {}, text), more,
        el("div.field", {}, el("label.field__label", { for: "reason" }, t("slots.reason")), input, wrong),
        el("div.dialog__actions", {}, el("button.btn", { on: { click: () => { answer = null; box.close(); } } }, t("slots.cancel")), el(`button.btn${danger ? ".btn--danger" : ".btn--primary"}`, { type: "submit", id: "reason-yes" }, yes))));
    document.body.append(box);
    box.showModal();
  });
}
