/** A department's desk: the tray on the left, the case on the right, every step by key; live. */

import { api } from "/static/api.js";
import { $, $$, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { DeskCase } from "./desk-case.js";
import { PackageCard } from "./desk-package.js";
import { day, lightBadge, stateBadge } from "./desk-words.js";

const VIEWS = ["tray", "approvals", "packages", "over"];
const TYPING_MS = 250;
let start = null;
let department = "";
let view = "tray";
let typed = "";
let light = "";
let found = null;
let card = null;
let feed = null;
let waiting = 0;
let typing = 0;

async function begin() {
  await loadTexts();
  try {
    start = await api.get("desk");
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
    else fill($("#case"), empty("alert", errorText(error)));
    return;
  }
  department = start.departments[0]?.id ?? "";
  if (isLeader() && !location.hash) view = "approvals";
  onLang(() => { draw(); card?.draw(); });
  addEventListener("hashchange", route);
  addEventListener("keydown", keys);
  watch();
  await load();
  route();
}

const isLeader = () => start.roles.includes("leader");
const empty = (name, title, text) => el("div.empty", {}, icon(name), el("p.empty__title", {}, title), text && el("p", {}, text));

/* One feed for the trays of every department of mine. */
function watch() {
  feed = live(start.departments.slice(0, 20).map((one) => `desk/${one.id}`), { onView: (_topic, _view, event) => { if (event) load(); }, onState: (state) => { $("link-banner").state = state; } });
}

async function load() {
  const asked = `${view}/${department}/${typed}`;
  try {
    const answer = await ask();
    if (asked !== `${view}/${department}/${typed}`) return;
    found = answer;
    if (view !== "approvals" && isLeader()) countWaiting();
    if (view === "approvals") waiting = sum(found);
  } catch (error) {
    found ??= { items: [] };
    toast(errorText(error), "bad");
  }
  draw();
  card?.lists();
}

const sum = (answer) => answer.decide.length + answer.extend.length + answer.packages.length;

async function countWaiting() {
  try { waiting = sum(await api.get("desk/approvals")); drawTop(); } catch { /* the number is a help only */ }
}

function ask() {
  if (view === "approvals") return api.get("desk/approvals");
  if (view === "packages") return api.get("desk/packages");
  return api.get(`desk/trays/${encodeURIComponent(department)}?over=${view === "over"}&q=${encodeURIComponent(typed)}&limit=200`);
}

/* The address names what is open: a case, or package:ID. */
function route() {
  const wanted = location.hash.slice(1);
  if (card && card.id === wanted) return;
  card?.close();
  card = null;
  if (wanted.startsWith("package:")) card = new PackageCard(wanted, { start, onChange: load });
  else if (wanted) card = new DeskCase(wanted, { start, onChange: load });
  if (!card) drawNothing();
  document.body.classList.toggle("dept--open", Boolean(card));
  mark();
}

function drawNothing() {
  const is = found && !lines().length && view !== "packages";
  fill($("#case"), is ? empty("check", t("dept.none"), t("dept.none_hint")) : empty("document", t("dept.choose"), t("dept.choose_hint")));
}

function draw() {
  document.title = `${t("dept.title")} · OneDoor`;
  drawTop();
  drawList();
  if (!card) drawNothing();
}

function drawTop() {
  fill($("#top"), el("a.btn.btn--quiet.btn--icon", { href: "/", id: "home", "aria-label": t("dept.home") }, icon("home")), el("h1.dept__title", {}, t("dept.title")),
    start.departments.length > 1
      ? el("select.select.dept__pick", { id: "department", "aria-label": t("dept.department"), on: { change: (event) => { department = event.target.value; light = ""; if (!["tray", "over"].includes(view)) view = "tray"; load(); } } }, start.departments.map((one) => el("option", { value: one.id, selected: one.id === department }, named(one))))
      : el("span.badge.badge--accent", {}, named(start.departments[0])),
    el("nav.tabs.dept__tabs", { "aria-label": t("dept.title") }, VIEWS.filter((one) => one !== "approvals" || isLeader()).map((one, at) => el("button.tab", { id: `view-${one}`, "aria-selected": String(view === one), title: String(at + 1), on: { click: () => show(one) } }, t(`dept.view.${one}`), one === "approvals" && waiting > 0 && el("span.badge.badge--call.num", {}, waiting)))),
    el("span.grow"), el("span.muted.dept__me", {}, icon("user"), start.name), el("language-switch"));
}

function show(one) {
  view = one;
  found = null;
  light = "";
  drawTop();
  load();
}

const lines = () => {
  if (!found) return [];
  if (view === "approvals") return [...found.decide, ...found.extend];
  return (found.items ?? []).filter((one) => !light || one.light === light);
};

function drawList() {
  const list = $("#list");
  const held = list.querySelector(".dept__lines")?.scrollTop ?? 0;
  const at = document.activeElement?.id;
  const is = view === "tray" || view === "over";
  fill(list, is && tools(), body());
  if (list.querySelector(".dept__lines")) list.querySelector(".dept__lines").scrollTop = held;
  if (at && at !== document.activeElement?.id) document.getElementById(at)?.focus();
  mark();
}

function tools() {
  const input = el("input.input", { id: "search", type: "search", value: typed, placeholder: t("dept.search"), "aria-label": t("dept.search"), on: { input: () => { typed = input.value; clearTimeout(typing); typing = setTimeout(load, TYPING_MS); }, keydown: (event) => { if (event.key === "Enter") find(); if (event.key === "Escape") { typed = ""; input.blur(); load(); } } } });
  return el("div.dept__tools", {}, input, view === "tray" && found?.counts && el("div.dept__lights", { role: "group", "aria-label": t("dept.lights") }, ["double_red", "red", "yellow", "green"].map((one) => el(`button.lamp.lamp--${one}`, { id: `light-${one}`, "aria-pressed": String(light === one), title: t(`cases.light.${one}`), on: { click: () => { light = light === one ? "" : one; drawList(); } } }, el("span.lamp__dot"), el("span.num", {}, found.counts[one] ?? 0), el("span.lamp__word", {}, t(`dept.light.${one}`))))));
}

async function find() {
  try { location.hash = (await api.get(`desk/find?number=${encodeURIComponent(typed)}`)).id; } catch (error) { if (!lines().length) toast(errorText(error), "bad"); }
}

function body() {
  if (!found) return el("div.dept__lines", {}, el("div.skeleton.dept__wait"), el("div.skeleton.dept__wait"));
  if (view === "approvals") return approvals();
  if (view === "packages") return el("div.dept__lines", {}, found.items?.length ? found.items.map(packageLine) : empty("list", t("dept.no_packages")));
  const shown = lines();
  return el("div.dept__lines", { id: "lines" }, shown.length ? shown.map((one) => line(one)) : empty("check", t("dept.none"), t("dept.none_hint")));
}

function approvals() {
  const part = (name, items) => items.length > 0 && [el("h2.dept__group", {}, t(`dept.group.${name}`), el("span.badge.num", {}, items.length)), items];
  const none = !waiting;
  return el("div.dept__lines", { id: "lines" }, part("decide", found.decide.map((one) => line(one))), part("extend", found.extend.map((one) => line(one, t("dept.asked_days", { n: one.extension_asked })))), part("packages", found.packages.map(packageLine)), none && empty("check", t("dept.nothing_waits"), t("dept.nothing_waits_hint")));
}

function line(one, more = "") {
  return el(`a.dline.dline--${one.light}`, { id: `line-${one.id}`, href: `#${one.id}` }, el("span.dline__top", {}, el("strong.clamp-2", {}, named(one, "matter_name")), lightBadge(one)),
    el("span.dline__mid.num.muted.small", {}, one.number), el("span.dline__low", {}, stateBadge(one), !one.is_here && el("span.badge", {}, t("dept.at_hall")), one.package && el("span.badge.badge--accent", {}, t("dept.package")), one.extension_asked > 0 && el("span.badge.badge--warn", {}, more || t("dept.asked_days", { n: one.extension_asked })), one.conflicts > 0 && el("span.badge.badge--bad", {}, t("dept.conflict")), one.due && el("span.small.muted.dline__due", {}, t(one.is_provisional ? "dept.due_about" : "dept.due", { day: day(one.due) }))));
}

function packageLine(one) {
  const done = one.parts.filter((part) => !["waiting", "running"].includes(part.state)).length;
  return el("a.dline", { id: `line-package:${one.id}`, href: `#package:${one.id}` }, el("span.dline__top", {}, el("strong", {}, named(one)), el("span.badge.num", {}, t("dept.parts_done", { n: done, of: one.parts.length }))), el("span.dline__mid.num.muted.small", {}, one.number), one.visit && el("span.badge.badge--warn", {}, t("dept.visit_on")));
}

function mark() {
  const open = location.hash.slice(1);
  for (const node of $$(".dline")) node.toggleAttribute("aria-current", node.id === `line-${open}`);
}

/* j, k and arrows walk over the list; 1 to 4 the views; / searches; the case takes the rest. */
function keys(event) {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select")) { if (event.key === "Escape") event.target.blur(); return; }
  const views = VIEWS.filter((one) => one !== "approvals" || isLeader());
  if (views[Number(event.key) - 1]) { show(views[Number(event.key) - 1]); return; }
  if (event.key === "/") { event.preventDefault(); $("#search")?.focus(); return; }
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step && (event.key.length === 1 || !event.target.closest?.("#case"))) {
    const all = $$(".dline");
    const at = all.findIndex((node) => node === document.activeElement || (document.activeElement === document.body && node.hasAttribute("aria-current")));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) { event.preventDefault(); next.focus(); }
    return;
  }
  if (event.key === "Escape" && card) { const from = card.id; location.hash = ""; document.getElementById(`line-${from}`)?.focus(); return; }
  card?.key?.(event);
}

await begin();
