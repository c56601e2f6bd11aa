/** What the visitor's screen shows of a confirmation: one function per face, each returning elements and holding no state. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, t } from "/static/i18n.js";
import { drawSheet, partsOf } from "./sheet-view.js";

/** Between two sheets. */
export const idleFace = () => plain("document", t("confirm.idle"), t("confirm.idle_hint"), ".cf-plain--idle");

export const loadingFace = (isBroken) => plain("clock", t(isBroken ? "confirm.busy_hash" : "confirm.loading"));

/** Nobody may use this screen. @param {string} next  the page to come back to */
export function refusedFace(next) {
  return el("section.cf-plain", {}, icon("lock"), el("h2.cf-plain__title", {}, t("confirm.not_allowed")), el("p.cf-plain__hint", {}, t("confirm.not_allowed_hint")),
    el("div.cluster", {}, el("a.btn.btn--lg.btn--primary", { href: `/sign-in?next=${encodeURIComponent(next)}` }, t("confirm.sign_in")), el("a.btn.btn--lg", { href: "/pair/pad" }, t("confirm.pair"))));
}

/** The sheet; confirming is possible once all of it has been seen. */
export function readFace({ content, pictures, isDone, onFurther, onSign, onDoubt, onRefuse }) {
  const scroller = el("div.cf-scroll", { tabindex: "0", role: "region", "aria-label": t("confirm.read") }, drawSheet(content, pictures));
  return el("section.cf.cf--read", {},
    el("header.cf__head", {}, el("h1.cf__title", {}, t("confirm.read")), el("p.cf__hint", {}, t("confirm.read_hint")), countdown()),
    el("div.cf__body", { dataset: { end: String(isDone) } }, scroller),
    el("footer.cf__foot", {},
      el("button.btn.btn--xl", { id: "cf-refuse", on: { click: onRefuse } }, t("confirm.refuse")),
      el("button.btn.btn--xl", { id: "cf-wrong", on: { click: onDoubt } }, icon("edit"), t("confirm.wrong")),
      el("button.btn.btn--xl.btn--primary.cf__main", { id: "cf-more", hidden: isDone, on: { click: onFurther } }, icon("chevron-down"), t("confirm.more")),
      el("button.btn.btn--xl.btn--primary.cf__main", { id: "cf-confirm", hidden: !isDone, on: { click: onSign } }, icon("check"), t("confirm.confirm"))));
}

/** What is wrong, by touch and in words. */
export function doubtFace({ content, wrong, text, onWrong, onText, onBack, onSend }) {
  return el("section.cf.cf--doubt", {},
    el("header.cf__head", {}, el("h1.cf__title", {}, t("confirm.wrong_title")), el("p.cf__hint", {}, t("confirm.wrong_hint")), countdown()),
    el("div.cf__body.cf-doubt", {},
      el("div.cf-doubt__parts", {}, partsOf(content).map((part) => el("button.cf-part", { id: `cf-part-${part.id}`, "aria-pressed": String(wrong.has(part.id)), on: { click: (event) => onWrong(part.id, event.currentTarget) } },
        icon("close"), el("span.cf-part__text", {}, el("span.cf-part__label", {}, part.text), part.value && el("span.cf-part__value", {}, part.value))))),
      el("textarea.textarea.cf-doubt__text", { id: "cf-said", rows: 3, maxlength: 500, autocomplete: "off", spellcheck: "false", placeholder: t("confirm.wrong_text"), "aria-label": t("confirm.wrong_text"), value: text, on: { input: (event) => onText(event.target.value) } })),
    el("footer.cf__foot", {},
      el("button.btn.btn--xl", { id: "cf-back", on: { click: onBack } }, icon("arrow-left"), t("confirm.back")),
      el("p.cf__fault", { id: "cf-fault", role: "alert" }),
      el("button.btn.btn--xl.btn--primary.cf__main", { id: "cf-send", on: { click: onSend } }, t("confirm.wrong_send"))));
}

/** The board to sign on. */
export function signFace({ board, onClear, onBack, onSend }) {
  return el("section.cf.cf--sign", {},
    el("header.cf__head", {}, el("h1.cf__title", {}, t("confirm.sign_title")), el("p.cf__hint.strong", {}, t("confirm.sign_statement")), countdown()),
    el("div.cf__body.cf-sign", {}, board),
    el("footer.cf__foot", {},
      el("button.btn.btn--xl", { id: "cf-back", on: { click: onBack } }, icon("arrow-left"), t("confirm.back")),
      el("button.btn.btn--xl", { id: "cf-clear", on: { click: onClear } }, icon("repeat"), t("confirm.clear")),
      el("p.cf__fault", { id: "cf-fault", role: "alert" }),
      el("button.btn.btn--xl.btn--primary.cf__main", { id: "cf-hand-in", on: { click: onSend } }, icon("check"), t("confirm.sign_send"))));
}

/** Signed, and on its way; `isKept`: the network is away. */
export const handingFace = (isKept) => plain(isKept ? "wifi-off" : "clock", t(isKept ? "confirm.kept" : "confirm.handing_in"), "", isKept ? ".cf-plain--kept" : "");

/** How it ended. @param {string} how  a state of the sheet, or "gone", "elsewhere" */
export function endFace(how) {
  const icons = { confirmed: "check", disputed: "edit", refused: "info", withdrawn: "arrow-left", timed_out: "clock", gone: "alert" };
  const key = has(`confirm.end.${how}`) ? how : "elsewhere";
  return plain(icons[key] ?? "info", t(`confirm.end.${key}`), t(`confirm.end.${key}_hint`), `.cf-plain--${key}`);
}

function plain(sign, title, hint = "", kind = "") {
  return el(`section.cf-plain${kind}`, { role: "status" }, icon(sign), el("h2.cf-plain__title", {}, title), hint && el("p.cf-plain__hint", {}, hint));
}

const countdown = () => el("p.cf__left", { dataset: { remaining: "" } }, icon("clock"), el("span.num"));
