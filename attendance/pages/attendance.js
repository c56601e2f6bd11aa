/** The manager's board of attendance: who is where, who is missing, what waits for a decision, how the terminals do. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { timeOfDay } from "/static/numbers.js";
import { askFiles } from "./attendance-files.js";
import { asked, badge, leaveYear, requestState, shiftName, states } from "./attendance-words.js";

const AGAIN_MS = 10_000;
const COUNTED = ["away", "missing", "here", "paused", "window", "leave", "trip", "ahead", "gone"];
const BAD = new Set(["away", "missing"]);
let board = null;
let only = "";

async function start() {
  await loadTexts();
  await api.get("hall").then((hall) => syncClock(hall.now)).catch(() => { /* the times bear the hall's zone */ });
  onLang(draw);
  for (;;) {
    await load();
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
}

async function load() {
  try {
    board = await api.get("attendance/board");
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else if (!board) fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: load } }, t("attendance.again"))));
  }
}

function draw() {
  document.title = t("attendance.title");
  fill($("#top"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("attendance.back")), el("h1.att__title", {}, t("attendance.title")),
    board && el("span.num.muted", {}, board.business_day), el("span.att__grow"), el("button.btn.btn--quiet", { id: "files", on: { click: askFiles } }, icon("document"), t("attendance.files")), el("a.btn.btn--quiet", { href: "/manager/attendance/shifts", id: "shifts" }, icon("calendar"), t("attendance.shifts_title")), el("a.btn.btn--quiet", { href: "/my-attendance" }, icon("user"), t("attendance.mine")), el("language-switch"));
  if (!board) return;
  const left = $(".board__scroll")?.scrollTop ?? 0;
  fill($("#main"), el("div.board", {}, el("section.board__main", {}, counts(), people()), side()));
  const scroll = $(".board__scroll");
  if (scroll) scroll.scrollTop = left;
}

function counts() {
  const toggle = (where) => { only = only === where ? "" : where; draw(); };
  return el("div.board__counts", { role: "group", "aria-label": t("attendance.where") }, COUNTED.filter((where) => board.counts[where] || BAD.has(where)).map((where) =>
    el(`button.board__count${BAD.has(where) && board.counts[where] ? ".board__count--bad" : ""}`, { id: `count-${where}`, "aria-pressed": String(only === where), on: { click: () => toggle(where) } }, el("strong.num", {}, board.counts[where] ?? 0), t(`attendance.where.${where}`))));
}

