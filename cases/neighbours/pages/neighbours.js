/** Outside systems: how each does, what was refused, the comparison of a day, and what the hotline handed over. */

import { api, newKey } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { count, dayOf, timeOfDay } from "/static/numbers.js";

const LOOK_MS = 10_000;
const COLUMNS = ["pushed", "acknowledged", "rejected", "given_up", "dropped", "waiting", "results", "silent", "without_licence"];
let place = null;
let me = null;
let seen = null;
let failure = null;
let report = null;
let day = "";
let busy = "";
const drafts = {};

const typing = () => ["TEXTAREA", "INPUT"].includes(document.activeElement?.tagName);
const kindName = (kind) => (has(`neighbours.kind.${kind}`) ? t(`neighbours.kind.${kind}`) : kind);
const wayName = (one) => (one.name === one.kind ? kindName(one.kind) : `${kindName(one.kind)} · ${one.name}`);
const named_ = (name) => { const one = seen.neighbours.find((way) => way.name === name); return one ? wayName(one) : kindName(name); };
const reason = (code) => (has(`neighbours.reason.${code}`) ? t(`neighbours.reason.${code}`) : has(`error.${code}`) ? t(`error.${code}`) : code);
const when = (iso) => `${dayOf(iso)} ${timeOfDay(iso)}`;
const tone = (one) => (one.trouble || one.queue.failed ? "bad" : one.queue.waiting || one.compared?.differences.length ? "wait" : "ok");

await loadTexts();
[place, me] = await Promise.all([api.get("hall").catch(() => null), api.get("session").catch(() => null)]);
if (!me) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
onLang(draw);
await load();
setInterval(() => { if (!document.hidden && !busy && !typing()) load(); }, LOOK_MS);

async function load() {
  try {
    seen = await api.get("neighbours");
    day ||= before(seen.today);
    report = await api.get(`neighbours/report?from=${day}&to=${day}`);
    failure = null;
  } catch (error) { failure = error; }
  draw();
}

/** The day before; what is over is compared. */
function before(iso) {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - 1);
  return at.toISOString().slice(0, 10);
}

function draw() {
  document.title = `${t("neighbours.title")} · ${named(place)}`;
  fill($("#top"),
    el("a.n-top__brand", { href: "/" }, el("img", { src: "/static/icon.svg", alt: "", width: 32, height: 32 }), el("span", {}, `${named(place)} · ${t("neighbours.title")}`)),
    el("div.n-top__me", {}, me && el("span.truncate.n-top__who", {}, me.display_name || me.name), el("language-switch"), el("button.btn.btn--quiet.btn--sm", { id: "sign-out", title: t("neighbours.sign_out"), "aria-label": t("neighbours.sign_out"), on: { click: signOut } }, icon("sign-out"))));
  const main = $("#main");
  if (!seen) { fill(main, failure ? el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)) : el("p.muted", {}, t("common.loading"))); return; }
  if (!seen.neighbours.length && !seen.complaints.length) { fill(main, el("div.card.empty", { id: "nobody" }, icon("transfer"), el("h2.empty__title", {}, t("neighbours.none")), el("p", {}, t("neighbours.none_hint")))); return; }
  fill(main, failure && el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)), alarms(), ways(), failed(), complaints(), reconciliation());
}

async function signOut() {
  try { await api.del("session"); } finally { location.assign("/"); }
}

function alarms() {
  return seen.alarms.length > 0 && el("section.n-sec", { id: "alarms" }, seen.alarms.map((one) => el("p.notice.notice--bad", {}, icon("alert"), el("span", {}, el("strong", {}, t(`manager.alarm.${one.code}`, { ...one.fields, neighbour: named_(one.fields.neighbour), reason: one.fields.reason ? reason(one.fields.reason) : t("neighbours.answers") })), " ", t(`manager.alarm_do.${one.code}`)))));
}

