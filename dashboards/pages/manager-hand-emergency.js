/** The emergency stop: a kind, its words and what it stops, seen before they are raised; raised only by holding on, or by a word. */

import { api } from "/static/api.js";
import { el, fill, set } from "/static/dom.js";
import { toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { fieldsText, REASON_MOST } from "./manager-hand-ask.js";

const HOLD_MS = 2000;
const TEXTS = { zh: 120, en: 240, do_zh: 200, do_en: 400 };
const DANGERS = new Set(["fire", "evacuation", "police"]);
const SIGNS = { fire: "flame", evacuation: "exit", power: "power", network: "wifi-off", police: "shield", other: "alert" };

/** @param {object[]} kinds  of GET emergency: the usual words of each */
export function emergencyForm(kinds) {
  if (!kinds?.length) return [];
  const state = { ...kinds[0], stops_issuing: true };
  const picture = el("div.hand__alarm");
  const chips = el("div.cluster.hand__kinds", { role: "radiogroup", "aria-label": t("manager.hand.emergency_kind") });
  const inputs = Object.entries(TEXTS).map(([name, most]) => [name, el("textarea.textarea.hand__text", { name, rows: name.startsWith("do") ? 3 : 1, maxlength: most, lang: name.endsWith("zh") ? "zh-CN" : "en", on: { input: (event) => { state[name] = event.target.value; draw(); } } })]);
  const stops = ["stops_issuing", "stops_calling"].map((name) => [name, el("input", { type: "checkbox", name, on: { change: (event) => { state[name] = event.target.checked; } } })]);
  const reason = el("input.input", { id: "emergency-reason", name: "reason", maxlength: REASON_MOST, autocomplete: "off" });
  const word = el("input.input.hand__word", { id: "emergency-word", autocomplete: "off", placeholder: t("manager.hand.word", { word: t("manager.hand.the_word") }), "aria-label": t("manager.hand.word", { word: t("manager.hand.the_word") }) });

  const draw = () => {
    picture.dataset.kind = state.kind;
    picture.dataset.danger = String(DANGERS.has(state.kind));
    fill(picture, icon(SIGNS[state.kind]), el("p.hand__alarm-what", { lang: "zh-CN" }, state.zh), el("p.strong", { lang: "en" }, state.en), el("p", { lang: "zh-CN" }, state.do_zh), el("p.small", { lang: "en" }, state.do_en));
  };
  const choose = (kind) => {
    Object.assign(state, kind);
    for (const [name, input] of inputs) input.value = state[name];
    for (const [name, input] of stops) input.checked = state[name];
    fill(chips, kinds.map((one) => el("button.chip", { id: `kind-${one.kind}`, role: "radio", "aria-checked": String(one.kind === kind.kind), on: { click: () => choose(one) } }, icon(SIGNS[one.kind]), t(`manager.hand.emergency.${one.kind}`))));
    draw();
  };
  const raise = async () => {
    if (!reason.value.trim()) { set(reason, { "aria-invalid": "true" }); reason.focus(); toast(t("manager.hand.reason_first"), "bad"); return; }
    try { await api.post("emergency", { ...state, reason: reason.value }); toast(t("manager.hand.raised"), "ok"); } catch (error) { toast(fieldsText(error), "bad", { ms: 10_000 }); }
  };
  choose(kinds[0]);
  return [el("h2.card__title", {}, icon("alert"), t("manager.hand.emergency_title")), el("p.muted.small", {}, t("manager.hand.emergency_hint")), chips,
    el("div.hand__emergency-cols", {}, el("div.stack.hand__words", {}, inputs.map(([name, input]) => el("label.field", {}, el("span.field__label", {}, t(`manager.hand.field.${name}`)), input))), el("div.stack", {}, el("span.field__label", {}, t("manager.hand.preview")), picture)),
    el("div.cluster", {}, stops.map(([name, input]) => el("label.check", {}, input, t(`manager.hand.${name}`)))),
    el("label.field", {}, el("span.field__label", {}, t("manager.reason")), reason),
    el("div.hand__guard", {}, holdButton(raise, () => word.value.trim() === t("manager.hand.the_word")), word)];
}

/** A button that acts after two seconds of holding, by finger, mouse or key; at once where `isFree` says so. */
function holdButton(act, isFree) {
  let timer = null;
  const begin = (event) => {
    if (timer || event.repeat || (event.key && event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    button.focus();
    if (isFree()) { act(); return; }
    button.dataset.holding = "";
    timer = setTimeout(() => { end(); act(); }, HOLD_MS);
  };
  const end = () => { clearTimeout(timer); timer = null; delete button.dataset.holding; };
  const button = el("button.hand__stop", { id: "raise", on: { pointerdown: begin, pointerup: end, pointerleave: end, pointercancel: end, keydown: begin, keyup: end, blur: end, contextmenu: (event) => event.preventDefault() } }, el("span.hand__stop-text", {}, icon("alert"), t("manager.hand.hold")));
  return button;
}
