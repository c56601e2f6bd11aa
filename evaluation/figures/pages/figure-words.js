/** How figures are said: a rate or "—", its parts, its link to the formula, the bar of the five levels. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, lang, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";

export const LEVELS = [1, 2, 3, 4, 5];
export const RATES = ["good_rate", "bad_rate", "active_rate", "unrated_rate", "contact_rate", "fixed_rate", "revisit_rate", "revisit_content_rate"];

/** Figures by their id. */
export const byId = (figures) => Object.fromEntries((figures ?? []).map((one) => [one.id, one]));

/** "97.5%"; "—" where there is nothing to divide by. */
export function rate(figure) {
  if (!figure || figure.value === null || figure.value === undefined) return t("figures.none");
  return new Intl.NumberFormat(lang(), { style: "percent", minimumFractionDigits: 0, maximumFractionDigits: 1 }).format(figure.value);
}

/** "39 / 40" of a rate; nothing for a count. */
export const parts = (figure) => (figure?.denominator ? t("figures.of", { n: count(figure.numerator), all: count(figure.denominator) }) : "");

export const figureName = (id) => t(`figures.${id}`);

/** A figure's name that leads to its formula. */
export function formulaLink(id, { page = "/ratings/formulas", mark = true } = {}) {
  return el("a.formula-link", { href: `${page}#${id}`, title: t("figures.formula_of", { name: figureName(id) }) }, el("span", {}, figureName(id)), mark && icon("help", { size: "1em" }));
}

/** How many of each level as one bar; said in words too. */
export function levelBar(found) {
  const all = found.ratings?.numerator ?? 0;
  const words = LEVELS.map((level) => `${t(`figures.level.${level}`)} ${count(found[`level_${level}`]?.numerator)}`).join(", ");
  const part = (level) => {
    const many = found[`level_${level}`]?.numerator ?? 0;
    return many > 0 && el(`span.levels__part.levels__part--${level}`, { style: { "--part": many }, title: `${t(`figures.level.${level}`)} ${count(many)}` });
  };
  return el("div.levels__bar", { role: "img", "aria-label": words }, all ? LEVELS.map(part) : null);
}

/** The key to the bar, each level with its number and a link to what it counts. */
export function levelKey(found) {
  const all = found.ratings?.numerator ?? 0;
  return el("ul.levels__key", {}, LEVELS.map((level) => {
    const many = found[`level_${level}`]?.numerator ?? 0;
    return el("li", {}, el(`span.levels__dot.levels__part--${level}`, {}), el("a.levels__name", { href: `/ratings/formulas#level_${level}` }, t(`figures.level.${level}`)), el("span.num.levels__n", {}, count(many)), el("span.num.muted.levels__share", {}, all ? rate({ value: many / all }) : ""));
  }));
}

/** A short bar for a rate in a table; the number stands beside it. */
export function rateBar(figure) {
  const value = figure?.value;
  return el("span.rate", {}, el("span.rate__bar", { "aria-hidden": "true" }, Number.isFinite(value) && el("span.rate__fill", { style: { width: `${100 * value}%` } })), el("span.num.rate__value", {}, rate(figure)));
}

/** "1 号窗口", a department's name, a day … as the group is called. */
export function groupName(by, group, named) {
  if (!group.key) return t("figures.unknown");
  if (by === "channel") return has(`figures.channel.${group.key}`) ? t(`figures.channel.${group.key}`) : group.key;
  if (by === "window") return group.number ? `${t("figures.window_n", { n: group.number })} ${named(group)}`.trim() : group.key;
  if (by === "staff") return [named(group), group.number].filter(Boolean).join(" ") || group.key;
  return named(group) || group.key;
}

export const monthName = (month) => new Intl.DateTimeFormat(lang(), { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
export const shortDay = (day) => new Intl.DateTimeFormat(lang(), { month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
