/** Words and badges that the desk's parts share. */

import { el } from "/static/dom.js";
import { has, isChinese, named, t } from "/static/i18n.js";

const LIGHTS = { green: "ok", yellow: "warn", red: "bad", double_red: "bad" };
const STATES = { examined: "accent", suspended: "warn", decided: "ok", made: "ok", delivered: "ok", closed: "ok", withdrawn: "", terminated: "", not_accepted: "bad" };

export const day = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(isChinese() ? "zh-CN" : "en-GB", { month: isChinese() ? "long" : "short", day: "numeric" });
export const moment = (iso) => new Date(iso).toLocaleString(isChinese() ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
export const lightBadge = (one) => el(`span.badge.badge--dot.badge--${LIGHTS[one.light]}`, {}, t(`dept.light.${one.light}`));
export const stateBadge = (one) => el(`span.badge${STATES[one.state] ? `.badge--${STATES[one.state]}` : ""}`, {}, t(`dept.state.${one.state}`));
export const word = (prefix, value) => (has(`${prefix}.${value}`) ? t(`${prefix}.${value}`) : String(value));

/** How a clock stands: name, days, and a bar of what is used; a step's clock has the step's name. */
export function clockRow(clock, node = null) {
  const isOver = clock.ended_at !== null;
  const used = clock.total_workdays ? Math.min(1, Math.max(0, clock.used_workdays / clock.total_workdays)) : 1;
  const left = clock.left_workdays;
  const said = isOver ? (left >= 0 ? t("dept.clock.early", { n: left }) : t("dept.clock.late", { n: -left })) : clock.stands_since ? t("dept.clock.stands", { n: left }) : left >= 0 ? t("dept.clock.left", { n: left }) : t("dept.clock.over", { n: -left });
  return el(`div.clock.clock--${isOver ? "done" : clock.light}`, {}, el("span.clock__name", {}, node?.id ? named(node) : t(`cases.clock.${clock.kind}`)), el("strong.clock__said.num", {}, said), el("span.clock__bar", {}, el("span.clock__used", { style: { "--used": used } })), el("span.clock__due.small.muted", {}, t(clock.is_beyond_calendar ? "dept.due_about" : "dept.due", { day: day(clock.due) }), clock.suspended_workdays > 0 && ` · ${t("dept.clock.suspended", { n: clock.suspended_workdays })}`));
}
