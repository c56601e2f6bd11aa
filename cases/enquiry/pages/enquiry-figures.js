/** The hall's efficiency figures, as far as they are published. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { named, t } from "/static/i18n.js";
import { count, duration, percent } from "/static/numbers.js";
import { nothing } from "/static/visitor/steps.js";

export function figuresView(app, at) {
  app.load({ title: t("enquiry.figures"), hint: t("enquiry.figures_hint"), class: "en-list" }, (signal) => api.get("efficiency", { signal }), ({ periods, goal_min }) => {
    const chosen = periods.find((one) => one.span === at.span) ?? periods.find((one) => !one.is_empty) ?? periods[0];
    if (!chosen) return { body: nothing("chart", t("enquiry.no_figures")) };
    const name = (id) => t(`efficiency.figure.${id}`, { goal: goal_min });
    return {
      body: [
        el("div.cluster.en-filter", { role: "group", "aria-label": t("enquiry.figures"), dataset: { scanGroup: "" } }, periods.map((one) => el("button.chip", { "aria-pressed": String(one === chosen), on: { click: () => app.turn({ ...at, span: one.span }) } }, t(`efficiency.period.${one.span}`)))),
        chosen.is_empty ? nothing("chart", t("enquiry.no_figures")) : [
          el("div.en-figures", {}, chosen.figures.map((one) => el("div.card.stat", {}, el("p.stat__value.num", {}, shown(one)), el("p.stat__label", {}, name(one.id))))),
          group("enquiry.group_departments", chosen.departments, chosen.columns, name), group("enquiry.group_windows", chosen.windows, chosen.columns, name),
        ],
      ],
    };
  });
}

function group(title, rows, columns, name) {
  if (!rows.length || !columns.length) return null;
  return el("section.stack", {}, el("h2.en-h2", {}, t(title)), el("div.table-wrap", { tabindex: "0", role: "region", "aria-label": t(title) }, el("table.table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }), columns.map((id) => el("th.end", { scope: "col" }, name(id))))),
    el("tbody", {}, rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row.number ? `${row.number} ` : "", named(row)), columns.map((id) => el("td.end.num", {}, shown(row.figures.find((one) => one.id === id))))))))));
}

function shown(figure) {
  if (!figure || figure.value === null) return "—";
  if (figure.kind === "rate") return percent(figure.value);
  if (figure.kind === "count") return count(figure.value);
  return duration(figure.value);
}