function people() {
  const items = board.items.filter((one) => !only || one.where === only);
  if (!board.items.length) return el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("attendance.nobody")), el("p", {}, t("attendance.nobody_hint")));
  if (!items.length) return el("div.empty", {}, icon("check"), el("p.empty__title", {}, t("attendance.none_here")));
  const heads = ["person", "where", "day", "shift", "punches", "seat", "late_open", "unattended"].map((name) => el("th", { scope: "col" }, t(`attendance.head.${name}`)));
  return el("div.table-wrap.board__scroll", {}, el("table.table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, items.map(row))));
}

function row(one) {
  return el("tr", { id: `person-${one.staff}` },
    el("td.board__who", {}, el("a.strong", { href: `/my-attendance?of=${encodeURIComponent(one.staff)}` }, one.name || one.number), el("span.board__sub.num", {}, [one.number, one.group].filter(Boolean).join(" · "))),
    el("td", {}, badge("where", one.where), one.windows.length > 0 && el("span.board__sub.num", {}, t("attendance.at_window", { n: one.windows.join("、") }))),
    el("td", {}, states(one.states), one.late_min > 0 && el("span.board__sub.num", {}, t("attendance.minutes", { n: one.late_min }))),
    el("td", {}, one.shifts.map((shift) => el("span.num", { title: shiftName(shift) }, `${timeOfDay(shift.begin)}–${timeOfDay(shift.end)} `))),
    el("td.num", {}, one.first ? timeOfDay(one.first) : "–", " / ", one.last ? timeOfDay(one.last) : "–"),
    el("td", {}, seat(one.seat)),
    el("td.num", {}, one.late_cost_min === null ? "–" : [t("attendance.minutes", { n: one.late_open_min }), el("span.board__sub", { title: t("attendance.cost_hint") }, t("attendance.cost", { n: one.late_cost_min }))]),
    el("td.num", {}, one.away_since ? t("attendance.since", { time: timeOfDay(one.away_since) }) : one.away_n ? t("attendance.away_times", { n: one.away_n, minutes: one.away_min }) : "–"));
}

function seat({ shift_s, open_s, serving_s, idle_s, paused_s }) {
  if (!open_s) return "–";
  const whole = Math.max(shift_s, open_s) || 1;
  const words = t("attendance.seat", { open: min(open_s), serving: min(serving_s), idle: min(idle_s), paused: min(paused_s) });
  const part = (seconds, kind) => el(`span.board__part${kind}`, { style: { width: `${(100 * seconds) / whole}%` } });
  return el("span", { title: words }, el("span.board__bar", { role: "img", "aria-label": words }, part(serving_s, ""), part(idle_s, ".board__part--idle"), part(paused_s, ".board__part--paused")), el("span.board__sub.num", {}, t("attendance.open_of", { open: min(open_s), shift: min(shift_s) })));
}

const min = (seconds) => Math.round(seconds / 60);

function side() {
  return el("aside.board__side", {}, requests(), terminals(), leftOver());
}

function requests() {
  return el("section.side", { id: "requests" }, el("h2.side__title", {}, t("attendance.requests")), board.requests.length ? board.requests.map(request) : el("p.muted", {}, t("attendance.requests_none")));
}

function request(shown) {
  const one = shown.request;
  const decide = async (approved) => {
    const isAnswered = !approved || one.kind === "objection";
    const answer = isAnswered ? await reason(approved) : "";
    if (isAnswered && !answer) return;
    if (approved && one.kind !== "objection" && !await ask({ title: t("attendance.approve_ask", { name: shown.name }), text: asked(shown), yes: t("attendance.approve") })) return;
    try { await api.post(`attendance/requests/${encodeURIComponent(one.id)}/decide`, { approved, answer }); toast(t("attendance.done"), "ok", { ms: 2500 }); } catch (error) { toast(errorText(error), "bad"); }
    await load();
  };
  return el("div.side__one", { id: `request-${one.id}` }, el("span", {}, el("strong", {}, shown.name || one.staff), " ", t(`attendance.kind.${one.kind}`), " ", requestState(one)), el("span.num", {}, asked(shown)), shown.year && el("span.small.num", {}, leaveYear(shown.year)), el("span.muted", {}, one.reason), one.kind === "objection" && el("a.small", { href: `/my-attendance?of=${encodeURIComponent(one.staff)}&day=${one.day}` }, t("attendance.see_day")),
    shown.may_decide ? el("span.side__acts", {}, el("button.btn.btn--sm.btn--primary", { on: { click: () => decide(true) } }, t("attendance.approve")), el("button.btn.btn--sm", { on: { click: () => decide(false) } }, t("attendance.refuse")))
      : el("span.muted.small", {}, t("attendance.other_decides")));
}

/** Asks what to tell the one who asked; "" where nothing is said. */
function reason(approved) {
  const title = t(approved ? "attendance.answer_ask" : "attendance.why");
  return new Promise((resolve) => {
    const input = el("textarea.input", { id: "why", maxlength: 500, required: true, "aria-label": title });
    const send = (event) => { event.preventDefault(); box.close(input.value.trim()); };
    const box = el("dialog.dialog", { "aria-label": title, on: { close: () => { box.remove(); resolve(box.returnValue); } } }, el("form.dialog__body", { on: { submit: send } }, el("h2.dialog__title", {}, title), input,
      el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close("") } }, t("common.cancel")), el("button.btn.btn--primary", { type: "submit" }, t(approved ? "attendance.approve" : "attendance.refuse")))));
    document.body.append(box);
    box.showModal();
  });
}

function terminals() {
  const known = board.terminals.map((one) => el("div.side__one", {}, el("span", {}, el("strong.num", {}, one.serial), " ", one.skew_s !== null && badge("terminal", one.skew_s > 0 ? "fast" : "slow"), " ", one.is_double && badge("terminal", "double")),
    el("span.muted.small.num", {}, t("attendance.terminal_line", { heard: one.heard_at ? timeOfDay(one.heard_at) : "–", taken: one.taken, faulty: one.faulty })), one.skew_s !== null && el("span.small", {}, t("attendance.skew", { minutes: Math.round(Math.abs(one.skew_s) / 6) / 10 })), one.is_double && el("span.small", {}, t("attendance.double"))));
  const strangers = board.unknown.map((one) => el("div.side__one", { id: `unknown-${one.serial}` }, el("span", {}, el("strong.num", {}, one.serial), " ", badge("terminal", "unknown")), el("span.muted.small.num", {}, t("attendance.tried", { n: one.tries, time: timeOfDay(one.last_at) })),
    el("span.side__acts", {}, el("button.btn.btn--sm", { on: { click: () => letIn(one.serial) } }, t("attendance.let_in")))));
  return el("section.side", { id: "terminals" }, el("h2.side__title", {}, t("attendance.terminals")), known.length || strangers.length ? [strangers, known] : el("p.muted", {}, t("attendance.terminals_none")));
}

async function letIn(serial) {
  if (!await ask({ title: t("attendance.let_in_ask", { serial }), text: t("attendance.let_in_hint"), yes: t("attendance.let_in") })) return;
  const id = serial.toLowerCase().replaceAll("_", "-").replace(/^-+/, "");
  try { await api.post("devices", { id, kind: "terminal", name: serial }); toast(t("attendance.done"), "ok", { ms: 2500 }); } catch (error) { toast(errorText(error), "bad"); }
  await load();
}

function leftOver() {
  if (!board.left_over.length) return null;
  return el("section.side", { id: "left-over" }, el("h2.side__title", {}, t("attendance.left_over")), board.left_over.slice(0, 20).map((one) => el("div.side__one", {}, el("span", {}, t(`attendance.reason.${one.reason.replace("punch.", "")}`)), el("code.small", {}, one.raw.replaceAll("\t", " · ")), el("span.muted.small.num", {}, `${one.terminal} · ${timeOfDay(one.received_at)}`))));
}

await start();
