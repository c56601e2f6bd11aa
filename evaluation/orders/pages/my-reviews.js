/** One's own ratings: how they are spread, what visitors said, what became of the bad ones, and the appeal. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { deedForm } from "./review-forms.js";
import { levelBadge, stateBadge, when, where } from "./review-words.js";

const AGAIN_MS = 30_000;
const drafts = {};
let page = null;
let writing = "";
let onlyBad = false;

async function start() {
  await loadTexts();
  await api.get("hall").then((hall) => syncClock(hall.now)).catch(() => { /* the times bear the hall's zone */ });
  onLang(draw);
  for (;;) {
    if (!writing) await load();
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
}

async function load() {
  try {
    page = await api.get("my-reviews");
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else if (!page) fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: load } }, t("reviews.again"))));
  }
}

function draw() {
  document.title = t("reviews.mine");
  fill($("#top"), el("a.btn.btn--quiet", { href: "/console", id: "back" }, icon("arrow-left"), el("span.rev__wide", {}, t("reviews.to_console"))), el("h1.rev__title", {}, t("reviews.mine")), el("span.rev__grow"), el("language-switch"));
  if (!page) return;
  const items = page.items.filter((one) => !onlyBad || one.level >= 4);
  fill($("#main"), el("div.own", {}, summary(), items.length ? el("ol.own__list", {}, items.map(item)) : el("div.empty", {}, icon("star"), el("p.empty__title", {}, t(page.items.length ? "reviews.own_no_bad" : "reviews.own_none")))));
}

function summary() {
  const all = page.counts.reduce((sum, n) => sum + n, 0);
  return el("section.own__sum", {}, el("p.muted.small", {}, t("reviews.own_since", { day: page.since, n: all })), el("div.own__counts", {}, page.counts.map((n, at) => el("span.own__count", {}, levelBadge(at + 1), el("strong.num", {}, n)))),
    el("button.chip", { id: "only-bad", "aria-pressed": String(onlyBad), on: { click: () => { onlyBad = !onlyBad; draw(); } } }, t("reviews.own_only_bad")));
}

function item(one) {
  const said = [...one.aspects.map((name) => t(`reviews.aspect.${name}`)), ...one.reasons.map((name) => t(`reviews.reason.${name}`))];
  return el("li.own__one.card", { id: `rating-${one.id}` }, el("p.own__head", {}, levelBadge(one.level), el("strong.grow", {}, where(one)), el("span.muted.small.num", {}, when(one.at))), one.text && el("blockquote.rcard__said", {}, one.text),
    said.length > 0 && el("p.rcard__badges", {}, said.map((name) => el("span.badge", {}, name))), one.marks.length > 0 && el("p.rcard__badges", {}, one.marks.map((name) => el("span.badge", {}, t(`reviews.mark.${name}`)))), one.order && order(one.order));
}

function order(one) {
  return el("div.own__order", {}, el("p.rcard__badges", {}, stateBadge(one.state), one.category && el("span.badge", {}, t(`reviews.category.${one.category}`)), one.excluded && el("span.badge.badge--ok", {}, t("reviews.excluded")), one.appeal !== "none" && el("span.badge.badge--call", {}, t(`reviews.appeal.${one.appeal}`))),
    one.appeal_text && said("reviews.own_appeal", one.appeal_text), one.answer && said("reviews.own_answer", one.answer), one.published_text && said("reviews.published_text", one.published_text), one.may_appeal && appeal(one));
}

const said = (key, text) => el("p", {}, el("strong", {}, t(key)), " ", text);

function appeal(one) {
  if (writing !== one.id) return el("button.btn.btn--sm", { id: `appeal-${one.id}`, on: { click: () => { writing = one.id; draw(); $("#f-note")?.focus(); } } }, icon("edit"), t("reviews.deed.appeal"));
  const end = () => { writing = ""; load(); };
  return el("div.own__appeal", {}, deedForm({ deed: "appeal", card: { order: { id: one.id, named: false } }, draft: (drafts[one.id] ??= {}), onDone: end, onRefused: () => {} }), el("button.btn.btn--quiet.btn--sm", { on: { click: end } }, t("common.cancel")));
}

await start();
