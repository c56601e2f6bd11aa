/** Supervision: lights by department, cards with their deeds, boards, figures of cases, imported logs. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { count, timeOfDay } from "/static/numbers.js";
import { drawFigures } from "./figures.js";
import { askWords, cardBox, light, LIGHTS, shortDay } from "./words.js";

const LATE_MS = 400;
let place = null;
let me = null;
let page = null;
let failure = null;
let tab = location.hash.slice(1) === "figures" ? "figures" : "cases";
let waiting = 0;
let asked = 0;
let shownAsk = 0;

const department = (id) => (lang() === "en" ? page.departments_en : page.departments)[id] ?? (id || t("watch.nobody"));
const matter = (id) => page.matters[id] ?? id;
const section = (key, extra, ...parts) => el("section.w-sec", { id: key.replace("watch.", "s-") }, el("h2", {}, t(key), extra && el("small", {}, extra)), parts);
const nothing = (key, hint) => el("div.card.card--flat.empty", {}, icon("check"), el("p.empty__title", {}, t(key)), hint && el("p", {}, t(hint)));
const board = (key, extra, rows, none) => el("section.w-side.w-sec", { id: key.replace("watch.", "s-") }, el("h2", {}, t(key), extra && el("small", {}, extra)), rows.length ? el("ol.w-list", {}, rows) : el("p.muted", {}, t(none)));
const placed = (n, name, said) => el("li", {}, el("span.w-list__place", {}, count(n)), el("span.w-list__name", {}, name), el("span.small.muted.num", {}, said));

await loadTexts();
[place, me] = await Promise.all([api.get("hall").catch(() => null), api.get("session").catch(() => null)]);
if (!me) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
onLang(draw);
addEventListener("hashchange", () => { tab = location.hash.slice(1) === "figures" ? "figures" : "cases"; draw(); });
await load();
const seesAll = me?.roles.some((one) => ["supervisor", "manager", "admin"].includes(one));
const topics = seesAll ? ["supervision/all"] : (page?.only ?? []).map((one) => `supervision/${one}`);
if (topics.length) live(topics, { onView: later, onState: (state) => { $("link-banner").state = state; } });

/* Several things change at once; the page is asked for once. */
function later() {
  clearTimeout(waiting);
  waiting = setTimeout(load, LATE_MS);
}

/* Two may be on their way at once; an answer that was asked for earlier than the one shown says nothing new. */
async function load() {
  const mine = (asked += 1);
  let found = null, fault = null;
  try { found = await api.get("supervision"); } catch (error) { fault = error; }
  if (mine < shownAsk) return;
  shownAsk = mine;
  page = found ?? page;
  failure = fault;
  if (tab === "cases" || !page) draw(); else top();
}

function top() {
  const tabs = [["cases", "watch.cards"], ["figures", "watch.figures"]];
  document.title = `${t("watch.title")} · ${named(place)}`;
  fill($("#top"),
    el("a.w-top__brand", { href: "/" }, el("img", { src: "/static/icon.svg", alt: "", width: 32, height: 32 }), el("span", {}, `${named(place)} · ${t("watch.title")}`)),
    el("nav.tabs.w-tabs", { "aria-label": t("watch.title") }, tabs.map(([name, key]) => el("a.tab", { href: `#${name}`, "aria-current": tab === name ? "page" : null }, t(key)))),
    el("div.w-top__me", {}, me && el("span.truncate.w-top__who", {}, me.display_name || me.name), el("language-switch"),
      el("button.btn.btn--quiet.btn--sm", { id: "sign-out", title: t("watch.sign_out"), "aria-label": t("watch.sign_out"), on: { click: signOut } }, icon("sign-out"))));
}

async function signOut() {
  try { await api.del("session"); } finally { location.assign("/"); }
}

function draw() {
  top();
  const main = $("#main");
  main.classList.toggle("w-main--one", tab === "figures");
  if (tab === "figures") { drawFigures(main, page); return; }
  if (!page) { fill(main, failure ? el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)) : el("p.muted", {}, t("common.loading"))); return; }
  fill(main, el("div.w-col", {}, notes(), totals(), lights(), cards(), urgent(), past()), el("aside.w-col", {}, ranking(), honours(), exposed(), warnings()));
}

function notes() {
  return [
    !page.is_raising && el("p.notice", { id: "at-city" }, icon("building"), t("watch.raised_at_city")),
    page.recount?.moved > 0 && el("p.notice.notice--warn", {}, icon("clock"), t("watch.recount", { moved: count(page.recount.moved), cases: count(page.recount.cases) })),
  ];
}

function totals() {
  const sum = (key) => page.lit.reduce((all, one) => all + (one.lights[key] ?? 0), 0);
  const one = (name, label, n) => el(`div.w-tot__one.w-tot__one--${name}`, {}, el("div.stat__label", {}, label), el("div.stat__value.num", {}, count(n)));
  return el("div.w-tot", { id: "totals" }, one("open", t("watch.open"), page.lit.reduce((all, row) => all + row.open, 0)), LIGHTS.map((key) => one(key, t(`watch.light.${key}`), sum(key))));
}

