/** The managers' board of bad reviews: a column for each state, live; a card opens the order. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, $$, el, fill } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { ReviewCard } from "./review-card.js";
import { column, levelBadge, lightBadge, marks, stateBadge, when, where } from "./review-words.js";

const COLUMNS = ["opened", "contacted", "under_way", "review", "fixed", "revisited", "closed"];
const TICK_MS = 20_000;
let me = null;
let board = null;
let over = null;
let card = null;
const only = { department: "", window: "", mine: false, late: false };

async function start() {
  await loadTexts();
  try {
    me = await api.get("session");
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
    else fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    return;
  }
  onLang(() => { draw(); card?.draw(); });
  addEventListener("hashchange", route);
  addEventListener("keydown", keys);
  setInterval(draw, TICK_MS);
  live(["reviews"], { onView: (_topic, view) => take(view), onState: (state) => { $("link-banner").state = state; } });
  draw();
}

function take(view) {
  board = view;
  syncClock(view.now);
  draw();
  card?.seen(view.orders.find((one) => one.id === card.id));
  route();
}

/* The address names what is open: #over, or an order's id. */
function route() {
  const wanted = location.hash.slice(1);
  if (wanted === "over") loadOver(); else over = null;
  if (wanted && wanted !== "over" && card?.id !== wanted) { card?.close(); card = new ReviewCard(wanted, closed); }
  if (!wanted || wanted === "over") draw();
}

function closed() {
  const from = card?.id;
  card = null;
  if (location.hash.slice(1) === from) history.replaceState(null, "", location.pathname);
  document.getElementById(`order-${from}`)?.focus();
}

async function loadOver() {
  try { over = await api.get("reviews-over?limit=100"); } catch (error) { toast(errorText(error), "bad"); }
  draw();
}

const isMeant = (one) => (!only.department || one.department?.id === only.department) && (!only.window || one.window.id === only.window) && (!only.late || one.light === "red") && (!only.mine || one.handler?.id === me.id || (me.roles.includes("admin") && one.escalated));

function draw() {
  document.title = t("reviews.title");
  const isOver = location.hash === "#over";
  fill($("#top"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), el("span.rev__wide", {}, t("reviews.back"))), el("h1.rev__title", {}, t("reviews.title")),
    el("nav.tabs.rev__tabs", { "aria-label": t("reviews.title") }, tab("board", "#", !isOver, board?.orders.length), tab("over", "#over", isOver)), el("span.rev__grow"),
    board && el("button.btn.btn--quiet", { id: "limit", title: t("reviews.limit"), on: { click: askLimit } }, icon("hold"), t(`reviews.fix.${board.fix}`)), el("a.btn.btn--quiet", { href: "/my-reviews", id: "mine-page" }, icon("user"), el("span.rev__wide", {}, t("reviews.mine_page"))), el("language-switch"));
  if (isOver) drawOver();
  else if (board) drawBoard();
}

const tab = (name, href, isOpen, n) => el("a.tab", { id: `tab-${name}`, href, "aria-current": isOpen ? "page" : null, on: href === "#" ? { click: (event) => { event.preventDefault(); history.replaceState(null, "", location.pathname); route(); } } : {} }, t(`reviews.tab.${name}`), n > 0 && el("span.badge.num", {}, n));

function drawBoard() {
  const main = $("#main");
  if (!board.orders.length) { fill(main, el("div.empty", {}, icon("check"), el("p.empty__title", {}, t("reviews.none")), el("p", {}, t("reviews.none_hint")))); return; }
  const meant = board.orders.filter(isMeant);
  const held = $(".rev__columns")?.scrollLeft ?? 0;
  const tops = new Map($$(".column__list").map((list) => [list.id, list.scrollTop]));
  fill(main, filters(), el("div.rev__columns", { id: "columns" }, COLUMNS.map((state) => columnOf(state, meant.filter((one) => column(one) === state)))));
  $(".rev__columns").scrollLeft = held;
  for (const list of $$(".column__list")) list.scrollTop = tops.get(list.id) ?? 0;
}

function filters() {
  const late = board.orders.filter((one) => one.light === "red").length;
  const choose = (name, things) => el("select.select.rev__pick", { id: `only-${name}`, "aria-label": t(`reviews.only.${name}`), on: { change: (event) => { only[name] = event.target.value; draw(); } } }, el("option", { value: "" }, t(`reviews.only.${name}`)), things.map(([id, text]) => el("option", { value: id, selected: only[name] === id }, text)));
  const toggle = (name, n) => el(`button.chip${n && !only[name] ? ".chip--late" : ""}`, { id: `only-${name}`, "aria-pressed": String(only[name]), on: { click: () => { only[name] = !only[name]; draw(); } } }, t(`reviews.only.${name}`), n !== undefined && el("span.num", {}, n));
  const departments = new Map(board.orders.filter((one) => one.department).map((one) => [one.department.id, named(one.department)]));
  const windows = new Map(board.orders.map((one) => [one.window.id, one.window_number === null ? one.window.id : t("reviews.window", { n: one.window_number })]));
  return el("div.rev__filters", { role: "group", "aria-label": t("reviews.filters") }, toggle("mine"), toggle("late", late), choose("department", [...departments]), choose("window", [...windows]), el("span.muted.small.rev__keys", {}, t("reviews.keys")));
}

