/** What a matter (or line) needs, how long it takes now, and the button that takes the ticket. */

import { api, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { askIdNumber } from "./kiosk-id.js";
import { masked } from "./id-number.js";
import { waitLabel } from "./kiosk-parts.js";
import { isStop, stopped } from "./kiosk-stop.js";

/** @param {{matter?: object, line?: object, stop?: object}} view  a matter, or a line without one; keeps the visitor's choices while shown. stop: why no number is given, as the server said */
export function sheetView(kiosk, view) {
  const line = view.line ?? kiosk.line(view.matter.line);
  view.choice ??= { id_number: "", priority: null };
  const stop = view.stop ?? (line?.open === false ? { code: "line.closed" } : null);
  return el("div.k-sheet", {},
    el("div.k-sheet__what", {}, head(kiosk, view, line), guidance(view.matter)),
    el("div.k-sheet__take", {}, stop ? stopped(kiosk, view, stop) : [el("div.k-sheet__choices", {}, person(kiosk, view), priorities(kiosk, view.choice)), takeButton(kiosk, view)]));
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

const fact = (name, label, value) => el("div.k-fact", {}, icon(name), el("div", {}, el("p.k-fact__label", {}, label), el("div.k-fact__value", {}, value)));

function guidance(matter) {
  if (!matter) return el("p.notice", {}, icon("info"), el("span", {}, t("kiosk.line_only")));
  const guide = matter.guidance;
  if (!guide) return el("p.notice", {}, icon("info"), el("span", {}, t("kiosk.no_guidance")));
  const lang = { lang: "zh-CN" }; // guides are published in Chinese only; a screen reader must know it
  return el("div.k-guide", {},
    el("h2", {}, icon("document"), t("kiosk.materials")),
    !isChinese() && el("p.muted", {}, t("kiosk.guidance_chinese")),
    guide.materials?.length ? el("ol.k-guide__list", lang, guide.materials.map((one, i) => el("li", {}, el("span.k-guide__n.num", {}, String(i + 1)), el("span", {}, one)))) : el("p", {}, t("kiosk.no_materials")),
    el("div.k-facts", {},
      guide.fee && fact("coin", t("kiosk.fee"), el("span", lang, guide.fee)),
      guide.limit_workdays !== null && guide.limit_workdays !== undefined && fact("calendar", t("kiosk.limit"), guide.limit_workdays ? t("kiosk.workdays", { n: guide.limit_workdays }) : t("kiosk.at_once"))),
    guide.note && el("p.notice", lang, icon("info"), el("span", {}, guide.note)));
}

function person(kiosk, view) {
  const shown = el("span.num.k-idrow__value");
  const row = el("button.k-idrow", { id: "id-number", on: { click: change } }, icon("user"), el("span.k-idrow__text", {}, el("span", {}, t("kiosk.id_number")), shown), el("span.k-idrow__do"), icon("chevron-right"));
  draw();
  if (view.fault) { const { fault } = view; view.fault = ""; queueMicrotask(() => change(fault)); }
  return row;

  async function change(fault) {
    const number = await askIdNumber({ number: view.choice.id_number, fault: typeof fault === "string" ? fault : "" });
    if (number !== null && !kiosk.signal.aborted) view.choice.id_number = number;
    draw();
  }

  function draw() {
    const number = view.choice.id_number;
    fill(shown, number ? masked(number) : t("kiosk.id_optional"));
    row.querySelector(".k-idrow__do").textContent = t(number ? "kiosk.change" : "kiosk.enter");
  }
}

function priorities(kiosk, choice) {
  const all = kiosk.hall.priorities ?? [];
  if (!all.length) return null;
  const chips = all.map((one) => el("button.chip.k-chip", { role: "radio", "aria-checked": String(choice.priority === one.id), on: { click: () => pick(one.id) } }, icon("check"), named(one)));
  return el("div.k-priority", {}, el("p.strong", { id: "priority" }, t("kiosk.priority")), el("div.cluster", { role: "radiogroup", "aria-labelledby": "priority" }, chips), el("p.muted.small", {}, t("kiosk.priority_hint")));

  function pick(id) {
    choice.priority = choice.priority === id ? null : id;
    chips.forEach((chip, i) => chip.setAttribute("aria-checked", String(all[i].id === choice.priority)));
  }
}

function takeButton(kiosk, view) {
  const button = el("button.btn.btn--primary.btn--xl.btn--block.k-take", { id: "take", on: { click: () => take(kiosk, view, button) } }, icon("ticket"), t("kiosk.take"));
  return button;
}

/** Takes the ticket: a double tap or a repeated answer uses the same key, so it never makes two. */
async function take(kiosk, view, button) {
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const { choice, matter, line } = view;
  const body = { ...(matter ? { matter: matter.id } : { line: line.id }), channel: "kiosk" };
  if (choice.id_number) body.person = { id_number: choice.id_number };
  if (choice.priority) body.priority = choice.priority;
  const attempt = JSON.stringify(body);
  if (view.attempt?.body !== attempt) view.attempt = { body: attempt, key: newKey() };
  const { signal } = kiosk;
  try {
    const ticket = await api.post("tickets", body, { key: view.attempt.key });
    kiosk.refresh();
    if (!signal.aborted) kiosk.go("ticket", { ticket, matter, line: kiosk.line(ticket.line) ?? line });
  } catch (error) {
    if (!signal.aborted) refused(kiosk, view, error);
  }
}

function refused(kiosk, view, error) {
  if (!error.offline) view.attempt = null;
  const isIdWrong = error.code === "person.id_number" || "person.id_number" in (error.fields ?? {});
  if (error.code === "ticket.duplicate") kiosk.turn("ticket", { held: { number: error.fields.number, token: error.fields.token ?? null }, matter: view.matter, line: view.line });
  else if (isStop(error)) kiosk.turn("sheet", { ...view, stop: error });
  else if (isIdWrong) kiosk.turn("sheet", { ...view, fault: errorText(error) });
  else kiosk.turn("error", { error, again: error.status === 0 || error.status >= 500 || error.status === 429 ? () => kiosk.turn("sheet", view) : null });
}