function lights() {
  if (!page.lit.length) return section("watch.lights", null, nothing("watch.no_cases", "watch.no_cases_hint"));
  const cell = (n) => el(`td.end.num${n ? "" : ".w-zero"}`, {}, count(n));
  const row = (one) => el("tr", {}, el("td", {}, department(one.department)), cell(one.open), LIGHTS.map((key) => cell(one.lights[key] ?? 0)), cell(one.cards));
  const unsure = page.lit.reduce((all, one) => all + one.provisional, 0);
  return section("watch.lights", unsure ? t("watch.provisional_count", { count: count(unsure) }) : null, el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, t("watch.department")), el("th.end", {}, t("watch.open")), LIGHTS.map((key) => el("th.end", {}, el("span.w-light", {}, el(`span.w-dot.w-dot--${key}`), t(`watch.light.${key}`)))), el("th.end", {}, t("watch.cards")))), el("tbody", {}, page.lit.map(row)))));
}

function cards() {
  const boxes = page.cards.map((one) => cardBox(one, page, { department, act }));
  const closed = page.closed_cards.length > 0 && el("details", {}, el("summary", {}, `${t("watch.cards_closed")}（${count(page.closed_cards.length)}）`), el("div.w-cards", {}, page.closed_cards.map((one) => cardBox(one, page, { department, act }))));
  return section("watch.cards_open", page.cards.length ? count(page.cards.length) : null, boxes.length ? el("div.w-cards", {}, boxes) : nothing("watch.no_cards", page.is_raising ? "watch.no_cards_hint" : "watch.raised_at_city"), closed);
}

async function act(shown, deed) {
  const needs = ["explain", "appeal", "uphold", "withdraw"].includes(deed);
  const text = `${shown.card.number} · ${department(shown.card.department)}`;
  const words = await askWords({ title: t(`supervision.deed.${deed}`), text, needs });
  if (words === null) return;
  try {
    await api.post(`supervision/cards/${encodeURIComponent(shown.card.id)}/${deed}`, { words, seen: shown.card.history.length });
    toast(t("watch.done"), "ok");
  } catch (error) { toast(errorText(error), "bad"); }
  await load();
}

function urgent() {
  if (!page.urgent.length) return page.lit.length ? section("watch.urgent", null, nothing("watch.none_urgent")) : null;
  const row = (one) => el("tr", {}, el("td", {}, light(one.light)), el("td.num", {}, one.number), el("td", {}, matter(one.matter)), el("td", {}, department(one.department)), el("td", {}, one.hall || t("watch.online")),
    el("td.num", {}, one.due ? shortDay(one.due) : "—", one.is_provisional && el("span.badge", { title: t("watch.provisional") }, t("watch.provisional_short"))), el("td.end.num", {}, one.over_workdays ? t("watch.days", { count: count(one.over_workdays) }) : "—"));
  return section("watch.urgent", count(page.urgent.length), el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, ""), ["case", "matter", "department", "hall", "due"].map((key) => el("th", {}, t(`watch.${key}`))), el("th.end", {}, t("watch.over")))), el("tbody", {}, page.urgent.map(row)))));
}

function past() {
  const days = Object.entries(page.days);
  if (!days.length) return null;
  const sum = (rows, key) => rows.reduce((all, one) => all + one[key], 0);
  const row = ([day, rows]) => el("tr", {}, el("td.num", {}, shortDay(day)), el("td.end.num", {}, count(sum(rows, "decided"))), el("td.end.num", {}, count(sum(rows, "overdue") + sum(rows, "open_overdue"))), el("td.end.num", {}, count(rows.reduce((all, one) => all + Object.values(one.raised).reduce((a, b) => a + b, 0), 0))), el("td.end.num", {}, count(sum(rows, "upheld"))));
  return section("watch.day_totals", null, el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, t("watch.day")), ["decided", "overdue", "raised", "upheld"].map((key) => el("th.end", {}, t(`watch.${key}`))))), el("tbody", {}, days.map(row)))));
}

function ranking() {
  return board("watch.ranking", null, page.ranking.map((one) => placed(one.place, department(one.department), t("watch.ranking_row", { overdue: count(one.overdue), of: count(one.of) }))), "watch.ranking_none");
}

function honours() {
  return board("watch.honours", t("watch.month"), page.honours.map((one) => placed(one.place, department(one.department), t("watch.honours_row", { early: count(one.early), decided: count(one.decided) }))), "watch.honours_none");
}

function exposed() {
  return board("watch.exposed", t("watch.month"), page.exposed.map((one) => el("li", {}, el("span.w-list__name", {}, department(one.department)), el("span.num", {}, one.number))), "watch.exposed_none");
}

function warnings() {
  const rules = Object.fromEntries(page.rules.map((one) => [one.id, one]));
  const name = (one) => (lang() === "en" ? rules[one.rule]?.name_en : rules[one.rule]?.name) ?? one.rule;
  return board("watch.warnings", null, page.warnings.slice(0, 30).map((one) => el("li", { title: timeOfDay(one.seen_at) }, el("span.w-list__name", {}, name(one), el("span.small.muted", {}, ` ${department(one.department)}`)), el("span.small.num", {}, one.number))), "watch.warnings_none");
}