function columnOf(state, orders) {
  return el(`section.column${orders.length ? "" : ".column--none"}`, { id: `column-${state}`, "aria-label": t(`reviews.state.${state}`) }, el("h2.column__title", {}, t(`reviews.state.${state}`), el("span.badge.num", {}, orders.length)),
    el("div.column__list", { id: `list-${state}` }, orders.length ? orders.map(line) : el("p.muted.small.column__empty", {}, t("reviews.column_none"))));
}

function line(one) {
  return el(`a.line${one.light ? `.line--${one.light}` : ""}`, { id: `order-${one.id}`, href: `#${one.id}` }, el("span.line__top", {}, levelBadge(one.level), el("span.muted.small.num", {}, when(one.opened_at))), el("strong.line__where", {}, where(one)),
    el("span.muted.small", {}, [one.staff && t("reviews.rated", { name: one.staff.name }), one.handler && t("reviews.by", { name: one.handler.name })].filter(Boolean).join(" · ")), el("span.line__badges", {}, lightBadge(one), marks(one)));
}

function drawOver() {
  if (!over) return;
  if (!over.items.length) { fill($("#main"), el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("reviews.over_none")))); return; }
  const heads = ["opened", "where", "level", "state", "text"].map((name) => el("th", { scope: "col" }, t(`reviews.head.${name}`)));
  fill($("#main"), el("div.table-wrap.rev__over", {}, el("table.table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, over.items.map((one) => el("tr", {},
    el("td.num", {}, el("a", { href: `#${one.id}`, id: `order-${one.id}` }, when(one.opened_at))), el("td", {}, where({ ...one, matter: one.department }), one.staff && el("span.board__sub", {}, one.staff.name)), el("td", {}, levelBadge(one.level)), el("td", {}, stateBadge(one.state), one.excluded && el("span.badge", {}, t("reviews.excluded"))), el("td.rev__text", {}, one.published_text ?? "–")))))));
}

/* Arrows walk over the cards, Home and End within a column; m: mine, o: overdue. */
function keys(event) {
  if (document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const toggles = { m: "mine", o: "late" };
  if (event.key in toggles && board) { only[toggles[event.key]] = !only[toggles[event.key]]; draw(); return; }
  const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
  if (!step) return;
  const columns = $$(".column").map((node) => $$(".line", node)).filter((lines) => lines.length);
  if (!columns.length) return;
  event.preventDefault();
  const x = columns.findIndex((lines) => lines.includes(document.activeElement));
  if (x < 0) { columns[0][0].focus(); return; }
  const y = columns[x].indexOf(document.activeElement);
  const lines = columns[Math.min(Math.max(x + step[0], 0), columns.length - 1)];
  lines[Math.min(Math.max(y + step[1], 0), lines.length - 1)].focus();
}

/** The hall's limit, with why. */
async function askLimit() {
  let rules;
  try { rules = await api.get("review-rules"); } catch (error) { toast(errorText(error), "bad"); return; }
  const reason = el("input.input", { id: "f-reason", name: "reason", maxlength: 200, required: true });
  const form = el("form.dialog__body", { novalidate: true, on: { submit: async (event) => {
    event.preventDefault();
    try {
      await api.patch("review-rules", { fix: new FormData(form).get("fix"), reason: reason.value });
      toast(t("reviews.limit_set"), "ok", { ms: 2500 });
      box.close();
    } catch (error) { for (const told of showFieldErrors(form, Object.assign(error, { fields: { reason: errorText(error) } }))) toast(told, "bad"); }
  } } }, el("h2.dialog__title", {}, t("reviews.limit")), el("p.muted", {}, t("reviews.limit_hint")),
  el("div", { role: "radiogroup", "aria-label": t("reviews.limit") }, rules.choices.map((one) => el("label.check.rev__choice", {}, el("input", { type: "radio", name: "fix", value: one, checked: one === rules.fix }), t(`reviews.fix.${one}`)))),
  el("div.field", {}, el("label.field__label", { for: "f-reason" }, t("reviews.why")), reason, el("p.field__error", { role: "alert", dataset: { error: "reason" } })),
  el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), el("button.btn.btn--primary", { type: "submit" }, t("reviews.save"))));
  const box = el("dialog.dialog", { id: "limit-box", "aria-label": t("reviews.limit"), on: { close: () => box.remove() } }, form);
  document.body.append(box);
  box.showModal();
}

await start();
