/** Guidance: themes, a matter in plain words, its questions one by one, and the exact list of what to bring, kept on the phone. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { dayOf, waitRange } from "/static/numbers.js";
import { choice, choices, nothing } from "/static/visitor/steps.js";
import { themeIcon } from "/pages/cases_guidance/guide-icons.js";
import { beginDraft } from "./phone-apply.js";
import { matterChoice } from "./phone-home.js";
import { keepList, lists } from "./phone-mine.js";

const FEN = 100;

export async function themesView(phone, place) {
  phone.loading(place, t("mobile.themes"));
  const { themes } = await api.get("guidance/themes");
  phone.show(place, { title: t("mobile.themes"), back: () => phone.back(), body: themeTiles(phone, themes) });
}

/** Themes as tiles: a picture and two or three words. */
export function themeTiles(phone, themes) {
  return el("div.m-themes", { role: "group", "aria-label": t("mobile.themes") }, themes.map((one) => el("button.m-theme", { id: `theme-${one.id}`, on: { click: () => phone.go(`theme/${encodeURIComponent(one.id)}`) } }, themeIcon(one.icon), el("span", {}, named(one)))));
}

/** A theme: its questions first, as far as they are not answered; then the matters that fit. */
export async function themeView(phone, place, id, answered = "") {
  phone.loading(place, t("mobile.themes"));
  const { themes } = await api.get("guidance/themes");
  const theme = themes.find((one) => one.id === id);
  if (!theme) { phone.show(place, { title: t("mobile.themes"), back: () => phone.back(), body: nothing("list", t("mobile.theme_gone"), t("mobile.none_found_hint")) }); return; }
  const answers = Object.fromEntries(new URLSearchParams(answered));
  const question = (theme.asks ?? []).find((one) => !answers[one.id] && fits(one.asked_if ?? {}, answers));
  const path = (more) => `theme/${encodeURIComponent(id)}/${encodeURIComponent(new URLSearchParams({ ...answers, ...more }))}`;
  if (question) {
    const options = question.options.map((one) => ({ id: `option-${one.id}`, name: named(one), act: () => phone.go(path({ [question.id]: one.id })) }));
    phone.show(place, { over: named(theme), title: named(question, "text"), back: () => phone.back(), body: choices(options) });
    return;
  }
  const matters = theme.matters.filter((one) => fits(one.when ?? {}, answers));
  phone.show(place, {
    over: named(theme), title: t("mobile.which"), hint: named(theme, "hint"), back: () => phone.back(),
    body: matters.length ? choices(matters.map((one) => matterChoice(phone, one))) : nothing("search", t("mobile.none_here"), t("mobile.none_found_hint")),
  });
}

const fits = (when, answers) => Object.entries(when).every(([question, options]) => options.includes(answers[question]));

/** A matter: where, how long, what it costs, and what one can do now. */
export async function guideView(phone, place, id) {
  phone.loading(place, t("common.loading"));
  const [guide, outside] = await Promise.all([api.get(`guidance/matters/${encodeURIComponent(id)}`), api.get(`outside?${new URLSearchParams({ matter: id })}`).catch(() => null)]);
  const { matter, edition, ways, standing } = guide;
  const isTaken = standing === "open" || standing === "unwritten";
  phone.show(place, {
    over: named(guide.department), title: named(matter), back: () => phone.back(),
    body: [
      !isTaken && stopped(phone, guide),
      facts(guide),
      isTaken && el("div.m-ways", {}, waysOf(phone, guide, ways, outside)),
      edition ? el("section.m-part", {}, el("h2.m-over", {}, t("mobile.bring")), el("p.muted", {}, t(edition.questions.length ? "mobile.bring_asks" : "mobile.bring_plain")),
        el("button.btn.btn--lg.btn--block", { id: "bring", on: { click: () => phone.go(`ask/${encodeURIComponent(id)}`) } }, icon("list"), t("mobile.bring_show"))) : plainList(guide.guidance),
      edition && more(edition, id),
      el("p.m-foot.small", {}, t("mobile.guide_foot")),
    ],
  });
}

