/** What the pad shows: one function per face, each returning elements and holding no state. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";

export const LEVELS = [1, 2, 3, 4, 5];
export const BAD_FROM = 4;
export const ASPECTS = ["efficiency", "skill", "attitude"];
export const REASONS = ["attitude", "waiting", "slow", "explained", "materials", "returned", "result", "place"];
const LONGEST = 300;

/** Nobody is at the window, or nobody serves. */
export function idleFace({ window, hall }) {
  const standing = { closed: ["power", "pad.closed", "pad.paused_hint"], paused: ["pause", "pad.paused", `pad.reason.${window.reason}`] }[window.state];
  if (!standing) return el("section.idle", {}, signOf(window.staff), el("div.idle__words", {}, el("p.idle__hall", {}, named(hall)), el("h2.idle__title", {}, t("pad.welcome")), el("p.idle__hint", {}, t("pad.notice"))));
  const [sign, title, hint] = standing;
  return el("section.idle.idle--stopped", {}, icon(sign), el("h2.idle__title", {}, t(title)), el("p.idle__hint", {}, t(has(hint) ? hint : "pad.paused_hint")));
}

/** The sign of whoever sits here: photo, name or number, and what they are honoured for. */
function signOf(staff) {
  if (!staff) return null;
  return el("figure.sign", {}, staff.photo ? el("img.sign__photo", { src: `/api/v1/media/${staff.photo}`, alt: "" }) : el("span.sign__photo.sign__photo--none", {}, icon("user")),
    el("figcaption.sign__words", {}, staff.name && el("p.sign__name", {}, staff.name), staff.number && el("p.sign__number.num", {}, t("pad.staff_number", { n: staff.number })),
      (staff.marks ?? []).map((mark) => el(`p.sign__mark.sign__mark--${mark}`, {}, icon("star"), t(`pad.mark.${mark}`)))));
}

/** Somebody is called to the window or served there. */
export function servingFace({ window, ticket }) {
  const calling = window.state === "calling";
  return el(`section.serving${calling ? ".serving--calling" : ""}`, {}, el("p.serving__state", {}, t(calling ? "pad.calling" : "pad.serving")),
    el("p.serving__number.num", {}, ticket.number), el("p.serving__matter.clamp-2", {}, named(ticket, "matter_name")));
}

/** The five levels, all alike: same size, same colour, none chosen. Of several matters it is said which one is meant. */
export function askFace({ question, onLevel, onSkip }) {
  const { number, matter, place, of, left_s } = question;
  return el("section.ask", {},
    el("h2.ask__title", {}, t("pad.ask")),
    el("div.ask__about", {}, el("span.ask__number.num", {}, t("pad.ask_number", { number })), of > 1 && el("span.ask__place.num", {}, t("pad.matter_of", { n: place, of })),
      named(matter) && el("span.ask__matter.clamp-2", {}, named(matter)), matter.case && el("span.ask__case.num", {}, t("pad.case", { n: matter.case }))),
    el("div.ask__levels", {}, LEVELS.map((level) => el("button.level", { id: `level-${level}`, on: { click: () => onLevel(level) } }, icon(`face-${level}`), el("span.level__text", {}, t(`pad.level.${level}`))))),
    el("div.ask__foot", {}, countdown(left_s), of > 1 && el("button.btn.btn--lg.ask__skip", { id: "skip-matter", on: { click: onSkip } }, t("pad.skip_matter"))));
}

/** Asked once after the level has been recorded: what it is about, after a bad one also why. All of it may be left out. */
export function moreFace({ level, said, left_s, onChip, onText, onPhone, onSend }) {
  const isBad = level >= BAD_FROM;
  const chip = (kind, one, name) => el("button.chip.why__chip", { id: `${kind}-${one}`, "aria-pressed": String(said[`${kind}s`].has(one)), on: { click: () => onChip(`${kind}s`, one) } }, t(name));
  const field = (id, value, label, props, onInput) => el(props.rows ? "textarea.textarea.why__text" : "input.input.why__phone", { id, placeholder: t(label), "aria-label": t(label), value, autocomplete: "off", ...props, on: { input: (event) => onInput(event.target.value) } });
  return el(`section.why${isBad ? ".why--bad" : ""}`, {},
    el("header.why__head", {}, el("p.why__level", {}, icon(`face-${level}`), t(`pad.level.${level}`)), el("p.why__hint", {}, icon("check"), t("pad.why_hint"))),
    el("div.why__part", {}, el("h2.why__title", {}, t("pad.aspects")), el("div.why__chips.why__chips--aspects", {}, ASPECTS.map((one) => chip("aspect", one, `pad.aspect.${one}`)))),
    isBad && el("div.why__part", {}, el("h2.why__title", {}, t("pad.why")), el("div.why__chips", {}, REASONS.map((one) => chip("reason", one, `pad.reason.${one}`)))),
    isBad && el("div.why__fields", {}, field("why-text", said.text, "pad.text", { rows: 2, maxlength: LONGEST }, onText),
      el("div.why__call", {}, field("why-phone", said.phone, "pad.phone", { inputmode: "tel", maxlength: 20 }, onPhone), el("p.why__error", { id: "why-error", role: "alert" }))),
    el("div.why__actions", {}, countdown(left_s),
      el("button.btn.btn--xl", { id: "why-skip", on: { click: () => onSend(false) } }, t("pad.skip")),
      el("button.btn.btn--xl.btn--primary", { id: "why-send", disabled: !saysAnything(said), on: { click: () => onSend(true) } }, t("pad.send"))));
}

export const saysAnything = (said) => said.aspects.size > 0 || said.reasons.size > 0 || said.text.trim() !== "" || said.phone.trim() !== "";

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
