/** 好差评 on the phone: five levels, one touch for the good ones, a chance to say why for the bad. Source: 国办发〔2019〕51号. */

import { api, newKey } from "/static/api.js";
import { el, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const LEVELS = [1, 2, 3, 4, 5];
const FIRST_BAD = 4;
const REASONS = ["waiting", "slow", "attitude", "explained", "materials", "returned", "result", "place", "other"];
const LONGEST = 500;

/** The question, the reasons of a bad answer, or the thanks. `page.rating` keeps what is chosen while pictures change. */
export function ratingPart(page) {
  const given = page.rating.sent ?? page.view.rating.level;
  if (given) return thanks(given);
  return page.rating.level >= FIRST_BAD ? reasons(page) : question(page);
}

function thanks(level) {
  return el("section.card.p-thanks", { role: "status" }, icon("check"), el("h2", {}, t("phone.rated")), el("p.muted", {}, t("phone.rated_text", { level: t(`phone.level.${level}`) })));
}

function question(page) {
  const wrong = el("p.field__error", { role: "alert" });
  const pick = (level) => {
    page.rating.level = level;
    if (level >= FIRST_BAD) page.draw();
    else send(page, wrong);
  };
  return el("section.card.p-rate", {}, el("h2", {}, t("phone.rate")),
    LEVELS.map((level) => el(`button.p-face.p-face--${level}`, { id: `level-${level}`, on: { click: () => pick(level) } }, icon(`face-${level}`), el("span", {}, t(`phone.level.${level}`)))), wrong);
}

function reasons(page) {
  const { rating } = page;
  const wrong = el("p.field__error", { role: "alert" });
  const chips = REASONS.map((reason) => el("button.chip", { "aria-pressed": String(rating.reasons.has(reason)), on: { click: (event) => toggle(rating.reasons, reason, event.currentTarget) } }, t(`phone.reason.${reason}`)));
  const text = el("textarea.textarea", { id: "rating-text", maxlength: LONGEST, value: rating.text, on: { input: (event) => { rating.text = event.target.value; } } });
  return el("section.card.p-rate", {},
    el("div.spread", {}, el("h2.p-rate__level", {}, icon(`face-${rating.level}`), t(`phone.level.${rating.level}`)), el("button.btn.btn--quiet.btn--sm", { on: { click: () => { rating.level = null; page.draw(); } } }, t("phone.rate_other"))),
    el("p.strong", {}, t("phone.reasons")), el("div.cluster", {}, chips),
    el("label.field", {}, el("span.field__label", {}, t("phone.rate_text")), text, el("span.field__hint", {}, t("phone.rate_text_hint"))), wrong,
    el("button.btn.btn--primary.btn--lg.btn--block", { id: "rate-send", on: { click: () => send(page, wrong) } }, t("phone.rate_send")));
}

function toggle(chosen, reason, chip) {
  if (!chosen.delete(reason)) chosen.add(reason);
  chip.setAttribute("aria-pressed", String(chosen.has(reason)));
}

async function send(page, wrong) {
  const { rating } = page;
  if (rating.isSending) return;
  rating.isSending = true;
  const body = { ticket: page.token, level: rating.level, channel: "phone" };
  if (rating.reasons.size) body.reasons = [...rating.reasons];
  if (rating.text.trim()) body.text = rating.text.trim();
  const attempt = JSON.stringify(body);
  if (rating.attempt?.body !== attempt) rating.attempt = { body: attempt, key: newKey() };
  try {
    await api.post("ratings", body, { key: rating.attempt.key });
    rating.sent = rating.level;
    page.draw();
  } catch (error) {
    say(wrong, errorText(error));
  } finally {
    rating.isSending = false;
  }
}
