/** What a visitor sees while the server is away: few choices, a number, and what is not known said calmly. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { paged, tile, title } from "./kiosk-parts.js";
import { qrCode } from "./kiosk-qr.js";
import { printOfflineSlip } from "./kiosk-slip.js";
import { leaveAfter } from "./kiosk-ticket.js";

/** Frequent matters and lines that have numbers left; when none has, the way to the guide desk. */
export function offlineView(kiosk) {
  const { hall, offline } = kiosk;
  if (!offline.canGive) return emptyView(kiosk);
  const gives = (line_id) => offline.left.get(line_id) > 0 && kiosk.line(line_id)?.open !== false;
  const frequent = hall.frequent.filter((one) => gives(one.line)).map((matter) => tile({ name: named(matter), note: el("span", {}, named(kiosk.line(matter.line))), click: () => kiosk.go("offline_take", { matter }) }));
  const lines = hall.lines.filter((one) => gives(one.id)).map((line) => tile({ name: named(line), note: el("span", {}, t("kiosk.offline_line")), click: () => kiosk.go("offline_take", { line }) }));
  if (!frequent.length && !lines.length) return emptyView(kiosk);
  return el("div.k-list.k-off", {},
    title(t("kiosk.offline_title"), t("kiosk.offline_hint")),
    el("div.k-list__place", {}, paged([...frequent, ...lines], { row_rem: 6.6, column_rem: 18, most: 2 })));
}

function emptyView(kiosk) {
  kiosk.tell(t("kiosk.offline_none"));
  return el("div.k-center", {}, el("div.k-error", { role: "status" },
    icon("info"),
    el("h1", { tabindex: "-1", "data-first": true }, t("kiosk.offline_none")),
    el("p.k-error__text", {}, t("kiosk.offline_none_text"))));
}

/** @param {{matter?: object, line?: object}} view  what the number is for */
export function offlineTakeView(kiosk, view) {
  const line = view.line ?? kiosk.line(view.matter.line);
  const zone = kiosk.hall.zones.find((one) => one.id === line?.zone);
  if (!line || !(kiosk.offline.left.get(line.id) > 0)) return emptyView(kiosk);
  const button = el("button.btn.btn--primary.btn--xl.btn--block.k-take", { id: "take", on: { click: take } }, icon("ticket"), t("kiosk.take"));
  return el("div.k-sheet.k-off", {},
    el("div.k-sheet__what", {}, el("div.k-sheet__head", {},
      el("p.k-sheet__over", {}, view.matter ? named(line) : t("kiosk.line")),
      el("h1", { tabindex: "-1", "data-first": true }, named(view.matter ?? line)),
      zone && el("div.k-facts", {}, el("div.k-fact", {}, icon("map-pin"), el("div", {}, el("p.k-fact__label", {}, t("kiosk.zone")), el("div.k-fact__value", {}, named(zone)))))),
      el("p.notice", {}, icon("info"), el("span", {}, t("kiosk.offline_sheet")))),
    el("div.k-sheet__take", {}, button));

  async function take() {
    if (button.disabled) return;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const ticket = await kiosk.offline.take({ line: line.id, matter: view.matter?.id ?? null });
    kiosk.turn(ticket ? "offline_ticket" : "offline", { ticket, matter: view.matter, line });
  }
}

/** @param {{ticket: object, matter?: object, line: object}} view  ticket: as the store has written it down */
export function offlineTicketView(kiosk, view) {
  const { ticket, line } = view;
  const zone = kiosk.hall.zones.find((one) => one.id === line.zone);
  const facts = { what: named(view.matter ?? line), zone: zone ? named(zone) : "", claim: (ticket.claim || `${location.origin}/t/offline/`) + ticket.key };
  const done = el("button.btn.btn--primary.btn--xl", { id: "done", "data-first": true, on: { click: () => kiosk.home() } }, icon("check"), el("span", {}, t("kiosk.finish")), el("span.k-left.num", { role: "timer" }));
  const code = qrCode(facts.claim);
  leaveAfter(kiosk, done.querySelector(".k-left"));
  if (!view.isTold) {
    view.isTold = true;
    kiosk.tell(t("kiosk.offline_told", { number: ticket.number, zone: facts.zone }));
    if (kiosk.prints) printOfflineSlip(kiosk, ticket, facts);
  }
  return el("div.k-ticket.k-off", {},
    el("div.k-ticket__main", {},
      el("p.badge.k-off__mark", {}, t("kiosk.offline_mark")),
      el("p.k-ticket__label", {}, t("kiosk.your_number")),
      el("p.k-ticket__number.num", {}, ticket.number),
      el("div.k-ticket__facts", {},
        el("p.k-ticket__what.clamp-2", {}, facts.what),
        facts.zone && el("dl.k-ticket__stats", {},
          stat("wait", t("kiosk.wait"), t("kiosk.offline_wait")), stat("zone", t("kiosk.please_wait_in"), facts.zone)),
        el("p.muted", {}, t("kiosk.offline_listen")))),
    el("div.k-ticket__side", {},
      code && el("figure.k-qr", {}, code, el("figcaption", {}, el("strong", {}, t("kiosk.qr")), el("span.muted", {}, t("kiosk.offline_qr_hint")))),
      el("div.k-ticket__ways", {}, done)));
}

const stat = (name, label, value) => el(`div.stat.k-stat--${name}`, {}, el("dt.stat__label", {}, label), el("dd.stat__value", {}, value));
