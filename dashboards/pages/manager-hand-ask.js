/** What the hand's parts share: a question that needs a reason, and sending what was answered. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { t } from "/static/i18n.js";
import { form } from "./manager-ask.js";

export const REASON_MOST = 200;

/** The field for the reason; a form does not go without it. */
export const reasonField = () => el("label.field", {}, el("span.field__label", {}, t("manager.reason")),
  el("input.input", { name: "reason", required: true, pattern: ".*\\S.*", maxlength: REASON_MOST, autocomplete: "off", autofocus: true }));

/** A dialog with fields of its own and the reason; resolves to the body or null. */
export const askReason = ({ title, hint = "", yes, fields = [] }) => form({ title, hint, yes, fields: [...fields, reasonField()] });

/** Sends one deed and says how it went; true when the hall has agreed. */
export async function deed(path, body, done = "") {
  try {
    await api.post(path, body);
    if (done) toast(done, "ok", { ms: 3000 });
    return true;
  } catch (error) {
    toast(fieldsText(error), "bad", { ms: 8000 });
    return false;
  }
}

/** The error with the field it is about, for forms that have no place beside the field. */
export function fieldsText(error) {
  const field = error.fields?.field;
  const key = `manager.hand.field.${field}`;
  const label = field ? t(key) : "";
  return label && label !== key ? `${label}: ${errorText(error)}` : errorText(error);
}
