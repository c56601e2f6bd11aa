/** What would have come of the day: one sentence, the hall's figures, each line before and after with its range. */

import { el } from "/static/dom.js";
import { isChinese, named, t } from "/static/i18n.js";
import { count, duration, percent } from "/static/numbers.js";
import { clock } from "./day.js";

const CARDS = ["mean_s", "median_s", "p90_s", "over", "longest", "unserved", "use", "last_end_s"];
const SHOWN = { mean_s: duration, median_s: duration, p90_s: duration, over: percent, longest: (n) => count(Math.round(n)), unserved: (n) => count(Math.round(n)), use: percent, last_end_s: clock };
/** Neither more nor less of it is better by itself. */
const NEUTRAL = new Set(["use", "last_end_s"]);

export function results(found, hall, windows, words) {
  const name = (id) => { const line = hall.lines.find((one) => one.id === id); return line ? named(line) : id; };
  const whole = found.lines[""];
  const lines = Object.keys(found.lines).filter((id) => id).sort((a, b) => (found.lines[b].p90_s.before?.middle ?? 0) - (found.lines[a].p90_s.before?.middle ?? 0));
  const most = Math.max(1, ...lines.flatMap((id) => [found.lines[id].p90_s.before?.high ?? 0, found.lines[id].p90_s.after?.high ?? 0]));
  const key = (kind) => el("span", {}, el(`i.key__${kind}`), t(`whatif.key.${kind}`));
  return el("section.box", { id: "results" }, el("p.said", { id: "sentence" }, sentence(whole.p90_s, words)),
    el("p.note.num", {}, t("whatif.from_runs", { runs: found.runs, seconds: found.seconds.toFixed(1) })), el("div.cards", {}, CARDS.map((id) => card(id, whole[id]))),
    el("h2.box__title", {}, t("whatif.by_line")), el("div.legend", {}, key("before"), key("after"), el("span", {}, t("whatif.key.range"))),
    el("div.lines", {}, lines.map((id) => line(id, name(id), found.lines[id].p90_s, most))), table(found, windows));
}

/** "With two more windows … nine of ten wait at most 14 minutes instead of 31." */
function sentence(p90, words) {
  const what = words.length ? words.join(isChinese() ? "，" : ", ") : t("whatif.said.nothing");
  if (!p90?.before || !p90.after) return what;
  const [before, after] = [duration(p90.before.middle), duration(p90.after.middle)];
  if (!p90.is_clear || before === after) return t("whatif.sentence_same", { what, before, after });
  return t("whatif.sentence", { what, before, after });
}

function card(id, one) {
  const show = SHOWN[id];
  if (!one.after || !one.before) return el("div.card", { id: `card-${id}` }, el("span.note", {}, t(`whatif.figure.${id}`)), el("span.card__value", {}, "–"));
  return el("div.card", { id: `card-${id}` }, el("span.note", {}, t(`whatif.figure.${id}`)), el("span.card__value", {}, show(one.after.middle)), el("span.note.num", {}, t("whatif.instead_of", { before: show(one.before.middle) })),
    el("span.note.num", {}, t("whatif.range", { low: show(one.after.low), high: show(one.after.high) })), verdict(one, NEUTRAL.has(id)));
}

function verdict(one, isNeutral = false) {
  const by = one.difference;
  if (!by || !one.is_clear) return el("span.note", {}, t("whatif.chance"));
  if (isNeutral) return el("span.note", {}, t("whatif.clear"));
  return by.middle < 0 ? el("span.better", {}, t("whatif.better")) : el("span.worse", {}, t("whatif.worse"));
}

function line(id, name, one, most) {
  const bar = (kind, spread) => el("div.bar", { class: `bar--${kind}` }, spread ? [el("span.bar__fill", { style: { width: `${(100 * spread.middle) / most}%` } }), el("span.bar__range", { style: { left: `${(100 * spread.low) / most}%`, width: `${Math.max(0.4, (100 * (spread.high - spread.low)) / most)}%` } })] : null);
  const said = one.before && one.after ? `${duration(one.before.middle)} → ${duration(one.after.middle)}` : "–";
  return el("div.line", { dataset: { line: id } }, el("strong", {}, name), el("div.line__bars", { "aria-hidden": "true" }, bar("before", one.before), bar("after", one.after)), el("span.line__words.num", {}, said, el("br"), verdict(one)));
}

function table(found, windows) {
  const name = (id) => windows.find((one) => one.id === id)?.number ?? id;
  const cell = (spread) => el("td.end.num", {}, spread ? percent(spread.middle) : "–");
  const row = ([id, one]) => el("tr", {}, el("th", { scope: "row" }, name(id)), cell(one.before), cell(one.after));
  return el("details", {}, el("summary", {}, t("whatif.windows_use")), el("div.table-wrap", {}, el("table.table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("whatif.field.window")), el("th.end", { scope: "col" }, t("whatif.key.before")), el("th.end", { scope: "col" }, t("whatif.key.after")))), el("tbody", {}, Object.entries(found.windows).map(row)))));
}
