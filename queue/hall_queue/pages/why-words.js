/** The reasons of a window's order as sentences. */

import { named, t } from "/static/i18n.js";
import { duration, timeOfDay } from "/static/numbers.js";

const LIMIT_S = 60;

/** What gives a ticket its place, in one sentence. */
export function fact(ticket, rules) {
  const { rank, way } = ticket;
  if (rank === "pinned") return ticket.pinned?.reason ? t("why.fact.pinned", ticket.pinned) : t("why.fact.pinned_plain");
  if (rank === "returned") return returned(way);
  if (rank === "directed") return directed(way);
  if (rank === "aged") return t("why.fact.aged", { limit: limitOf(ticket, rules) });
  if (rank === "priority") return t("why.fact.priority", { name: named(ticket.priority) });
  if (rank === "due") return t("why.fact.due", { time: timeOfDay(ticket.due) });
  return t(`why.fact.${rank}`);
}

function returned(way) {
  if (way?.way === "hold") return t("why.fact.returned_hold");
  return way?.way === "return" && way.from_window ? t("why.fact.returned_return", { n: way.from_window }) : t("why.fact.returned");
}

function directed(way) {
  if (!way) return t("why.fact.directed");
  const reason = way.reason ? t("why.fact.reason", { reason: way.reason }) : "";
  if (way.way === "move") return t("why.fact.directed_move", { by: way.by }) + reason;
  if (!way.from_window) return t("why.fact.directed") + reason;
  return t(way.to_staff ? "why.fact.directed_staff" : "why.fact.directed_window", { n: way.from_window }) + reason;
}

/** What else is true of a ticket and explains an arrival that is not its issue. */
export function asides(ticket) {
  const found = [];
  if (ticket.priority && ticket.rank !== "priority") found.push(named(ticket.priority));
  if (ticket.due && ticket.rank !== "due") found.push(t("why.fact.slot", { time: timeOfDay(ticket.due) }));
  if (ticket.passes) found.push(t("why.fact.set_back"));
  return found;
}

/** Why `upper` goes before `lower`; its step says what decides. */
export function stepText(upper, lower, rules) {
  const { kind } = upper.step;
  const words = { upper: upper.number, lower: lower.number, class: t(`why.class.${kind === "rank" ? upper.step.lower : upper.step.upper}`) };
  if (kind === "rank") return rankText(upper, rules, words);
  if (kind === "preference") return t("why.step.preference", { first: named(upper, "line_name"), second: named(lower, "line_name") });
  const is_close = kind === "arrival" && upper.step.gap_s < 1;
  return t(is_close ? "why.step.arrival_just" : `why.step.${kind}`, { ...words, time: duration(upper.step.gap_s) });
}

function rankText(upper, rules, words) {
  const more = {
    aged: () => ({ limit: limitOf(upper, rules) }),
    turn: () => rules.ratio ?? { favoured: "", oldest: "" },
    priority: () => ({ name: named(upper.priority) }),
    due: () => ({ time: timeOfDay(upper.due) }),
  }[upper.rank];
  return t(`why.step.${upper.rank}`, { ...words, ...more?.() });
}

/** The rules in force, each a sentence. */
export function ruleTexts(rules) {
  const first = t("why.rules.order");
  return [first, t("why.rules.classes"), ...ageing(rules), ...ratio(rules), ...own(rules), lines(rules), t("why.rules.arrival")].filter(Boolean);
}

function ageing({ lines: all }) {
  const aged = all.filter((line) => line.ageing_s > 0);
  if (!aged.length) return [];
  const same = aged.length === all.length && new Set(aged.map((line) => line.ageing_s)).size === 1;
  if (same) return [t("why.rules.ageing", { limit: duration(aged[0].ageing_s) })];
  return aged.map((line) => t("why.rules.ageing_line", { line: named(line), limit: duration(line.ageing_s) }));
}

const ratio = ({ ratio: now }) => (now ? [t(now.owed ? "why.rules.ratio_owed" : "why.rules.ratio", now)] : []);

function own({ express, skills }) {
  return [express !== "any" && t(`why.rules.express_${express}`), skills > 0 && t("why.rules.skills", { n: skills })];
}

function lines({ lines: all, preference }) {
  if (!all.length) return "";
  if (all.length === 1) return t("why.rules.one_line", { line: named(all[0]), n: all[0].waiting });
  const names = all.map((line) => t("why.rules.line", { line: named(line), n: line.waiting }));
  return t(preference ? "why.rules.lines" : "why.rules.lines_equal", { lines: names.join(preference ? " → " : t("common.comma")) });
}

/** Why somebody who waits is not called here. */
export function hindranceText({ hindrance, until, window }) {
  if (hindrance === "other_person" && !window) return t("why.hindrance.other_person_away");
  if (hindrance === "barred" && !until) return t("why.hindrance.barred_open");
  return t(`why.hindrance.${hindrance}`, { n: window, time: timeOfDay(until) });
}

/** How many go before a ticket, and by what right. */
export const beforeText = ({ kind, rank, tickets }) => t(`why.before.${kind}`, { n: tickets, class: t(`why.class.${rank}`) });

/** "30 分钟": the limit after which a ticket of this line counts as a long wait. */
function limitOf(ticket, rules) {
  const line = rules.lines.find((one) => one.id === ticket.line);
  const s = line?.ageing_s || (Date.parse(ticket.ages_at) - Date.parse(ticket.arrival)) / 1000 || LIMIT_S;
  return duration(s);
}
