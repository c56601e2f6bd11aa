/** What the pad shows: one function per face, each returning elements and holding no state. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";

export const LEVELS = [1, 2, 3, 4, 5];
export const BAD_FROM = 4;
export const REASONS = ["attitude", "waiting", "slow", "explained", "materials", "returned", "result", "place"];

/** Nobody is at the window, or nobody serves. */
export function idleFace({ window, hall }) {
  const standing = { closed: ["power", "pad.closed", "pad.paused_hint"], paused: ["pause", "pad.paused", `pad.reason.${window.reason}`] }[window.state];
  if (!standing) return el("section.idle", {}, el("p.idle__hall", {}, named(hall)), el("h2.idle__title", {}, t("pad.welcome")), el("p.idle__hint", {}, t("pad.notice")));
  const [sign, title, hint] = standing;
  return el("section.idle.idle--stopped", {}, icon(sign), el("h2.idle__title", {}, t(title)), el("p.idle__hint", {}, t(has(hint) ? hint : "pad.paused_hint")));
}

/** Somebody is called to the window or served there. */
export function servingFace({ window, ticket }) {
  const calling = window.state === "calling";
  return el(`section.serving${calling ? ".serving--calling" : ""}`, {}, el("p.serving__state", {}, t(calling ? "pad.calling" : "pad.serving")),
    el("p.serving__number.num", {}, ticket.number), el("p.serving__matter.clamp-2", {}, named(ticket, "matter_name")));
}

/** The five levels, all alike: same size, same colour, none chosen. */
export function askFace({ number, left_s, onLevel }) {
  return el("section.ask", {}, el("h2.ask__title", {}, t("pad.ask")), el("p.ask__number.num", {}, t("pad.ask_number", { number })),
    el("div.ask__levels", {}, LEVELS.map((level) => el("button.level", { id: `level-${level}`, on: { click: () => onLevel(level) } }, icon(`face-${level}`), el("span.level__text", {}, t(`pad.level.${level}`))))),
    countdown(left_s));
}

/** Asked after a bad level has been recorded; everything is optional. */
export function whyFace({ chosen, text, left_s, onReason, onText, onSend }) {
  const chips = REASONS.map((reason) => el("button.chip.why__chip", { id: `reason-${reason}`, "aria-pressed": String(chosen.has(reason)), on: { click: () => onReason(reason) } }, t(`pad.reason.${reason}`)));
  const box = el("textarea.textarea.why__text", { id: "why-text", rows: 2, maxlength: 300, placeholder: t("pad.text"), "aria-label": t("pad.text"), value: text, on: { input: (event) => onText(event.target.value) } });
  return el("section.why", {}, el("h2.why__title", {}, t("pad.why")), el("p.why__hint", {}, t("pad.why_hint")), el("div.why__chips", {}, chips), box,
    el("div.why__actions", {}, countdown(left_s),
      el("button.btn.btn--xl", { id: "why-skip", on: { click: () => onSend(false) } }, t("pad.skip")),
      el("button.btn.btn--xl.btn--primary", { id: "why-send", disabled: !chosen.size && !text.trim(), on: { click: () => onSend(true) } }, t("pad.send"))));
}

/** @param {"thanks"|"thanks_more"|"saved"|"refused"} kind */
export function thanksFace({ kind, message }) {
  const hint = { thanks: t("pad.goodbye"), thanks_more: t("pad.thanks_more"), saved: t("pad.saved"), refused: "" }[kind];
  const title = kind === "refused" ? t("pad.refused", { message }) : t("pad.thanks");
  return el("section.idle.idle--thanks", {}, icon(kind === "refused" ? "info" : "check"), el("h2.idle__title", {}, title), hint && el("p.idle__hint", {}, hint));
}

/** Before the first picture, or for a window that does not exist. */
export function blankFace(link) {
  return el("section.idle", {}, icon(link === "refused" ? "alert" : "clock"), el("h2.idle__title", {}, t(link === "refused" ? "pad.missing" : "pad.loading")));
}

function countdown(left_s) {
  return el("p.countdown", {}, icon("clock"), el("span.num", { dataset: { left: "" } }, t("pad.left", { n: left_s })));
}
