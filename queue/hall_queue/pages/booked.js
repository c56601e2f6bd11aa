/** The visitor's page of one appointment: when, where, what to bring, the code for the kiosk; always as it is now. */

import { api } from "/static/api.js";
import { hallNow, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, lang, loadTexts, named, onLang, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import "/static/link-banner.js";
import { timeOfDay } from "/static/numbers.js";
import "/static/visitor/modes-bar.js";
import { materials } from "./book-person.js";
import { longDay } from "./book-time.js";
import { windowNumbers } from "./windows.js";

const LOOK_MS = 10_000;
const KINDS = { booked: "ok", claimed: "ok", cancelled: "", void: "warn", missed: "bad" };
const token = decodeURIComponent(location.pathname.split("/").filter(Boolean).pop() ?? "");
const slot = `onedoor.appointment.${token}`;
const address = `appointments/${encodeURIComponent(token)}`;
let view = null;
let isUnknown = false;
let drawn = "";

start();

async function start() {
  await loadTexts();
  view = remembered();
  onLang(draw);
  draw();
  setInterval(draw, LOOK_MS);
  live([`appointment/${token}`], { onView: (_topic, now) => { view = now; remember(); draw(); }, onState: linked });
  api.get("hall").then((hall) => { syncClock(hall.now); $("#demo").hidden = !hall.demo; say($("#demo"), t("common.demo")); drawn = ""; draw(); }).catch(() => { /* the phone's own zone serves */ });
}

function linked(state) {
  if (state === "refused") { isUnknown = true; view = null; forget(); draw(); } else $("link-banner").state = state;
}

/* Time passes: drawn again only where that changes something, so that nothing flickers and no screen reader repeats. */
function draw() {
  const now = JSON.stringify([view, isUnknown, lang(), view && phase(view)]);
  if (now === drawn) return;
  drawn = now;
  document.body.dataset.state = view ? `a-${view.state}` : "none";
  document.title = view ? `${longDay(view.day)} ${timeOfDay(view.due)} · ${t("booked.title")}` : t("booked.title");
  say($("#hall-name"), view ? named(view.hall) : "");
  fill($("#view"), view ? page(view) : isUnknown ? el("div.empty", {}, icon("calendar"), el("p.empty__title", {}, t("booked.none")), el("p", {}, t("booked.none_text")), el("a.btn.btn--primary", { href: "/book" }, t("booked.again"))) : el("p.p-loading.muted", {}, t("common.loading")));
}

/** Before, during or after the time to check in. */
function phase({ opens, closes, until }) {
  const now = hallNow();
  return now < Date.parse(opens) ? "early" : now <= Date.parse(closes) ? "open" : now <= Date.parse(until) + 6 * 3_600_000 ? "late" : "over";
}

function page(one) {
  const isBooked = one.state === "booked";
  return el("div.p-page.b-page", {},
    el("section.b-when", {},
      el(`span.badge.badge--dot${KINDS[one.state] ? `.badge--${KINDS[one.state]}` : ""}`, {}, t(one.late ? "booked.claimed_late" : `booked.${one.state}`)),
      el("h1.b-when__day", {}, longDay(one.day)), el("p.b-when__time.num", {}, `${timeOfDay(one.due)}–${timeOfDay(one.until)}`)),
    isBooked ? code(one) : ended(one),
    el("dl.card.p-details", {}, rows(one).filter(([, value]) => value).map(([key, value]) => el("div", {}, el("dt.muted", {}, t(key)), el("dd.num", {}, value)))),
    isBooked && one.matter_name && materials({ guidance: one.guidance }),
    isBooked && el("div.b-ways", {},
      el("a.btn.btn--lg.btn--block", { id: "calendar", href: `/api/v1/${address}/appointment.ics?lang=${lang()}`, download: "appointment.ics" }, icon("calendar"), t("booked.calendar")),
      el("p.p-hint.muted.small", {}, t("booked.save")),
      el("button.btn.btn--quiet.btn--block.p-give-up", { id: "cancel", on: { click: cancel } }, t("booked.cancel"))));
}

function code(one) {
  const now = phase(one);
  return el("section.card.b-code", {},
    now === "open" && el("p.notice.notice--ok", {}, icon("check"), el("strong", {}, t("booked.check_in_now"))),
    now === "late" && el("p.notice.notice--warn", {}, icon("clock"), t("booked.check_in_late")),
    el("img.b-code__qr", { src: `/api/v1/${address}/qr.svg`, alt: t("booked.qr_alt"), width: 240, height: 240 }),
    el("p.strong", {}, t("booked.show_code")),
    el("p.b-code__digits", {}, el("span.muted", {}, t("booked.code")), el("span.num", {}, `${one.code.slice(0, 3)} ${one.code.slice(3)}`)));
}

function ended(one) {
  const reason = one.state === "void" && one.reason ? t("booked.void_reason", { reason: has(`booked.${one.reason}`) ? t(`booked.${one.reason}`) : one.reason }) : "";
  if (one.state === "claimed") {
    return el("section.card.b-ended", {}, one.ticket && el("p.b-ended__number.num", {}, one.ticket.number), el("p", {}, t("booked.claimed_text", { number: one.ticket?.number ?? "" })), one.ticket && el("a.btn.btn--primary.btn--xl.btn--block", { href: `/t/${one.ticket.token}` }, icon("ticket"), t("booked.follow")));
  }
  return el("section.card.b-ended", {}, el("p", {}, t(`booked.${one.state}_text`)), reason && el("p.strong", {}, reason), el("a.btn.btn--primary.btn--lg.btn--block", { id: "again", href: "/book" }, icon("calendar"), t("booked.again")));
}

const rows = (one) => [
  ["booked.what", named(one, "matter_name")], ["booked.line", named(one, "line_name")], ["booked.where", [named(one.hall), named(one, "zone_name")].filter(Boolean).join(" · ")],
  ["booked.windows", windowNumbers(one.windows)], ["booked.check_in", one.state === "booked" && `${timeOfDay(one.opens)}–${timeOfDay(one.closes)}`],
];

async function cancel() {
  if (!await ask({ title: t("booked.cancel_sure"), text: t("booked.cancel_text"), yes: t("booked.cancel_yes"), no: t("booked.keep"), danger: true })) return;
  try {
    await api.del(address);
    view = { ...view, state: "cancelled" };
    draw();
  } catch (error) { toast(errorText(error), "bad"); }
}

function remembered() { try { return JSON.parse(localStorage.getItem(slot)); } catch { return null; } }
function remember() { try { localStorage.setItem(slot, JSON.stringify(view)); } catch { /* private mode: the page itself still shows it */ } }
function forget() { try { localStorage.removeItem(slot); } catch { /* nothing was kept */ } }
