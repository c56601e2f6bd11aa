/** The frame of a visitor's page: title, one question, large choices; back, start over and next always at the same place. */

import { api } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, onLang, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { isShared } from "./machine.js";
import { modes } from "./modes.js";
import "./modes-bar.js";
import { readPage } from "./read-aloud.js";

/**
 * Builds head, main and foot into <body>; call once, after loadTexts(). `onHome`: what "start over" does.
 * @returns {{show: (view: object) => HTMLElement, say: (text: string) => void, hall: object|null, main: HTMLElement}}
 */
export function visitorPage({ onHome, offer = null } = {}) {
  const parts = {
    hall: el("span.v-head__name.truncate"), time: el("span.num"), day: el("span.muted"), demo: el("p.demo.v-demo", { hidden: true }),
    main: el("main.v-main", { id: "view", tabindex: "-1" }), ways: el("nav.v-foot__ways"), next: el("div.v-foot__next"),
    said: el("p.visually-hidden", { "aria-live": "polite" }), bar: el("visitor-modes", { offer }),
  };
  document.body.classList.add("v-page");
  const head = el("header.v-head", {}, el("p.v-head__hall", {}, el("img", { src: "/static/icon.svg", alt: "" }), parts.hall), isShared() && el("p.v-head__time", {}, parts.time, parts.day), !isShared() && parts.bar);
  const foot = el("footer.v-foot", {}, parts.ways, isShared() && parts.bar, parts.next);
  document.body.append(parts.demo, head, parts.main, foot, parts.said);
  new ResizeObserver(() => document.documentElement.style.setProperty("--v-foot", `${foot.offsetHeight}px`)).observe(foot);
  const page = { hall: null, main: parts.main, show: (view) => show(page, parts, view, onHome), say: (text) => say(parts.said, text) };
  parts.bar.draw();
  const draw = () => drawHead(page, parts);
  onLang(draw);
  setInterval(draw, 5000);
  lookAtHall(page, draw);
  return page;
}

/**
 * A view: `page.show({title, …})`.
 * @param {object} view  title: the question, in plain words; over: a small line above it; hint; body: nodes; step, of: where in how
 *   many steps; back: () => void; next: {text, act, disabled?, icon?}; home: false where there is nothing to start over; scroll: keep the place
 */
function show(page, parts, view, onHome) {
  const { title, over, hint, body, step, of, back, next, home = true } = view;
  const heading = el("h1.v-title", { id: "title", tabindex: "-1" }, title);
  const isSame = parts.main.querySelector("#title")?.textContent === title;
  const top = parts.main.scrollTop;
  fill(parts.main, el("div.v-view", { class: view.class },
    el("div.v-ask", {}, step && of && dots(step, of), over && el("p.v-over", {}, over), heading, hint && el("p.v-hint", {}, hint)),
    el("div.v-body", {}, body)));
  fill(parts.ways, back && way("back", "arrow-left", t("common.back"), back), home && onHome && way("home", "home", t("kit.start_over"), onHome));
  fill(parts.next, next && el("button.btn.btn--primary.btn--xl.v-next", { id: "next", disabled: next.disabled ?? false, on: { click: next.act } }, next.icon && icon(next.icon), el("span", {}, next.text ?? t("kit.next")), !next.icon && icon("arrow-right")));
  parts.ways.setAttribute("aria-label", t("kit.ways"));
  document.title = `${title} · OneDoor 一门`;
  if (isSame) parts.main.scrollTop = top;
  else { parts.main.scrollTop = 0; scrollTo({ top: 0 }); heading.focus({ preventScroll: true }); if (modes.readsAloud()) readPage(); }
  return parts.main;
}

/** Large buttons to choose among. @param {{name: string, note?: string, icon?: string, picture?: Node, isOn?: boolean, act: () => void, id?: string}[]} options */
export function choices(options, { columns = 1, label = null } = {}) {
  return el("div.v-choices", { role: "group", "aria-label": label, dataset: { scanGroup: "" }, style: { "--columns": columns } }, options.map(choice));
}

export function choice({ id, name, note, icon: sign, isOn, act, disabled = false }) {
  return el("button.v-choice", { id, disabled, "aria-pressed": isOn === undefined ? null : String(isOn), on: { click: act } },
    sign && icon(sign), el("span.v-choice__text", {}, el("span.v-choice__name", {}, name), note && el("span.v-choice__note", {}, note)),
    icon(isOn === undefined ? "chevron-right" : isOn ? "check" : "plus"));
}

/** Nothing to show, and what to do next. */
export const nothing = (sign, title, todo) => el("div.empty", {}, icon(sign), el("p.empty__title", {}, title), todo && el("p", {}, todo));

function dots(step, of) {
  return el("p.v-dots", { role: "img", "aria-label": t("kit.step", { n: step, of }) }, Array.from({ length: of }, (_, i) => el("i", { class: i < step ? "v-dots__done" : "" })));
}

const way = (id, sign, text, act) => el("button.btn.btn--lg.v-way", { id, on: { click: act } }, icon(sign), el("span", {}, text));

async function lookAtHall(page, draw) {
  try {
    page.hall = await api.get("hall");
    syncClock(page.hall.now);
    draw();
  } catch { /* the name of the hall is missing, nothing else */ }
}

function drawHead(page, parts) {
  say(parts.hall, page.hall ? named(page.hall) : "OneDoor 一门");
  parts.demo.hidden = !page.hall?.demo;
  say(parts.demo, t("common.demo"));
  if (!isShared()) return;
  say(parts.time, timeOfDay(hallIso()));
  say(parts.day, dayOf(hallIso()));
}
