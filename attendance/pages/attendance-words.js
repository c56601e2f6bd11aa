/** How attendance is said: states as badges, requests in a sentence. */

import { el } from "/static/dom.js";
import { errorText, showFieldErrors } from "/static/feedback.js";
import { isChinese, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";

const KINDS = { normal: "ok", late: "warn", early: "warn", missing_in: "warn", missing_out: "warn", no_punch: "bad", absent: "bad", leave: "accent", trip: "accent", overtime: "accent", away: "bad", missing: "bad", here: "warn", paused: "warn", window: "ok", unagreed: "warn", asked: "warn", approved: "ok", refused: "bad", fast: "warn", slow: "warn", unknown: "warn", double: "bad" };

/** A badge for a state of a day or a place of somebody. */
export const badge = (prefix, state) => el(`span.badge.state${KINDS[state] ? `.badge--${KINDS[state]}` : ""}`, {}, t(`attendance.${prefix}.${state}`));

export const states = (found) => found.filter((state) => state !== "ahead").map((state) => badge("state", state));

/** "11-24 09:00–12:00", or with both days where they differ. */
export function span(begin, end) {
  const from = `${dayOf(begin)} ${timeOfDay(begin)}`;
  return dayOf(begin) === dayOf(end) ? `${from}–${timeOfDay(end)}` : `${from} – ${dayOf(end)} ${timeOfDay(end)}`;
}

/** What a request asks for, in one line. */
export function asked({ request: one, other_name }) {
  if (one.kind === "leave") return `${t(`attendance.leave.${one.leave}`)} ${span(one.begin, one.end)}`;
  if (one.kind === "correction") return `${dayOf(one.at)} ${timeOfDay(one.at)}`;
  if (one.kind === "swap") return one.other_day ? t("attendance.swap_for", { day: dayOf(one.day), other: other_name, other_day: dayOf(one.other_day) }) : t("attendance.substitute", { day: dayOf(one.day), other: other_name });
  return dayOf(one.day);
}

export const requestState = (one) => badge("request_state", one.state === "asked" && one.kind === "swap" && !one.agreed ? "unagreed" : one.state);

export const shiftName = (shift) => (isChinese() ? shift.name : shift.name_en || shift.name);

/** What is left of a kind of leave, for whoever decides. */
export const leaveYear = (year) => t("attendance.year_left", { allowed: year.allowed, days: year.days, left: year.left });

/** Writes what was refused under its field, in a sentence; gives what found no field, as showFieldErrors does. */
export function refuseIn(form, error) {
  const given = error.fields ?? {};
  const isOurs = String(error.code ?? "").startsWith("attendance.");
  const names = typeof given.field === "string" ? [given.field] : Object.keys(given);
  return showFieldErrors(form, isOurs ? Object.assign(error, { fields: Object.fromEntries(names.map((name) => [name, errorText(error)])) }) : error);
}
