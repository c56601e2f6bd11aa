/** One hall at the city: how its link is, and its own figures of any period. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask as confirm, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { count, dayOf, timeOfDay } from "/static/numbers.js";
import { drawTop, whoAmI } from "./city-top.js";
import { linkBadge, minutes, reasonText, share, whole } from "./city-words.js";

const BYS = ["hall", "line", "window", "department", "matter", "hour", "weekday", "channel", "day", "month"];
const SHOWN = ["visits", "visits_served", "wait_mean", "wait_median", "wait_p90", "wait_on_time", "service_mean", "no_show_rate", "abandon_rate", "transfer_rate", "utilisation"];
const IN_GROUPS = ["visits", "visits_served", "wait_mean", "wait_on_time", "service_mean"];
const id = decodeURIComponent(location.pathname.split("/").pop());
let place = null;
let me = null;
let known = null;
let card = null;
let found = null;
let ratings = null;
let failure = null;
let question = { from: "", to: "", by: "hall" };

await loadTexts();
[place, me] = await Promise.all([api.get("hall").catch(() => null), whoAmI()]);
if (place) { syncClock(place.now); question.from = question.to = place.now.slice(0, 10); }
await load();
onLang(draw);
live(["city"], { onView: (_topic, picture) => { card = picture.halls.find((one) => one.id === id) ?? null; drawHead(); }, onState: (state) => { $("link-banner").state = state; } });

async function load() {
  const days = `from=${question.from}&to=${question.to}`;
  const path = `city/halls/${encodeURIComponent(id)}`;
  try {
    [known, found, ratings] = await Promise.all([api.get(`${path}?${days}`), api.get(`${path}/statistics?${days}&by=${question.by}`), api.get(`${path}/ratings?${days}`)]);
    failure = null;
  } catch (error) { failure = error; }
  draw();
}

function draw() {
  drawTop($("#top"), { place, me, here: "/halls" });
  document.title = `${known ? name() : t("city.hall.title")} · ${named(place)}`;
  if (!known) { fill($("#view"), failure ? el("div.card.card--flat.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(failure)), el("a.btn", { href: "/board" }, t("city.board.title"))) : el("p.muted", {}, t("common.loading"))); return; }
  fill($("#view"), el("section.stack", { id: "head" }), el("section.stack", {}, form(), failure && el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)), !failure && figures()));
  drawHead();
}

function name() { return card ? named(card) : known.hall.name; }

function drawHead() {
  const head = $("#head");
  if (!head) return;
  const hall = card ?? { ...known.hall, behind: Math.max(0, known.hall.head - known.hall.cursor), waiting_down: known.hall.down_last - known.hall.down_cursor };
  const fact = (key, value) => el("div", {}, el("dt", {}, t(key)), el("dd.num", {}, value));
  fill(head, el("div.h-head", {}, el("a.btn.btn--quiet.btn--sm", { href: "/board" }, icon("arrow-left"), t("city.board.title")), el("h1", {}, name()), linkBadge(hall.state)),
    known.hall.state === "quarantined" && quarantine(),
    el("div.card", {}, el("dl.h-facts", {}, fact("city.hall.since", `${dayOf(hall.since)} ${timeOfDay(hall.since)}`), fact("city.hall.behind", count(hall.behind)), fact("city.hall.down", count(hall.waiting_down)), fact("city.hall.clock", t("city.seconds", { n: count(hall.clock_off_s) })), fact("city.hall.epoch", String(known.hall.epoch)),
      card?.now && fact("city.board.waiting", count(card.now.waiting)), card?.now && fact("city.board.windows", `${count(card.now.windows_open)} / ${count(card.now.windows)}`), card && fact("city.board.cases", count(card.cases.open)), card && fact("city.board.overdue", count(card.cases.overdue)))));
}

function quarantine() {
  return el("div.notice.notice--bad", {}, icon("alert"), el("div.stack", {}, el("strong", {}, t("city.alarm.quarantined", { reason: reasonText(known.hall.trouble?.code) })), el("p", {}, t("city.hall.quarantine_hint")),
    me?.roles.includes("admin") && el("div", {}, el("button.btn.btn--danger", { id: "epoch", on: { click: beginEpoch } }, t("city.hall.begin_epoch")))));
}

async function beginEpoch() {
  if (!await confirm({ title: t("city.hall.begin_epoch"), text: t("city.hall.begin_epoch_ask"), danger: true })) return;
  try { await api.post(`city/halls/${encodeURIComponent(id)}/epoch`, { reason: t("city.hall.restored") }); await load(); } catch (error) { toast(errorText(error), "bad"); }
}

function form() {
  const date = (field, key) => el("div.field", {}, el("label.field__label", { for: field }, t(key)), el("input.input", { id: field, type: "date", value: question[field], on: { change: ({ target }) => again({ [field]: target.value }) } }));
  const span = (days) => { const last = place.now.slice(0, 10); return { from: new Date(Date.parse(`${last}T00:00:00Z`) - (days - 1) * 86400000).toISOString().slice(0, 10), to: last }; };
  const chip = (key, days) => { const wanted = span(days); return el("button.chip", { id: `period-${key}`, "aria-pressed": String(wanted.from === question.from && wanted.to === question.to), on: { click: () => again(wanted) } }, t(`city.period.${key}`)); };
  return el("div.h-ask", {}, el("div.cluster", {}, chip("today", 1), chip("week", 7), chip("month", 30), chip("year", 365)), date("from", "city.hall.from"), date("to", "city.hall.to"),
    el("div.field", {}, el("label.field__label", { for: "by" }, t("city.hall.by")), el("select.select", { id: "by", on: { change: ({ target }) => again({ by: target.value }) } }, BYS.map((by) => el("option", { value: by, selected: by === question.by }, t(`city.by.${by}`))))));
}

async function again(change) {
  question = { ...question, ...change };
  if (question.from && question.to) await load();
}

function figures() {
  const { figures: all, groups, is_empty: isEmpty } = found.found;
  const rated = ratings.figures.filter((one) => ["ratings", "good_rate", "unrated_rate"].includes(one.id));
  const empty = isEmpty && !rated.some((one) => one.numerator > 0);
  if (empty) return el("div.card.card--flat.empty", {}, icon("chart"), el("p.empty__title", {}, t("city.hall.nothing")), el("p", {}, t("city.hall.nothing_hint")));
  return el("div.stack", {}, el("div.grid.h-figures", {}, SHOWN.map((key) => all.find((one) => one.id === key)).filter(Boolean).map((one) => figure(one, "statistics")), rated.map((one) => figure(one, "figures"))), days(), groups.length > 0 && table(groups));
}

function figure(one, room) {
  return el("div.card.card--flat.h-figure.stat", { title: has(`${room}.${one.id}.plain`) ? t(`${room}.${one.id}.plain`) : null }, el("span.stat__value", {}, value(one)), el("span.stat__label", {}, t(`${room}.${one.id}`)));
}

function value(one) {
  if (!one) return "–";
  if (one.kind === "rate") return share(one.value);
  return one.kind === "count" ? whole(one.kind === "count" ? one.numerator : one.value) : minutes(one.value);
}

function days() {
  if (known.days.length < 2) return null;
  const most = Math.max(1, ...known.days.map((one) => one.figures?.visits ?? 0));
  return el("figure.card.card--flat", {}, el("figcaption.small.muted", {}, t("city.hall.days")), el("div.h-days", { role: "img", "aria-label": t("city.hall.days") }, known.days.map((one) => el("div.h-day", { title: `${one.day}: ${whole(one.figures?.visits ?? 0)}`, style: { height: `${(100 * (one.figures?.visits ?? 0)) / most}%` } }))));
}

function table(groups) {
  const head = IN_GROUPS.map((key) => el("th.end", {}, t(`statistics.${key}`)));
  const row = (group) => el("tr", {}, el("td", {}, [group.number, named(group)].filter(Boolean).join("  ") || t("city.hall.none")), IN_GROUPS.map((key) => el("td.end.num", {}, value(group.figures.find((one) => one.id === key)))));
  return el("div.table-wrap", {}, el("table.table", { id: "groups" }, el("thead", {}, el("tr", {}, el("th", {}, t(`city.by.${question.by}`)), head)), el("tbody", {}, groups.map(row))));
}
