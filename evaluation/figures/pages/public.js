/** 好差评公示: the month's figures for everybody, each leading to its formula; on a wall long lists turn their pages. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";
import "/static/link-banner.js";
import { count, timeOfDay } from "/static/numbers.js";
import { byId, formulaLink, groupName, levelBar, levelKey, monthName, parts, rate, rateBar, shortDay } from "./figure-words.js";

const AGAIN_MS = 60_000;
const TURN_MS = 12_000;
const RING = 2 * Math.PI * 45;
const TILES = ["bad_rate", "active_rate", "unrated_rate", "contact_rate", "fixed_rate", "revisit_rate", "revisit_content_rate", "served"];
const WALL = matchMedia("(min-width: 1500px) and (min-aspect-ratio: 3/2)");
let month = new URLSearchParams(location.search).get("month") ?? "";
let shown = null;
let failure = null;
let turn = 0;

async function start() {
  await loadTexts();
  onLang(draw);
  WALL.addEventListener("change", draw);
  addEventListener("resize", () => WALL.matches && place());
  await load();
  setInterval(load, AGAIN_MS);
  setInterval(() => { turn += 1; if (WALL.matches) place(); }, TURN_MS);
}

async function load() {
  const asked = month;
  try {
    const found = await api.get(`ratings/public${asked ? `?month=${encodeURIComponent(asked)}` : ""}`);
    if (asked !== month) return;
    shown = found;
    failure = null;
    const hall = await api.get("hall");
    syncClock(hall.now);
    shown.today = hall.business_day.slice(0, 7);
  } catch (error) {
    failure = error;
  }
  $("link-banner").state = failure?.offline && shown ? "lost" : "live";
  draw();
}

function draw() {
  document.title = t("figures.public.title");
  if (!shown) {
    fill($("#head"), el("div.pub__titles", {}, el("h1.pub__title", {}, t("figures.public.title"))), el("span.pub__tools", {}, el("visitor-modes")));
    fill($("#view"), failure ? el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(failure)), el("button.btn", { on: { click: () => { month = ""; load(); } } }, t("figures.again"))) : el("p.empty", {}, t("figures.loading")));
    return;
  }
  head();
  const found = byId(shown.figures);
  fill($("#view"), heroPanel(found), groupPanel("department", shown.departments),
    groupPanel("window", shown.windows), shown.staff && groupPanel("staff", shown.staff), resultPanel(), foot());
  document.body.classList.toggle("pub--staff", Boolean(shown.staff));
  if (WALL.matches) place();
}

function head() {
  const go = (step) => { const at = new Date(`${shown.month}-01T00:00:00Z`); at.setUTCMonth(at.getUTCMonth() + step); month = at.toISOString().slice(0, 7); load(); };
  fill($("#head"), el("div.pub__titles", {}, el("p.pub__hall", {}, named(shown)), el("h1.pub__title", {}, t("figures.public.title"))),
    el("div.pub__month", {}, el("button.btn.btn--icon", { id: "before", "aria-label": t("figures.public.prev"), on: { click: () => go(-1) } }, icon("arrow-left")), el("span", { id: "month" }, monthName(shown.month)),
      el("button.btn.btn--icon", { id: "after", "aria-label": t("figures.public.next"), disabled: shown.month >= (shown.today ?? shown.month), on: { click: () => go(1) } }, icon("arrow-right"))),
    el("div.pub__tools", {}, el("a.btn", { href: "/ratings/formulas", id: "formulas" }, icon("help"), t("figures.public.formulas")), el("visitor-modes")));
}

function heroPanel(found) {
  return el("section.panel.hero-panel", { "aria-label": t("figures.good_rate") },
    el("div.hero", {}, ring(found.good_rate),
      el("div.hero__side", {}, el("p.hero__all", {}, el("strong", {}, count(found.ratings?.numerator)), formulaLink("ratings")), levelBar(found), levelKey(found))),
    found.ratings?.numerator ? null : el("p.panel__none", {}, el("strong", {}, t("figures.public.nothing")), " ", t("figures.public.nothing_hint")),
    el("div.tiles", {}, TILES.map((id) => tile(found[id]))));
}

function ring(figure) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("aria-hidden", "true");
  const circle = (name, share) => {
    const one = document.createElementNS(svg.namespaceURI, "circle");
    for (const [key, value] of Object.entries({ cx: 50, cy: 50, r: 45, class: name, "stroke-dasharray": `${share * RING} ${RING}` })) one.setAttribute(key, value);
    svg.append(one);
  };
  circle("hero__track", 1);
  if (figure?.value) circle("hero__arc", figure.value);
  return el("div.hero__ring", {}, svg, el("div.hero__inside", {}, el("span.hero__value", { id: "good-rate" }, rate(figure)), el("span.hero__name", {}, formulaLink("good_rate")), el("span.num.muted", {}, parts(figure))));
}

function tile(figure) {
  const value = figure.kind === "count" ? count(figure.numerator) : rate(figure);
  return el("div.tile", { id: `figure-${figure.id}` }, el("span.tile__value.num", {}, value), el("span.tile__name", {}, formulaLink(figure.id)), el("span.tile__parts.num", {}, figure.kind === "count" ? "" : parts(figure)));
}

function groupPanel(by, groups) {
  const titles = { department: "departments", window: "windows", staff: "staff" };
  const body = groups.length ? el("div.groups", { "data-turns": by }, groups.map((one) => group(by, one))) : el("p.panel__none", {}, t("figures.public.nothing"));
  return el(`section.panel.panel--${titles[by]}`, { id: titles[by] }, el("div.panel__head", {}, el("h2.panel__title", {}, t(`figures.public.${titles[by]}`)), el("span.panel__page.num", {})), groups.length > 0 && el("div.groups__head", {}, formulaLink("ratings"), formulaLink("good_rate")), body);
}

function group(by, one) {
  const found = byId(one.figures);
  const name = el("span.group__name", {}, groupName(by, one, named));
  if (!one.figures.length) return el("div.group", {}, name, el("span.group__few", {}, t("figures.public.few", { n: shown.least })));
  return el("div.group", {}, name, el("span.group__n.num", { title: t("figures.public.n_ratings", { n: count(found.ratings.numerator) }) }, count(found.ratings.numerator)), rateBar(found.good_rate));
}

function resultPanel() {
  const list = shown.results.length ? el("div.results", { "data-turns": "results" }, shown.results.map(result)) : el("p.panel__none", {}, t("figures.public.no_results"));
  return el("section.panel.panel--results", { id: "results" }, el("div.panel__head", {}, el("h2.panel__title", {}, t("figures.public.results")), el("span.panel__page.num", {})), list);
}

function result(one) {
  const where = [named(one, "department"), one.window && t("figures.window_n", { n: one.window })].filter(Boolean).join(" · ");
  return el("article.result", {}, el("div.result__about", {}, el("span.num", {}, t("figures.public.reviewed", { day: shortDay(one.day) })), where && el("span", {}, where), one.category && el("span.badge.badge--ok", {}, t(`figures.category.${one.category}`))), el("p.result__text", {}, one.text));
}

function foot() {
  return el("footer.pub__foot", {}, el("span", {}, t("figures.public.note")), el("span.num", {}, t("figures.public.updated", { time: timeOfDay(shown.now) })));
}

/** On the wall: of each list as many as fit, the next ones after a while. */
function place() {
  for (const list of document.querySelectorAll("[data-turns]")) {
    const items = [...list.children];
    for (const one of items) one.hidden = false;
    const panel = list.closest(".panel");
    const room = panel.getBoundingClientRect().bottom - parseFloat(getComputedStyle(panel).paddingBottom) - list.getBoundingClientRect().top;
    const pages = [[]];
    let used = 0;
    const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
    for (const one of items) {
      const height = one.getBoundingClientRect().height + gap;
      if (used + height - gap > room + 1 && pages.at(-1).length) { pages.push([]); used = 0; }
      pages.at(-1).push(one);
      used += height;
    }
    const now = pages[turn % pages.length];
    for (const one of items) one.hidden = !now.includes(one);
    panel.querySelector(".panel__page").textContent = pages.length > 1 ? t("figures.public.page", { n: (turn % pages.length) + 1, all: pages.length }) : "";
  }
}

await start();