function stopped(phone, guide) {
  return el("div.notice.notice--warn", { role: "status" }, icon("alert"), el("div", {}, el("strong", {}, t(`mobile.standing_${guide.standing}`, { day: guide.since ? dayOf(`${guide.since}T00:00:00Z`) : "" })),
    guide.successors.length > 0 && el("p", {}, t("mobile.instead")), guide.successors.map((one) => el("button.btn.btn--block", { on: { click: () => phone.go(`matter/${encodeURIComponent(one.id)}`) } }, named(one)))));
}

function facts({ edition, line, zone, windows, wait_s, guidance }) {
  const limit = edition ? edition.promise_workdays : guidance?.limit_workdays;
  const fee = edition ? feeOf(edition.fees) : guidance?.fee;
  const rows = [
    ["clock", "mobile.limit", limit === null || limit === undefined ? null : limit === 0 ? t("mobile.at_once") : t("mobile.workdays", { n: limit })],
    ["coin", "mobile.fee", fee || (edition ? t("mobile.free") : null)],
    ["map-pin", "mobile.where", [zone && named(zone), windows.length > 0 && t("mobile.windows", { n: windows.slice(0, 6).map((one) => one.number).join(lang() === "en" ? ", " : "、") })].filter(Boolean).join(" · ")],
    ["users", "mobile.wait_now", line && (line.open ? `${t("mobile.waiting_n", { n: line.waiting })} · ${line.windows_open ? waitRange(wait_s) : t("mobile.no_window")}` : t("mobile.line_closed"))],
  ];
  return el("dl.card.m-facts", {}, rows.filter(([, , value]) => value).map(([sign, key, value]) => el("div", {}, el("dt", {}, icon(sign), t(key)), el("dd.num", {}, value))));
}

export function feeOf(fees) {
  return fees.filter((one) => one.amount_fen).map((one) => `${one.name} ${t("mobile.yuan", { n: (one.amount_fen / FEN).toFixed(2).replace(/\.00$/, "") })}`).join(lang() === "en" ? ", " : "、");
}

function waysOf(phone, guide, ways, outside) {
  const id = encodeURIComponent(guide.matter.id);
  return [
    ways.phone && el("button.btn.btn--primary.btn--xl.btn--block", { id: "apply", on: { click: () => beginDraft(phone, guide) } }, icon("phone"), t("mobile.apply")),
    ways.appointment && el(`a.btn.btn--lg.btn--block${ways.phone ? "" : ".btn--primary"}`, { id: "book", href: `/book?matter=${id}` }, icon("calendar"), t("mobile.book")),
    ways.ticket && outside?.allowed && el("button.btn.btn--lg.btn--block", { id: "outside", on: { click: () => phone.go(`outside/${id}`) } }, icon("ticket"), t("mobile.outside")),
    ways.terminal && !ways.phone && el("p.notice", {}, icon("info"), el("span", {}, t("mobile.by_terminal"))),
  ];
}

function plainList(guidance) {
  if (!guidance?.materials.length) return el("p.notice", {}, icon("info"), el("span", {}, t("mobile.no_materials")));
  return el("section.m-part", {}, el("h2.m-over", {}, t("mobile.bring")), el("ol.card.m-plain", { lang: "zh-CN" }, guidance.materials.map((one) => el("li", {}, one))), guidance.note && el("p.muted", { lang: "zh-CN" }, guidance.note));
}

function more(edition, id) {
  return el("details.card.m-more", {}, el("summary.strong", {}, icon("document"), t("mobile.law")),
    edition.conditions.length > 0 && [el("h3", {}, t("mobile.conditions")), el("ul", { lang: "zh-CN" }, edition.conditions.map((one) => el("li", {}, one)))],
    el("p", {}, t("mobile.statute", { n: edition.statute_workdays })),
    edition.laws.length > 0 && [el("h3", {}, t("mobile.laws")), el("ul", { lang: "zh-CN" }, edition.laws.map((one) => el("li", {}, `${one.name} ${one.article}`)))],
    edition.phones.length > 0 && el("p.num", {}, t("mobile.phones"), " ", edition.phones.map((one) => el("a", { href: `tel:${one}` }, one))),
    edition.has_form && el("a.btn.btn--block", { href: `/api/v1/guidance/matters/${encodeURIComponent(id)}/form.pdf?sample=1`, download: "" }, icon("document"), t("mobile.sample")));
}

