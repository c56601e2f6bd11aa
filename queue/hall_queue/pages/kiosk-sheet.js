/** What a matter (or line) needs, how long it takes now, and the button that takes the ticket. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { askFor, isIdentified, needsId, person, priorities } from "./kiosk-choices.js";
import { fact, guidance } from "./kiosk-guide.js";
import { waitLabel } from "./kiosk-parts.js";
import { bookSheet, knownStop, stopSheet } from "./kiosk-stop.js";
import { take } from "./kiosk-take.js";
import { addButton, matterList, mattersOf } from "./kiosk-visit.js";

/**
 * @param {{matter?: object, line?: object, more?: object[], stop?: object, isBooking?: boolean}} view  a matter and further ones, or a line without one;
 *   keeps the visitor's choices while shown. stop: why no number is given, as the server said
 */
export function sheetView(kiosk, view) {
  const line = kiosk.line(view.line?.id ?? view.matter.line) ?? view.line;
  view.choice ??= { id_number: "", priority: null };
  kiosk.adding = null;
  if (view.isBooking) return bookSheet(kiosk);
  const stop = view.stop ?? knownStop(kiosk, line);
  return stop ? stopSheet(kiosk, view, stop) : sheet(kiosk, view, line);
}

function sheet(kiosk, view, line) {
  const all = mattersOf(view);
  const button = takeButton(kiosk, view);
  const draw = () => labelTake(kiosk, view, button);
  draw();
  if (view.asks) { const { fault } = view; view.asks = false; view.fault = ""; queueMicrotask(async () => { await askFor(kiosk, view, fault); if (!kiosk.signal.aborted) kiosk.turn("sheet", view); }); }
  return el("div.k-sheet", {},
    el("div.k-sheet__what", { tabindex: "0", role: "region", "aria-label": t("kiosk.materials") }, all.length > 1 ? several(kiosk, view, all) : [head(kiosk, view, line), view.matter ? guidance(view.matter) : el("p.notice", {}, icon("info"), el("span", {}, t("kiosk.line_only")))]),
    el("div.k-sheet__take", {}, el("div.k-sheet__choices", {}, person(kiosk, view, draw), priorities(kiosk, view, line)), addButton(kiosk, view), button));
}

function head(kiosk, { matter, line: chosen }, line) {
  const zone = kiosk.hall.zones.find((one) => one.id === line?.zone);
  const isForeign = !isChinese() && matter && !matter.name_en;
  return el("div.k-sheet__head", {},
    el("p.k-sheet__over", {}, matter ? named(matter, "department_name") : t("kiosk.line")),
    el("h1", { tabindex: "-1", "data-first": true, lang: isForeign ? "zh-CN" : null }, named(matter ?? chosen)),
    isForeign && el("p.muted", {}, t("kiosk.name_chinese")),
    el("div.k-facts", {},
      line && fact("clock", t("kiosk.wait_now"), waitLabel(kiosk, line.id)),
      zone && fact("map-pin", t("kiosk.zone"), named(zone))));
}

function several(kiosk, view, all) {
  return [
    el("div.k-sheet__head", {}, el("h1", { tabindex: "-1", "data-first": true }, t("kiosk.visit_n", { n: all.length })), el("p.muted", {}, t("kiosk.visit_hint"))),
    matterList(kiosk, view),
    all.map((one) => guidance(one, { isNamed: true })),
  ];
}

function takeButton(kiosk, view) {
  const button = el("button.btn.btn--primary.btn--xl.btn--block.k-take", { id: "take", on: { click: pressed } });
  return button;

  async function pressed() {
    if (needsId(kiosk, view) && !isIdentified(kiosk, view)) {
      const isGiven = await askFor(kiosk, view);
      if (kiosk.signal.aborted || !isGiven) return;
    }
    take(kiosk, view, button);
  }
}

function labelTake(kiosk, view, button) {
  const isAsking = needsId(kiosk, view) && !isIdentified(kiosk, view);
  const asks = kiosk.beside.canRead ? "kiosk.take_with_card" : "kiosk.take_with_id";
  fill(button, icon(isAsking ? "user" : "ticket"), el("span", {}, t(isAsking ? asks : "kiosk.take")));
}