function ways() {
  return el("section.n-sec", { id: "ways" }, el("h2", {}, t("neighbours.ways")), el("div.n-ways", {}, seen.neighbours.map(way)));
}

function way(one) {
  const mark = tone(one);
  const fact = (key, value) => [el("dt", {}, t(key)), el("dd.num", {}, value)];
  return el(`article.card.n-way.n-way--${mark}`, { id: `way-${one.name}` },
    el("div.n-way__head", {}, el("span.n-way__name", {}, wayName(one)), el(`span.badge.badge--dot.badge--${one.trouble ? "bad" : mark === "ok" ? "ok" : "warn"}`, {}, t(one.trouble ? "neighbours.down" : one.queue.waiting ? "neighbours.sends" : "neighbours.answers"))),
    el("dl.n-way__facts", {}, fact("neighbours.waiting", count(one.queue.waiting)), one.queue.oldest && fact("neighbours.oldest", when(one.queue.oldest)), one.trouble && fact("neighbours.trouble", reason(one.trouble)), one.trouble && one.since && fact("neighbours.since", when(one.since)), one.trouble && one.next_at && fact("neighbours.next", timeOfDay(one.next_at)), one.queue.failed > 0 && fact("neighbours.failed_count", count(one.queue.failed)), one.queue.last_fault && fact("neighbours.last_fault", reason(one.queue.last_fault))),
    el("div.n-way__foot", {}, compared(one.compared)));
}

function compared(one) {
  if (!one) return el("span.muted", {}, t("neighbours.not_compared"));
  if (one.fault) return el("span.muted", {}, t("neighbours.compare_failed", { day: dayOf(one.day) }));
  return el(`span.badge.badge--${one.is_equal ? "ok" : "bad"}`, {}, t(one.is_equal ? "neighbours.equal" : "neighbours.differs", { day: one.day, n: count(one.differences.length) }));
}

function failed() {
  const rows = seen.failed;
  if (!rows.length) return el("section.n-sec", { id: "failed" }, el("h2", {}, t("neighbours.failed")), el("p.notice.notice--ok", {}, icon("check"), t("neighbours.nothing_failed")));
  return el("section.n-sec", { id: "failed" }, el("h2", {}, t("neighbours.failed"), el("span.badge.badge--bad.num", {}, count(rows.length))),
    el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, ["neighbour", "request", "why", "at"].map((key) => el("th", {}, t(`neighbours.${key}`))), el("th", {}, ""))), el("tbody", {}, rows.map((one) => el("tr", { dataset: { letter: one.id } }, el("td", {}, named_(one.neighbour)), el("td", {}, has(`neighbours.do.${one.kind}`) ? t(`neighbours.do.${one.kind}`) : one.kind, el("div.n-id", {}, one.id)), el("td", {}, t(`neighbours.state.${one.state}`), one.reason && el("div.n-id", {}, reason(one.reason))), el("td.num", {}, when(one.at)), el("td.end", {}, seen.may && el("button.btn.btn--sm", { disabled: busy === one.id, on: { click: () => again(one) } }, icon("repeat"), t("neighbours.again")))))))));
}

async function again(one) {
  busy = one.id;
  draw();
  try {
    await api.post("neighbours/again", { transaction: one.id }, { key: newKey() });
    toast(t("neighbours.sent_again"), "ok");
  } catch (error) { toast(errorText(error), "bad"); }
  busy = "";
  await load();
}

