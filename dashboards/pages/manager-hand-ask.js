/** What the hand's parts share: a question that needs a reason, and sending what was answered. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { has, t } from "/static/i18n.js";
import { form } from "./manager-ask.js";

export const REASON_MOST = 200;
/** Reasons of every day, to stop something and to begin it again: one press gives the reason and sends the form. */
export const TO_STOP = ["plan", "staffing", "fault"];
export const TO_BEGIN = ["plan", "staffing", "repaired"];
/* A reason of every day is kept as its code, so that everybody reads it in their own language; own words follow it. */
const CODED = /^reason\.(\w+)(?: (.*))?$/;
const CODE_ROOM = 24;

const reasonInput = (label, most = REASON_MOST) => el("input.input", { name: "reason", required: true, pattern: ".*\\S.*", maxlength: most, autocomplete: "off", autofocus: true, "aria-label": label, placeholder: label });

/** The field for the reason; a form does not go without it. */
export const reasonField = () => el("label.field", {}, el("span.field__label", {}, t("manager.reason")), reasonInput());

/** The same with the reasons of every day; `onQuick(name, form)` runs before one of them is sent. */
function quickReasonField(quick, onQuick) {
  const input = reasonInput(t("manager.hand.quick.other"), REASON_MOST - CODE_ROOM);
  const code = el("input", { type: "hidden", name: "quick" });
  const press = (name) => {
    onQuick?.(name, input.form);
    code.value = name;
    input.required = false;
    input.form.requestSubmit();
    code.value = ""; // where another field held the form back, the press is over
    input.required = true;
  };
  const chips = quick.map((name) => el("button.chip", { dataset: { quick: name }, on: { click: () => press(name) } }, t(`manager.hand.quick.${name}`)));
  return el("div.field", {}, el("span.field__label", {}, t("manager.hand.quick.label")), el("div.quick", { role: "group", "aria-label": t("manager.reason") }, chips), input, code);
}

/** A dialog with fields of its own and the reason; resolves to the body or null. */
export const askReason = ({ title, hint = "", yes, fields = [] }) => form({ title, hint, yes, fields: [...fields, reasonField()] });

/** The same for what is done many times a day; `quick`: the names of its reasons. */
export async function askQuickReason({ title, hint = "", yes, quick, fields = [], onQuick }) {
  const body = await form({ title, hint, yes, fields: [...fields, quickReasonField(quick, onQuick)] });
  if (!body?.quick) return body;
  const { quick: code, reason, ...rest } = body;
  return { ...rest, reason: [`reason.${code}`, reason].filter(Boolean).join(" ") };
}

/** A reason as it is read: a code in the reader's language, own words as they were written. */
export function reasonText(reason) {
  const [, code, words] = reason.match(CODED) ?? [];
  if (!code || !has(`manager.hand.quick.${code}`)) return reason;
  const meant = t(`manager.hand.quick.${code}`);
  return words ? t("manager.hand.quick.words", { reason: meant, words }) : meant;
}

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
