/** The city's catalogue: the list by state and words, files in and out; a matter opens beside its address (#m/ID, #e/ID). */

import { api, ApiError } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { editor, fresh } from "./catalogue-edit.js";
import { faultLine } from "./catalogue-faults.js";
import { matterView } from "./catalogue-matter.js";
import { days, stateBadge } from "./catalogue-show.js";
import { yearsView } from "./catalogue-years.js";

const STATES = ["", "draft", "reviewed", "published", "suspended", "cancelled"];
const asked = { state: "", q: "" };
let found = null;
let departments = {};
let may = false;
let file = null;

await loadTexts();
onLang(route);
addEventListener("hashchange", route);
try {
  const me = await api.get("session");
  may = me.roles.some((one) => one === "editor" || one === "admin");
  ({ departments } = await api.get("editions?limit=1"));
} catch (error) {
  if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
await route();

async function route() {
  const [kind, id = ""] = location.hash.slice(1).split("/").map(decodeURIComponent);
  top(kind !== "");
  try {
    if (kind === "m") fill($("#main"), await matterView(id, { may, departments, again: route }));
    else if (kind === "e") fill($("#main"), editor(await api.get(`editions/${encodeURIComponent(id)}`), { departments, leave }));
    else if (kind === "years") fill($("#main"), await yearsView({ may, departments }));
    else if (kind === "new") fill($("#main"), editor(fresh(), { departments, leave }));
    else await list();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fill($("#main"), el("p.notice.notice--bad", {}, errorText(error)));
  }
  scrollTo(0, 0);
}

function leave(matter) {
  const hash = matter ? `#m/${encodeURIComponent(matter)}` : "#";
  if (location.hash === hash) route(); else location.hash = hash;
}

function top(isInside) {
  document.title = t(location.hash === "#years" ? "catalogue.years.title" : "catalogue.title");
  fill($("#top"), el("a.btn.btn--quiet.btn--icon", { href: isInside ? "#" : "/", "aria-label": t("common.back") }, icon("arrow-left")), el("h1", {}, document.title), el("language-switch"));
}

async function list() {
  found = await api.get(`editions?${new URLSearchParams({ ...asked, limit: 500 })}`);
  fill($("#main"), el("p.muted", {}, t("catalogue.intro")), tools(), file && fileShown(), found.items.length ? table() : empty());
}

function tools() {
  const total = Object.values(found.counts).reduce((sum, one) => sum + one, 0);
  const search = el("input.input", { type: "search", id: "find", value: asked.q, placeholder: t("catalogue.find"), "aria-label": t("catalogue.find"), on: { change: (event) => { asked.q = event.target.value; list(); } } });
  const states = el("div.tabs", { role: "tablist" }, STATES.filter((one) => !one || found.counts[one]).map((one) => el("button.tab", { role: "tab", "aria-selected": String(asked.state === one), on: { click: () => { asked.state = one; list(); } } },
    one ? t(`catalogue.state.${one}`) : t("catalogue.all"), el("span.num.muted", {}, ` ${one ? found.counts[one] : total}`))));
  const take = el("input.visually-hidden", { type: "file", id: "file", accept: ".xlsx", tabindex: "-1", "aria-label": t("catalogue.import"), on: { change: (event) => look(event.target.files[0]) } });
  return el("div.stack", {}, states, el("div.cat__tools", {}, search,
    may && el("a.btn.btn--primary", { href: "#new" }, icon("plus"), t("catalogue.new")),
    may && el("button.btn", { on: { click: () => take.click() } }, t("catalogue.import")), take,
    el("a.btn", { href: "/api/v1/editions-file", download: "matters.xlsx" }, t("catalogue.export")),
    el("a.btn", { id: "to-years", href: "#years" }, icon("clock"), t("catalogue.years.title"))));
}

function table() {
  const head = ["name", "department", "state", "limits", "valid_from", "faults"];
  return el("div.table-wrap", {}, el("table.table.cat__table", {}, el("thead", {}, el("tr", {}, head.map((one) => el("th", {}, t(`catalogue.col.${one}`))))),
    el("tbody", {}, found.items.map((one) => el("tr", { dataset: { matter: one.matter } },
      el("td", {}, el("a.strong", { href: `#m/${encodeURIComponent(one.matter)}` }, named(one)), el("div.small.muted.cat__code", {}, one.code)),
      el("td", {}, departments[one.department] ?? one.department),
      el("td", {}, stateBadge(one.state), one.holds !== null && one.holds !== one.number && el("div.small.muted", {}, t("catalogue.holds", { n: one.holds }))),
      el("td.num", {}, one.case_type === 1 ? t("catalogue.on_the_spot") : `${days(one.promise_workdays)} / ${days(one.statute_workdays)}`),
      el("td.num", {}, one.valid_from ?? "—"),
      el("td", {}, one.errors > 0 && el("span.badge.badge--bad", {}, t("catalogue.errors", { n: one.errors })), one.warnings > 0 && el("span.badge.badge--warn", {}, t("catalogue.warnings", { n: one.warnings }))))))));
}

function empty() {
  const isFiltered = asked.q || asked.state;
  return el("div.empty", {}, icon("document"), el("p.empty__title", {}, t(isFiltered ? "catalogue.nothing_found" : "catalogue.empty")), el("p", {}, t(isFiltered ? "catalogue.nothing_found_hint" : "catalogue.empty_hint")));
}

/* -- a workbook: looked at first, then taken over */

async function look(chosen, take = "no") {
  if (!chosen) return;
  const response = await fetch(`/api/v1/editions-file?take=${take}`, {
    method: "POST", body: chosen, credentials: "same-origin",
    headers: { "Accept-Language": lang(), "X-XSRFToken": decodeURIComponent(document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/)?.[1] ?? "") },
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) { toast(answer.error?.message ?? t("common.failed"), "bad"); return; }
  file = { chosen, ...answer };
  if (answer.drafted) { toast(t("catalogue.file_taken", { n: answer.drafted }), "ok"); file = null; }
  await list();
}

function fileShown() {
  const wrong = file.faults.filter((one) => one.weight === "error");
  return el("section.card.cat__file", { id: "file-shown" }, el("h2.card__title", {}, file.chosen.name),
    el("p", {}, t("catalogue.file_holds", { n: file.matters, new: file.new })),
    file.faults.length > 0 && el("ul.cat__faults", {}, file.faults.slice(0, 100).map((one) => faultLine(one))),
    el("div.cluster", {}, el("button.btn.btn--primary", { id: "take-file", disabled: wrong.length > 0 || !file.new, on: { click: () => look(file.chosen, "yes") } }, t("catalogue.take_file")),
      el("button.btn", { on: { click: () => { file = null; list(); } } }, t("common.cancel"))));
}
