/** The hall's clock: the page's own clock corrected by what the server last said. */

let offset_ms = 0;
let zone_ms = -new Date().getTimezoneOffset() * 60_000;

/** @param {string} iso  the server's `now`, ISO-8601 with offset */
export function syncClock(iso) {
  const at = Date.parse(iso);
  if (!Number.isFinite(at)) return;
  offset_ms = at - Date.now();
  const zone = iso.match(/([+-])(\d\d):?(\d\d)$/);
  if (zone) zone_ms = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000;
}

/** Milliseconds since 1970 by the server's clock. */
export const hallNow = () => Date.now() + offset_ms;

/** The hall's wall clock as "2026-11-22T09:05:00" for timeOfDay and dayOf, whatever zone the device is in. */
export const hallIso = () => new Date(hallNow() + zone_ms).toISOString().slice(0, 19);

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
