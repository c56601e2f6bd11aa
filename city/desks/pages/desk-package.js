/** A joint package at the desk that leads it: its parts with the opinions that came back, the joint clock, its own steps. */

import { api, newKey } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { stepForm } from "./desk-forms.js";
import { clockRow, moment, partClocks, visitBlock, word } from "./desk-words.js";

const ORDER = ["decide", "finding", "sign-finding", "end-visit", "visit", "extend", "withdraw"];

export class PackageCard {
  #id; #start; #onChange; #pack = null; #step = ""; #drafts = {};

  constructor(id, { start, onChange }) {
    this.#id = id;
    this.#start = start;
    this.#onChange = onChange;
    fill($("#case"), el("div.skeleton.dept__wait"));
    this.load();
  }

  get id() { return this.#id; }

  close() { this.#id = ""; this.#pack = null; }

  lists() { if (!$("#case textarea:focus, #case input:focus")) this.load(); }

  async load() {
    const asked = this.#id;
    try {
      const pack = await api.get(`desk/packages/${encodeURIComponent(asked.replace("package:", ""))}`);
      if (asked !== this.#id) return;
      this.#pack = pack;
      this.draw();
    } catch (error) {
      if (asked === this.#id) fill($("#case"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    }
  }

  draw() {
    const pack = this.#pack;
    if (!pack) return;
    const steps = ORDER.filter((one) => pack.may.includes(one));
    if (!steps.includes(this.#step)) this.#step = steps[0] ?? "";
    fill($("#case"), el("header.dcase__head", {}, el("div.grow", {}, el("h2.dcase__title", {}, named(pack)), el("p.dcase__sub", {}, el("span.num", {}, pack.number), pack.outcome ? el(`span.badge.badge--${pack.outcome === "granted" ? "ok" : "bad"}`, {}, t(`dept.outcome.${pack.outcome}`)) : el("span.badge.badge--accent", {}, t("dept.under_way")), el("span.muted", {}, t("dept.lead", { name: named(pack, "lead_name") })), el("span.muted", {}, t(`dept.rule.${pack.rule}`)))), el("a.btn.btn--quiet.btn--icon", { href: "#", id: "close-case", "aria-label": t("dept.close") }, icon("close"))),
      el("div.dcase__told", {}, pack.visit && el("div.notice.notice--warn", {}, icon("pause"), el("span", {}, t("dept.visit_stands", { n: pack.visit_workdays })))),
      el("div.dcase__body", {}, el("div.dcase__left", {}, el("section.dcase__clocks", { "aria-label": t("dept.joint_clock") }, pack.clocks.map((one) => clockRow(one))), pack.visits.toReversed().map((one) => visitBlock(one, (id) => this.#department(id))), this.#parts()), el("section.dcase__act", { id: "act" }, this.#act(steps))));
  }

  #department(id) {
    const part = this.#pack.parts.find((one) => one.department === id);
    return part ? named(part, "department_name") : id;
  }

  #parts() {
    const names = new Map(this.#pack.parts.map((one) => [one.id, named(one)]));
    return el("section.dpart", {}, el("h3.dpart__title", {}, icon("list"), t("dept.parts")), el("ol.dgraph", {}, this.#pack.parts.map((one) => el(`li.dgraph__one.dgraph__one--${one.state}`, { id: `part-${one.id}` }, el("div.dgraph__top", {}, el("strong.grow", {}, named(one)), el("span.badge", {}, t(`dept.part.${one.state}`))), el("p.small.muted", {}, [named(one, "department_name"), one.after.length && t("dept.after", { names: one.after.map((id) => names.get(id)).join("、") }), one.settled_at && moment(one.settled_at)].filter(Boolean).join(" · ")), ...partClocks(one), one.opinion && el("p.dsteps__said", {}, one.opinion), one.why && el("p.small.muted", {}, word("dept.dropped", one.why)), one.held && el(`p.notice${one.held === "package.awaits_result" ? "" : ".notice--bad"}`, {}, icon(one.held === "package.awaits_result" ? "hold" : "alert"), el("span", {}, word("error", one.held))), one.case && this.#start.departments.some((mine) => mine.id === one.department) && el("a.btn.btn--sm.btn--quiet", { href: `#${one.case}` }, t("dept.open_case"), icon("chevron-right"))))));
  }

  #act(steps) {
    if (!steps.length) return el("div.empty", {}, icon("check"), el("p.empty__title", {}, t("dept.no_step")), el("p", {}, t("dept.package_waits")));
    this.#drafts[this.#step] ??= {};
    const visit = this.#pack.visits.find((one) => one.id === this.#pack.visit), mine = this.#start.departments.filter((one) => visit?.departments.includes(one.id)).map((one) => [one.id, named(one)]);
    const unsigned = mine.filter(([id]) => visit.findings.some((one) => one.department === id));
    const departments = [...new Map(this.#pack.parts.filter((one) => one.state === "running").map((one) => [one.department, named(one, "department_name")]))];
    const like = { mine, unsigned, departments, isPackage: true, procedures: [], may_extend: this.#pack.extension_workdays, extension_asked: 0, conflicts: [] };
    return [el("div.dact__steps", { role: "group" }, steps.map((one) => el("button.btn.btn--sm", { id: `step-${one}`, "aria-pressed": String(one === this.#step), on: { click: () => { this.#step = one; this.draw(); } } }, t(`dept.pack.step.${one}`)))),
      stepForm({ step: this.#step, card: like, start: this.#start, draft: this.#drafts[this.#step], send: (body) => this.#send(body), prefix: "dept.pack" })];
  }

  async #send(body) {
    const step = this.#step;
    const draft = this.#drafts[step];
    draft.key ??= newKey();
    try {
      this.#pack = await api.post(`desk/packages/${this.#pack.id}/${step}`, { seen: this.#pack.step, ...body }, { key: draft.key });
      delete this.#drafts[step];
      toast(t("dept.done", { step: t(`dept.pack.step.${step}`) }), "ok", { ms: 2500 });
      this.draw();
      this.#onChange();
    } catch (error) {
      if (!error.offline) delete draft.key;
      if (error.code === "package.changed") await this.load();
      throw error;
    }
  }
}
