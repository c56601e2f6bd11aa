/** How the city's pages write figures, states and alarms. */

import { el } from "/static/dom.js";
import { has, t } from "/static/i18n.js";
import { count, percent } from "/static/numbers.js";

/** Minutes with one decimal: waits of a hall are compared, not promised. */
export const minutes = (s) => (Number.isFinite(s) ? t("city.minutes", { n: (s / 60).toFixed(1) }) : "–");
export const share = (x) => (Number.isFinite(x) ? percent(x) : "–");
export const whole = (n) => (Number.isFinite(n) ? count(n) : "–");

/** A badge with the state of a hall's link. */
export function linkBadge(state) {
  const kind = { linked: "ok", offline: "bad", quarantined: "bad", new: "", closed: "" }[state];
  return el(`span.badge.badge--dot${kind ? `.badge--${kind}` : ""}`, {}, t(`city.state.${state}`));
}

/** What an alarm says. */
export function alarmText(alarm) {
  const fields = Object.fromEntries(Object.entries(alarm.fields).map(([name, value]) => [name, typeof value === "number" ? count(value) : value ?? ""]));
  return t(`city.alarm.${alarm.code}`, { ...fields, reason: reasonText(fields.reason) });
}

/** A code in words, where there are any. */
export const reasonText = (code) => (code && has(`error.${code}`) ? t(`error.${code}`) : "");

/** How a hall is coloured: its worst alarm, else whether it is linked. */
export const tone = (hall) => (hall.severity !== "ok" ? hall.severity : hall.state === "linked" ? "ok" : "off");

const RANKS = { bad: 0, warn: 1, off: 2, ok: 3 };

/** Halls with those first that somebody must look at. */
export const urgentFirst = (halls) => [...halls].sort((a, b) => RANKS[tone(a)] - RANKS[tone(b)]);
