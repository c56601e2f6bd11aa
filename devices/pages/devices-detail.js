/** One device: everything that is known of it, and what can be done with it. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { besideBox } from "./devices-beside.js";
import { fault, paper, skew } from "./devices-list.js";
import { alarmWords, badgeOf, ICONS, kindName, nameOf, placeOf, since, stateName, trialWords, whoOf } from "./devices-words.js";

const MOST_DETAIL = 12;

/**
 * Draws the side panel.
 * @param {Element} node
 * @param {object|null} card  null closes it
 * @param {{places: object[], busy: boolean, deeds: {[name: string]: (card: object, arg?: string) => void}}} around  close, test, edit, renew, rotate, revoke, acknowledge
 */
export function drawDetail(node, card, { places, busy, deeds }) {
  node.hidden = !card;
  document.body.classList.toggle("devices--open", Boolean(card));
  if (!card) { fill(node); return; }
  const { shown } = card;
  fill(node,
    el("header.dv-detail__head", {}, el("span.dv-card__icon", {}, icon(ICONS[shown.kind] ?? "screen")), el("div.dv-detail__names", {}, el("h2.dv-detail__name", { id: "detail-name" }, nameOf(card)), el("p.small.muted", {}, `${kindName(shown.kind)} · ${shown.id}`)), el("button.btn.btn--quiet.btn--icon", { id: "detail-close", "aria-label": t("devices.close"), on: { click: () => deeds.close(card) } }, icon("close"))),
    el("div.dv-detail__body", {},
      el("p.dv-detail__state", {}, el("span.badge.badge--dot", { class: badgeOf(card) ? `badge--${badgeOf(card)}` : "" }, stateName(card)), el("span.num.muted", {}, shown.since ? t("devices.since", { time: since(shown.since) }) : t("devices.never"))),
      card.alarms.map((alarm) => alarmCard(alarm, () => deeds.acknowledge(card, alarm.code))),
      testBox(card, busy, deeds),
      facts(card, places),
      besideBox(card),
      refusals(shown),
      told(shown),
      el("div.dv-deeds", {},
        el("button.btn", { id: "edit", disabled: busy, on: { click: () => deeds.edit(card) } }, icon("edit"), t("devices.edit")),
        el("button.btn", { id: "renew", disabled: busy || Boolean(card.renewal), on: { click: () => deeds.renew(card) } }, icon("refresh"), t("devices.renew")),
        el("button.btn", { id: "rotate", disabled: busy, on: { click: () => deeds.rotate(card) } }, icon("lock"), t("devices.rotate")),
        el("button.btn.btn--danger", { id: "revoke", disabled: busy, on: { click: () => deeds.revoke(card) } }, icon("trash"), t("devices.revoke")))));
}

/** An alarm with its "I see to it". */
export function alarmCard(alarm, onAcknowledge, who = null) {
  const { what, todo } = alarmWords(alarm);
  const held = alarm.acknowledged;
  return el("article.dv-alarm", { class: held ? "dv-alarm--held" : alarm.is_bad ? "dv-alarm--bad" : "dv-alarm--warn" }, icon("alert"),
    el("div.dv-alarm__text", {}, who, el("p.strong", {}, what, el("span.num.dv-alarm__since", {}, t("devices.since", { time: since(alarm.since) }))), el("p.small", {}, todo), held && el("p.small.dv-alarm__held", {}, icon("check"), t("devices.held", { who: whoOf(held.by), time: since(held.at) }))),
    !held && el("button.btn.btn--sm", { id: `ack-${alarm.device}-${alarm.code}`, on: { click: (event) => { event.stopPropagation(); onAcknowledge(); } } }, t("devices.acknowledge")));
}

function testBox(card, busy, deeds) {
  const words = trialWords(card.trial);
  return el("div.dv-test", {}, el("button.btn.btn--primary", { id: "test", disabled: busy || !["online", "fault"].includes(card.shown.status) || card.trial?.end === null, on: { click: () => deeds.test(card) } }, icon("play"), t(`devices.test.${card.test}`)),
    el("p.small", { role: "status" }, words ? el(`span.badge.badge--${words.kind}`, {}, words.text) : el("span.muted", {}, t(`devices.test_hint.${card.test}`))));
}

function facts(card, places) {
  const { shown } = card;
  const rows = [
    ["place", placeOf(card, places)], ["last_seen", shown.last_seen ? timeOfDay(shown.last_seen) : "–"], ["model", shown.model || "–"], ["firmware", shown.firmware || "–"],
    ["paper", paper(shown)], ["clock", skew(shown)], ["last_fault", fault(card)],
    ["credential", card.renewal ? t(card.renewal.waits ? "devices.renewal_waits" : "devices.renewing") : card.renewed_at ? t("devices.credential_since", { time: since(card.renewed_at) }) : "–"],
    ["let_in", card.let_in_at ? t("devices.let_in_by", { who: whoOf(card.let_in_by), time: since(card.let_in_at) }) : "–"],
    ["commands", shown.waiting || "–"], ["page", card.page ? el("a", { href: card.page, target: "_blank", rel: "noopener" }, card.page) : null],
  ];
  return el("dl.dv-facts", {}, rows.filter(([, value]) => value !== null).map(([name, value]) => [el("dt", {}, t(`devices.fact.${name}`)), el("dd", {}, value)]));
}

function refusals({ denied }) {
  const all = Object.entries(denied).sort((a, b) => b[1] - a[1]);
  return all.length > 0 && el("section.dv-more", {}, el("h3", {}, t("devices.refused")), el("ul", {}, all.map(([code, n]) => el("li", {}, el("span.num.strong", {}, `${n} × `), t(`devices.reason.${code}`) === `devices.reason.${code}` ? code : t(`devices.reason.${code}`)))));
}

function told({ detail }) {
  const all = Object.entries(detail).slice(0, MOST_DETAIL);
  return all.length > 0 && el("section.dv-more", {}, el("h3", {}, t("devices.told")), el("ul", {}, all.map(([name, value]) => el("li", {}, el("span.muted", {}, `${name} `), el("span.num", {}, typeof value === "object" ? JSON.stringify(value).slice(0, 120) : String(value).slice(0, 120))))));
}
