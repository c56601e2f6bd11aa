/** A month of attendance: one's own, or for a manager (?of=) anybody's; requests and objections. */

import { api } from "/static/api.js";
import { hallIso, hallNow, hallTime, syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { timeOfDay } from "/static/numbers.js";
import { asked, refuseIn, requestState, shiftName, states } from "./attendance-words.js";

const query = new URLSearchParams(location.search);
const of = query.get("of");
const LEAVES = ["annual", "sick", "personal", "trip", "time_off", "marriage", "maternity", "bereavement"];
const FORMS = of ? ["correction", "leave", "swap"] : ["correction", "leave", "swap", "objection"];
const UNSEEN = ["no_punch", "absent"];
const NARROW = matchMedia("(max-width: 1100px)");
let month = null;
let wanted = (query.get("day") ?? "").slice(0, 7);
let picked = query.get("day") ?? "";
let form = "correction";

async function start() {
  await loadTexts();
  await api.get("hall").then((hall) => syncClock(hall.now)).catch(() => { /* the times bear the hall's zone */ });
  onLang(draw);
  await load();
}

async function load() {
  try {
    const path = of ? `attendance/people/${encodeURIComponent(of)}` : "attendance/mine";
    month = await api.get(wanted ? `${path}?month=${wanted}` : path);
    wanted = month.month;
    if (!month.days.some((one) => one.day === picked)) picked = month.days.find((one) => one.day === month.today)?.day ?? month.days[0].day;
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    else fill($("#main"), el("div.empty", {}, icon("calendar"), el("p.empty__title", {}, errorText(error)), el("a.btn", { href: "/" }, t("common.back"))));
  }
}

function draw() {
  document.title = t("attendance.mine");
  fill($("#top"), el("a.btn.btn--quiet", { href: of ? "/manager/attendance" : "/console", id: "back" }, icon("arrow-left"), t(of ? "attendance.title" : "attendance.to_console")), el("h1.att__title", {}, month ? `${month.name || month.number} · ${t(of ? "attendance.month" : "attendance.mine")}` : t("attendance.mine")), el("span.att__grow"),
    !of && el("button.btn.btn--primary", { id: "punch", on: { click: punch } }, icon("clock"), t("attendance.punch")), el("language-switch"));
  if (month) fill($("#main"), el("div.month", {}, el("section.month__main", {}, tools(), grid()), el("aside.month__side", {}, dayCard(), mayDecide() && decideCard(), leaveCard(), (!of || month.may_decide) && askCard(), requests())));
}

async function punch() {
  try {
    const { at } = await api.post("attendance/sign-in", {});
    toast(t("attendance.punched", { time: timeOfDay(at) }), "ok", { ms: 2500 });
    await load();
  } catch (error) { toast(errorText(error), "bad"); }
}

function tools() {
  const step = (n) => { const [year, index] = month.month.split("-").map(Number); const at = new Date(Date.UTC(year, index - 1 + n, 1)); wanted = at.toISOString().slice(0, 7); load(); };
  const sums = month.totals;
  const counted = Object.entries(sums.states).filter(([state]) => !["under_way", "ahead", "rest"].includes(state)).map(([state, n]) => el("span.num", {}, `${t(`attendance.state.${state}`)} ${n}`));
  const minutes = [["late_min", "late"], ["early_min", "early"], ["overtime_min", "overtime"]].filter(([name]) => sums[name]).map(([name, state]) => el("span.num", {}, t("attendance.sum_minutes", { what: t(`attendance.state.${state}`), n: sums[name] })));
  return [el("div.month__tools", {}, el("button.btn", { id: "before", "aria-label": t("attendance.before"), on: { click: () => step(-1) } }, icon("arrow-left")), el("strong.num", { id: "month" }, month.month), el("button.btn", { id: "after", "aria-label": t("attendance.after"), on: { click: () => step(1) } }, icon("arrow-right")),
    el("span.muted", {}, month.pin ? t("attendance.pin", { pin: month.pin }) : t("attendance.pin_none"))), el("div.month__sums", {}, el("span.num", {}, t("attendance.work_days", { n: sums.work_days })), counted, minutes, sums.worked_min > 0 && el("span.num", {}, t("attendance.worked", { hours: Math.round(sums.worked_min / 6) / 10 })))];
}

function grid() {
  const first = (new Date(`${month.days[0].day}T00:00Z`).getUTCDay() + 6) % 7;
  const heads = [1, 2, 3, 4, 5, 6, 7].map((n) => el("span.month__head", {}, t(`attendance.weekday.${n}`)));
  return el("div.month__grid", {}, heads, Array.from({ length: first }, () => el("span.month__gap")), month.days.map((one) => {
    const classes = `${one.day === month.today ? ".month__day--today" : ""}${one.shifts.length ? "" : ".month__day--rest"}`;
    const isAhead = one.day > month.today;
    return el(`button.month__day${classes}`, { id: `day-${one.day}`, "aria-pressed": String(one.day === picked), on: { click: () => { picked = one.day; draw(); if (NARROW.matches) $("#day").scrollIntoView(); } } }, el("strong.num", {}, Number(one.day.slice(8))),
      (!isAhead || one.states.some((state) => ["leave", "trip"].includes(state))) && el("span", {}, states(one.states.filter((state) => state !== "under_way" || one.states.length === 1))), (one.first || one.last) && el("span.small.num", {}, `${one.first ? timeOfDay(one.first) : "–"} – ${one.last ? timeOfDay(one.last) : ""}`), isAhead && one.shifts.map((shift) => el("span.small.num.muted", {}, `${timeOfDay(shift.begin)}–${timeOfDay(shift.end)}`)));
  }));
}

function dayCard() {
  const one = month.days.find((day) => day.day === picked);
  const worth = [one.late_min > 0 && t("attendance.sum_minutes", { what: t("attendance.state.late"), n: one.late_min }), one.early_min > 0 && t("attendance.sum_minutes", { what: t("attendance.state.early"), n: one.early_min }), one.overtime_min > 0 && t("attendance.sum_minutes", { what: t("attendance.state.overtime"), n: one.overtime_min })].filter(Boolean);
  return el("section.side", { id: "day" }, el("h2.side__title", {}, el("span.num", {}, one.day), " ", t(`attendance.weekday.${(new Date(`${one.day}T00:00Z`).getUTCDay() + 6) % 7 + 1}`)), el("span", {}, states(one.states)),
    one.shifts.map((shift) => el("span.num", {}, `${timeOfDay(shift.begin)}–${timeOfDay(shift.end)} ${shiftName(shift)}`)), worth.length > 0 && el("span.num", {}, worth.join(" · ")), punches());
}

/** What was punched on the day, from where, and what a wrong clock said. */
function punches() {
  const marks = month.marks.filter((one) => hallTime(one.at).slice(0, 10) === picked).map((one) => [one.at, t(`attendance.source.${one.source}`), one.skew_s !== null && t("attendance.said", { time: timeOfDay(one.said) })]);
  const mended = month.requests.filter(({ request: one }) => one.kind === "correction" && one.state === "approved" && hallTime(one.at).slice(0, 10) === picked).map(({ request: one }) => [one.at, t("attendance.source.correction"), ""]);
  const all = [...marks, ...mended].sort((a, b) => a[0].localeCompare(b[0]));
  if (!all.length) return el("span.muted", {}, t("attendance.punches_none"));
  return el("ul.punches", {}, all.map(([at, source, said]) => el("li", {}, el("strong.num", {}, timeOfDay(at)), el("span.muted", {}, source), said && el("span.badge.badge--warn", {}, said))));
}

const mayDecide = () => { const one = month.days.find((day) => day.day === picked); return month.may_decide && (one.word || one.states.some((state) => UNSEEN.includes(state))); };

/** A manager says what a day without punches was. */
function decideCard() {
  const one = month.days.find((day) => day.day === picked);
  const reason = el("textarea.input", { maxlength: 500, required: true });
  const send = async (word) => {
    showFieldErrors(node);
    try {
      await api.post("attendance/days", { staff: month.staff, day: picked, word, reason: reason.value.trim() });
      toast(t("attendance.done"), "ok", { ms: 2500 });
      await load();
    } catch (error) { const [told] = refuseIn(node, error); if (told) toast(told, "bad"); }
  };
  const key = (word, style = "") => el(`button.btn.btn--sm${style}`, { id: `word-${word ?? "none"}`, disabled: one.word === word, on: { click: () => send(word) } }, t(`attendance.word.${word ?? "none"}`));
  const node = el("section.side", { id: "decide" }, el("h2.side__title", {}, t("attendance.decide_day")), el("p.muted.small", {}, t("attendance.decide_day_hint")), field("reason", reason), el("div.side__acts", {}, key("excused"), key("absent", ".btn--danger"), one.word && key(null)));
  return node;
}

function leaveCard() {
  if (!month.leave.length) return null;
  return el("section.side", { id: "leave" }, el("h2.side__title", {}, t("attendance.leave_year", { year: month.month.slice(0, 4) })), el("table.leave", {}, el("tbody", {}, month.leave.map((one) => el("tr", {}, el("th", { scope: "row" }, t(`attendance.leave.${one.kind}`)), el("td.num", {}, t("attendance.days_had", { days: one.days })), el("td.num", {}, one.left === null ? "" : t("attendance.left_of", { left: one.left, allowed: one.allowed })))))));
}

function askCard() {
  const tabs = FORMS.map((name) => el("button.chip", { id: `form-${name}`, "aria-pressed": String(form === name), on: { click: () => { form = name; draw(); } } }, t(`attendance.kind.${name}`)));
  return el("section.side", { id: "ask" }, of && el("h2.side__title", {}, t("attendance.ask_for", { name: month.name || month.number })), el("div.side__acts", { role: "group" }, tabs), fields[form]());
}

const offset = () => month.today && (new Date(`${hallIso()}Z`) - hallNow()) / 60_000;
const iso = (local) => { const minutes = Math.round(offset() / 15) * 15; const sign = minutes < 0 ? "-" : "+"; const size = Math.abs(minutes); return `${local}:00${sign}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`; };

function field(name, input) {
  return el("div.field", {}, el("label.field__label", { for: `f-${name}` }, t(`attendance.field.${name}`)), Object.assign(input, { id: `f-${name}`, name }), el("p.field__error", { role: "alert", dataset: { error: name } }));
}

const moment = (name, clock) => field(name, el("input.input.num", { type: "datetime-local", value: `${picked}T${clock}`, required: true }));
const words = () => field("reason", el("textarea.input", { maxlength: 500, required: true }));
const pick = (name, options, empty) => field(name, el("select.select", {}, empty && el("option", { value: "" }, empty), options.map(([value, text]) => el("option", { value }, text))));

function made(kind, body, ...children) {
  const rest = el("div", { role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(node));
    showFieldErrors(node);
    fill(rest);
    try {
      await api.post(`attendance/requests/${kind}`, { ...body(given), reason: given.reason.trim() });
      toast(t("attendance.asked"), "ok", { ms: 2500 });
      await load();
    } catch (error) {
      const [told] = refuseIn(node, error);
      fill(rest, told && el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, told)));
    }
  };
  const node = el("form.month__form", { novalidate: true, on: { submit: send } }, children, words(), rest, el("button.btn.btn--primary", { type: "submit" }, t("attendance.send")));
  return node;
}

