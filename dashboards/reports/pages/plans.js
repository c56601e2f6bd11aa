/** Reports that are made by themselves, and who heads a department: for managers. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";
import { FORMATS, KINDS, field, scopeName, scopeOf, scopeSelect, select } from "./choices.js";

export class Plans {
  #hall; #staff; #found; #place;

  constructor(hall, staff, found, place) {
    this.#hall = hall;
    this.#staff = staff;
    this.#found = found;
    this.#place = place;
  }

  draw() {
    fill(this.#place, this.#planBox(), this.#headBox());
  }

  #planBox() {
    const kinds = KINDS.filter((kind) => kind !== "period").map((kind) => [kind, t(`report.kind.${kind}`)]);
    const form = el("form", { id: "plan", on: { submit: (event) => { event.preventDefault(); this.#add(event.currentTarget); } } },
      el("div.row", {}, field("kind", t("reports.kind"), select("kind", kinds, "daily")), field("window", t("reports.scope"), scopeSelect(this.#hall, null)), field("format", t("reports.format"), select("format", FORMATS.map((one) => [one, one.toUpperCase()]), "pdf")), el("button.btn", { id: "plan-add", type: "submit" }, icon("plus"), t("reports.plan_add"))));
    const list = this.#found.plans.length ? el("ul.plans", { id: "plans" }, this.#found.plans.map((one) => this.#plan(one))) : el("p.note", {}, t("reports.plans_empty"));
    return el("section.box", {}, el("h2.box__title", {}, t("reports.plans")), el("p.note", {}, t("reports.plans_hint")), list, form);
  }

  #plan(one) {
    return el("li.plan", {}, el("span", {}, `${t(`report.kind.${one.kind}`)} · ${scopeName(this.#hall, one)} · ${one.format.toUpperCase()}`), el("span.note.num", {}, t("reports.plan_since", { day: one.since })),
      el("button.btn.btn--quiet", { "aria-label": t("reports.plan_remove"), on: { click: () => this.#save(this.#found.plans.filter((each) => each !== one)) } }, icon("trash")));
  }

  #add(form) {
    const given = Object.fromEntries(new FormData(form));
    this.#save([...this.#found.plans, { id: "", kind: given.kind, format: given.format, language: lang(), ...scopeOf(given.scope) }]);
  }

  async #save(plans) {
    try {
      this.#found = await api.put("report-plans", { plans: plans.map(({ id, kind, window, department, format, language }) => ({ id, kind, window: window ?? null, department: department ?? null, format, language })) });
      toast(t("reports.saved"), "ok");
    } catch (error) {
      toast(errorText(error), "bad");
    }
    this.draw();
  }

  #headBox() {
    const named = (id) => { const one = this.#staff.find((each) => each.id === id); return one ? `${one.number} ${one.display_name}`.trim() : id; };
    const rows = Object.entries(this.#found.heads).flatMap(([department, heads]) => heads.map((id) => el("li.plan", {}, el("span", {}, `${scopeName(this.#hall, { department })} · ${named(id)}`),
      el("button.btn.btn--quiet", { "aria-label": t("reports.plan_remove"), on: { click: () => this.#head(department, heads.filter((each) => each !== id)) } }, icon("trash")))));
    const form = el("form", { id: "head", on: { submit: (event) => { event.preventDefault(); const given = Object.fromEntries(new FormData(event.currentTarget)); this.#head(given.department, [...(this.#found.heads[given.department] ?? []), given.staff]); } } },
      el("div.row", {}, field("department", t("reports.heads_department"), select("department", this.#hall.departments.map((one) => [one.id, scopeName(this.#hall, { department: one.id })]))),
        field("staff", t("reports.heads_person"), select("staff", this.#staff.map((one) => [one.id, named(one.id)]))), el("button.btn", { id: "head-add", type: "submit" }, icon("plus"), t("reports.heads_add"))));
    return el("section.box", {}, el("h2.box__title", {}, t("reports.heads")), el("p.note", {}, t("reports.heads_hint")), rows.length ? el("ul.plans", { id: "heads" }, rows) : el("p.note", {}, t("reports.heads_none")), form);
  }

  async #head(department, staff) {
    try {
      await api.put(`report-heads/${department}`, { staff });
      this.#found = await api.get("report-plans");
      toast(t("reports.saved"), "ok");
    } catch (error) {
      toast(errorText(error), "bad");
    }
    this.draw();
  }
}
