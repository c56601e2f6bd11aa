/** The hall's clock: the page's own clock corrected by what the server last said. */

let offset_ms = 0;

/** @param {string} iso  the server's `now`, ISO-8601 with offset */
export function syncClock(iso) {
  const at = Date.parse(iso);
  if (Number.isFinite(at)) offset_ms = at - Date.now();
}

/** Milliseconds since 1970 by the server's clock. */
export const hallNow = () => Date.now() + offset_ms;

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
