/** A manager marks a rating as misuse, or lifts such a mark, and says why; what a review excludes is decided there. */

import { api, newKey } from "/static/api.js";
import { el } from "/static/dom.js";
import { showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const MARKS = ["burst", "own_window"];
const LONGEST = 500;

/** The button beside a rating. @param {{id: string, marks: string[]}} rating; @param {() => void} onDone  called when it was marked */
export function markButton(rating, onDone) {
  return el("button.btn.btn--quiet.btn--sm", { dataset: { mark: rating.id }, on: { click: () => markDialog(rating, onDone) } }, icon("edit"), t("rating.mark"));
}

function markDialog(rating, onDone) {
  const key = newKey();
  const wanted = el("select.select", { name: "mark", id: "mark-what" }, MARKS.map((mark) => el("option", { value: mark }, t(rating.marks.includes(mark) ? "rating.mark_lift" : "rating.mark_set", { mark: t(`rating.mark.${mark}`) }))));
  const reason = el("textarea.textarea", { name: "reason", id: "mark-reason", rows: 3, maxlength: LONGEST });
  const wrong = el("p.field__error", { role: "alert" });
  const send = el("button.btn.btn--primary", { id: "mark-send" }, t("rating.mark_do"));
  send.type = "submit";
  const form = el("form.dialog__body", { novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(); } } },
    el("h2.dialog__title", {}, t("rating.mark_title")), el("p.muted", {}, t("rating.mark_hint")),
    el("label.field", {}, el("span.field__label", {}, t("rating.mark_what")), wanted, el("span.field__error", { dataset: { error: "mark" } })),
    el("label.field", {}, el("span.field__label", {}, t("rating.mark_why")), reason, el("span.field__error", { dataset: { error: "reason" } })), wrong,
    el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), send));
  const box = el("dialog.dialog", { "aria-label": t("rating.mark_title"), on: { close: () => box.remove() } }, form);
  const submit = async () => {
    send.disabled = true;
    showFieldErrors(form);
    try {
      await api.post(`ratings/${encodeURIComponent(rating.id)}/marks`, { mark: wanted.value, on: !rating.marks.includes(wanted.value), reason: reason.value.trim() }, { key });
      box.close();
      toast(t("rating.marked"), "ok", { ms: 2500 });
      onDone();
    } catch (error) {
      wrong.textContent = showFieldErrors(form, error).join(" ");
    } finally { send.disabled = false; }
  };
  document.body.append(box);
  box.showModal();
  reason.focus();
}

