/** How the device board names things: kinds, states, places, times and alarms. */

import { hallIso, hallTime } from "/static/clock.js";
import { has, named, t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";

export const ICONS = { kiosk: "kiosk", printer: "printer", "page-printer": "document", idreader: "user", board: "screen", "window-screen": "window", led: "type", speaker: "speaker", pad: "pad", handset: "keyboard", terminal: "clock", enquiry: "search", camera: "eye", selfservice: "desk" };
export const KINDS = Object.keys(ICONS);
export const STATES = ["online", "fault", "offline", "unknown"];
const BADGES = { online: "ok", fault: "bad", offline: "bad", unknown: "" };

export const kindName = (kind) => (has(`manager.kind.${kind}`) ? t(`manager.kind.${kind}`) : kind);
export const stateOf = ({ shown }) => (shown.is_hung ? "hung" : shown.status);
export const stateName = (card) => t(`devices.state.${stateOf(card)}`);
export const badgeOf = ({ shown }) => BADGES[shown.status] ?? "";
export const nameOf = ({ shown }) => shown.name || shown.id;
export const whoOf = (actor) => (actor.startsWith("system") ? t("devices.by_system") : actor.replace(/^\w+:/, ""));

/** Where a device is, in words; a window says its number first. */
export function placeOf({ shown }, places) {
  const kind = shown.window ? "window" : "zone";
  const found = places.find((one) => one.kind === kind && one.id === (shown.window ?? shown.zone));
  return found ? named(found) : shown.place ?? t("devices.no_place");
}

/** Since when, for people: the time today, the day and time before. */
export function since(moment) {
  if (!moment) return "–";
  const day = hallTime(moment).slice(0, 10);
  return day === hallIso().slice(0, 10) ? timeOfDay(moment) : `${Number(day.slice(5, 7))}-${day.slice(8)} ${timeOfDay(moment)}`;
}

/** What an alarm says and what to do about it. @returns {{what: string, todo: string}} */
export function alarmWords(alarm) {
  const code = alarm.code.replace(/^(device|kiosk)\./, "");
  const reason = alarm.fields.reason ?? "";
  const fields = { ...alarm.fields, reason: has(`devices.reason.${reason}`) ? t(`devices.reason.${reason}`) : reason || "–" };
  return { what: t(`devices.alarm.${code}`, fields), todo: t(`devices.todo.${code}`, fields) };
}

/** How a test ended, in words; null before the first. */
export function trialWords(trial) {
  if (!trial) return null;
  if (!trial.end) return { kind: "accent", text: t("devices.trial.running") };
  const reason = trial.detail?.reason ?? "";
  const kind = trial.end === "done" ? "ok" : "bad";
  return { kind, text: t(`devices.trial.${trial.end}`, { time: timeOfDay(trial.ended_at), reason: has(`devices.reason.${reason}`) ? t(`devices.reason.${reason}`) : reason || "–" }) };
}
