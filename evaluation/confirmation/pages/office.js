/** The manager's search of confirmed sheets: what stands in one is seen only with a reason, and that is recorded. */

import { api } from "/static/api.js";
import { hallIso, hallTime, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { downloadPdf } from "./download.js";

const PAGE = 50;
const TONES = { confirmed: "badge--ok", disputed: "badge--bad", refused: "badge--bad", timed_out: "badge--warn" };
const asked = { from: "", to: "", window: "", number: "" };
let hall = { windows: [] };
let found = null;

await loadTexts();
try {
  hall = await api.get("hall");
  syncClock(hall.now);
} catch { /* the list itself tells */ }
asked.from = asked.to = hall.business_day ?? hallIso().slice(0, 10);
onLang(draw);
draw();
await find();

async function find(more = false) {
  const query = new URLSearchParams({ ...asked, number: asked.number.trim(), limit: PAGE, offset: more ? found.items.length : 0 });
  try {
    const page = await api.get(`confirmations?${query}`);
    found = more ? { ...page, items: [...found.items, ...page.items] } : page;
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else toast(errorText(error), "bad");
  }
}

function draw() {
  document.title = t("office_confirm.title");
  fill($("#top"), el("a.btn.btn--quiet.btn--icon", { href: "/manager", "aria-label": t("common.back") }, icon("arrow-left")), el("h1", {}, t("office_confirm.title")), el("language-switch"));
  fill($("#main"), el("p.muted", {}, t("office_confirm.intro")), form(), found && (found.items.length ? table() : el("div.empty", {}, icon("document"), el("p.empty__title", {}, t("office_confirm.empty")), el("p", {}, t("office_confirm.empty_hint")))));
}

function form() {
  const input = (name, type) => el("label.field", {}, el("span.field__label", {}, t(`office_confirm.${name}`)), el("input.input", { name, type, value: asked[name], autocomplete: "off", on: { input: (event) => { asked[name] = event.target.value; } } }));
  const choose = el("select.select", { name: "window", on: { change: (event) => { asked.window = event.target.value; } } }, el("option", { value: "" }, t("office_confirm.all_windows")),
    [...hall.windows].sort((a, b) => a.number - b.number).map((one) => el("option", { value: one.id, selected: one.id === asked.window }, `${one.number} ${named(one)}`)));
  return el("form.of__find", { on: { submit: (event) => { event.preventDefault(); find(); } } }, input("from", "date"), input("to", "date"),
    el("label.field", {}, el("span.field__label", {}, t("office_confirm.window")), choose), input("number", "text"),
    Object.assign(el("button.btn.btn--primary", { id: "find" }, icon("search"), t("office_confirm.find")), { type: "submit" }));
}

function table() {
  const head = ["sent_at", "number", "window", "staff", "state", "id"];
  const left = found.total - found.items.length;
  return el("div.stack", {}, el("div.table-wrap", {}, el("table.table.of__table", {}, el("thead", {}, el("tr", {}, head.map((one) => el("th", {}, t(`office_confirm.${one}`))), el("th"))), el("tbody", {}, found.items.map(row)))),
    left > 0 && el("button.btn", { on: { click: () => find(true) } }, t("office_confirm.more", { n: found.total })));
}

function row(sheet) {
  const window = hall.windows.find((one) => one.id === sheet.window);
  return el("tr", {}, el("td.num", {}, hallTime(sheet.sent_at).replace("T", " ").slice(0, 16)), el("td.num.strong", {}, sheet.number), el("td", {}, window ? `${window.number} ${named(window)}` : sheet.window),
    el("td.num", {}, sheet.staff), el("td", {}, el(`span.badge${TONES[sheet.state] ? `.${TONES[sheet.state]}` : ""}`, {}, t(`office_confirm.state.${sheet.state}`))), el("td.of__id.num", {}, sheet.id),
    el("td", {}, sheet.erased ? el("span.muted.small", {}, t("office_confirm.erased")) : sheet.state === "confirmed" && el("button.btn.btn--sm", { dataset: { pdf: sheet.id }, on: { click: () => askWhy(sheet) } }, icon("document"), t("office_confirm.download"))));
}

/** Why the sheet is looked into; then it is downloaded. */
function askWhy(sheet) {
  const input = el("input.input", { name: "reason", maxlength: 200, autocomplete: "off", autofocus: true, "aria-label": t("office_confirm.why") });
  const fault = el("p.field__error", { role: "alert" });
  const send = Object.assign(el("button.btn.btn--primary", {}, t("office_confirm.download")), { type: "submit" });
  const take = async (event) => {
    event.preventDefault();
    send.disabled = true;
    try { await downloadPdf(sheet, input.value); box.close(); } catch (error) { say(fault, errorText(error)); } finally { send.disabled = false; }
  };
  const box = el("dialog.dialog", { "aria-label": t("office_confirm.why"), on: { close: () => box.remove() } }, el("form.dialog__body", { on: { submit: take } },
    el("h2.dialog__title", {}, t("office_confirm.why_title", { number: sheet.number })), el("label.field", {}, el("span.field__label", {}, t("office_confirm.why")), input, el("p.field__hint", {}, t("office_confirm.why_hint")), fault),
    el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), send)));
  document.body.append(box);
  box.showModal();
}
