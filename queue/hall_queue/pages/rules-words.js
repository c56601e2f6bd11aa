/** How values of rules are said: an amount with its unit, a choice in words, a line by its letter first. */

import { named, t } from "/static/i18n.js";

export const UNITS = { s: 1, min: 60, h: 3600 };

/** The largest unit in which so many seconds are a whole number; nothing is rounded. */
export function bestUnit(seconds) {
  if (!Number.isFinite(seconds) || seconds === 0) return "s";
  return seconds % UNITS.h === 0 ? "h" : seconds % UNITS.min === 0 ? "min" : "s";
}

/** What a line says of a limit that it does not have, whatever the hall's is. */
export const NOTHING = "none";
export const isNothing = (value) => value === null || value === undefined || value === NOTHING;

/** "15 分钟", "3 times"; one thing has its own word. */
export const amount = (n, unit) => (unit ? t("rules.amount", { n, unit: t(n === 1 ? `rules.unit_one.${unit}` : `rules.unit.${unit}`) }) : String(n));

export const lineName = (line) => [line.prefix, named(line)].filter(Boolean).join(" ");

/** A value for people. @param {object} about  of the picture's rule */
export function valueText(about, value, lines) {
  if (value === null || value === undefined || (about.kind === "whole" && isNothing(value))) return t(about.kind === "whole" ? "rules.no_limit" : about.kind === "ratio" ? "rules.off" : "rules.none");
  return WORDS[about.kind](about, value, lines);
}

const WORDS = {
  choice: (about, value) => t(`rules.choice.${about.name}.${value}`),
  yes_no: (_about, value) => t(value ? "rules.yes" : "rules.no"),
  whole: (about, value) => amount(value, about.unit),
  number: (about, value) => secondsText(value),
  ratio: (_about, value) => t("rules.ratio_text", value),
  bands: (_about, value) => (value.length ? value.map((band) => t("rules.band_text", band)).join(t("common.comma")) : t("rules.band_none")),
  line: (_about, value, lines) => { const line = lines.find((one) => one.id === value); return line ? lineName(line) : value; },
};

export function secondsText(seconds) {
  const unit = bestUnit(seconds);
  return amount(seconds / UNITS[unit], unit);
}

export const prioritiesText = (list) => (list.length ? t("rules.priority_text", { n: list.length, names: list.map((one) => named(one)).join(t("common.comma")) }) : t("rules.priority_none"));

export function hoursText(hours) {
  if (!hours) return t("rules.hours_always");
  const days = hours.days.map((spans, day) => `${t(`rules.day.${day}`)} ${spans.length ? spans.map((span) => `${span.open}–${span.close}`).join(" ") : t("rules.day_closed")}`);
  return [...days, `${t("rules.last_ticket_minutes")} ${hours.last_ticket_minutes} ${t("rules.minutes")}`, `${t("rules.follows_calendar")} ${t(hours.follows_calendar ? "rules.yes" : "rules.no")}`].join("\n");
}
