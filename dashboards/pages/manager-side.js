/** Cards behind the figures of the board: ratings, devices, what happened last. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, t } from "/static/i18n.js";
import { percent, timeOfDay } from "/static/numbers.js";
import { deviceName } from "./manager-words.js";

const LEVELS = [1, 2, 3, 4, 5];
const STATUS_TONES = { online: "badge--ok", offline: "badge--bad", fault: "badge--warn" };
const TROUBLE = { fault: 0, offline: 1 };
const NOTED = 4;

/** The share of satisfied ratings and how the levels are spread. */
export function satisfaction({ counts, rate }) {
  const all = counts.reduce((sum, n) => sum + n, 0);
  const bars = LEVELS.map((level) => el(`span.spread-bar__part.spread-bar__part--${level}`, { style: { "flex-grow": String(counts[level - 1]) }, title: `${t(`manager.level.${level}`)}: ${counts[level - 1]}` }));
  return el("div.satisfaction", {}, el("span.satisfaction__label", {}, t("manager.satisfaction")), el("span.satisfaction__rate.num", {}, all ? percent(rate) : "–"),
    all ? el("span.spread-bar", { role: "img", "aria-label": LEVELS.map((level) => `${t(`manager.level.${level}`)} ${counts[level - 1]}`).join(", ") }, bars) : null,
    el("span.muted.small.num", {}, all ? t("manager.satisfaction_n", { n: all }) : t("manager.satisfaction_none")));
}

/** Devices in trouble by name; those that are well, and those that were never switched on, as numbers. */
export function devices(list) {
  const ill = list.filter((one) => one.status in TROUBLE).sort((a, b) => TROUBLE[a.status] - TROUBLE[b.status]).slice(0, NOTED);
  const unseen = list.filter((one) => one.status === "unknown").length;
  const well = list.filter((one) => one.status === "online").length;
  return el("section.side-card", {}, el("h2.live__title", {}, t("manager.devices"), el("span.num.muted", {}, list.length)),
    list.length ? el("p.quiet-ok", { class: well ? "" : "quiet-ok--none" }, icon(well ? "check" : "info"), t("manager.devices_ok", { n: well }), unseen > 0 && el("span.muted.num", {}, t("manager.devices_unseen", { n: unseen }))) : el("p.muted.small", {}, t("manager.devices_none")),
    ill.length > 0 && el("ul.ill", {}, ill.map((one) => el("li.ill__one", {}, el("span.truncate", { title: one.id }, deviceName(one)), statusBadge(one)))));
}

export function statusBadge({ status, active }) {
  const key = active === false ? "revoked" : status ?? "unknown";
  return el(`span.badge.badge--dot${STATUS_TONES[key] ? `.${STATUS_TONES[key]}` : ""}`, {}, has(`manager.device.${key}`) ? t(`manager.device.${key}`) : key);
}

export function recent(list, names) {
  return el("section.side-card.side-card--grow", {}, el("h2.live__title", {}, t("manager.recent")),
    list.length ? el("ol.events", {}, list.map((one) => el("li.events__one", {}, el("span.num.muted", {}, timeOfDay(one.at)), el("span.num.strong", {}, one.number ?? ""), el("span", {}, eventName(one.type)), el("span.muted.truncate.events__where", { title: names.get(one.window) ?? "" }, names.get(one.window) ?? "")))) : el("p.muted.small", {}, t("manager.recent_none")));
}

const eventName = (type) => (has(`manager.event.${type}`) ? t(`manager.event.${type}`) : type);