/** The questions of a matter (情形), one at a time; the answers stand in the address, so "back" takes one back. */
export async function askView(phone, place, id, answered = "") {
  phone.loading(place, t("common.loading"));
  const answers = decoded(answered);
  const needs = await api.post(`guidance/matters/${encodeURIComponent(id)}/needs`, { answers });
  const question = needs.ask.find((one) => one.id === needs.next);
  if (!question) { phone.go(`list/${encodeURIComponent(id)}/${encodeURIComponent(encoded(answers))}`, { replace: true }); return; }
  const step = needs.ask.findIndex((one) => one.id === needs.next) + 1;
  phone.show(place, {
    over: t("mobile.bring"), title: named(question, "text"), step, of: Math.max(needs.ask.length, step), back: () => phone.back(),
    body: choices(question.options.map((one) => ({ id: `option-${one.id}`, name: named(one), act: () => phone.go(`ask/${encodeURIComponent(id)}/${encodeURIComponent(encoded({ ...answers, [question.id]: [one.id] }))}`) }))),
  });
}

export const encoded = (answers) => Object.entries(answers).map(([question, options]) => `${encodeURIComponent(question)}=${options.map(encodeURIComponent).join("+")}`).join("&");
export const decoded = (text) => Object.fromEntries(text.split("&").filter(Boolean).map((part) => { const [question, options = ""] = part.split("="); return [decodeURIComponent(question), options.split("+").filter(Boolean).map(decodeURIComponent)]; }));

/** The list: from the hall, or, for one that was kept, from the phone. */
export async function listView(phone, place, id, answered = null) {
  const kept = lists().find((one) => one.matter === id);
  const answers = answered === null ? kept?.answers ?? {} : decoded(answered);
  let list = answered === null ? kept : null;
  if (!list) {
    phone.loading(place, t("mobile.bring"));
    const [guide, needs] = await Promise.all([api.get(`guidance/matters/${encodeURIComponent(id)}`), api.post(`guidance/matters/${encodeURIComponent(id)}/needs`, { answers })]);
    list = { matter: id, name: guide.matter.name, name_en: guide.matter.name_en, answers, materials: needs.materials, promise_workdays: needs.promise_workdays, stop: needs.stop, stop_en: needs.stop_en, ways: guide.ways };
  }
  drawList(phone, place, list, Boolean(kept) && answered === null);
}

function drawList(phone, place, list, isKept) {
  const stop = named(list, "stop");
  const hasAll = new Set(list.ticked ?? []);
  const tick = (one) => { if (hasAll.has(one.id)) hasAll.delete(one.id); else hasAll.add(one.id); list.ticked = [...hasAll]; if (isKept) keepList(list); drawList(phone, place, list, isKept); };
  phone.show(place, {
    over: named(list), title: stop ? t("mobile.not_accepted") : t("mobile.bring_n", { n: list.materials.length }), hint: stop || t("mobile.bring_tick"), back: () => phone.back(),
    body: [
      !stop && el("div.m-materials", {}, list.materials.map((one) => choice({ id: `material-${one.id}`, name: named(one), note: noteOf(one), isOn: hasAll.has(one.id), act: () => tick(one) }))),
      !stop && (isKept ? el("p.notice.notice--ok", { role: "status" }, icon("check"), el("span", {}, t("mobile.list_kept")))
        : el("button.btn.btn--lg.btn--block", { id: "keep-list", on: { click: () => { keepList(list); drawList(phone, place, list, true); } } }, icon("phone"), t("mobile.list_keep"))),
      !stop && list.ways?.phone && el("button.btn.btn--primary.btn--xl.btn--block", { id: "apply", on: { click: () => beginDraft(phone, { matter: { id: list.matter, name: list.name, name_en: list.name_en } }, list.answers) } }, icon("phone"), t("mobile.apply")),
      el("button.btn.btn--block.btn--quiet", { id: "to-matter", on: { click: () => phone.go(`matter/${encodeURIComponent(list.matter)}`) } }, icon("info"), t("mobile.to_matter")),
    ],
  });
}

function noteOf(one) {
  const sheets = [one.originals && t("mobile.originals", { n: one.originals }), one.copies && t("mobile.copies", { n: one.copies })].filter(Boolean).join(lang() === "en" ? ", " : "，");
  return [sheets, one.later && t("mobile.later"), one.is_form && t("mobile.is_form"), one.issuer && t("mobile.issuer", { who: one.issuer }), one.note].filter(Boolean).join(" · ");
}
