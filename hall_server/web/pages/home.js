/** The start page: one door to every screen of the hall. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { count, dayOf, timeOfDay } from "/static/numbers.js";

const REFRESH_MS = 15000;
const STATES = { idle: "ok", calling: "call", serving: "accent", paused: "warn", closed: "" };
let hall = null;
let failure = null;

start();

async function start() {
  await loadTexts();
  onLang(draw);
  await refresh();
  setInterval(refresh, REFRESH_MS);
}

async function refresh() {
  try {
    hall = await api.get("hall");
    failure = null;
    syncClock(hall.now);
  } catch (error) {
    failure = error;
  }
  draw();
}

function draw() {
  $("#demo").hidden = !hall?.demo;
  fill($("#demo"), icon("alert"), el("span", {}, t("common.demo")));
  document.title = hall ? `${named(hall)} · OneDoor 一门` : "OneDoor 一门";
  if (hall) fill($("#view"), hero(), visitors(), staff(), boards(), windows(), help());
  else fill($("#view"), failure ? unreachable() : el("p.page.muted", {}, t("common.loading")));
}

function hero() {
  const open = hall.windows.filter((one) => one.state !== "closed").length;
  const waiting = hall.lines.reduce((sum, one) => sum + one.waiting, 0);
  const stat = (value, label) => el("div.stat", {}, el("span.stat__value", {}, value), el("span.stat__label", {}, label));
  return el("section.h-hero", {}, el("div.page.h-hero__in", {},
    el("div.h-hero__text", {}, el("p.h-hero__day.num", {}, `${dayOf(hall.now)}  ${timeOfDay(hall.now)}`), el("h1", {}, named(hall)), el("p.h-hero__lead", {}, t("start.lead"))),
    el("div.h-hero__stats", { "aria-label": t("start.now") }, stat(count(waiting), t("start.waiting")), stat(`${open} / ${hall.windows.length}`, t("start.windows_open")), stat(count(hall.lines.filter((one) => one.open).length), t("start.lines_open")))));
}

function section(title, hint, ...content) {
  return el("section.page.h-section", {}, el("div.h-section__head", {}, el("h2", {}, title), hint && el("p.muted", {}, hint)), content);
}

function door(href, name, title, text, { main = false } = {}) {
  return el(`a.card.h-door${main ? ".h-door--main" : ""}`, { href }, icon(name), el("span.h-door__text", {}, el("strong", {}, title), el("span.h-door__hint", {}, text)), icon("arrow-right"));
}

function visitors() {
  return section(t("start.visitors"), t("start.visitors_hint"), el("div.grid.h-doors", {},
    door("/kiosk", "kiosk", t("start.kiosk"), t("start.kiosk_text"), { main: true }),
    door("/guide", "help", t("start.guide"), t("start.guide_text")),
    door("/enquiry", "search", t("start.enquiry"), t("start.enquiry_text")),
    door("/selfservice", "document", t("start.selfservice"), t("start.selfservice_text")),
    door("/m/", "phone", t("start.mobile"), t("start.mobile_text")),
    door("/book", "calendar", t("book.title"), t("book.lead")),
    door("/ratings", "star", t("figures.public.title"), t("figures.public.lead")),
    el("div.card.card--flat.h-door.h-door--note", {}, icon("phone"), el("span.h-door__text", {}, el("strong", {}, t("start.phone")), el("span.h-door__hint", {}, t("start.phone_text"))))));
}

function staff() {
  return section(t("start.staff"), t("start.staff_hint"), el("div.grid.h-doors", {},
    door("/console", "desk", t("start.console"), t("start.console_text")),
    door("/manager", "chart", t("start.manager"), t("start.manager_text"))));
}

function boards() {
  if (!hall.zones.length) return section(t("start.boards"), null, empty("screen", t("start.no_zones"), t("start.no_zones_hint")));
  const lines = (zone) => hall.lines.filter((one) => one.zone === zone.id);
  return section(t("start.boards"), t("start.boards_hint"), el("div.grid.h-doors", {}, hall.zones.map((zone) => {
    const waiting = lines(zone).reduce((sum, one) => sum + one.waiting, 0);
    return door(`/board/${encodeURIComponent(zone.id)}`, "screen", named(zone), t(lines(zone).length === 1 ? "start.zone_text_one" : "start.zone_text", { lines: lines(zone).length, waiting: count(waiting) }));
  })));
}

function windows() {
  if (!hall.windows.length) return section(t("start.windows"), null, empty("desk", t("start.no_windows"), t("start.no_windows_hint")));
  return section(t("start.windows"), t("start.windows_hint"), el("div.grid.h-windows", {}, [...hall.windows].sort((a, b) => a.number - b.number).map((one) => {
    const zone = hall.zones.find((z) => z.id === one.zone);
    const id = encodeURIComponent(one.id);
    const link = (href, name, text) => el("a.btn.btn--sm", { href, "aria-label": `${one.number} ${named(one)} ${text}` }, icon(name), text);
    return el("article.card.card--flat.h-window", {},
      el("div.spread", {}, el("h3.h-window__name", {}, el("span.h-window__number.num", {}, one.number), el("span.clamp-2", {}, named(one))), el(`span.badge.badge--dot${STATES[one.state] ? `.badge--${STATES[one.state]}` : ""}`, {}, t(`start.state.${one.state}`))),
      el("p.muted.small", {}, named(zone)),
      el("div.row", {}, link(`/window-screen/${id}`, "screen", t("start.screen")), link(`/pad/${id}`, "pad", t("start.pad"))));
  })));
}

function help() {
  const step = (n) => el("li.h-step", {}, el("span.h-step__n.num", {}, String(n)), el("div", {}, el("strong", {}, t(`start.help.${n}`)), el("p.muted", {}, t(`start.help.${n}_text`))));
  return el("section.h-help", { id: "help" }, el("div.page.h-section", {}, el("div.h-section__head", {}, el("h2", {}, t("start.help")), hall.demo && el("p.muted", {}, t("start.help_demo"))), el("ol.grid.h-steps", {}, [1, 2, 3, 4].map(step))));
}

function empty(name, title, text) {
  return el("div.card.card--flat.empty", {}, icon(name), el("p.empty__title", {}, title), el("p", {}, text), el("a.btn", { href: "/manager" }, t("start.manager")));
}

function unreachable() {
  return el("div.page.empty", {}, icon("wifi-off"), el("p.empty__title", {}, t("start.unreachable")), el("p", {}, errorText(failure)), el("button.btn.btn--primary", { on: { click: refresh } }, icon("refresh"), t("common.retry")));
}
