/** What a waiting visitor is told beside the number: near, due, set back, call withdrawn, next window, line closed, taken offline. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { secondsUntil } from "/static/clock.js";
import { timeOfDay } from "/static/numbers.js";

/** What a change of state means for who waits; "" where the picture itself says it. @returns {""|"undone"|"forwarded"} */
export function changeOf(before, view) {
  if (before?.state === view.state) return null;
  if (view.state !== "waiting" || !before) return "";
  if (before.state === "called" && !view.set_back) return "undone";
  return before.state === "serving" && hasDone(view) ? "forwarded" : "";
}

/** The notices of a ticket that waits, the most urgent first. @param {{view: object, told: {change?: string}}} page */
export function notices({ view, told }) {
  const isDue = view.due && secondsUntil(view.due) > 0;
  const isNear = !isDue && view.windows_open !== 0 && view.ahead <= view.near_at;
  return [
    view.set_back > 0 && notice("repeat", "warn", t("phone.set_back", { n: view.set_back })),
    told.change === "undone" && !view.set_back && notice("info", "", t("phone.undone")),
    told.change === "forwarded" && notice("check", "ok", t("phone.forwarded")),
    isDue && notice("calendar", "", el("strong.num", {}, t("phone.due", { time: timeOfDay(view.due) })), " ", t("phone.due_text")),
    view.here_by && notice("map-pin", "warn", el("strong.num", {}, t("phone.here_by", { time: timeOfDay(view.here_by) })), " ", t("phone.here_by_text")),
    view.windows_open === 0 && !view.here_by && notice("alert", "warn", t("phone.no_window")),
    isNear && notice("map-pin", "warn", el("strong", {}, view.ahead ? t("phone.near_n", { n: view.ahead }) : t("phone.near_next")), " ", named(view, "zone_name")),
    !view.line_open && view.windows_open !== 0 && notice("info", "", t("phone.line_closed")),
    view.offline && notice("wifi-off", "", el("strong", {}, t("phone.offline")), " ", t("phone.offline_text")),
  ];
}

/** The matters of a visit with several: what is done, what is next. */
export function matters(view) {
  const all = view.matters ?? [];
  if (all.length < 2) return null;
  return el("section.card.p-matters", {}, el("h2", {}, t("phone.matters")),
    el("ol", {}, all.map((one) => el("li.p-matter", { dataset: { is: standing(view, one) } }, mark(view, one), el("span.p-matter__name", {}, named(one)), el("span.p-matter__is", {}, t(`phone.matter_${standing(view, one)}`))))));
}

function standing(view, { matter, outcome }) {
  if (outcome) return "done";
  if (matter !== view.matter) return "later";
  return view.state === "waiting" ? "now" : "here";
}

const mark = (view, one) => el("span.p-matter__mark", {}, icon(one.outcome ? "check" : one.matter === view.matter ? "chevron-right" : "clock"));
const hasDone = (view) => (view.matters ?? []).some((one) => one.outcome);
const notice = (name, kind, ...text) => el(`p.notice${kind ? `.notice--${kind}` : ""}`, { role: "status" }, icon(name), el("span", {}, ...text));
