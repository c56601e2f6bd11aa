/** The sheet of a refusal: what is not possible, why, and one or two large buttons that do what is possible instead. */

import { hallIso, hallTime } from "/static/clock.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { guidance } from "./kiosk-guide.js";
import { againToday } from "./kiosk-parts.js";
import { take } from "./kiosk-take.js";

const MOST_WAYS = 2;

/* icon; why(fields) gives the facts of this refusal in words; ways in order of use, the first is the large one; returns:
 * the visitor comes another time, so what to bring stands on the sheet. Texts: kiosk.stop.{code} and ….todo */
const STOPS = {
  "hall.closed": { icon: "clock", why: ({ opens }) => opening(opens), ways: ["book", "again", "home"], returns: true },
  "hall.last_ticket": { icon: "clock", why: ({ closes }) => (closes ? t("kiosk.stop.hall.last_ticket.why", { time: timeOfDay(closes) }) : ""), ways: ["book", "again", "home"], returns: true },
  "hall.no_time_left": { icon: "clock", why: ({ closes }) => (closes ? t("kiosk.stop.hall.no_time_left.why", { time: timeOfDay(closes) }) : ""), ways: ["book", "other"], returns: true },
  "hall.emergency": { icon: "alert", why: ({ text, text_en }) => (isChinese() ? text : text_en || text) ?? "", ways: ["home"] },
  "line.closed": { icon: "window", why: ({ cause }) => (cause === "alone" ? t("kiosk.stop.line.closed.alone") : ""), ways: ["guide", "other"] },
  "line.quota_used": { icon: "ticket", why: ({ quota }) => (quota === undefined ? t("kiosk.stop.line.quota_used.none") : t("kiosk.stop.line.quota_used.why", { quota })), ways: ["book", "other"], returns: true },
  "line.band_used": { icon: "clock", why: ({ until }) => t("kiosk.stop.line.band_used.why", { until }), ways: ["book", "other"], returns: true },
  "matter.no_window": { icon: "window", why: (fields, view) => notServed(fields, view), ways: ["guide", "other"] },
  "kiosk.no_paper": { icon: "printer", why: () => "", ways: ["phone", "home"] },
  "person.too_many": { icon: "user", why: ({ most }) => t("kiosk.stop.person.too_many.why", { most }), ways: ["book", "home"] },
  "person.restricted": { icon: "user", why: ({ until }) => (until ? t("kiosk.stop.person.restricted.why", { day: dayOf(until) }) : ""), ways: ["guide", "home"] },
  "person.refused_outside": { icon: "user", why: () => "", ways: ["guide", "home"] },
};

const WAYS = {
  guide: (kiosk, view) => kiosk.hall.guide_line && kiosk.hall.guide_line !== view.line?.id && way("desk", t("kiosk.way_guide"), (button) => take(kiosk, { line: kiosk.line(kiosk.hall.guide_line), choice: { ...view.choice, priority: null } }, button)),
  book: (kiosk, view) => kiosk.hall.books && way("calendar", t("kiosk.way_book"), () => kiosk.go("sheet", { ...view, isBooking: true })),
  phone: (kiosk, view) => way("phone", t("kiosk.way_phone"), (button) => take(kiosk, { ...view, stop: null, isPaperless: true }, button)),
  again: (kiosk, view) => way("refresh", t("common.retry"), async (button) => { button.disabled = true; await kiosk.refresh(); kiosk.turn("sheet", { ...view, stop: null }); }),
  other: (kiosk) => way("home", t("kiosk.choose_other"), () => kiosk.home()),
  home: (kiosk) => way("check", t("kiosk.way_understood"), () => kiosk.home()),
};

/** Whether an error has a sheet of its own. */
export const isStop = (error) => error.code in STOPS;

