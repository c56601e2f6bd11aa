/** What the live board and what lies behind it say in the same way: clocks that run, waits, signs of states. */

import { secondsSince } from "/static/clock.js";
import { $$, el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { stopwatch } from "/static/numbers.js";

export const STATE_SIGNS = { closed: "minus", idle: "check", calling: "bell", serving: "user", paused: "pause" };

const DAY_S = 86_400;

/** A clock since a moment that `tick` keeps running. @param {string} since  @param {number} [late_s]  from then on it is too long */
export function clock(since, late_s) {
  const node = el("span.num.clock", { dataset: { since, ...(late_s === undefined ? {} : { late: late_s }) } });
  return tickOne(node);
}

/** Moves every clock below `root` on. */
export function tickAll(root) { for (const node of $$("[data-since]", root)) tickOne(node); }

function tickOne(node) {
  const s = secondsSince(node.dataset.since);
  say(node, s < DAY_S ? stopwatch(s) : t("manager.board.days", { n: Math.floor(s / DAY_S) }));
  node.classList.toggle("late", s > Number(node.dataset.late ?? Infinity));
  return node;
}

/** "12–25" whole minutes a visitor who comes now must expect, median and nine of ten; "–" where nobody knows. */
export function waitNow(wait_s) {
  if (!Number.isFinite(wait_s?.p50)) return "–";
  const [low, high] = [wait_s.p50, wait_s.p90].map((s) => Math.ceil((s ?? wait_s.p50) / 60));
  return low === high ? String(low) : `${low}–${high}`;
}

/** "25 秒", "12 分 40 秒" as a running clock shows it; "–" for nothing. */
export const span = (seconds) => (Number.isFinite(seconds) ? stopwatch(seconds) : "–");

/** A heading with a count beside it. */
export const title = (text, ...beside) => el("h2.board__title", {}, el("span", {}, text), beside);

/** The half hour counted from midnight as a time of day: 17 → "08:30". */
export const slotTime = (slot) => `${String(Math.floor(slot / 2)).padStart(2, "0")}:${slot % 2 ? "30" : "00"}`;

export const manyMinutes = (n) => t("manager.minutes", { n });
