/** On the page of acceptance: what people filed by themselves, how much of it waits, and what they filled in. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { dayOf, timeOfDay } from "/static/numbers.js";

const TOPIC = "applications-in/all";
const TONES = { received: "badge--warn", correction: "" };
const words = (thing, field = "name") => (isChinese() ? thing[field] : thing[`${field}_en`] || thing[field]) ?? "";
const PAGE = 50;
let picture = { items: [], total: 0, count: 0 };
let more = []; // further pages, as long as the list is open and nothing has changed
let feed = null;
const shown = new Set();

/** How many wait; `onChange` is called when that is another number. */
export function watchTray(onChange) {
  feed ??= live([TOPIC], { onView: (_topic, view) => {
    const before = picture.count;
    picture = view;
    more = [];
    shown.forEach((draw) => draw());
    if (before !== picture.count) onChange();
  } });
}

/** The button of the bar. */
export function trayButton(onOpen) {
  return el("button.btn.btn--quiet.btn--sm", { id: "open-tray", title: t("applying.tray.hint"), on: { click: onOpen } }, icon("phone"), el("span.abar__text", {}, t("applying.tray.title")),
    picture.count > 0 && el("span.badge.badge--warn.num", { id: "tray-count", "aria-label": t("applying.tray.count", { n: picture.count }) }, picture.count), el("kbd.key", {}, "Alt+I"));
}

