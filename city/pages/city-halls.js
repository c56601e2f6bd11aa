/** The registry of halls, and what somebody must settle between them and the city. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, loadTexts, named, onLang, t } from "/static/i18n.js";
import { count, dayOf, timeOfDay } from "/static/numbers.js";
import { drawTop, whoAmI } from "./city-top.js";
import { linkBadge } from "./city-words.js";

let place = null;
let me = null;
let halls = null;
let conflicts = null;
let token = null;
let failure = null;

await loadTexts();
[place, me] = await Promise.all([api.get("hall").catch(() => null), whoAmI()]);
if (place) syncClock(place.now);
await load();
onLang(draw);

async function load() {
  try { [{ halls }, conflicts] = await Promise.all([api.get("city/halls"), api.get("city/conflicts")]); failure = null; } catch (error) { failure = error; }
  draw();
}

function isAdmin() { return Boolean(me?.roles.includes("admin")); }

function draw() {
  drawTop($("#top"), { place, me, here: "/halls" });
  document.title = `${t("city.halls.title")} · ${named(place)}`;
  if (!halls) { fill($("#view"), failure ? el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)) : el("p.muted", {}, t("common.loading"))); return; }
  fill($("#view"), el("h1", {}, t("city.halls.title")), token && shownToken(), table(), isAdmin() && addForm(), settle());
}

function shownToken() {
  return el("div.notice.notice--warn", { id: "token" }, icon("lock"), el("div.stack", {}, el("strong", {}, t("city.halls.token", { hall: token.hall })), el("code.h-token", {}, token.token ?? ""), el("p.small", {}, t("city.halls.token_hint"))));
}

function table() {
  if (!halls.length) return el("div.card.card--flat.empty", {}, icon("building"), el("p.empty__title", {}, t("city.board.none")), el("p", {}, t(isAdmin() ? "city.halls.add_hint" : "city.board.none_hint")));
  const row = (hall) => el("tr", {}, el("td", {}, el("a", { href: `/halls/${encodeURIComponent(hall.id)}` }, hall.name), el("div.small.muted.num", {}, hall.id)), el("td", {}, linkBadge(hall.state)), el("td.num", {}, `${dayOf(hall.since)} ${timeOfDay(hall.since)}`), el("td.end.num", {}, count(hall.cursor)), el("td.end.num", {}, count(Math.max(0, hall.head - hall.cursor))), el("td.end.num", {}, count(hall.down_last - hall.down_cursor)),
    isAdmin() && el("td", {}, el("div.h-actions", {}, el("button.btn.btn--sm", { on: { click: () => renew(hall) }, disabled: hall.state === "closed" }, t("city.halls.renew")))));
  return el("div.table-wrap", {}, el("table.table", { id: "halls" }, el("thead", {}, el("tr", {}, ["name", "state", "since"].map((key) => el("th", {}, t(`city.halls.${key}`))), ["events", "behind", "down"].map((key) => el("th.end", {}, t(`city.halls.${key}`))), isAdmin() && el("th", {}, ""))), el("tbody", {}, halls.map(row))));
}

async function renew(hall) {
  if (!await ask({ title: t("city.halls.renew"), text: t("city.halls.renew_ask", { hall: hall.name }), danger: true })) return;
  try { token = await api.post(`city/halls/${encodeURIComponent(hall.id)}/token`); draw(); } catch (error) { toast(errorText(error), "bad"); }
}

function addForm() {
  const field = (name, key, hint) => el("div.field", {}, el("label.field__label", { for: name }, t(key)), el("input.input", { id: name, name, autocomplete: "off" }), hint && el("p.field__hint", {}, t(hint)), el("p.field__error", { role: "alert", dataset: { error: name } }));
  const box = el("form.card.stack", { novalidate: true, on: { submit: (event) => { event.preventDefault(); add(box); } } }, el("h2.card__title", {}, t("city.halls.add")), el("div.h-form", {}, field("id", "city.halls.id", "city.halls.id_hint"), field("name", "city.halls.name"), el("div.field", {}, el("button.btn.btn--primary", { type: "submit", id: "add" }, icon("plus"), t("city.halls.add")))));
  return box;
}

async function add(box) {
  const { id, name } = Object.fromEntries(new FormData(box));
  showFieldErrors(box);
  try { token = await api.post("city/halls", { id: id.trim(), name: name.trim() }); await load(); } catch (error) { for (const text of showFieldErrors(box, error)) toast(text, "bad"); }
}

function settle() {
  const { items, cases } = conflicts;
  const item = (one) => el("tr", {}, el("td", {}, one.hall), el("td", {}, one.kind), el("td", {}, one.error.code ?? ""), el("td.num", {}, `${dayOf(one.at)} ${timeOfDay(one.at)}`), el("td", {}, me?.roles.some((role) => role === "manager" || role === "admin") && el("button.btn.btn--sm", { on: { click: () => settled(one) } }, t("city.halls.settle"))));
  const of = (one) => el("tr", {}, el("td", {}, one.hall || t("city.halls.online")), el("td.num", {}, one.number), el("td", { colspan: 3 }, [...one.conflicts, one.found].filter(Boolean).map((code) => t(`city.conflict.${code.split(":")[0]}`)).join(isChinese() ? "；" : "; ")));
  return el("section.stack", { id: "conflicts" }, el("h2", {}, t("city.halls.conflicts")), items.length + cases.length
    ? el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, ["hall", "what", "why", "at"].map((key) => el("th", {}, t(`city.halls.${key}`))), el("th", {}, ""))), el("tbody", {}, items.map(item), cases.map(of))))
    : el("p.notice.notice--ok", {}, icon("check"), t("city.halls.no_conflicts")));
}

async function settled(one) {
  if (!await ask({ title: t("city.halls.settle"), text: t("city.halls.settle_ask") })) return;
  try { await api.post(`city/conflicts/${encodeURIComponent(one.hall)}/${one.seq}`, { reason: t("city.halls.settle") }); await load(); } catch (error) { toast(errorText(error), "bad"); }
}
