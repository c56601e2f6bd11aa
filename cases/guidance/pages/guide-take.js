/** The ways on from a sheet: a number, an appointment, the way there, the list on the phone or on paper. */

import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { isShared } from "/static/visitor/machine.js";
import { modes } from "/static/visitor/modes.js";
import { choices } from "/static/visitor/steps.js";
import { qrCode } from "/pages/hall_queue/kiosk-qr.js";
import { windowNumbers } from "/pages/hall_queue/windows.js";

const LOOK_MS = 700;
const WITHIN_MS = 40000; // the hall gives a slip thirty seconds
const OVER = new Set(["printed", "failed"]);
const AT_ONCE = 3; // in large type

/** @param {{matter?: string, package?: string, answers: object}} list  what a list is made of */
export function nextThings(guide, at, told, list) {
  const said = el("p.g-printing", { role: "status" });
  const all = options(guide, at, told, list, said);
  const isShort = modes.isLarge() && !at.all && all.length > AT_ONCE;
  return el("section.g-next", { "aria-labelledby": "next-title" }, el("h2.g-sub", { id: "next-title" }, icon("arrow-right"), t("guide.next")),
    choices(isShort ? [...all.slice(0, AT_ONCE), { id: "more", icon: "more", name: t("guide.more_ways"), act: () => { at.all = true; guide.draw(); } }] : all, { columns: 3, label: t("guide.next") }), said);
}

function options(guide, at, told, list, said) {
  const { ways, matter, windows, zone } = told;
  const where = windows.find((one) => one.state !== "closed") ?? windows[0];
  const to = where ? `window:${where.id}` : told.line ? `line:${told.line.id}` : null;
  const book = `/book?${new URLSearchParams({ matter: matter.id })}`;
  return [
    ways.ticket && { id: "ticket", icon: "ticket", name: t(isShared() ? "guide.take_ticket" : "guide.take_ticket_phone"), note: t("guide.take_ticket_note"), act: () => guide.ticket(matter) },
    to && { id: "way", icon: "map-pin", name: t("guide.show_way"), note: zone ? named(zone) : null, act: () => guide.go({ name: "way", to, title: named(matter) }) },
    { id: "phone", icon: "phone", name: t(isShared() ? "guide.to_phone" : "guide.keep_list"), note: t("guide.to_phone_note"), act: () => guide.go({ name: "phone", list, title: named(matter) }) },
    ways.appointment && { id: "book", icon: "calendar", name: t("guide.book"), note: t("guide.book_note"), act: () => (isShared() ? guide.go({ name: "phone", path: book, title: named(matter) }) : location.assign(book)) },
    guide.paper && { id: "print", icon: "printer", name: t("guide.print"), note: t("guide.print_note"), act: () => print(guide, list, said) },
    told.edition?.has_form && { id: "sample", icon: "eye", name: t("guide.see_sample"), note: t("guide.sample_note"), act: () => guide.go({ name: "sample", id: at.id, title: named(matter) }) },
    (ways.online || ways.phone) && { id: "online", icon: "globe", name: t("guide.online"), note: t("guide.online_note"), act: () => online(guide, matter) },
    ways.terminal && { id: "terminal", icon: "screen", name: t("guide.terminal"), note: t("guide.terminal_note"), act: () => terminal(guide, matter) },
  ].filter(Boolean);
}

function online(guide, matter) {
  const path = `/m#/matter/${encodeURIComponent(matter.id)}`;
  if (isShared()) guide.go({ name: "phone", path, title: named(matter) });
  else location.assign(path);
}

/* A self-service terminal is another machine; this one says where that is, a phone cannot stand for it. */
function terminal(guide, matter) {
  if (document.documentElement.dataset.machine === "terminal") location.assign(`/selfservice?${new URLSearchParams({ matter: matter.id })}`);
  else guide.tell(t("guide.terminal_where"));
}

async function print(guide, list, said) {
  const { signal } = guide;
  fill(said, icon("printer"), t("guide.printing"));
  try {
    const { token, qr } = await guide.post("lists", { ...list, language: lang() }, signal);
    if (guide.paper === "browser") { await byBrowser(guide, await guide.get(`lists/${token}`, signal), qr); fill(said, icon("check"), t("guide.printed")); return; }
    let job = await guide.post(`lists/${token}/print`, {}, signal);
    for (const until = Date.now() + WITHIN_MS; !OVER.has(job.state) && Date.now() < until;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (signal.aborted) return;
      job = await guide.get(`prints/${job.job}`, signal);
    }
    fill(said, icon(job.state === "printed" ? "check" : "alert"), t(job.state === "printed" ? "guide.printed" : job.reason === "paper_out" ? "guide.no_paper" : "guide.not_printed"));
  } catch (error) {
    if (!signal.aborted) fill(said, icon("alert"), error.code === "print.no_printer" ? t("guide.no_printer") : errorText(error));
  }
}

/* In kiosk mode the browser prints without asking; the slip's own rules hide everything else. */
async function byBrowser(guide, shown, qr) {
  const code = el("img", { src: qr, alt: "" });
  const things = shown.materials.length ? shown.materials.map((one) => `${named(one)} ${[one.originals > 0 && t("guide.originals", { n: one.originals }), one.copies > 0 && t("guide.copies", { n: one.copies })].filter(Boolean).join(t("guide.and"))}`) : shown.guidance?.materials ?? [];
  if (!$("#slip")) document.body.append(el("section.slip", { id: "slip", "aria-hidden": "true" }));
  fill($("#slip"), el("p.slip__hall", {}, named(guide.hall)), el("p.slip__what", {}, shown.title),
    things.length ? el("ol.g-slip", {}, things.map((one) => el("li", {}, `□ ${one}`))) : el("p", {}, t(shown.is_written ? "guide.bring_nothing" : "guide.bring_unknown")),
    shown.place.windows.length > 0 && el("p.slip__window", {}, windowNumbers(shown.place.windows)),
    el("div.slip__code", {}, code, el("p.slip__note", {}, t("guide.paper.scan"))));
  await code.decode().catch(() => null);
  window.print();
}

/** The list, or another page of the hall, on the visitor's own phone. @param {{list?: object, path?: string, title: string}} at */
export async function phoneView(guide, at, signal) {
  try {
    const made = at.list ? await guide.post("lists", { ...at.list, language: lang() }, signal) : { path: at.path };
    if (signal.aborted) return;
    if (!isShared()) { location.replace(made.path); return; }
    const code = made.qr ? el("img", { src: made.qr, alt: t("guide.code_of", { name: at.title }) }) : drawn(`${location.origin}${made.path}`, at.title);
    guide.show({
      title: t("guide.scan"), over: at.title, hint: t(at.list ? "guide.scan_hint" : "guide.scan_page_hint"),
      body: el("div.g-code.g-read", { tabindex: 0, role: "group", "aria-label": t("guide.scan") }, code, el("ol.g-how", {}, [t("guide.scan_1"), t("guide.scan_2"), t(at.list ? "guide.scan_3" : "guide.scan_3_page")].map((one, i) => el("li", {}, el("span.g-thing__n.num", { "aria-hidden": "true" }, i + 1), one)))),
    }, signal);
  } catch (error) { guide.failed(error, signal, () => guide.draw()); }
}

function drawn(address, title) {
  const code = qrCode(address);
  code?.setAttribute("aria-label", t("guide.code_of", { name: title }));
  return code ?? el("p.num", {}, address);
}
