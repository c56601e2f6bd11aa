/** 好差评 on the phone: each matter of the visit once, five levels without a hint, then what it was about and, after a bad one, why. Source: 国办发〔2019〕51号. */

import { api, newKey } from "/static/api.js";
import { el, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const LEVELS = [1, 2, 3, 4, 5];
const FIRST_BAD = 4;
const ASPECTS = ["efficiency", "skill", "attitude"];
const REASONS = ["waiting", "slow", "attitude", "explained", "materials", "returned", "result", "place", "other"];
const LONGEST = 500;
const CHANNELS = new Set(["sms", "qr", "phone"]);

/** What is chosen and not sent yet, and what this phone has sent: matter → level. */
export function freshRating() {
  return { sent: new Map(), skipped: new Set(), ...freshChoice() };
}

const freshChoice = () => ({ level: null, aspects: new Set(), reasons: new Set(), text: "", phone: "", more: null, attempt: null });

/** The question for the next matter, the second page of an answer, or the thanks. `page.rating` keeps what is chosen while pictures change. */
export function ratingPart(page) {
  const { rating } = page;
  const all = mattersOf(page);
  if (rating.more) return saidMore(page, all);
  const left = all.filter((one) => !levelOf(page, one) && !rating.skipped.has(one.matter));
  if (!left.length) return thanks(page, all);
  return rating.level >= FIRST_BAD ? reasons(page, all, left[0]) : question(page, all, left);
}

const mattersOf = ({ view }) => (view.rating.matters?.length ? view.rating.matters : [{ matter: null, name: "", name_en: "", case: null, level: view.rating.level }]);
const levelOf = (page, one) => page.rating.sent.get(one.matter) ?? one.level;

function thanks(page, all) {
  const rated = all.filter((one) => levelOf(page, one));
  const words = (one) => t("phone.rated_text", { level: t(`phone.level.${levelOf(page, one)}`) });
  return el("section.card.p-thanks", { role: "status" }, icon("check"), el("h2", {}, t(rated.length ? "phone.rated" : "phone.rate_none")),
    rated.map((one) => el("p.muted", {}, all.length > 1 && el("strong.p-thanks__matter", {}, named(one)), words(one))),
    page.rating.skipped.size > 0 && rated.length < all.length && el("button.btn.btn--sm", { id: "rate-again", on: { click: () => { page.rating.skipped.clear(); page.draw(); } } }, t("phone.rate_left")));
}

/* Which matter is meant, where there are several or it has a name of its own. */
function about(all, one) {
  if (all.length < 2 && !one.case) return null;
  return el("div.p-about", {}, all.length > 1 && el("span.badge.num", {}, t("phone.matter_of", { n: all.indexOf(one) + 1, of: all.length })), el("p.p-about__name", {}, named(one)), one.case && el("p.muted.num.small", {}, t("phone.case", { n: one.case })));
}

function question(page, all, left) {
  const [one] = left;
  const wrong = el("p.field__error", { role: "alert" });
  const pick = (level) => {
    page.rating.level = level;
    if (level >= FIRST_BAD) page.draw();
    else send(page, one, wrong);
  };
  return el("section.card.p-rate", {}, el("h2", {}, t("phone.rate")), about(all, one),
    LEVELS.map((level) => el("button.p-face", { id: `level-${level}`, on: { click: () => pick(level) } }, icon(`face-${level}`), el("span", {}, t(`phone.level.${level}`)))), wrong,
    all.length > 1 && el("button.btn.btn--quiet", { id: "rate-skip", on: { click: () => { page.rating.skipped.add(one.matter); page.draw(); } } }, t("phone.rate_skip")));
}

const chips = (names, chosen, words, onToggle = () => {}) => el("div.cluster", {}, names.map((name) => el("button.chip", { id: `${words.split(".")[1]}-${name}`, "aria-pressed": String(chosen.has(name)), on: { click: (event) => { toggle(chosen, name, event.currentTarget); onToggle(); } } }, t(`${words}.${name}`))));

function reasons(page, all, one) {
  const { rating } = page;
  const wrong = el("p.field__error", { role: "alert" });
  const text = el("textarea.textarea", { id: "rating-text", maxlength: LONGEST, value: rating.text, on: { input: (event) => { rating.text = event.target.value; } } });
  const phone = el("input.input.num", { id: "rating-phone", inputmode: "tel", autocomplete: "tel", maxlength: 20, value: rating.phone, on: { input: (event) => { rating.phone = event.target.value; } } });
  return el("section.card.p-rate", {},
    el("div.spread", {}, el("h2.p-rate__level", {}, icon(`face-${rating.level}`), t(`phone.level.${rating.level}`)), el("button.btn.btn--quiet.btn--sm", { on: { click: () => { rating.level = null; page.draw(); } } }, t("phone.rate_other"))),
    about(all, one), el("p.strong", {}, t("phone.reasons")), chips(REASONS, rating.reasons, "phone.reason"), el("p.strong", {}, t("phone.aspects")), chips(ASPECTS, rating.aspects, "phone.aspect"),
    el("label.field", {}, el("span.field__label", {}, t("phone.rate_text")), text, el("span.field__hint", {}, t("phone.rate_text_hint"))),
    el("label.field", {}, el("span.field__label", {}, t("phone.rate_phone")), phone, el("span.field__hint", {}, t("phone.rate_phone_hint"))), wrong,
    el("button.btn.btn--primary.btn--lg.btn--block", { id: "rate-send", on: { click: () => send(page, one, wrong) } }, t("phone.rate_send")));
}

/** After a good level that is recorded already: what it was about, which may be left out. */
function saidMore(page, all) {
  const { rating } = page;
  const { one, level } = rating.more;
  const wrong = el("p.field__error", { role: "alert" });
  const done = el("button.btn.btn--primary.btn--lg.btn--block", { id: "rate-more", on: { click: () => sendMore(page, wrong) } });
  const word = () => say(done, t(rating.aspects.size ? "phone.rate_send" : "phone.rate_done"));
  word();
  return el("section.card.p-rate", {}, el("h2.p-rate__level", {}, icon(`face-${level}`), t("phone.rated_text", { level: t(`phone.level.${level}`) })), about(all, one),
    el("p.strong", {}, t("phone.aspects")), chips(ASPECTS, rating.aspects, "phone.aspect", word), wrong, done);
}

function toggle(chosen, name, chip) {
  if (!chosen.delete(name)) chosen.add(name);
  chip.setAttribute("aria-pressed", String(chosen.has(name)));
}

function channelOf({ view }) {
  const asked = new URLSearchParams(location.search).get("channel");
  return CHANNELS.has(asked) ? asked : view.rating.is_own === false ? "qr" : "phone";
}

async function send(page, one, wrong) {
  const { rating } = page;
  const { level } = rating;
  if (!await handed(page, one, level, wrong)) return;
  rating.sent.set(one.matter, level);
  Object.assign(rating, freshChoice(), level < FIRST_BAD ? { more: { one, level } } : {});
  page.draw();
}

async function sendMore(page, wrong) {
  const { rating } = page;
  const { one, level } = rating.more;
  if (rating.aspects.size && !await handed(page, one, level, wrong)) return;
  Object.assign(rating, freshChoice());
  page.draw();
}

/** Hands one rating in, under the same key as long as it is the same; what the hall refuses is said. @returns {Promise<boolean>} */
async function handed(page, one, level, wrong) {
  const { rating } = page;
  if (rating.isSending) return false;
  rating.isSending = true;
  const body = { ticket: page.token, level, channel: channelOf(page), ...(one.matter ? { matter: one.matter } : {}) };
  if (rating.aspects.size) body.aspects = [...rating.aspects];
  if (rating.reasons.size) body.reasons = [...rating.reasons];
  if (rating.text.trim()) body.text = rating.text.trim();
  if (rating.phone.trim()) body.phone = rating.phone.trim();
  const attempt = JSON.stringify(body);
  if (rating.attempt?.body !== attempt) rating.attempt = { body: attempt, key: newKey() };
  try {
    await api.post("ratings", body, { key: rating.attempt.key });
    return true;
  } catch (error) {
    say(wrong, errorText(error));
    return false;
  } finally {
    rating.isSending = false;
  }
}
