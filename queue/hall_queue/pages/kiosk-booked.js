/** "I have an appointment": checking in by the code on the phone, by phone number or by ID number. */

import { api, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { askDigits } from "./kiosk-digits.js";
import { herePart } from "./kiosk-here.js";
import { askIdNumber } from "./kiosk-id.js";
import { title } from "./kiosk-parts.js";

const PAGE = /\/b\/([\w-]{22})(?:[?#].*)?$/;
const TICKET = /\/t\/([\w-]{22})(?:[?#].*)?$/; // the page of a number that was taken on the way
const TOKEN = /^([\w-]{22})$/;
const PAUSE_MS = 1000;
const BURST_MS = 90; // a reader types a code in one go; nobody types so fast

/** @param {{said?: object}} view  said: what a code reader has read already */
export function bookedView(kiosk, view) {
  const place = el("div.k-booked__ways", {});
  const { said } = view;
  view.said = null; // a redraw, in the other language, asks nothing twice
  const byCard = () => { working(); checkIn(kiosk, { card: kiosk.card.word }); };
  if (said) { working(); (said.here ? comeHere : checkIn)(kiosk, said); } else if (kiosk.card.word && !view.isAsked) byCard(); else ways();
  view.isAsked = true;
  addEventListener("card", ({ detail }) => { if (detail.isLaid) byCard(); }, { signal: kiosk.signal });
  return el("div.k-booked", {}, title(t("kiosk.booked_title"), t("kiosk.booked_lead")), place);

  function ways() {
    fill(place,
      el("div.k-booked__scan", {}, icon("qr"), el("div", {}, el("h2", {}, t("kiosk.booked_scan")), el("p.muted", {}, t("kiosk.booked_scan_hint")))),
      way("booked-phone", "phone", t("kiosk.booked_phone"), byPhone),
      kiosk.beside.canRead && el("div.k-booked__scan", { id: "booked-card" }, icon("user"), el("div", {}, el("h2", {}, t("kiosk.booked_card")), el("p.muted", {}, t("kiosk.booked_card_hint")))),
      way("booked-id", "user", t("kiosk.booked_id"), byId),
      herePart(kiosk));
  }

  function working() { fill(place, el("p.k-loading.muted", { role: "status" }, t("kiosk.booked_working"))); }

  async function byPhone() {
    const phone = await askDigits({ title: t("kiosk.booked_phone"), hint: t("kiosk.booked_phone_ask"), groups: [3, 4, 4], wrong: t("kiosk.booked_phone_wrong"), yes: t("kiosk.booked_go") });
    if (phone && place.isConnected) { working(); checkIn(kiosk, { phone }); }
  }

  async function byId() {
    const id_number = await askIdNumber();
    if (id_number && place.isConnected) { working(); checkIn(kiosk, { id_number }); }
  }
}

const way = (id, name, text, click) => el("button.k-way.k-booked__way", { id, on: { click } }, icon(name), el("span.k-way__name", {}, text), icon("chevron-right"));

/** Takes the number; what is said twice is asked with the same key, so it never makes two. */
async function checkIn(kiosk, said, key = newKey()) {
  const { signal } = kiosk;
  try {
    const found = await api.post("appointments/check-in", { ...said, channel: "kiosk", language: lang() }, { key });
    kiosk.refresh();
    if (!signal.aborted && said.card) kiosk.card.wipe();
    if (!signal.aborted) kiosk.turn("ticket", ticketOf(kiosk, found));
  } catch (error) {
    if (!signal.aborted) refused(kiosk, said, error, key);
  }
}

/** Whoever took a number on the way is here: the kiosk sees it, and asks for no code. */
async function comeHere(kiosk, said) {
  const { signal } = kiosk;
  try {
    const { code } = await api.get("outside/here", { signal });
    const { number } = await api.post("outside/here", { ticket: said.here, code });
    if (!signal.aborted) { kiosk.turn("ticket", { held: { number, token: said.here } }); toast(t("kiosk.here_done", { number }), "ok"); }
  } catch (error) {
    if (!signal.aborted) kiosk.turn("error", { error, again: error.offline ? () => { kiosk.turn("booked"); comeHere(kiosk, said); } : null });
  }
}

function ticketOf(kiosk, { ticket, due, late, matter_name, matter_name_en, windows_open }) {
  const note = late ? t("kiosk.booked_late") : t("kiosk.booked_due", { time: timeOfDay(due) });
  const alert = windows_open === 0 ? t("kiosk.booked_no_window") : "";
  return { ticket, note, alert, line: kiosk.line(ticket.line), matter: matter_name ? { name: matter_name, name_en: matter_name_en } : undefined };
}

async function refused(kiosk, said, error, key) {
  const { code, fields } = error;
  if (code.startsWith("identity.")) { kiosk.card.wipe("again"); kiosk.turn("booked"); return; }
  if (code === "appointment.several" || code === "appointment.code_unknown") {
    const { signal } = kiosk;
    const digits = await askDigits({ title: t("booked.code"), hint: t(code === "appointment.several" ? "kiosk.booked_code_ask" : "kiosk.booked_code_where"), groups: [3, 3], wrong: t("kiosk.booked_code_wrong"), yes: t("kiosk.booked_go"), fault: code === "appointment.several" ? "" : error.message });
    if (signal.aborted) return;
    if (digits) checkIn(kiosk, { ...said, code: digits });
    else kiosk.turn("booked");
    return;
  }
  if (code === "appointment.is_claimed" && fields.number) { kiosk.turn("ticket", { held: { number: fields.number, token: fields.token ?? null } }); return; }
  if (code === "appointment.too_early") error.message = t("kiosk.booked_early", { time: timeOfDay(fields.opens) });
  if (code === "appointment.other_day") error.message = t("kiosk.booked_other_day", { day: dayOf(fields.day) });
  const mayWork = error.offline || error.status >= 500 || error.status === 429;
  kiosk.turn("error", { error, again: mayWork ? () => { kiosk.turn("booked"); checkIn(kiosk, said, key); } : code === "appointment.unknown" ? () => kiosk.turn("booked") : null });
}

/**
 * A code reader types like a keyboard and ends with Enter: on every view of the kiosk that checks in. The address of an
 * appointment's page counts however fast it comes; its bare secret only as fast as no visitor types.
 */
export function listenForScans(kiosk) {
  let typed = "";
  let last = 0;
  let longest_ms = 0;
  addEventListener("keydown", (event) => {
    const pause_ms = event.timeStamp - last;
    last = event.timeStamp;
    if (pause_ms > PAUSE_MS) { typed = ""; longest_ms = 0; } else longest_ms = Math.max(longest_ms, pause_ms);
    if (event.key.length === 1) { typed += event.key; return; }
    if (event.key !== "Enter") return;
    const come = TICKET.exec(typed);
    const found = come ?? PAGE.exec(typed) ?? (longest_ms <= BURST_MS ? TOKEN.exec(typed) : null);
    typed = "";
    longest_ms = 0;
    if (!found) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const box of document.querySelectorAll("dialog")) box.close();
    kiosk.go("booked", { said: come ? { here: come[1] } : { qr: found[1] } });
  }, { capture: true });
}