/** Opens the list; resolves to the case that was chosen, or to null. */
export function chooseFromTray() {
  return new Promise((resolve) => {
    let chosen = null;
    const list = el("ul.today", { id: "tray" });
    const open = async (one) => {
      try { chosen = await api.get(`cases/${encodeURIComponent(one.id)}`); box.close(); } catch (error) { toast(errorText(error), "bad"); }
    };
    const further = async () => {
      try { more.push(...(await api.get(`applications-in?limit=${PAGE}&offset=${picture.items.length + more.length}`)).items); draw(); } catch (error) { toast(errorText(error), "bad"); }
    };
    const draw = () => fill(list, [...picture.items, ...more].map((one) => el("li", {}, el("button.today__row", { on: { click: () => open(one) } }, el("span.num.muted.small", {}, `${dayOf(one.since)} ${timeOfDay(one.since)}`),
      el("span.today__what", {}, el("span.truncate", {}, words(one)), el("span.muted.small.num", {}, `${one.number} · ${t(`applying.channel.${one.channel}`)}`), one.changed.length > 0 && el("span.small", {}, t("applying.tray.corrected"))),
      el(`span.badge${TONES[one.state] ? `.${TONES[one.state]}` : ""}`, {}, t(`applying.tray.${one.state}`), one.notice_due && el("span.num", {}, ` ${t("applying.tray.until", { day: one.notice_due.slice(5) })}`))))),
      picture.items.length + more.length < picture.total && el("li", {}, el("button.btn.btn--block", { id: "tray-more", on: { click: further } }, t("common.more_n", { n: picture.total - picture.items.length - more.length }))),
      !picture.items.length && el("li.empty", {}, icon("phone"), el("p.empty__title", {}, t("applying.tray.none")), el("p", {}, t("applying.tray.none_do"))));
    list.addEventListener("keydown", (event) => {
      const go = { ArrowDown: 1, ArrowUp: -1 }[event.key], rows = [...list.querySelectorAll("button")];
      if (go) { event.preventDefault(); rows[rows.indexOf(document.activeElement) + go]?.focus(); }
    });
    const box = el("dialog.dialog.todaybox", { "aria-label": t("applying.tray.title"), on: { close: () => { shown.delete(draw); more = []; box.remove(); resolve(chosen); } } }, el("div.dialog__body", {}, el("h2.dialog__title", {}, t("applying.tray.title")), el("p.muted.small", {}, t("applying.tray.hint")), list, el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.close")))));
    draw();
    shown.add(draw);
    document.body.append(box);
    box.showModal();
    list.querySelector("button")?.focus();
  });
}

/** What a clerk found wrong in the form of the case that is open: part → what is to be put right. */
const wrong = new Map();

/** The gaps of the form, for the notice of corrections. */
export const filedGaps = () => [...wrong].filter(([, what]) => what.trim()).map(([part, what]) => ({ part, what: what.trim() }));

/** What the applicant filled in, shown on demand: that it was looked at is on record. */
export function filedPart(made, window) {
  wrong.clear();
  if (!made.case.application) return null;
  const place = el("div", { id: "filed" });
  const changed = made.case.notices.length > 0 ? made.case.touched : [];
  const look = async () => {
    try { fill(place, drawn(await api.post(`applications-in/${encodeURIComponent(made.id)}/form`, { window }), made)); } catch (error) { toast(errorText(error), "bad"); }
  };
  fill(place, el("button.btn", { id: "filed-look", on: { click: look } }, icon("eye"), t("applying.filed.look")));
  return el("section.filed", { "aria-label": t("applying.filed.title") }, el("p.notice", {}, icon("phone"), el("span", {}, t(`applying.filed.by_${made.case.channel}`))),
    changed.length > 0 && el("p.notice.notice--warn", { id: "filed-changed" }, icon("refresh"), el("span", {}, t("applying.filed.changed", { parts: changed.map((part) => nameOf(part, made)).join(isChinese() ? "、" : ", ") }))), place);
}

const nameOf = (part, made, fields = []) => words(made.materials.find((one) => one.id === part) ?? fields.find((one) => one.part === part) ?? { name: part.startsWith("form.") ? t("accept.form.title") : t("applying.filed.applicant") });

function drawn(filed, made) {
  const party = (who, key) => who && [["name", who.name], ["id_number", who.id_number], ["phone", who.phone], ["address", who.address], ["represented_by", who.represented_by]].filter(([, value]) => value).map(([name, value]) => row(`${t(key)} · ${t(`applying.filed.${name}`)}`, value));
  return el("dl.filed__rows", {}, party(filed.applicant, "applying.filed.applicant"), party(filed.agent, "applying.filed.agent"),
    filed.fields.map((one) => row(words(one), one.value, one, made.steps.includes("ask_correction") ? one.part : "")));
}

const shownValue = (value) => (value === true ? t("accept.yes") : value === false ? t("accept.no") : value === null || value === undefined || value === "" ? "—" : Array.isArray(value) ? value.map(shownValue).join("；") : typeof value === "object" ? Object.values(value).map(shownValue).join(" ") : String(value));

function row(name, value, { is_changed = false, was = null } = {}, part = "") {
  return el(`div.filed__row${is_changed ? ".filed__row--changed" : ""}`, {}, el("dt", {}, name), el("dd", {}, shownValue(value), is_changed && el("del.muted.small", {}, shownValue(was)), part && correcting(name, part)));
}

/** Lets a clerk say what is wrong with a field; it goes into the one notice of corrections. */
function correcting(name, part) {
  const place = el("span.filed__wrong");
  const close = () => { wrong.delete(part); fill(place, button); button.focus(); };
  const open = () => {
    const input = el("input.input", { id: `wrong-${part}`, maxlength: 200, value: wrong.get(part) ?? "", placeholder: t("applying.filed.what"), "aria-label": `${name}: ${t("applying.filed.what")}`, on: { input: () => wrong.set(part, input.value), keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } } } });
    wrong.set(part, "");
    fill(place, input, el("button.btn.btn--icon.btn--quiet.btn--sm", { "aria-label": t("applying.filed.right"), title: t("applying.filed.right"), on: { click: close } }, icon("close")));
    input.focus();
  };
  const button = el("button.btn.btn--quiet.btn--sm", { id: `ask-${part}`, "aria-label": `${name}: ${t("applying.filed.wrong")}`, on: { click: open } }, icon("alert"), t("applying.filed.wrong"));
  fill(place, button);
  return place;
}
