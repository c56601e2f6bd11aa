/** The city's board: live today, or the figures of a longer period. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { count, dayOf, duration, timeOfDay } from "/static/numbers.js";
import { map } from "./city-map.js";
import { drawTop, whoAmI } from "./city-top.js";
import { alarmText, linkBadge, minutes, share, tone, urgentFirst, whole } from "./city-words.js";

const PERIODS = { today: 1, week: 7, month: 30, year: 365 };
const AGAIN_MS = 60000;
const STATE_SIGNS = { bad: "alert", warn: "info" };
let place = null;
let me = null;
let board = null; // of today, live
let longer = null; // of the period asked for
let period = "today";
let view = "grid";

await loadTexts();
[place, me] = await Promise.all([api.get("hall").catch(() => null), whoAmI()]);
if (place) syncClock(place.now);
draw();
onLang(draw);
live(["city"], { onView: (_topic, picture) => { board = picture; draw(); }, onState: (state) => { $("link-banner").state = state; } });
setInterval(() => { if (period !== "today") ask(); }, AGAIN_MS);

async function choose(name) {
  period = name;
  longer = null;
  draw();
  if (name !== "today") await ask();
}

async function ask() {
  const last = board?.last ?? new Date().toISOString().slice(0, 10);
  const first = new Date(Date.parse(`${last}T00:00:00Z`) - (PERIODS[period] - 1) * 86400000).toISOString().slice(0, 10);
  const asked = period;
  try {
    const found = await api.get(`city/board?from=${first}&to=${last}`);
    if (asked === period) { longer = found; draw(); }
  } catch (error) { toast(errorText(error), "bad"); }
}

function draw() {
  document.title = `${t("city.board.title")} · ${named(place)}`;
  drawTop($("#top"), { place, me, here: "/board" });
  const main = $("#view");
  main.setAttribute("aria-label", t("city.board.title"));
  if (!board) { fill(main, el("p.muted", {}, t("common.loading"))); return; }
  const figures = period === "today" ? board : longer;
  fill(main, totals(figures), bar(), view === "map" ? map(board.halls) : grid(figures), side());
}

function totals(figures) {
  const { totals: now } = board;
  const counted = (figures ?? board).totals.figures;
  const cell = (value, label, extra = "") => el("div.stat.b-total", {}, el("span.stat__value", {}, value, extra && el("small", {}, ` ${extra}`)), el("span.stat__label", {}, label));
  return el("section.b-totals", { "aria-label": t("city.board.totals") },
    cell(count(now.linked), t("city.board.linked"), `/ ${count(now.halls)}`),
    cell(count(now.waiting), t("city.board.waiting")),
    cell(count(now.windows_open), t("city.board.windows"), `/ ${count(now.windows)}`),
    cell(figures ? whole(counted?.visits ?? 0) : "…", t("city.board.visits")),
    cell(figures ? share(counted?.good_rate) : "…", t("city.board.good")),
    cell(count(now.cases.open), t("city.board.cases"), now.cases.overdue ? t("city.board.of_them_overdue", { n: count(now.cases.overdue) }) : ""));
}

function bar() {
  const chip = (name, group, current, key, act) => el("button.chip", { id: `${group}-${name}`, "aria-pressed": String(name === current), on: { click: () => act(name) } }, t(key));
  return el("div.b-bar", {},
    el("div.cluster", { role: "group", "aria-label": t("city.board.period") }, Object.keys(PERIODS).map((name) => chip(name, "period", period, `city.period.${name}`, choose))),
    el("span.muted.small.num", {}, `${dayOf(board.at)} ${timeOfDay(board.at)}`),
    el("div.cluster.b-views", { role: "group", "aria-label": t("city.board.view") }, ["grid", "map"].map((name) => chip(name, "view", view, `city.board.${name}`, (wanted) => { view = wanted; draw(); }))));
}

function grid(figures) {
  if (!board.halls.length) return el("div.card.card--flat.empty", {}, icon("building"), el("p.empty__title", {}, t("city.board.none")), el("p", {}, t("city.board.none_hint")), el("a.btn.btn--primary", { href: "/halls" }, t("city.halls.title")));
  const of = new Map((figures?.halls ?? []).map((one) => [one.id, one.figures]));
  return el(`section.grid.b-halls${board.halls.length < 5 ? ".b-halls--few" : ""}`, { "aria-label": t("city.halls.title") }, urgentFirst(board.halls).map((hall) => card(hall, of.get(hall.id), figures !== null)));
}

function card(hall, figures, isKnown) {
  const row = (key, value, bad = false) => el(`div.b-hall__row${bad ? ".b-hall__row--bad" : ""}`, {}, el("dt", {}, t(key)), el("dd.num", {}, isKnown ? value : "…"));
  const stat = (value, label, extra = "") => el("div.stat", {}, el("span.stat__value", {}, value, extra && el("small", {}, ` ${extra}`)), el("span.stat__label", {}, label));
  return el(`a.card.b-hall.b-hall--${tone(hall)}`, { href: `/halls/${encodeURIComponent(hall.id)}`, id: `hall-${hall.id}` },
    el("div.b-hall__head", {}, el("span.b-hall__name.clamp-2", {}, named(hall)), linkBadge(hall.state)),
    el("div.b-hall__now", {}, stat(hall.now ? count(hall.now.waiting) : "–", t("city.board.waiting")), stat(hall.now ? count(hall.now.windows_open) : "–", t("city.board.windows"), hall.now ? `/ ${count(hall.now.windows)}` : ""), stat(hall.now?.longest_s ? duration(hall.now.longest_s) : "–", t("city.board.longest"))),
    el("dl.b-hall__rows", {}, row("city.board.visits", whole(figures?.visits ?? 0)), row("city.board.wait_mean", minutes(figures?.wait_mean_s)), row("city.board.good", share(figures?.good_rate)), row("city.board.on_time", share(figures?.on_time)),
      row("city.board.cases", whole(hall.cases.open)), row("city.board.overdue", whole(hall.cases.overdue), hall.cases.overdue > 0)));
}

function side() {
  const alarms = board.alarms;
  return el("aside.b-side", { "aria-label": t("city.board.alarms") }, el("h2", {}, t("city.board.alarms"), el(`span.badge${alarms.length ? ".badge--bad" : ".badge--ok"}`, {}, count(alarms.length))),
    alarms.length ? el("ul.b-alarms", {}, alarms.map((one) => el("li", {}, alarm(one)))) : el("p.notice.notice--ok", {}, icon("check"), t("city.board.no_alarms")));
}

function alarm(one) {
  const href = one.href ?? (one.code === "conflict" || one.code === "refused" ? "/halls#conflicts" : one.hall ? `/halls/${encodeURIComponent(one.hall)}` : "/halls");
  return el(`a.b-alarm.b-alarm--${one.severity}`, { href }, icon(STATE_SIGNS[one.severity] ?? "info"), el("span.b-alarm__text", {}, el("strong", {}, alarmText(one)), el("span.small.muted", {}, [named(one), one.since && timeOfDay(one.since)].filter(Boolean).join("  ")), el("span.small", {}, t(`city.alarm_do.${one.code}`))));
}
