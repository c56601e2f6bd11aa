/** The ticket on the screen and on paper; leaves by itself and takes everything typed with it. */

import { api } from "/static/api.js";
import { hallTime } from "/static/clock.js";
import { $, el, fill, say, unbroken } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { waitRange } from "/static/numbers.js";

const SHOWN_S = 20;

/** @param {{ticket?: object, held?: {number?: string, token?: string}, text?: string, matter?: object, line?: object}} view  held: the number this person already has */
export function ticketView(kiosk, view) {
  const ticket = view.ticket ?? view.held;
  const done = el("button.btn.btn--primary.btn--xl", { id: "done", "data-first": true, on: { click: () => kiosk.home() } }, icon("check"), el("span", {}, t("kiosk.finish")), el("span.k-left.num", { role: "timer" }));
  const printed = el("button.btn.btn--xl", { on: { click: () => printSlip(kiosk, view, facts) } }, icon("printer"), t(view.held ? "kiosk.reprint" : "kiosk.print"));
  const place = el("div.k-ticket__facts");
  let facts = view.ticket ? factsOf(kiosk, view.ticket, view) : null;
  draw();
  leaveAfter(kiosk, done.querySelector(".k-left"));
  if (view.held?.token) recall(kiosk, view.held.token);
  else if (view.ticket && !view.isTold) told(kiosk, view, facts);
  return el("div.k-ticket", {},
    el("div.k-ticket__main", {},
      view.text && el("p.notice.notice--warn", { role: "alert" }, icon("info"), el("span", {}, view.text)),
      el("p.k-ticket__label", {}, t(view.held ? "kiosk.number_held" : "kiosk.your_number")),
      el("p.k-ticket__number.num", {}, ticket.number ?? "–"),
      place),
    el("div.k-ticket__side", {},
      ticket.token && el("figure.k-qr", {}, el("img", { src: `/api/v1/tickets/${encodeURIComponent(ticket.token)}/qr.svg`, alt: t("kiosk.qr_alt") }), el("figcaption", {}, el("strong", {}, t("kiosk.qr")), el("span.muted", {}, t("kiosk.qr_hint")))),
      el("div.k-ticket__ways", {}, kiosk.prints && ticket.token && printed, done)));

  function draw() { fill(place, facts && factNodes(facts)); }

  async function recall(owner, token) {
    try {
      const shown = await api.get(`tickets/${encodeURIComponent(token)}`, { signal: owner.signal });
      if (!place.isConnected) return;
      facts = factsOf(owner, shown, view);
      draw();
    } catch { /* the number itself is already shown */ }
  }
}

function told(kiosk, view, facts) {
  view.isTold = true;
  kiosk.tell(t("kiosk.told", { number: view.ticket.number, ahead: facts.ahead, zone: facts.zone }));
  if (kiosk.prints) printSlip(kiosk, view, facts);
}

/** What ticket replies and ticket views have in common, in words. */
function factsOf(kiosk, ticket, { matter, line }) {
  const zone = kiosk.hall.zones.find((one) => one.id === ticket.zone);
  const windows = (ticket.windows ?? []).map((one) => (typeof one === "string" ? kiosk.hall.windows.find((w) => w.id === one) : one)).filter(Boolean);
  const isOpen = (kiosk.line(ticket.line) ?? line)?.windows_open !== 0;
  return {
    ahead: ticket.ahead ?? 0, wait: waitRange(isOpen ? ticket.wait_s : null), zone: zone ? named(zone) : named(ticket, "zone_name"), windows: windows.map((one) => unbroken(named(one))),
    what: matter ? named(matter) : ticket.matter_name ? named(ticket, "matter_name") : named(line) || named(ticket, "line_name"), issued_at: ticket.issued_at, number: ticket.number,
  };
}

function factNodes(facts) {
  const one = (label, value) => el("div.stat", {}, el("dt.stat__label", {}, label), el("dd.stat__value", {}, value));
  return [
    el("p.k-ticket__what.clamp-2", {}, facts.what),
    el("dl.k-ticket__stats", {},
      one(t("kiosk.ahead"), t("kiosk.people", { n: facts.ahead })),
      one(t("kiosk.wait"), facts.wait),
      facts.zone && one(t("kiosk.please_wait_in"), facts.zone),
      facts.windows.length > 0 && one(t("kiosk.windows"), facts.windows.join(t("common.comma")))),
    el("p.muted", {}, t("kiosk.listen")),
  ];
}

function leaveAfter(kiosk, place) {
  const { signal } = kiosk;
  let left_s = SHOWN_S;
  say(place, String(left_s));
  const timer = setInterval(() => {
    left_s -= 1;
    say(place, String(Math.max(0, left_s)));
    if (left_s <= 0) kiosk.home();
  }, 1000);
  addEventListener("pointerdown", () => { left_s = SHOWN_S; }, { signal, passive: true });
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** Prints an 80 mm slip through the browser (kiosk mode prints without asking). */
async function printSlip(kiosk, view, facts) {
  const ticket = view.ticket ?? view.held;
  const code = el("img", { src: `/api/v1/tickets/${encodeURIComponent(ticket.token)}/qr.svg`, alt: "" });
  fill($("#slip"),
    el("p.slip__hall", {}, named(kiosk.hall)), view.held && el("p.slip__again", {}, t("kiosk.slip_reprint")),
    el("p.slip__number.num", {}, ticket.number), el("p.slip__what", {}, facts?.what ?? ""),
    facts && el("dl.slip__facts", {}, [[t("kiosk.ahead"), t("kiosk.people", { n: facts.ahead })], [t("kiosk.wait"), facts.wait], [t("kiosk.zone"), facts.zone], [t("kiosk.windows"), facts.windows.join(t("common.comma"))]]
      .filter(([, value]) => value).map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)))),
    code, el("p.slip__note", {}, t("kiosk.qr_hint")), el("p.slip__note.num", {}, hallTime(facts?.issued_at ?? "").replace("T", " ").slice(0, 16)));
  await code.decode().catch(() => null);
  window.print();
}
