/** The forms of what may be done with an order; what was typed is kept until it is sent, whatever else changes. */

import { api, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const HOWS = ["phone", "in_person", "message", "looked_into"];
const CATEGORIES = ["clear", "complex", "no_basis", "mistaken", "malicious"];
const EXCLUDING = new Set(["mistaken", "malicious"]);
const RESULTS = ["satisfied", "dissatisfied", "not_reached"];
const FILE_MOST = 2 * 1024 * 1024;
const PUBLIC_MOST = 500;
const WORDS_MOST = 2000;

/** Deeds that need no more than a press. */
const PRESSED = new Set(["take", "close"]);

/** Each field takes (draft, card, again) and gives its part of the form; `again` draws the form anew. */
const FIELDS = {
  how: (draft, { order }) => pick("how", "how", HOWS.filter((how) => (order.named ? how !== "looked_into" : ["looked_into", "in_person"].includes(how))), draft),
  is_reached: (draft, { order }) => order.named && yesNo("is_reached", draft, "reached", "not_reached"),
  category: (draft, _, again) => pick("category", "category", CATEGORIES, draft, again, (value) => t(`reviews.category_do.${value}`)),
  until: (draft, { plan }) => draft.category === "complex" && day("until", draft, plan),
  files: (draft) => EXCLUDING.has(draft.category) && files(draft),
  extension: (draft, { extension }) => day("until", draft, extension),
  is_excluded: (draft) => yesNo("is_excluded", draft, "excluded", "counts"),
  result: (draft) => pick("result", "result", RESULTS, draft),
  is_upheld: (draft) => yesNo("is_upheld", draft, "upheld", "rejected"),
  note: (draft, _, __, deed) => words("note", draft, WORDS_MOST, t(`reviews.note.${deed}`), t(`reviews.note_hint.${deed}`)),
  text: (draft) => words("text", draft, PUBLIC_MOST, t("reviews.note.publish"), t("reviews.note_hint.publish")),
};
const FORMS = {
  contact: ["how", "is_reached", "note"], categorise: ["category", "until", "note", "files"], decide: ["is_excluded", "note"], extend: ["extension", "note"], fix: ["note"],
  revisit: ["how", "result", "note"], publish: ["text"], withhold: ["note"], answer: ["is_upheld", "note"], phone: ["note"], appeal: ["note"], take: [], close: [],
};
const FIRST = { looked_into: "looked_into", phone: "phone" };

/**
 * The form of a deed.
 * @param {{deed: string, card: object, draft: object, onDone: (reply: object) => void, onRefused: (error: Error) => void}} about  draft is kept by the page
 */
export function deedForm({ deed, card, draft, onDone, onRefused }) {
  draft.how ??= card.order.named ? FIRST.phone : FIRST.looked_into;
  if (!card.order.named && deed === "contact") draft.is_reached = true;
  const rest = el("div", { role: "alert" });
  const node = el("form.form", { id: `form-${deed}`, novalidate: true, on: { submit: (event) => { event.preventDefault(); send(); } } });
  const button = el("button.btn.btn--primary", { type: "submit", id: "send" }, t(`reviews.send.${deed}`));
  const again = () => draw();

  function draw() {
    fill(node, PRESSED.has(deed) && el("p.muted", {}, t(`reviews.note_hint.${deed}`)), FORMS[deed].map((name) => FIELDS[name](draft, card, again, deed)), rest, button);
  }

  async function send() {
    showFieldErrors(node);
    fill(rest);
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    draft.key ??= newKey();
    try {
      onDone(await api.post(`reviews/${encodeURIComponent(card.order.id)}/${deed}`, body(deed, card, draft), { key: draft.key, timeout_ms: 60_000 }));
    } catch (error) {
      if (!error.offline) delete draft.key;
      const about = typeof error.fields?.field === "string" ? { [error.fields.field]: errorText(error) } : error.fields;
      const [told] = showFieldErrors(node, Object.assign(error, { fields: about }));
      fill(rest, told && el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, told)));
      onRefused(error);
    } finally {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    }
  }

  draw();
  return node;
}

function body(deed, { order }, draft) {
  const given = {};
  for (const name of FORMS[deed]) {
    const field = name === "extension" ? "until" : name;
    if (name === "until" && draft.category !== "complex") continue;
    if (name === "files") { if (EXCLUDING.has(draft.category)) given.files = draft.files ?? []; continue; }
    given[field] = draft[field] ?? (["note", "text"].includes(field) ? "" : undefined);
  }
  return ["appeal", "phone"].includes(deed) ? given : { seen: order.step, ...given };
}

function field(name, label, hint, input) {
  return el("div.field", {}, el("label.field__label", { for: `f-${name}` }, label), hint && el("p.field__hint", {}, hint), Object.assign(input, { id: `f-${name}`, name }), el("p.field__error", { role: "alert", dataset: { error: name } }));
}

function pick(name, prefix, choices, draft, again = () => {}, hint = () => "") {
  if (!choices.includes(draft[name])) draft[name] = choices[0];
  const input = el("select.select", { on: { change: () => { draft[name] = input.value; again(); } } }, choices.map((one) => el("option", { value: one, selected: draft[name] === one }, t(`reviews.${prefix}.${one}`))));
  return field(name, t(`reviews.field.${name}`), hint(draft[name]), input);
}

function yesNo(name, draft, yes, no) {
  const one = (value, word) => el("label.check", {}, el("input", { type: "radio", name, value: String(value), checked: draft[name] === value, on: { change: () => { draft[name] = value; } } }), t(`reviews.${name}.${word}`));
  return el("fieldset.form__choice", {}, el("legend.field__label", {}, t(`reviews.field.${name}`)), one(true, yes), one(false, no), el("p.field__error", { role: "alert", dataset: { error: name } }));
}

function day(name, draft, [least, most]) {
  const input = el("input.input.num", { type: "date", min: least, max: most, value: draft[name] ?? "", on: { input: () => { draft[name] = input.value || undefined; } } });
  return field(name, t("reviews.field.until"), t("reviews.until_hint", { least, most }), input);
}

function words(name, draft, most, label, hint) {
  const input = el("textarea.textarea", { maxlength: most, required: true, value: draft[name] ?? "", on: { input: () => { draft[name] = input.value; } } });
  return field(name, label, hint, input);
}

function files(draft) {
  const list = el("ul.form__files");
  const show = () => fill(list, (draft.files ?? []).map((one, at) => el("li", {}, icon("document"), el("span.grow.truncate", {}, one.name), el("button.btn.btn--quiet.btn--sm", { "aria-label": t("reviews.file_off", { name: one.name }), on: { click: () => { draft.files.splice(at, 1); show(); } } }, icon("close")))));
  const input = el("input.input", { type: "file", multiple: true, accept: ".pdf,.png,.jpg,.jpeg", on: { change: async () => { await take(input.files, draft); input.value = ""; show(); } } });
  show();
  return el("div", {}, field("files", t("reviews.field.files"), t("reviews.files_hint"), input), list);
}

async function take(chosen, draft) {
  draft.files ??= [];
  for (const file of chosen) {
    if (file.size > FILE_MOST) { toast(t("error.review.file_too_large"), "bad"); continue; }
    draft.files.push({ name: file.name, data: await base64(file) });
  }
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
