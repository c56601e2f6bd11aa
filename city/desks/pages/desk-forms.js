/** The forms of the steps: what each needs, with frequent phrases; what is typed stays until it is sent. */

import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

export const KEYS = { examine: "e", decide: "d", suspend: "p", resume: "r", "ask-extension": "x", extend: "g", forward: "f", make: "m", "ask-fee": "y", "take-fee": "k", "cancel-fee": "n", "send-to-hall": "s", withdraw: "w", terminate: "t", solve: "c", "check-pledge": "v" };
const ORDER = ["solve", "decide", "extend", "examine", "resume", "take-fee", "make", "ask-fee", "waive-fee", "cancel-fee", "send-to-hall", "forward", "suspend", "ask-extension", "check-pledge", "withdraw", "terminate"];
const FROM = { ask_extension: "ask-extension", send_to_hall: "send-to-hall", check_pledge: "check-pledge", ask_fee: "ask-fee", waive_fee: "waive-fee" };

/** The steps that may be taken now, what is likeliest first. */
export function stepsOf(card) {
  const may = new Set(card.steps.map((one) => FROM[one] ?? one));
  if (card.conflicts.length && card.writer === "city") may.add("solve");
  if (!card.procedures.length) may.delete("suspend");
  if (toPay(card).length && card.writer === "city") may.add("take-fee");
  if (unpaid(card).length && card.writer === "city") may.add("cancel-fee");
  if (card.state !== "decided") may.delete("waive-fee");
  if (!card.may_extend) { may.delete("ask-extension"); may.delete("extend"); }
  if (card.joint_visit) may.delete("resume");
  if (card.extension_asked) may.delete("ask-extension");
  const order = card.extension_asked ? ["extend", ...ORDER] : ORDER.filter((one) => one !== "extend").toSpliced(6, 0, "extend");
  return [...new Set(order)].filter((one) => may.has(one));
}

/** The orders that are not paid. */
const toPay = (card) => (card.fees?.charges ?? []).filter((one) => one.state === "asked" || one.state === "refused");
const unpaid = (card) => toPay(card).filter((one) => one.state === "asked");
export const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;

const text = (name, phrases, { most = 2000, required = true } = {}) => ({ kind: "text", name, phrases, most, required });
const FORMS = {
  examine: () => [{ kind: "choice", name: "proposes", options: ["granted", "denied"], prefix: "dept.proposes" }, text("opinion", "opinion")],
  decide: (card, draft) => [{ kind: "choice", name: "outcome", options: ["granted", "denied"], prefix: "dept.outcome", redraws: true }, ...(draft.outcome === "denied" ? [text("reasons", "reasons"), ...(card.isPackage ? [] : [text("remedies", "remedies")])] : [])],
  suspend: (card, draft) => [{ kind: "pick", name: "procedure", options: card.procedures.map((one) => [one.id, one.name]), redraws: true }, { kind: "days", name: "workdays", most: card.procedures.find((one) => one.id === draft.procedure)?.most ?? 400, first: 5 }, ...(card.procedures.find((one) => one.id === draft.procedure)?.kind === "visit" ? [{ kind: "people", name: "inspectors", most: 200 }] : []), text("reason", "suspend")],
  resume: () => [text("result", "result")],
  "ask-extension": (card) => [{ kind: "days", name: "workdays", most: card.may_extend, first: card.may_extend }, text("reason", "extension")],
  extend: (card) => [{ kind: "days", name: "workdays", most: card.may_extend, first: card.extension_asked || card.may_extend }, text("reason", "extension")],
  forward: () => [{ kind: "line", name: "authority", most: 200 }, text("opinion", "opinion")],
  "ask-fee": () => [],
  "take-fee": (card) => [{ kind: "pick", name: "order", options: toPay(card).map((one) => [one.order, yuan(one.amount_fen)]) }, { kind: "line", name: "receipt", most: 120 }],
  "cancel-fee": (card) => [{ kind: "pick", name: "order", options: unpaid(card).map((one) => [one.order, yuan(one.amount_fen)]) }, text("reason", "", { most: 80 })],
  "waive-fee": () => [text("reason", "")],
  make: (card) => [{ kind: "line", name: "licence", most: 120, optional: !(card.outcome === "granted" && card.gives_licence) }, { kind: "file", name: "sha256" }],
  "send-to-hall": (card, draft, start) => [{ kind: "pick", name: "hall", options: start.halls.map((one) => [one.id, one.name]), first: card.deliver_at }],
  "check-pledge": () => [{ kind: "choice", name: "is_kept", options: [true, false], prefix: "dept.kept" }, text("finding", "result")],
  withdraw: () => [text("reason", "withdraw", { required: false })],
  terminate: () => [text("reason", "terminate")],
  solve: (card) => [{ kind: "pick", name: "conflict", options: card.conflicts.map((one) => [one, one]) }, text("solution", "", {})],
  visit: (card) => [{ kind: "days", name: "workdays", most: 60, first: 10 }, { kind: "crew", name: "inspectors", departments: card.departments }, text("reason", "suspend")],
  finding: (card) => [{ kind: "pick", name: "department", options: card.mine }, { kind: "choice", name: "is_sound", options: [true, false], prefix: "dept.sound" }, { kind: "people", name: "came", most: 200 }, text("finding", "result")],
  "sign-finding": (card) => [{ kind: "pick", name: "department", options: card.unsigned }],
  "end-visit": () => [text("result", "result")],
};
const people = (typed) => typed.split(/[\s,，、;；]+/).filter(Boolean);
const GRAVE = new Set(["terminate", "withdraw"]);

