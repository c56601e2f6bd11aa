/** How an edition is read: limits, conditions, situations with the materials they come to, steps, results, laws. */

import { el, fill } from "/static/dom.js";
import { isChinese, named, t } from "/static/i18n.js";

const TONES = { draft: "badge--warn", reviewed: "badge--accent", published: "badge--ok", suspended: "badge--bad", cancelled: "badge--bad" };

export const stateBadge = (state) => el(`span.badge${TONES[state] ? `.${TONES[state]}` : ""}`, {}, t(`catalogue.state.${state}`));
export const days = (n) => (n === 0 ? t("catalogue.on_the_spot") : t(n === 1 ? "catalogue.workday" : "catalogue.workdays", { n }));
export const law = (one) => one && (one.article ? `《${one.name}》${one.article}` : `《${one.name}》`);
const section = (name, ...content) => el("section.cat__part", {}, el("h3", {}, t(`catalogue.field.${name}`)), ...content);
const list = (items) => el("ul.cat__list", {}, items.map((one) => el("li", {}, one)));

/** The whole edition. @param {object} edition @param {Record<string, string>} departments */
export function shown(edition, departments = {}) {
  return el("article.cat__shown", {},
    el("div.cat__facts", {}, [
      ["statute_workdays", days(edition.statute_workdays)], ["promise_workdays", days(edition.promise_workdays)],
      ["case_type", t(`catalogue.case_type.${edition.case_type}`)], ["flow", t(`catalogue.flow.${edition.flow}`)],
      ["serves", t(`catalogue.serves.${edition.serves}`)], ["department", departments[edition.department] ?? edition.department],
      ["code", edition.code], ["phones", edition.phones.join(" · ") || "—"],
    ].map(([name, value]) => el("div.cat__fact", {}, el("span.muted.small", {}, t(`catalogue.field.${name}`)), el("span.strong.num", {}, value)))),
    edition.conditions.length > 0 && section("conditions", list(edition.conditions)),
    situations(edition),
    edition.nodes.length > 0 && section("nodes", el("ol.cat__nodes", {}, edition.nodes.map((one) => el("li", {}, el("span.strong", {}, named(one)),
      el("span.muted", {}, [one.post, one.limit_workdays === null ? "" : days(one.limit_workdays)].filter(Boolean).join(" · ")), one.duty && el("span.small.muted", {}, one.duty))))),
    edition.procedures.length > 0 && section("procedures", list(edition.procedures.map((one) => [one.name, one.limit_workdays === null ? "" : days(one.limit_workdays), t(one.in_limit ? "catalogue.counted" : "catalogue.not_counted"), law(one.law)].filter(Boolean).join(" · ")))),
    edition.results.length > 0 && section("results", list(edition.results.map((one) => [named(one), one.valid_months ? t("catalogue.months", { n: one.valid_months }) : t("catalogue.for_good")].join(" · ")))),
    section("fees", edition.fees.length ? list(edition.fees.map((one) => `${one.name} · ¥${(one.amount_fen / 100).toFixed(2)} · ${law(one.basis) ?? "—"}`)) : el("p.muted", {}, t("catalogue.free"))),
    edition.laws.length > 0 && section("laws", list(edition.laws.map(law))),
    edition.words.length > 0 && section("words", el("div.cluster", {}, edition.words.map((one) => el("span.chip", {}, one)))));
}

/** The questions, and the list of materials they come to with the answers given so far. */
export function situations(edition) {
  const answers = {};
  const place = el("div.cat__situation");
  const draw = () => fill(place,
    el("div.cat__questions", {}, asked(edition, answers).map((question) => el("fieldset.cat__question", { id: `q-${question.id}` }, el("legend.strong", {}, isChinese() ? question.text : question.text_en || question.text),
      el("div.cluster", {}, question.options.map((one) => el("button.chip", { id: `q-${question.id}-${one.id}`, "aria-pressed": String(answers[question.id]?.[0] === one.id), on: { click: () => answer(question.id, one.id) } }, named(one))))))),
    outcome(edition, answers));
  const answer = (question, option) => {
    if (answers[question]?.[0] === option) delete answers[question]; else answers[question] = [option];
    const still = new Set(asked(edition, answers).map((one) => one.id));
    for (const id of Object.keys(answers)) if (!still.has(id)) delete answers[id];
    draw();
  };
  draw();
  return el("section.cat__part", {}, el("h3", {}, t(edition.questions.length ? "catalogue.situations" : "catalogue.field.materials")), place);
}

function outcome(edition, answers) {
  const found = needs(edition, answers);
  if (found.stop) return el("p.notice.notice--bad", {}, isChinese() ? found.stop : found.stop_en || found.stop);
  return el("div.stack", {},
    el("p.small.muted", { role: "status" }, t("catalogue.needed", { n: found.materials.length, days: days(found.promise) })),
    found.materials.length > 0 && el("div.table-wrap", {}, el("table.table.cat__materials", {},
      el("thead", {}, el("tr", {}, ["name", "issuer", "count", "supplies", "needed"].map((one) => el("th", {}, t(`catalogue.col.${one}`))))),
      el("tbody", {}, found.materials.map((one) => el("tr", { dataset: { material: one.id } },
        el("td", {}, el("span.strong", {}, named(one)), one.note && el("div.small.muted", {}, one.note), one.law && el("div.small.muted", {}, law(one.law))),
        el("td", {}, one.issuer || "—"), el("td.num", {}, t("catalogue.copies", { originals: one.originals, copies: one.copies })),
        el("td", {}, one.supplies.map((way) => t(`catalogue.supply.${way}`)).join(" / ")), el("td", {}, t(`catalogue.needed.${one.needed === "situational" ? "required" : one.needed}`))))))),
    found.conditions.length > edition.conditions.length && list(found.conditions.slice(edition.conditions.length)));
}

const holds = (when, answers) => Object.entries(when).every(([question, options]) => options.some((one) => answers[question]?.includes(one)));

/** As cases/catalogue/situations.py. */
export function asked(edition, answers) {
  const known = new Set();
  return edition.questions.filter((one) => {
    const is = Object.keys(one.asked_if).every((id) => known.has(id)) && holds(one.asked_if, answers);
    if (is) known.add(one.id);
    return is;
  });
}

export function needs(edition, answers) {
  const wanted = new Set(edition.materials.filter((one) => one.needed !== "situational").map((one) => one.id));
  const found = { conditions: [...edition.conditions], promise: edition.promise_workdays, stop: "", stop_en: "" };
  for (const row of edition.rows.filter((one) => holds(one.when, answers))) {
    row.add.forEach((id) => wanted.add(id));
    row.drop.forEach((id) => wanted.delete(id));
    found.conditions.push(...row.conditions);
    found.promise = row.promise_workdays ?? found.promise;
    found.stop ||= row.stop;
    found.stop_en ||= row.stop_en;
  }
  return { ...found, materials: edition.materials.filter((one) => wanted.has(one.id)) };
}