const fields = {
  correction: () => made("correction", (given) => ({ staff: month.staff, at: iso(given.at) }), moment("at", "09:00")),
  leave: () => made("leave", (given) => ({ staff: month.staff, leave: given.leave, begin: iso(given.begin), end: iso(given.end) }), pick("leave", LEAVES.map((one) => [one, t(`attendance.leave.${one}`)])), moment("begin", "09:00"), moment("end", "17:00")),
  swap: () => made("swap", (given) => ({ staff: month.staff, day: given.day, other: given.other, other_day: given.other_day || null }), field("day", el("input.input.num", { type: "date", value: picked, required: true })), pick("other", month.colleagues, t("attendance.choose")), field("other_day", el("input.input.num", { type: "date" }))),
  objection: () => made("objection", () => ({ day: picked }), el("p.muted", {}, t("attendance.objection_hint", { day: picked }))),
};

function requests() {
  return el("section.side", { id: "requests" }, el("h2.side__title", {}, t(of ? "attendance.their_requests" : "attendance.my_requests")), month.requests.length ? month.requests.slice(0, 30).map(request) : el("p.muted", {}, t("attendance.my_requests_none")));
}

function request(shown) {
  const one = shown.request;
  const act = (what) => async () => {
    try { await api.post(`attendance/requests/${encodeURIComponent(one.id)}/${what}`, {}); } catch (error) { toast(errorText(error), "bad"); }
    await load();
  };
  const isOpen = one.state === "asked" && !of;
  return el("div.side__one", {}, el("span", {}, el("strong", {}, t(`attendance.kind.${one.kind}`)), " ", requestState(one)), el("span.num", {}, one.other === month.staff ? `${shown.name}: ${asked(shown)}` : asked(shown)), el("span.muted", {}, one.reason), one.answer && el("span", {}, t("attendance.answered", { text: one.answer })),
    isOpen && el("span.side__acts", {}, one.other === month.staff && !one.agreed && el("button.btn.btn--sm.btn--primary", { on: { click: act("agree") } }, t("attendance.agree")), one.staff === month.staff && el("button.btn.btn--sm", { on: { click: act("withdraw") } }, t("attendance.withdraw"))));
}

await start();
