/** The hall's clock: the page's own clock corrected by what the server last said. */

let offset_ms = 0;
let zone_ms = null;

/** @param {string} iso  the server's `now`, ISO-8601 with offset */
export function syncClock(iso) {
  const at = Date.parse(iso);
  if (!Number.isFinite(at)) return;
  offset_ms = at - Date.now();
  zone_ms = zoneOf(iso) ?? zone_ms;
}

/** Milliseconds since 1970 by the server's clock. */
export const hallNow = () => Date.now() + offset_ms;

/**
 * "2026-11-22T09:05:00" by the hall's wall clock, whatever zone the device is in: the server's zone where it is known, else the
 * one written in `at`, else the device's. What bears no zone is the hall's time already.
 * @param {string|number} at  ISO time or milliseconds
 */
export function hallTime(at) {
  if (typeof at === "string" && !/(Z|[+-]\d\d:?\d\d)$/.test(at)) return at.slice(0, 19);
  const ms = typeof at === "number" ? at : Date.parse(at);
  if (!Number.isFinite(ms)) return "";
  return new Date(ms + (zone_ms ?? zoneOf(at) ?? -new Date(ms).getTimezoneOffset() * 60_000)).toISOString().slice(0, 19);
}

/** The hall's wall clock now, for timeOfDay and dayOf. */
export const hallIso = () => hallTime(hallNow());

/* Milliseconds east of Greenwich; null for none and for UTC, which says nothing about the hall. */
function zoneOf(iso) {
  const zone = String(iso).match(/([+-])(\d\d):?(\d\d)$/);
  return zone && ((zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 || null);
}

/** Seconds since `iso`, never below zero; 0 for no time. */
export function secondsSince(iso) {
  const at = Date.parse(iso ?? "");
  return Number.isFinite(at) ? Math.max(0, (hallNow() - at) / 1000) : 0;
}

/** Seconds until `iso`, never below zero. */
export function secondsUntil(iso) {
  const at = Date.parse(iso ?? "");
  return Number.isFinite(at) ? Math.max(0, (at - hallNow()) / 1000) : 0;
}
