/** Figures of cases for a period, each with its formula, and the logs that were imported. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";
import { count, percent } from "/static/numbers.js";

const WAYS = ["", "department", "matter", "hall", "channel"];
const IN_TABLE = ["received", "decided", "open", "on_time_rate", "overdue_rate", "duration_median", "duration_p90"];
const SPAN_MS = 30 * 86_400_000;
const asked = { from: "", to: "", by: "department" };
let found = null;
let words = null;
let inLanguage = "";
let logs = null;
let failure = null;

/** Draw what is known, then ask for what is not. */
export async function drawFigures(main, page) {
  if (!asked.from && page) { asked.to = page.now.slice(0, 10); asked.from = new Date(Date.parse(`${asked.to}T00:00:00Z`) - SPAN_MS).toISOString().slice(0, 10); }
  show(main);
  try {
    if (inLanguage !== lang()) { words = Object.fromEntries((await api.get(`cases/formulas?lang=${lang()}`)).formulas.map((one) => [one.id, one])); inLanguage = lang(); }
    found = await api.get(`cases/figures?from=${asked.from}&to=${asked.to}&by=${asked.by}`);
    ({ logs } = await api.get("cases/logs"));
    failure = null;
  } catch (error) { failure = error; }
  if (location.hash === "#figures") show(main);
}

function show(main) {
  fill(main, el("div.w-col", {}, form(main), failure && el("p.notice.notice--bad", {}, icon("alert"), errorText(failure)), found && words ? [tiles(), groups()] : !failure && el("p.muted", {}, t("common.loading")), logs && logsBox()));
}

function form(main) {
  const day = (name) => el("div.field", {}, el("label.field__label", { for: name }, t(`watch.${name}`)), el("input.input", { type: "date", id: name, name, value: asked[name] }));
  const way = el("select.input", { id: "by", name: "by" }, WAYS.map((one) => el("option", { value: one, selected: one === asked.by }, t(`watch.by.${one || "none"}`))));
  const box = el("form.w-form", { on: { submit: (event) => { event.preventDefault(); Object.assign(asked, Object.fromEntries(new FormData(box))); drawFigures(main); } } }, day("from"), day("to"), el("div.field", {}, el("label.field__label", { for: "by" }, t("watch.by")), way), el("button.btn.btn--primary", { type: "submit", id: "show" }, t("watch.show")));
  return box;
}

function value(one) {
  if (one.value === null) return "—";
  if (one.kind === "rate") return percent(one.value);
  if (one.kind === "count") return count(one.value);
  return one.value.toFixed(one.kind === "mean" ? 1 : 0);
}

function tiles() {
  const tile = (one) => el("details.card.card--flat.w-fig", { id: `figure-${one.id}` }, el("summary", { title: t("watch.how") }, el("span.small.muted", {}, words[one.id]?.name ?? one.id), el("span.w-fig__value", {}, value(one)), el("span.w-fig__parts", {}, one.denominator === null ? "" : `${count(one.numerator)} ÷ ${count(one.denominator)}`)), el("p", {}, words[one.id]?.plain), el("p.muted", {}, words[one.id]?.formula), el("p.muted", {}, words[one.id]?.events));
  return el("section.w-sec", { id: "figures" }, el("h2", {}, t("watch.figures"), el("small", {}, `${found.first} – ${found.last}`)), el("div.w-figs", {}, found.figures.map(tile)));
}

function groups() {
  if (!found.by || !found.groups.length) return null;
  const pick = (figures) => IN_TABLE.map((id) => figures.find((one) => one.id === id));
  const name = (one) => (found.by === "channel" ? t(`watch.is.${one.key}`) : one.name || (found.by === "hall" ? t("watch.online") : t("watch.nobody")));
  const row = (title, figures) => el("tr", {}, el("td", {}, title), pick(figures).map((one) => el("td.end.num", {}, value(one))));
  return el("section.w-sec", { id: "groups" }, el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, t(`watch.by.${found.by}`)), pick(found.figures).map((one) => el("th.end", {}, words[one.id]?.name)))), el("tbody", {}, found.groups.map((one) => row(name(one), one.figures)), row(t("watch.all"), found.figures)))));
}

function logsBox() {
  const days = (seconds) => (seconds === null ? "—" : t("watch.log_days", { days: (seconds / 86400).toFixed(1) }));
  const row = (one) => el("tr", {}, el("td", {}, el("strong", {}, one.title || one.name), el("div.small.muted", {}, one.error || one.file)), el("td.end.num", {}, count(one.cases)), el("td.end.num", {}, count(one.events)), el("td.end.num", {}, count(one.variants)), el("td.end.num", {}, one.on_time === null ? "—" : percent(one.on_time)), el("td.end.num", {}, days(one.median_s)), el("td.end.num", {}, count(one.dropped), !one.is_whole && el("div.small", {}, t("watch.log.not_whole"))));
  return el("section.w-sec", { id: "logs" }, el("h2", {}, t("watch.logs")), logs.length
    ? el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", {}, ""), ["cases", "events", "variants", "on_time", "median", "dropped"].map((key) => el("th.end", {}, t(`watch.log.${key}`))))), el("tbody", {}, logs.map(row))))
    : el("div.card.card--flat.empty", {}, icon("document"), el("p.empty__title", {}, t("watch.logs_none")), el("p", {}, t("watch.logs_hint"))));
}
