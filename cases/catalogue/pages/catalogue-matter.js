/** One matter: its editions to read and compare, what was done with it, and what may be done now. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { faultLine } from "./catalogue-faults.js";
import { shown, stateBadge } from "./catalogue-show.js";

const STEPS = {
  draft: ["review", "return", "discard"], reviewed: ["publish", "return", "discard"],
  published: ["suspend", "cancel", "split", "merge"], suspended: ["resume", "cancel"], cancelled: [], replaced: [],
};
const MAIN = new Set(["review", "publish", "resume"]);
const ASKS = { return: ["reason"], publish: ["day"], suspend: ["day", "reason"], resume: ["reason"], cancel: ["day", "reason", "into"], split: ["day", "reason", "into"], merge: ["day", "reason", "others", "into"] };

/** The view; `again` draws it anew after a step. */
export async function matterView(id, { may, departments, again }) {
  const matter = await api.get(`editions/${encodeURIComponent(id)}`);
  const newest = matter.editions.at(-1);
  const held = matter.editions.findLast((one) => !["draft", "reviewed"].includes(one.state));
  const below = el("div.stack");
  const read = (edition) => fill(below, shown(edition, departments));
  const tabs = el("div.tabs", { role: "tablist" }, [...matter.editions].reverse().map((one) => tab(t("catalogue.edition_short", { n: one.number }), one === newest, () => read(one), stateBadge(one.state))),
    matter.editions.length > 1 && tab(t("catalogue.compare"), false, () => compare(matter, below)), tab(t("catalogue.history"), false, () => fill(below, history(matter))));
  read(newest);
  return el("div.stack", {},
    el("div.cat__title", {}, el("h2", {}, named(newest)), stateBadge(newest.state), newest.valid_from && el("span.muted.num", {}, t("catalogue.edition", { n: newest.number, from: newest.valid_from }))),
    may && actions(matter, newest, held, again),
    matter.faults.length > 0 && ["draft", "reviewed"].includes(newest.state) && el("ul.cat__faults", {}, matter.faults.map((one) => faultLine(one))),
    tabs, below);
}

function tab(text, isOn, show, more) {
  return el("button.tab", { role: "tab", "aria-selected": String(isOn), on: { click: (event) => {
    for (const one of event.currentTarget.parentNode.children) one.setAttribute("aria-selected", String(one === event.currentTarget));
    show();
  } } }, text, " ", more);
}

function actions(matter, newest, held, again) {
  const steps = [...STEPS[newest.state]];
  if (held && held !== newest) steps.push(...STEPS[held.state]);
  const needs = matter.faults.some((one) => one.weight === "error");
  const blocked = (step) => (["review", "publish", "return"].includes(step) && !matter.may_review) || (step === "review" && needs);
  return el("div.stack", {}, el("div.cluster", {},
    newest.state !== "cancelled" && el("a.btn", { href: `#e/${encodeURIComponent(matter.matter)}` }, icon("edit"), t(newest.state === "draft" || newest.state === "reviewed" ? "catalogue.edit" : "catalogue.next_edition")),
    steps.map((step) => el(`button.btn${MAIN.has(step) ? ".btn--primary" : ""}`, { dataset: { step }, disabled: blocked(step), on: { click: () => askStep(step, matter, again) } }, t(`catalogue.step.${step}`)))),
    newest.state === "draft" && !matter.may_review && el("p.small.muted", {}, t("catalogue.own_draft")));
}

