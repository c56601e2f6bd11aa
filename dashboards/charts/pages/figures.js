/** The figures of a period as a table, beside another period; each explains itself; and the same of every group. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { change, parts, shown } from "./shown.js";

export const RATED = ["ratings", "good_rate"];
export const PRESENT = ["people", "work_days", "normal_rate", "late", "late_min", "early", "missing", "no_punch", "absent", "leave", "trip", "overtime_min"];
export const COLUMNS = ["visits", "visits_served", "wait_mean", "wait_median", "wait_p90", "wait_on_time", "no_show_rate", "abandon_rate", "service_mean", "utilisation"];
export const byId = (figures) => Object.fromEntries((figures ?? []).map((one) => [one.id, one]));
export const dayName = (iso) => new Intl.DateTimeFormat(lang(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
export const periodName = ({ first, last }) => new Intl.DateTimeFormat(lang(), { dateStyle: "medium", timeZone: "UTC" }).formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`));

/** The whole's figures. @param {{title: string, id: string, found: object, compared: ?object, formulas: Object<string, object>, note: string}} parts  found: {first, last, figures} */
export function figureTable({ title, id, found, compared, formulas, note = "", files = null, nothing = "st.compared_empty" }) {
  const before = byId(compared?.figures);
  const columns = compared ? 4 : 3;
  const rows = found.figures.flatMap((one) => {
    const about = formulas[one.id];
    const told = el("tr.about", { hidden: true, id: `about-${one.id}` }, el("td", { colspan: columns }, explained(one, before[one.id], about, found, compared)));
    const toggle = (event) => { told.hidden = !told.hidden; event.currentTarget.setAttribute("aria-expanded", String(!told.hidden)); };
    return [el("tr", { "data-figure": one.id }, el("th", { scope: "row" }, el("button.ask", { "aria-expanded": "false", "aria-controls": `about-${one.id}`, on: { click: toggle } }, about?.name ?? one.id, icon("help", { size: "1em" }))),
      el("td.end.num.figure__value", {}, shown(one.value, one.kind)), !compared && el("td.num.made", {}, parts(one)), compared && el("td.end.num", {}, shown(before[one.id]?.value, one.kind)), compared && difference(one, before[one.id], about)), told];
  });
  const head = el("tr", {}, el("th", { scope: "col" }, t("st.figure")), el("th.end", { scope: "col" }, periodName(found)), !compared && el("th", { scope: "col" }, t("st.made_of")), compared && el("th.end", { scope: "col" }, periodName(compared)), compared && el("th.end", { scope: "col" }, t("st.difference")));
  return el("section.box", { id }, el("div.box__head", {}, el("h2.box__title", {}, title), files), note && el("p.note", {}, note), compared?.is_empty && el("p.note", {}, t(nothing, { days: periodName(compared) })),
    el("div.table-wrap", {}, el("table.table.figures", {}, el("thead", {}, head), el("tbody", {}, rows))));
}

function difference(now, before, about) {
  const found = change(now.value, before?.value, now.kind);
  if (!found) return el("td.end.num", {}, "—");
  const good = about?.is_better_high ?? null;
  const word = good === null || found.by === 0 ? "" : (found.by > 0) === good ? "better" : "worse";
  return el("td.end.num", {}, el(`span${word ? `.${word}` : ""}`, {}, found.by > 0 ? "▲\u00a0" : found.by < 0 ? "▼\u00a0" : "", found.text, word && el("span.word", {}, ` ${t(`st.${word}`)}`)));
}

function explained(figure, before, about, found, compared) {
  const line = (name, value, id) => value && el("p", { id }, el("strong", {}, `${name}: `), value);
  const counted = (one, of) => one && (parts(one) ? `${parts(one)} = ${shown(one.value, one.kind)}` : shown(one.value, one.kind)) + (compared ? ` (${periodName(of)})` : "");
  return el("div.explained", {}, el("p", {}, about?.plain?.replaceAll("`", "")), line(t("st.formula"), about && `${about.name} = ${about.formula}`), line(t("st.events"), about?.events), line(t("st.numbers"), counted(figure, found)), before && line(t("st.numbers"), counted(before, compared)),
    about?.href && el("a", { href: about.href }, t("st.formulas")), el("code.explained__id", {}, figure.id));
}

/** A row a group, the columns people ask for most; a click on a head sorts. Groups: {key, name, name_en, number, figures}. */
export function groupTable({ id = "groups", title, by, groups, columns = COLUMNS, formulas, channel }) {
  if (!groups.length) return null;
  let sorted = null;
  const body = el("tbody");
  const rows = groups.map((group) => ({ group, values: byId(group.figures) }));
  const fillBody = () => {
    const order = sorted ? [...rows].sort((a, b) => sorted.way * ((b.values[sorted.id]?.value ?? -1) - (a.values[sorted.id]?.value ?? -1))) : rows;
    fill(body, order.map(({ group, values }) => el("tr", { "data-key": group.key }, el("th", { scope: "row" }, groupName(by, group, channel)), columns.map((name) => el("td.end.num", { "data-figure": name }, shown(values[name]?.value, values[name]?.kind))))));
  };
  const heads = columns.map((name) => el("th.end", { scope: "col", "aria-sort": "none" }, el("button.ask", { title: [formulas[name]?.plain, formulas[name] && `${t("st.formula")}: ${formulas[name].formula}`].filter(Boolean).join("\n"), on: { click: (event) => {
    sorted = { id: name, way: sorted?.id === name ? -sorted.way : 1 };
    for (const head of heads) head.setAttribute("aria-sort", "none");
    event.currentTarget.parentElement.setAttribute("aria-sort", sorted.way > 0 ? "descending" : "ascending");
    fillBody();
  } } }, formulas[name]?.name ?? name)));
  fillBody();
  return el("section.box", { id }, el("h2.box__title", {}, title), el("div.table-wrap.table-wrap--tall", {}, el("table.table.groups", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t(`st.by.${by}`)), heads)), body)));
}

/** The groups of two counts side by side: each knows some that the other does not. */
export function joined(first, second) {
  const others = new Map(second.map((one) => [one.key, one]));
  const both = first.map((one) => ({ ...one, figures: [...one.figures, ...(others.get(one.key)?.figures ?? [])] }));
  const known = new Set(first.map((one) => one.key));
  return [...both, ...second.filter((one) => !known.has(one.key))];
}

function groupName(by, group, channel) {
  if (!group.key) return t("st.none_of", { by: t(`st.by.${by}`) });
  if (by === "hour") return `${Number(group.key)}:00–${Number(group.key) + 1}:00`;
  if (by === "weekday") return t(`charts.weekday.${group.key}`);
  if (by === "channel") return channel(group.key);
  if (by === "day") return dayName(group.key);
  if (by === "window") return t("st.window", { n: group.number, name: named(group) }).trim();
  if (by === "line" || by === "staff") return [group.number, named(group)].filter(Boolean).join(" ");
  return named(group) || group.key;
}

/** What is said where there is no table. */
export const noteBox = (id, title, text) => el("section.box", { id }, el("h2.box__title", {}, title), el("p.note", {}, text));
