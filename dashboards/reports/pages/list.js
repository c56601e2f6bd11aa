/** The reports there are, each with how far it is and what may be done with it. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { count, percent } from "/static/numbers.js";
import { scopeName } from "./choices.js";

const OPEN = new Set(["waiting", "running"]);
const AGAIN = new Set(["failed", "interrupted", "cancelled"]);

export const isOpen = (report) => OPEN.has(report.state);

/** @param {{remove, cancel, again}} deeds  each gets the report */
export function reportList(found, hall, deeds) {
  if (!found.reports.length) return el("div.empty", { id: "empty" }, icon("document"), el("p.empty__title", {}, t("reports.empty")), el("p.muted", {}, t("reports.empty_hint")));
  return el("ul.reports", { id: "reports" }, found.reports.map((one) => row(one, hall, deeds)));
}

function row(one, hall, deeds) {
  const days = one.first === one.last ? one.first : `${one.first} – ${one.last}`;
  const by = one.asked_by ? t("reports.by", { name: one.asked_by }) : t("reports.by_plan");
  const parts = [one.format.toUpperCase(), one.pages ? t("reports.pages", { n: one.pages }) : null, one.size ? t("reports.size", { n: count(Math.ceil(one.size / 1024)) }) : null, by];
  return el("li.report", { dataset: { report: one.id, state: one.state } },
    el("span.report__title", {}, `${t(`report.kind.${one.kind}`)} · ${scopeName(hall, one)} · `, el("span.num", {}, days)),
    el("span.report__deeds", {}, buttons(one, deeds)),
    el("span.note", {}, el(`span.report__state--${one.state}`, {}, isOpen(one) && one.state === "running" ? `${t("reports.state.running")} ${percent(one.progress)}` : t(`reports.state.${one.state}`)), ` · ${parts.filter(Boolean).join(" · ")}`),
    isOpen(one) ? el("progress", { max: 1, value: one.progress, "aria-label": t(`reports.state.${one.state}`) }) : null);
}

function buttons(one, deeds) {
  if (isOpen(one)) return [el("button.btn", { dataset: { do: "cancel" }, on: { click: () => deeds.cancel(one) } }, icon("stop"), t("reports.cancel"))];
  const file = one.href && el("a.btn.btn--primary", { href: one.href, download: one.name, dataset: { do: "download" } }, icon("document"), t("reports.download"));
  const again = AGAIN.has(one.state) && el("button.btn", { dataset: { do: "again" }, on: { click: () => deeds.again(one) } }, icon("repeat"), t("reports.again"));
  return [file, again, el("button.btn.btn--quiet", { dataset: { do: "remove" }, "aria-label": t("reports.remove"), title: t("reports.remove"), on: { click: () => deeds.remove(one) } }, icon("trash"))];
}