/** The form of a step; `send(body)` throws what was refused. */
export function stepForm({ step, card, start, draft, send, upload, prefix = "dept" }) {
  const rest = el("div", { role: "alert" });
  const button = el(`button.btn${GRAVE.has(step) ? ".btn--danger" : ".btn--primary"}.btn--lg.btn--block`, { type: "submit", id: "send" }, t(`${prefix}.send.${step}`), el("kbd.key", {}, "Ctrl ↵"));
  const node = el("form.dform", { id: `form-${step}`, novalidate: true, on: { submit: (event) => { event.preventDefault(); go(); }, keydown: (event) => { if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); go(); } } } });

  function draw() {
    const fields = FORMS[step](card, draft, start);
    for (const field of fields) first(field);
    fill(node, el("h3.dform__title", {}, t(`${prefix}.step.${step}`)), fields.map((field) => MAKE[field.kind](field, { draft, start, draw, upload, card })), rest, button);
  }

  function first(field) {
    if (field.kind === "choice") draft[field.name] ??= field.options[0];
    if (field.kind === "pick") { if (!field.options.some(([id]) => id === draft[field.name])) draft[field.name] = field.options.some(([id]) => id === field.first) ? field.first : field.options[0]?.[0]; }
    if (field.kind === "days") draft[field.name] ??= Math.min(field.first, field.most);
    if (["text", "line", "people"].includes(field.kind)) draft[field.name] ??= field.phrases === "remedies" ? start.phrases.remedies[0].zh : "";
  }

  async function go() {
    fill(rest);
    const fields = FORMS[step](card, draft, start);
    const lacking = fields.find((field) => ((field.kind === "text" && field.required) || (field.kind === "line" && !field.optional)) && !draft[field.name].trim());
    if (lacking) { tell(t("dept.missing", { field: t(`dept.field.${lacking.name}`) })); node.querySelector(`[name="${lacking.name}"]`)?.focus(); return; }
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await send(Object.fromEntries(fields.map((field) => [field.name, field.kind === "people" ? people(draft[field.name]) : field.kind === "crew" ? field.departments.flatMap(([id]) => people(draft[`crew-${id}`] ?? "").map((number) => ({ department: id, number }))) : draft[field.name] ?? ""])));
    } catch (error) {
      tell(errorText(error));
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  }

  const tell = (words) => fill(rest, el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, words)));
  draw();
  return node;
}

const field = (name, input, hint) => el("div.field", {}, el("label.field__label", { for: `f-${name}` }, t(`dept.field.${name}`)), hint && el("p.field__hint", {}, hint), input);

const MAKE = {
  choice: ({ name, options, prefix, redraws }, { draft, draw }) => el("fieldset.dchoice", {}, el("legend.field__label", {}, t(`dept.field.${name}`)), options.map((one) => el(`label.dchoice__one.dchoice__one--${one}`, {}, el("input", { type: "radio", name, value: String(one), checked: draft[name] === one, on: { change: () => { draft[name] = one; if (redraws) draw(); } } }), el("span", {}, t(`${prefix}.${one}`))))),
  pick: ({ name, options, redraws }, { draft, draw }) => { const input = el("select.select", { id: `f-${name}`, name, on: { change: () => { draft[name] = input.value; if (redraws) draw(); } } }, options.map(([id, label]) => el("option", { value: id, selected: draft[name] === id }, label))); return field(name, input); },
  days: ({ name, most }, { draft }) => { const input = el("input.input.num.dform__days", { id: `f-${name}`, name, type: "number", min: 1, max: most, value: draft[name], on: { input: () => { draft[name] = Number(input.value) || 0; } } }); return field(name, input, t("dept.days_hint", { most })); },
  line: ({ name, most }, { draft }) => { const input = el("input.input", { id: `f-${name}`, name, maxlength: most, value: draft[name], on: { input: () => { draft[name] = input.value; } } }); return field(name, input); },
  crew: ({ departments }, { draft }) => el("fieldset.dchoice.dcrew", {}, el("legend.field__label", {}, t("dept.field.inspectors")), departments.map(([id, label]) => { const input = el("input.input", { id: `f-crew-${id}`, name: `crew-${id}`, maxlength: 200, value: draft[`crew-${id}`] ?? "", on: { input: () => { draft[`crew-${id}`] = input.value; } } }); return el("div.field", {}, el("label.field__label", { for: `f-crew-${id}` }, label), input); })),
  people: (one, all) => MAKE.line(one, all),
  text: ({ name, phrases, most }, { draft, start }) => {
    const input = el("textarea.textarea", { id: `f-${name}`, name, maxlength: most, rows: 3, value: draft[name], on: { input: () => { draft[name] = input.value; } } });
    const put = (words) => { draft[name] = draft[name].trim() ? `${draft[name].trim()}${words}` : words; input.value = draft[name]; input.focus(); };
    const known = start.phrases[phrases] ?? [];
    return el("div", {}, field(name, input), known.length > 0 && el("div.dphrases", { role: "group", "aria-label": t("dept.phrases") }, known.map((one) => el("button.dphrase", { type: "button", title: one.zh, on: { click: () => put(one.zh) } }, named({ name: one.zh, name_en: one.en })))));
  },
  file: ({ name }, { draft, upload }) => {
    const said = el("p.small.muted", {}, draft[name] ? t("dept.file_kept") : "");
    const input = el("input.input", { id: `f-${name}`, type: "file", accept: "application/pdf,.pdf", on: { change: async () => { try { draft[name] = await upload(input.files[0]); fill(said, t("dept.file_kept")); } catch (error) { input.value = ""; fill(said, errorText(error)); } } } });
    return el("div", {}, field(name, input, t("dept.file_hint")), said);
  },
};