function complaints() {
  if (!seen.complaints.length) return null;
  return el("section.n-sec", { id: "complaints" }, el("h2", {}, t("neighbours.complaints")), seen.complaints.map((one) => {
    const state = one.closed_at ? "closed" : one.is_late ? "late" : "open";
    return el(`article.card.n-complaint.n-complaint--${state}`, { id: `complaint-${one.order}` },
      el("div.n-complaint__facts", {}, el("strong.num", {}, one.order), el("span", {}, one.about), el("span.num", {}, when(one.at)), one.due && el("span.num", {}, t("neighbours.due", { day: one.due })), el(`span.badge${state === "late" ? ".badge--bad" : state === "open" ? ".badge--warn" : ".badge--ok"}`, {}, t(`neighbours.complaint.${state}`))),
      el("p", {}, one.text),
      !one.closed_at && el("form", { on: { submit: (event) => { event.preventDefault(); answer(one); } } }, el("div.field", {}, el("label.field__label", { for: `answer-${one.order}` }, t("neighbours.answer")), el("textarea.textarea", { id: `answer-${one.order}`, rows: 2, maxlength: 2000, value: drafts[one.order] ?? "", on: { input: (event) => { drafts[one.order] = event.target.value; } } })), el("button.btn.btn--primary", { type: "submit" }, t("neighbours.answer_do"))));
  }));
}

async function answer(one) {
  try {
    await api.post(`neighbours/complaints/${encodeURIComponent(one.order)}`, { result: drafts[one.order] ?? "" }, { key: newKey() });
    delete drafts[one.order];
    toast(t("neighbours.answered"), "ok");
    await load();
  } catch (error) { toast(errorText(error), "bad"); }
}

function reconciliation() {
  const rows = report?.rows ?? [];
  return el("section.n-sec", { id: "report" }, el("h2", {}, t("neighbours.report")),
    el("form.n-form", { on: { submit: (event) => event.preventDefault() } }, el("div.field", {}, el("label.field__label", { for: "day" }, t("neighbours.day")), el("input.input.num", { id: "day", type: "date", value: day, max: seen.today, on: { change: (event) => { day = event.target.value || before(seen.today); load(); } } })), el("a.btn", { id: "csv", href: `/api/v1/neighbours/report.csv?from=${day}&to=${day}`, download: `neighbours-${day}.csv` }, icon("document"), t("neighbours.csv")), el("button.btn.btn--primary", { id: "compare", type: "button", disabled: busy === "compare" || !seen.neighbours.length, on: { click: compareAll } }, icon("refresh"), t("neighbours.compare"))),
    rows.length ? el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, t("neighbours.neighbour")), COLUMNS.map((key) => el("th.end", {}, t(`neighbours.col.${key}`))))), el("tbody", {}, rows.map((row) => el("tr", {}, el("td", {}, named_(row.neighbour)), COLUMNS.map((key) => el("td.end.num", {}, count(row[key])))))))) : el("p.muted", {}, t("neighbours.nothing_that_day")),
    differences());
}

function differences() {
  const found = seen.neighbours.flatMap((one) => one.compared?.differences ?? []);
  return found.length > 0 && el("div.table-wrap", { id: "differences" }, el("table.table", {}, el("thead", {}, el("tr", {}, ["day", "neighbour", "what", "transaction", "ours", "theirs"].map((key) => el("th", {}, t(`neighbours.${key}`))))), el("tbody", {}, found.map((one) => el("tr", {}, el("td.num", {}, one.day), el("td", {}, named_(one.neighbour)), el("td", {}, t(`neighbours.what.${one.what}`)), el("td.n-id", {}, one.transaction), el("td.num", {}, one.ours || "–"), el("td.num", {}, one.theirs || "–"))))));
}

/** Ask every neighbour what it has of the day. */
async function compareAll() {
  busy = "compare";
  draw();
  const answers = await Promise.allSettled(seen.neighbours.map((one) => api.post("neighbours/compare", { neighbour: one.name, day }, { timeout_ms: 30_000 })));
  const lost = answers.find((one) => one.status === "rejected");
  const faults = answers.filter((one) => one.status === "fulfilled" && one.value.fault).length;
  toast(lost ? errorText(lost.reason) : faults ? t("neighbours.some_silent", { n: count(faults) }) : t("neighbours.compared"), lost || faults ? "bad" : "ok");
  busy = "";
  await load();
}