function askStep(step, matter, again) {
  const asks = ASKS[step] ?? [];
  const input = (name, props) => el("label.field", {}, el("span.field__label", {}, t(`catalogue.ask.${name}`)), el(props.tag ?? "input.input", { name, ...props.given }), props.hint && el("span.field__hint", {}, props.hint));
  const wrong = el("p.field__error", { role: "alert" });
  const form = el("form.dialog__body", { method: "dialog", on: { submit: (event) => { event.preventDefault(); send(); } } },
    el("h2.dialog__title", {}, t(`catalogue.step.${step}`)), el("p.muted", {}, t(`catalogue.step_hint.${step}`)),
    asks.includes("day") && input("day", { given: { type: "date", value: matter.today, min: matter.today, required: true } }),
    asks.includes("others") && input("others", { given: { type: "text", required: true }, hint: t("catalogue.ask.into_hint") }),
    asks.includes("into") && input("into", { given: { type: "text", required: step !== "cancel" }, hint: t("catalogue.ask.into_hint") }),
    asks.includes("reason") && input("reason", { tag: "textarea.textarea", given: { rows: 3, required: step !== "resume", maxlength: 500 } }),
    wrong,
    el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), Object.assign(el(`button.btn${step === "discard" || step === "cancel" ? ".btn--danger" : ".btn--primary"}`, { id: "step-yes" }, t(`catalogue.step.${step}`)), { type: "submit" })));
  const box = el("dialog.dialog", { "aria-label": t(`catalogue.step.${step}`), on: { close: () => box.remove() } }, form);
  const send = async () => {
    const values = Object.fromEntries(new FormData(form));
    const ids = (text) => (text ?? "").split(/[\s,，、]+/).filter(Boolean);
    const body = { seen: matter.revision, ...(values.day && { day: values.day }), ...(values.reason && { reason: values.reason }), ...(values.into && { into: ids(values.into) }) };
    try {
      if (step === "merge") await merge(matter, ids(values.others), values);
      else await api.post(`editions/${encodeURIComponent(matter.matter)}/${step}`, body);
      box.close();
      toast(t(`catalogue.done.${step}`), "ok");
      if (step === "discard" && matter.editions.length === 1) location.hash = "#"; else again();
    } catch (error) {
      wrong.textContent = errorText(error);
    }
  };
  document.body.append(box);
  box.showModal();
}

/** Several matters go into one; the revision of each is the one just read. */
async function merge(matter, others, { into, day, reason }) {
  const read = await Promise.all(others.map((id) => api.get(`editions/${encodeURIComponent(id)}`)));
  await api.post("editions-merged", { matters: [matter.matter, ...others], seen: [matter.revision, ...read.map((one) => one.revision)], into: into.trim(), day, reason });
}

function history(matter) {
  return el("ol.cat__history", {}, [...matter.deeds].reverse().map((one) => el("li", {},
    el("span.num.muted", {}, one.at.replace("T", " ").slice(0, 16)), el("span.strong", {}, has(`catalogue.deed.${one.type.split(".")[1]}`) ? t(`catalogue.deed.${one.type.split(".")[1]}`) : one.type),
    el("span", {}, t("catalogue.edition_short", { n: one.number })), stateBadge(one.state), el("span.muted", {}, one.by), one.reason && el("span", {}, one.reason))));
}

async function compare(matter, below) {
  const numbers = matter.editions.map((one) => one.number);
  const chosen = { before: numbers.at(-2), after: numbers.at(-1) };
  const place = el("div.stack");
  const pick = (name) => el("label.field", {}, el("span.field__label", {}, t(`catalogue.${name}`)), el("select.select", { name, on: { change: (event) => { chosen[name] = Number(event.target.value); load(); } } }, numbers.map((one) => el("option", { value: one, selected: one === chosen[name] }, t("catalogue.edition_short", { n: one })))));
  const load = async () => {
    const { differences } = await api.get(`editions/${encodeURIComponent(matter.matter)}/differences?before=${chosen.before}&after=${chosen.after}`);
    fill(place, differences.length ? el("div.table-wrap", {}, el("table.table.cat__compare", {}, el("thead", {}, el("tr", {}, ["field", "before", "after"].map((one) => el("th", {}, t(`catalogue.col.${one}`))))), el("tbody", {}, differences.map(difference)))) : el("p.muted", {}, t("catalogue.same")));
  };
  fill(below, el("div.cat__tools", {}, pick("before"), pick("after")), place);
  await load();
}

function difference(one) {
  const word = (name) => (has(`catalogue.field.${name}`) ? t(`catalogue.field.${name}`) : name);
  return el(`tr.cat__${one.change}`, {}, el("td", {}, el("span.strong", {}, one.field.split(".").map(word).join(" · ")), (one.name || one.part) && el("div.small.muted", {}, one.name || one.part)), el("td", {}, said(one.before)), el("td", {}, said(one.after)));
}

function said(value) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(said).join(" / ") || "—";
  return value.name ? [value.name, value.article].filter(Boolean).join(" ") : JSON.stringify(value);
}
