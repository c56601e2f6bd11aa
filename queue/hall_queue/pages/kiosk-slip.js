/** The ticket on 80 mm paper, printed by the browser (in kiosk mode it prints without asking). */

import { hallIso, hallTime } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { named, t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { qrCode } from "./kiosk-qr.js";

const LONG_NUMBER = 5;

/** @param {{number: string, token: string}} ticket  @param {?object} facts  in words; null where nothing is known but the number  @param {{isAgain?: boolean}} options  isAgain: a second slip for one number, marked so */
export async function printSlip(kiosk, ticket, facts, { isAgain = false } = {}) {
  const code = el("img", { src: `/api/v1/tickets/${encodeURIComponent(ticket.token)}/qr.svg`, alt: "" });
  fill($("#slip"),
    el("p.slip__hall", {}, named(kiosk.hall)),
    isAgain && el("p.slip__again.num", {}, t("kiosk.slip_reprint", { time: timeOfDay(hallIso()) })),
    el(`p.slip__number.num${ticket.number.length > LONG_NUMBER ? ".slip__number--long" : ""}`, {}, ticket.number),
    facts && factLines(facts),
    el("div.slip__code", {}, code, el("p.slip__note", {}, t("kiosk.qr_hint"))),
    facts?.issued_at && el("p.slip__note.num", {}, t("kiosk.slip_issued", { time: hallTime(facts.issued_at).replace("T", " ").slice(0, 16) })),
    kiosk.hall.demo && el("p.slip__note", {}, t("common.demo")));
  await code.decode().catch(() => null);
  window.print();
}

/** The slip of a number given without the server: marked so, and its code leads to the phone page once the link is back. @param {{what: string, zone: string, claim: string}} facts */
export function printOfflineSlip(kiosk, ticket, facts) {
  const code = qrCode(facts.claim);
  fill($("#slip"),
    el("p.slip__hall", {}, named(kiosk.hall)),
    el("p.slip__offline", {}, t("kiosk.offline_mark")),
    el(`p.slip__number.num${ticket.number.length > LONG_NUMBER ? ".slip__number--long" : ""}`, {}, ticket.number),
    el("p.slip__what", {}, facts.what),
    el("p", {}, t("kiosk.slip_offline_wait")),
    facts.zone && el("dl.slip__facts", {}, el("div", {}, el("dt", {}, t("kiosk.zone")), el("dd", {}, facts.zone))),
    code && el("div.slip__code", {}, code, el("p.slip__note", {}, t("kiosk.offline_qr_hint"))),
    el("p.slip__note.num", {}, t("kiosk.slip_issued", { time: hallIso().replace("T", " ").slice(0, 16) })),
    kiosk.hall.demo && el("p.slip__note", {}, t("common.demo")));
  window.print();
}

function factLines(facts) {
  const line = (label, value) => value && el("div", {}, el("dt", {}, label), el("dd", {}, value));
  const waits = facts.state === "waiting";
  return [
    el("p.slip__what", {}, facts.what),
    facts.windows && el("div.slip__windows", {}, el("p", {}, t("kiosk.windows")), el("p.slip__window", {}, facts.windows), facts.names && el("p", {}, facts.names)),
    el("dl.slip__facts", {}, waits && line(t("kiosk.ahead"), t("kiosk.people", { n: facts.ahead })), waits && line(t("kiosk.wait"), facts.wait), line(t("kiosk.zone"), facts.zone)),
  ];
}
