/** Numbers as people understand them: waits as ranges, times as the hall's clock shows them. */

import { hallTime } from "./clock.js";
import { lang, t } from "./i18n.js";

/**
 * A wait in words: "约 10–20 分钟". Rounded outward so that the promise is kept.
 * @param {{p50: number, p90: number}|null|undefined} wait_s  seconds
 */
export function waitRange(wait_s) {
  const bounds = waitMinutes(wait_s);
  if (!bounds) return t("common.wait.unknown");
  const [low, high] = bounds;
  if (high <= 2) return t("common.wait.soon");
  if (low === high) return t("common.wait.about", { n: amount(high) });
  if (low === 0) return t("common.wait.within", { n: amount(high) });
  return high < 90 ? t("common.wait.range", { low, high }) : t("common.wait.between", { low: amount(low), high: amount(high) });
}

/** [low, high] whole minutes on round steps, or null where nothing is known. */
export function waitMinutes(wait_s) {
  if (!wait_s || !Number.isFinite(wait_s.p50)) return null;
  const high_s = Math.max(wait_s.p50, Number.isFinite(wait_s.p90) ? wait_s.p90 : wait_s.p50);
  const high = round(high_s / 60, Math.ceil);
  const low = Math.min(high, round(wait_s.p50 / 60, Math.floor));
  return [low, high];
}

function round(minutes, way) {
  const step = minutes < 5 ? 1 : minutes < 60 ? 5 : 10;
  return Math.max(0, way(minutes / step - (way === Math.ceil ? 1e-9 : -1e-9)) * step);
}

function amount(minutes) {
  if (minutes < 90) return t("common.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? t("common.hours_minutes", { h: hours, m: minutes % 60 }) : t("common.hours", { n: hours });
}

/** How long: "3 分钟", "1 小时 5 分钟"; below a minute in seconds. */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds ?? 0));
  return s < 60 ? t("common.seconds", { n: s }) : amount(Math.floor(s / 60));
}

/** A running clock: "4:07", "1:02:09". */
export function stopwatch(seconds) {
  const s = Math.max(0, Math.floor(seconds ?? 0));
  const two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** "09:05" of an ISO time, by the hall's clock. */
export const timeOfDay = (iso) => (iso ? hallTime(iso).slice(11, 16) : "");

/** "11月22日 星期日" / "Sunday 22 November" of an ISO date or time. */
export function dayOf(iso) {
  if (!iso) return "";
  return new Intl.DateTimeFormat(lang(), { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" }).format(new Date(`${hallTime(iso).slice(0, 10)}T00:00:00Z`));
}

export const count = (n) => new Intl.NumberFormat(lang()).format(n ?? 0);
export const percent = (x) => (Number.isFinite(x) ? new Intl.NumberFormat(lang(), { style: "percent", maximumFractionDigits: 1 }).format(x) : "–");
