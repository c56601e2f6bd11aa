/** Words and badges that the desk's parts share. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, isChinese, named, t } from "/static/i18n.js";

const LIGHTS = { green: "ok", yellow: "warn", red: "bad", double_red: "bad" };
const STATES = { examined: "accent", suspended: "warn", decided: "ok", made: "ok", delivered: "ok", closed: "ok", withdrawn: "", terminated: "", not_accepted: "bad" };

export const day = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(isChinese() ? "zh-CN" : "en-GB", { month: isChinese() ? "long" : "short", day: "numeric" });
export const moment = (iso) => new Date(iso).toLocaleString(isChinese() ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
export const lightBadge = (one) => el(`span.badge.badge--dot.badge--${LIGHTS[one.light]}`, {}, t(`dept.light.${one.light}`));
export const stateBadge = (one) => el(`span.badge${STATES[one.state] ? `.badge--${STATES[one.state]}` : ""}`, {}, t(`dept.state.${one.state}`));
export const word = (prefix, value) => (has(`${prefix}.${value}`) ? t(`${prefix}.${value}`) : String(value));

/** A joint visit: who goes, and what each department found and signed; those that have yet to say so last. */
export function visitBlock(visit, nameOf) {
  const silent = visit.until ? [] : visit.departments.filter((id) => !visit.findings.some((one) => one.department === id));
  const crew = new Map();
  for (const one of visit.inspectors) crew.set(named(one, "department_name"), [...(crew.get(named(one, "department_name")) ?? []), one.number]);
  return el("section.dpart.dvisit", { dataset: { visit: visit.id } }, el("h3.dpart__title", {}, icon("search"), t("dept.visit"), el("span.small.muted", {}, visit.until ? t("dept.visit_over", { from: moment(visit.begun_at), until: moment(visit.until) }) : t("dept.visit_since", { from: moment(visit.begun_at) }))),
    crew.size > 0 && el("p.small.muted", {}, t("dept.visit_crew", { crew: [...crew].map(([name, numbers]) => `${name} ${numbers.join("、")}`).join("；") })),
    el("ol.dgraph", {}, visit.findings.map((one) => el(`li.dgraph__one.dgraph__one--${one.is_sound ? "granted" : "denied"}`, { dataset: { department: one.department } }, el("div.dgraph__top", {}, el("strong.grow", {}, named(one, "department_name")), el("span.badge", {}, t(`dept.sound.${one.is_sound}`))), el("p.dsteps__said", {}, one.words), el("p.small.muted", {}, t("dept.visit_came", { numbers: one.came.join("、") })), el("p.small.muted", {}, t("dept.visit_signed", { who: one.signed.map((each) => `${each.by || t("dept.somebody")} ${moment(each.at)}`).join("、") })))),
      silent.map((id) => el("li.dgraph__one.dgraph__one--waiting", { dataset: { department: id } }, el("div.dgraph__top", {}, el("strong.grow", {}, nameOf(id)), el("span.badge", {}, t("dept.visit_silent")))))),
    visit.result && el("p.dsteps__said", {}, visit.result));
}

const running = (part) => part.clocks.filter((one) => one.kind !== "notice" && one.kind !== "node" && one.ended_at === null);
const told = (part) => [part.is_behind && el("span.badge.badge--bad", { dataset: { behind: part.id } }, t("dept.part_behind")), part.is_beyond && el("span.badge.badge--warn", { dataset: { beyond: part.id } }, t("dept.part_beyond"))];

/** How a part stands beside the whole: a word where it is behind or endangers the joint promise, and its own clocks. */
export const partClocks = (part) => [...told(part), running(part).length > 0 && el("div.dcase__clocks.dgraph__clocks", {}, running(part).map((one) => clockRow(one)))];

/** The same in a line, beside other parts. */
export const partDues = (part) => [...told(part), running(part).length > 0 && el("span.small.muted.num", {}, running(part).map((one) => `${t(`cases.clock.${one.kind}`)} ${t(one.is_beyond_calendar ? "dept.due_about" : "dept.due", { day: day(one.due) })}`).join(" · "))];

/** How a clock stands: name, days, and a bar of what is used; a step's clock has the step's name. */
export function clockRow(clock, node = null) {
  const isOver = clock.ended_at !== null;
  const used = clock.total_workdays ? Math.min(1, Math.max(0, clock.used_workdays / clock.total_workdays)) : 1;
  const left = clock.left_workdays;
  const said = isOver ? (left >= 0 ? t("dept.clock.early", { n: left }) : t("dept.clock.late", { n: -left })) : clock.stands_since ? t("dept.clock.stands", { n: left }) : left >= 0 ? t("dept.clock.left", { n: left }) : t("dept.clock.over", { n: -left });
  return el(`div.clock.clock--${isOver ? "done" : clock.light}`, {}, el("span.clock__name", {}, node?.id ? named(node) : t(`cases.clock.${clock.kind}`)), el("strong.clock__said.num", {}, said), el("span.clock__bar", {}, el("span.clock__used", { style: { "--used": used } })), el("span.clock__due.small.muted", {}, t(clock.is_beyond_calendar ? "dept.due_about" : "dept.due", { day: day(clock.due) }), clock.suspended_workdays > 0 && ` · ${t("dept.clock.suspended", { n: clock.suspended_workdays })}`));
}
