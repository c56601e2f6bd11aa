/** The ticket on the screen, new or held already; leaves by itself and takes everything typed with it. */

import { api } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { waitRange } from "/static/numbers.js";
import { modes } from "/static/visitor/modes.js";
import { HallSlip } from "./kiosk-hall-slip.js";
import { printSlip } from "./kiosk-slip.js";
import { windowNames, windowNumbers } from "./windows.js";

const SHOWN_S = 20;
/* What a held ticket that waits no more asks its visitor to do. */
const ASKS = { called: "kiosk.held_called", serving: "kiosk.held_serving", held: "kiosk.held_back" };

/** @param {{ticket?: object, held?: {number: string, token: ?string}, matter?: object, line?: object}} view  ticket: the reply to a new one; held: the one this person has already */
export function ticketView(kiosk, view) {
  const ticket = view.ticket ?? view.held;
  const place = el("div.k-ticket__facts");
  const done = el("button.btn.btn--primary.btn--xl", { id: "done", "data-first": true, on: { click: () => kiosk.home() } }, icon("check"), el("span", {}, t("kiosk.finish")), el("span.k-left.num", { role: "timer" }));
  const again = el("button.btn.btn--xl", { id: "reprint", on: { click: reprint } }, icon("printer"), t("kiosk.reprint"));
  let facts = view.ticket ? factsOf(kiosk, view.ticket, view) : null;
  draw();
  const stay = leaveAfter(kiosk, done.querySelector(".k-left"));
  const isFirst = Boolean(view.ticket) && !view.isTold;
  const slip = kiosk.beside.isDevice && !view.isPaperless && ticket.token ? new HallSlip(ticket.token, kiosk.signal, slipIs) : null;
  if (view.held) recalled();
  else if (isFirst) told(kiosk, view, facts);
  if (slip && view.ticket) slip.follow();
  else if (isFirst && mayPrint()) printSlip(kiosk, ticket, facts);
  const root = el("div.k-ticket", {},
    el("div.k-ticket__main", {},
      view.held && el("p.notice.notice--warn", { role: "alert" }, icon("info"), el("span", {}, t("kiosk.duplicate"))),
      view.note && el("p.notice.k-ticket__note", {}, icon("calendar"), el("strong", {}, view.note)),
      view.alert && el("p.notice.notice--warn", { id: "ticket-alert", role: "alert" }, icon("alert"), el("span", {}, view.alert)),
      el("p.k-ticket__label", {}, t(view.held ? "kiosk.number_held" : "kiosk.your_number")),
      el("p.k-ticket__number.num", {}, ticket.number ?? "–"),
      slip?.root,
      place),
    el("div.k-ticket__side", {},
      ticket.token && el("figure.k-qr", {}, el("img", { src: `/api/v1/tickets/${encodeURIComponent(ticket.token)}/qr.svg`, alt: t("kiosk.qr_alt") }), el("figcaption", {}, el("strong", {}, t("kiosk.qr")), el("span.muted", {}, t("kiosk.qr_hint")))),
      el("div.k-ticket__ways", {}, (mayPrint() || (slip && kiosk.beside.printer)) && ticket.token && again, done)));
  new ResizeObserver(() => fit(root)).observe(place);
  return root;

  function mayPrint() { return kiosk.prints && !view.isPaperless; }

  /* Where the hall prints nothing the browser does, once. */
  function slipIs(state) {
    if (state === null && isFirst && mayPrint()) printSlip(kiosk, ticket, facts);
    again.disabled = state === "sent" || state === "taken";
    if (state === "failed") { kiosk.tell(t("kiosk.slip_failed")); stay(); }
    if (state === "printed") { kiosk.tell(t("kiosk.slip_take")); stay(); }
  }

  function draw() { fill(place, facts ? factNodes(facts) : view.held && !ticket.token && el("p", {}, t("kiosk.held_lost"))); }

  /* Where the ticket stands now; what was known before, when the server does not answer. */
  async function recalled() {
    if (!ticket.token) return;
    try {
      const shown = await api.get(`tickets/${encodeURIComponent(ticket.token)}`, { signal: kiosk.signal });
      if (!place.isConnected) return;
      facts = factsOf(kiosk, shown, view);
      draw();
    } catch { /* the number itself is shown already */ }
  }

  async function reprint() {
    if (again.disabled) return;
    again.disabled = true;
    const isDone = slip && kiosk.beside.printer && (await slip.again());
    if (!isDone && mayPrint()) {
      await recalled();
      if (place.isConnected) await printSlip(kiosk, ticket, facts, { isAgain: true });
    }
    again.disabled = false;
  }
}