/** What is known beforehand of a line: the refusal that whoever asks would get now, or null. */
export function knownStop(kiosk, line) {
  const { taking } = kiosk.hall;
  if (taking?.reason === "hall.closed") return { code: "hall.closed", fields: { opens: taking.opens } };
  if (line?.open === false) return { code: "line.closed", fields: { cause: line.closed_cause } };
  if (line?.left !== 0) return null;
  return line.left_until ? { code: "line.band_used", fields: { until: line.left_until } } : { code: "line.quota_used", fields: {} };
}

/** @param {{code: string, fields?: object}} stop  times in ISO-8601 */
export function stopSheet(kiosk, view, { code, fields = {} }) {
  if (code === "line.band_used" && !againToday(fields.until)) return stopSheet(kiosk, view, { code: "line.quota_used" });
  const { icon: name, why, ways, returns } = STOPS[code];
  const texts = { title: t(`kiosk.stop.${code}`), why: why(fields, view), todo: t(`kiosk.stop.${code}.todo`) };
  kiosk.tell([texts.title, texts.why, texts.todo].filter(Boolean).join(" "));
  const buttons = ways.map((one) => ({ name: one, button: WAYS[one](kiosk, view) })).filter(({ button }) => button).slice(0, MOST_WAYS);
  buttons.forEach(({ name: id, button }, i) => { button.id = id; button.classList.toggle("btn--primary", i === 0); });
  const about = view.matter ? [view.matter, ...(view.more ?? [])] : [];
  return el(`div.k-stop${returns && about.length ? ".k-stop--returns" : ""}`, {},
    el("section.k-stop__card", { role: "alert", dataset: { code } },
      el("span.k-stop__icon", {}, icon(name)),
      el("p.k-stop__what", {}, named(view.matter ?? view.line ?? kiosk.hall)),
      el("h1", { tabindex: "-1", "data-first": true }, texts.title),
      texts.why && el("p.k-stop__why.num", {}, texts.why),
      el("p.k-stop__todo", {}, texts.todo),
      el("div.k-stop__ways", {}, buttons.map(({ button }) => button))),
    returns && about.length > 0 && el("div.k-stop__bring", {}, about.map((one) => guidance(one, { isNamed: about.length > 1 }))));
}

/** The way to an appointment: on the visitor's own phone, so that nothing is typed at a public screen. */
export function bookSheet(kiosk) {
  kiosk.tell(t("kiosk.book_told"));
  return el("div.k-stop", {}, el("section.k-stop__card", {},
    el("h1", { tabindex: "-1", "data-first": true }, t("kiosk.book")),
    el("img.k-stop__code", { src: "/api/v1/hall/book.svg", alt: t("kiosk.book_alt") }),
    el("p.k-stop__why", {}, t("kiosk.book_hint")), el("p.k-stop__todo", {}, t("kiosk.book_todo")),
    el("div.k-stop__ways", {}, el("button.btn.btn--primary.btn--xl", { id: "home-way", on: { click: () => kiosk.home() } }, icon("check"), t("kiosk.finish")))));
}

function way(name, text, act) {
  const button = el("button.btn.btn--xl.k-stop__way", { on: { click: () => act(button) } }, icon(name), el("span", {}, text));
  return button;
}

function notServed({ matter }, { more = [] }) {
  const other = more.find((one) => one.id === matter);
  return other ? t("kiosk.stop.matter.no_window.why", { matter: named(other) }) : "";
}

function opening(opens) {
  if (!opens) return t("kiosk.stop_no_opening");
  const time = timeOfDay(opens);
  return hallTime(opens).slice(0, 10) === hallIso().slice(0, 10) ? t("kiosk.stop_opens_today", { time }) : t("kiosk.stop_opens", { day: dayOf(opens), time });
}

/** "今天 09:00 开始取号", for the start page; "" while numbers are given. */
export function closedNow({ taking }) {
  if (!taking || taking.open) return "";
  if (taking.reason === "hall.closed") return `${t("kiosk.stop.hall.closed")} · ${opening(taking.opens)}`;
  return taking.reason === "hall.last_ticket" ? t("kiosk.stop.hall.last_ticket") : "";
}