/* Very long names: what is only nice to know goes, so that the buttons stay in sight. */
function fit(root) {
  const main = root.parentElement;
  root.classList.remove("k-ticket--tight");
  root.classList.toggle("k-ticket--tight", main !== null && main.scrollHeight > main.clientHeight + 1);
}

function told(kiosk, view, facts) {
  view.isTold = true;
  kiosk.tell(t("kiosk.told", { number: view.ticket.number, ahead: facts.ahead, zone: facts.zone }));
}

/** What ticket replies and ticket views have in common, in words. */
function factsOf(kiosk, ticket, { matter, more, line }) {
  const zone = kiosk.hall.zones.find((one) => one.id === ticket.zone);
  const windows = (ticket.windows ?? []).map((one) => (typeof one === "string" ? kiosk.hall.windows.find((w) => w.id === one) : one)).filter(Boolean);
  const where = ticket.state in ASKS && ticket.window ? [ticket.window] : windows;
  const isOpen = (kiosk.line(ticket.line) ?? line)?.windows_open !== 0;
  return {
    state: ticket.state ?? "waiting", ahead: ticket.ahead ?? 0, wait: waitRange(isOpen ? ticket.wait_s : null), zone: zone ? named(zone) : named(ticket, "zone_name"),
    windows: windowNumbers(where), names: windowNames(where), issued_at: ticket.issued_at,
    what: matter ? [matter, ...(more ?? [])].map((one) => named(one)).join(t("common.comma")) : ticket.matter_name ? named(ticket, "matter_name") : named(line) || named(ticket, "line_name"),
  };
}

function factNodes(facts) {
  const one = (name, label, ...value) => el(`div.stat.k-stat--${name}`, {}, el("dt.stat__label", {}, label), el("dd.stat__value", {}, ...value));
  const asks = ASKS[facts.state];
  return [
    el("p.k-ticket__what.clamp-2", {}, facts.what),
    asks && el("p.k-ticket__asks", { role: "alert" }, t(asks)),
    el("dl.k-ticket__stats", {},
      !asks && one("ahead", t("kiosk.ahead"), t("kiosk.people", { n: facts.ahead })),
      !asks && one("wait", t("kiosk.wait"), facts.wait),
      facts.zone && one("zone", t(asks ? "kiosk.zone" : "kiosk.please_wait_in"), facts.zone),
      facts.windows && one("windows", t("kiosk.windows"), facts.windows, facts.names && el("small", {}, facts.names))),
    !asks && el("p.muted", {}, t("kiosk.listen")),
  ];
}

/** Goes home after a while nobody touches the screen, and counts down in `place`; what it gives begins the while anew. */
export function leaveAfter(kiosk, place) {
  const { signal } = kiosk;
  const shown_s = () => SHOWN_S * modes.patience();
  let left_s = shown_s();
  say(place, String(left_s));
  const timer = setInterval(() => {
    left_s -= 1;
    say(place, String(Math.max(0, left_s)));
    if (left_s <= 0) kiosk.home();
  }, 1000);
  const stay = () => { left_s = shown_s(); };
  for (const sign of ["pointerdown", "keydown", "spoken"]) addEventListener(sign, stay, { signal, passive: true });
  signal.addEventListener("abort", () => clearInterval(timer));
  return stay;
}
