/** One case at the desk: whose it is (masked), what was handed in, its history, and what may be done with it now. */

import { api, newKey } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { KEYS, stepForm, stepsOf, yuan } from "./desk-forms.js";
import { clockRow, moment, partDues, stateBadge, visitBlock, word } from "./desk-words.js";

const LOOK_MS = 20_000;
const SAID = ["opinion", "reason", "reasons", "remedies", "result", "authority", "licence", "finding", "detail", "solution", "receipt"];

export class DeskCase {
  #id; #start; #onChange; #card = null; #step = ""; #drafts = {}; #timer; #feed; #others = []; #stale = false;

  constructor(id, { start, onChange }) {
    this.#id = id;
    this.#start = start;
    this.#onChange = onChange;
    fill($("#case"), el("div.skeleton.dept__wait"));
    this.load().then(() => { if (this.#card) this.#watch(); });
  }

  get id() { return this.#id; }

  close() {
    clearInterval(this.#timer);
    this.#feed?.close();
    if (this.#card) api.post(`desk/cases/${this.#id}/look`, { is_open: false }).catch(() => {});
    this.#card = null;
    this.#id = "";
  }

  /* Somebody else did something: say so, and show the newest unless something is being written. */
  #watch() {
    const look = async () => {
      if (document.hidden) return;
      try { this.#others = (await api.post(`desk/cases/${this.#id}/look`, { is_open: true })).people; this.#banner(); } catch { /* the next one tells */ }
    };
    look();
    this.#timer = setInterval(look, LOOK_MS);
    this.#feed = live([`desk-case/${this.#id}`], { onView: (_topic, view, event) => {
      this.#others = view.people.filter((one) => one.id !== this.#start.id);
      this.#banner();
      if (event && this.#card) this.#fresh();
    } });
  }

  async #fresh() {
    const before = this.#card.step;
    try {
      const now = await api.get(`desk/cases/${this.#id}`);
      if (!this.#card || now.step === before) return;
      this.#card = now;
      this.#stale = now.history.at(-1)?.actor !== `staff:${this.#start.id}`;
      this.draw();
    } catch { /* shown as it was */ }
  }

  async load() {
    const asked = this.#id;
    try {
      const card = await api.get(`desk/cases/${encodeURIComponent(asked)}`);
      if (asked !== this.#id) return;
      this.#card = card;
      this.draw();
    } catch (error) {
      if (asked === this.#id) fill($("#case"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    }
  }

  lists() { /* the tray moved; the feed of the case tells the rest */ }

  draw() {
    const card = this.#card;
    if (!card) return;
    const steps = stepsOf(card);
    if (!steps.includes(this.#step)) this.#step = steps[0] ?? "";
    const top = $(".dcase__left")?.scrollTop ?? 0;
    fill($("#case"), this.#head(), el("div.dcase__told", { id: "told" }), el("div.dcase__body", {}, el("div.dcase__left", { tabindex: "-1" }, this.#clocks(), card.package && this.#package(), this.#pledge(), this.#form(), this.#materials(), this.#fees(), this.#papers(), this.#history()), el("section.dcase__act", { id: "act", "aria-label": t("dept.act") }, this.#act(steps))));
    $(".dcase__left").scrollTop = top;
    this.#banner();
  }

  #head() {
    const card = this.#card;
    return el("header.dcase__head", {}, el("div.grow", {}, el("h2.dcase__title", {}, named(card, "matter_name")), el("p.dcase__sub", {}, el("span.num", {}, card.number), stateBadge(card), card.outcome && el(`span.badge.badge--${card.outcome === "granted" ? "ok" : "bad"}`, {}, t(`dept.outcome.${card.outcome}`)), card.mode !== "normal" && el("span.badge.badge--warn", {}, t(`dept.mode.${card.mode}`)), el("span.muted", {}, `${card.hall_name || t("dept.online")} · ${named(card, "department_name")}`))), el("a.btn.btn--quiet.btn--icon", { href: "#", id: "close-case", "aria-label": t("dept.close") }, icon("close")));
  }

  #banner() {
    const node = $("#told");
    if (!node || !this.#card) return;
    fill(node, this.#stale && el("div.notice.notice--warn", { id: "changed" }, icon("refresh"), el("span", {}, t("dept.changed", { who: this.#card.history.at(-1)?.by || t("dept.somebody") }))), this.#others.length > 0 && el("div.notice", { id: "others" }, icon("users"), el("span", {}, t("dept.others", { names: this.#others.map((one) => one.name).join("、") }))), this.#card.is_separated && el("div.notice", {}, icon("shield"), el("span", {}, t("dept.separated"))));
  }

  #clocks() {
    return el("section.dcase__clocks", { "aria-label": t("dept.clocks") }, this.#card.clocks.filter((one) => !["notice", "node"].includes(one.kind) || one.ended_at === null).map((one) => clockRow(one, this.#card.nodes.find((node) => node.id === one.node))));
  }

  #package() {
    const pack = this.#card.package;
    return el("section.dpart", {}, el("h3.dpart__title", {}, icon("list"), t("dept.part_of", { name: named(pack) }), el("a.btn.btn--sm.btn--quiet", { href: `#package:${pack.id}` }, t("dept.open_package"), icon("chevron-right"))), this.#card.joint_visit && el("p.notice.notice--warn", {}, icon("pause"), el("span", {}, t("dept.joint_visit"))), el("ul.dparts", {}, pack.parts.map((one) => el(`li.dparts__one.dparts__one--${one.state}`, {}, el("span.grow", {}, named(one)), el("span.small.muted", {}, named(one, "department_name")), el("span.badge", {}, t(`dept.part.${one.state}`)), partDues(one)))), el("div.dcase__clocks", { "aria-label": t("dept.joint_clock") }, pack.clocks.map((one) => clockRow(one, { id: one.kind, name: `${t("dept.joint")} ${t(`cases.clock.${one.kind}`)}` }))), pack.visits.filter((one) => one.departments.includes(this.#card.department)).toReversed().map((one) => visitBlock(one, (id) => this.#partner(id))));
  }

  #partner(id) {
    const part = this.#card.package.parts.find((one) => one.department === id);
    return part ? named(part, "department_name") : id;
  }

  #pledge() {
    const { pledge, form } = this.#card;
    return pledge && el("section.dpart", { id: "pledge" }, el("h3.dpart__title", {}, icon("shield"), t("dept.pledge"), pledge.sha256 && el("button.btn.btn--sm", { id: "look-pledge", disabled: form.is_masked, title: form.is_masked ? t("error.desk.masked") : t("dept.look"), on: { click: () => this.#look(pledge.sha256) } }, icon("eye"), t("dept.look"))), el("p.muted", {}, t(pledge.sha256 ? "dept.pledge_signed" : "dept.pledge_paper")));
  }

  #form() {
    const { form, labels: own, labels_en } = this.#card;
    const labels = isChinese() ? own : { ...own, ...labels_en };
    const party = (one) => [one.name, one.id_number, one.phone, one.address, one.represented_by].filter(Boolean).join(" · ");
    const rows = form.is_here ? [[t("dept.applicant"), party(form.applicant)], form.agent && [t("dept.agent"), party(form.agent)], ...Object.entries(form.fields).map(([name, value]) => [labels[name] ?? name, Array.isArray(value) ? value.join("、") : typeof value === "object" && value ? JSON.stringify(value) : String(value)])].filter(Boolean) : [];
    return el("section.dpart", {}, el("h3.dpart__title", {}, icon("user"), t("dept.form"), form.is_masked && form.is_here && el("button.btn.btn--sm", { id: "unmask", on: { click: () => this.#unmask() } }, icon("eye"), t("dept.unmask"), el("kbd.key", {}, "u"))), form.is_here ? el("dl.dfacts", {}, rows.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value || "–")])) : el("p.muted", {}, t("dept.form_away")));
  }

  #materials() {
    const masked = this.#card.form.is_masked;
    return el("section.dpart", {}, el("h3.dpart__title", {}, icon("document"), t("dept.materials"), el("span.badge.num", {}, this.#card.materials.length)), el("ul.dmats", {}, this.#card.materials.map((one) => el("li.dmats__one", {}, icon(one.is_sound ? "check" : one.is_owed ? "clock" : "alert"), el("span.grow", {}, named(one), one.gap && el("span.small.dmats__gap", {}, one.gap), one.is_owed && el("span.small.muted", {}, ` ${t("dept.owed")}`)), one.copies.map((copy) => el("button.btn.btn--sm.btn--quiet", { disabled: masked, title: masked ? t("error.desk.masked") : t("dept.look"), on: { click: () => this.#look(copy.sha256) } }, icon("eye"), t("dept.page", { n: copy.page })))))));
  }

  #fees() {
    const { fees } = this.#card;
    if (!fees) return false;
    const tones = { paid: "ok", refused: "bad", asked: "warn", cancelling: "warn" };
    return el("section.dpart", { id: "fees" }, el("h3.dpart__title", {}, icon("coin"), t("dept.fees"), el("span.badge.num", {}, yuan(fees.amount_fen)), fees.is_unpaid && el("span.badge.badge--warn", {}, t("dept.fee.waits"))), fees.waived && el("p.notice", {}, icon("check"), el("span", {}, t("dept.fee.waived", { reason: fees.waived }))), el("ul.dmats", {}, !fees.charges.length && el("li.dmats__one.muted", {}, fees.names.join("、")), fees.charges.map((one) => el("li.dmats__one", {}, el("span.grow.num", {}, yuan(one.amount_fen), one.receipt && el("span.small.muted", {}, ` ${one.receipt}`), one.reason && el("span.small.muted", {}, ` ${one.reason}`)), el("span.small.muted", {}, moment(one.settled_at ?? one.asked_at)), el(`span.badge${tones[one.state] ? `.badge--${tones[one.state]}` : ""}`, {}, t(`dept.fee.${one.state}`))))));
  }

  #papers() {
    const papers = this.#card.papers;
    return papers.length > 0 && el("section.dpart", {}, el("h3.dpart__title", {}, icon("printer"), t("dept.papers")), el("ul.dmats", {}, papers.map((one) => el("li.dmats__one", {}, el("span.grow", {}, t(`dept.paper.${one.kind}`), " ", el("span.small.muted.num", {}, one.number)), el("span.small.muted", {}, moment(one.at)), one.sha256 && el("button.btn.btn--sm.btn--quiet", { disabled: this.#card.form.is_masked, on: { click: () => this.#look(one.sha256) } }, icon("eye"))))));
  }

  #history() {
    return el("section.dpart", {}, el("h3.dpart__title", {}, icon("clock"), t("dept.history")), el("ol.dsteps", {}, this.#card.history.filter((one) => one.type !== "case.paper_made").reverse().map((one) => el(`li.dsteps__one${one.said.outcome === "denied" || one.type === "case.conflict_found" ? ".dsteps__one--bad" : ""}`, {}, el("span.dsteps__what", {}, el("strong", {}, word("dept.event", one.type)), one.said.outcome && el("span", {}, t(`dept.outcome.${one.said.outcome}`)), one.said.proposes && el("span", {}, t(`dept.proposes.${one.said.proposes}`)), one.said.workdays && el("span.num", {}, t("dept.workdays", { n: one.said.workdays })), el("span.muted.small", {}, [moment(one.at), one.by || word("dept.by", one.actor.split(":")[0])].join(" · "))), one.said.inspectors && el("span.small.muted.num", {}, t("dept.visit_came", { numbers: one.said.inspectors.join("、") })), SAID.filter((name) => one.said[name]).map((name) => el("span.dsteps__said", {}, one.said[name])), one.said.own_words && el("span.dsteps__said.muted", {}, t(`dept.own_words.${one.said.own_words}`)), one.said.amount_fen && el("span.small.num", {}, yuan(one.said.amount_fen)), one.said.document_number && el("span.small.muted.num", {}, one.said.document_number)))));
  }

  #act(steps) {
    const card = this.#card;
    const isHere = card.writer === "city";
    if (!steps.length) return el("div.empty", {}, icon(isHere ? "check" : "transfer"), el("p.empty__title", {}, t(isHere ? "dept.no_step" : "dept.elsewhere")), el("p", {}, t(isHere ? "dept.no_step_hint" : "dept.elsewhere_hint", { hall: card.writer.replace("hall:", "") })));
    this.#drafts[this.#step] ??= {};
    return [el("div.dact__steps", { role: "group", "aria-label": t("dept.act") }, steps.map((one) => el("button.btn.btn--sm", { id: `step-${one}`, "aria-pressed": String(one === this.#step), on: { click: () => this.#choose(one) } }, t(`dept.step.${one}`), KEYS[one] && el("kbd.key", {}, KEYS[one])))),
      stepForm({ step: this.#step, card, start: this.#start, draft: this.#drafts[this.#step], send: (body) => this.#send(body), upload: (file) => this.#upload(file) })];
  }

  #choose(step) {
    this.#step = step;
    this.draw();
    $("#act textarea, #act input:not([type=file]), #act select")?.focus();
  }

  async #send(body) {
    const step = this.#step;
    const draft = this.#drafts[step];
    draft.key ??= newKey();
    try {
      await api.post(`desk/cases/${this.#id}/${step}`, { seen: this.#card.step, ...body }, { key: draft.key, timeout_ms: 60_000 });
      delete this.#drafts[step];
      this.#stale = false;
      toast(t("dept.done", { step: t(`dept.step.${step}`) }), "ok", { ms: 2500 });
      await this.load();
      this.#onChange();
    } catch (error) {
      if (!error.offline) delete draft.key;
      if (error.code === "case.changed") { await this.load(); this.#stale = true; this.#banner(); }
      throw error;
    }
  }

  async #upload(file) {
    const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
    const reply = await fetch(`/api/v1/desk/cases/${this.#id}/files`, { method: "POST", body: file, headers: { "X-XSRFToken": decodeURIComponent(xsrf), "Accept-Language": document.documentElement.lang } });
    const said = await reply.json();
    if (!reply.ok) throw said.error;
    return said.sha256;
  }

  #unmask() {
    const reason = el("input.input", { id: "why", maxlength: 200, list: "whys", required: true });
    const told = el("p.field__error", { role: "alert" });
    const form = el("form.dialog__body", { on: { submit: async (event) => {
      event.preventDefault();
      try {
        this.#card.form = await api.post(`desk/cases/${this.#id}/unmask`, { reason: reason.value }, { key: newKey() });
        box.close();
        this.draw();
      } catch (error) { fill(told, errorText(error)); }
    } } }, el("h2.dialog__title", {}, t("dept.unmask_title")), el("p.muted", {}, t("dept.unmask_hint")), el("div.cluster", {}, this.#start.phrases.unmask.map((one) => el("button.chip", { type: "button", on: { click: () => { reason.value = one.zh; reason.focus(); } } }, named({ name: one.zh, name_en: one.en })))), el("div.field", {}, el("label.field__label", { for: "why" }, t("dept.why")), reason, told), el("div.dialog__actions", {}, el("button.btn", { type: "button", on: { click: () => box.close() } }, t("common.cancel")), el("button.btn.btn--primary", { type: "submit", id: "do-unmask" }, t("dept.unmask"))));
    const box = el("dialog.dialog", { id: "unmask-box", "aria-label": t("dept.unmask_title"), on: { close: () => box.remove() } }, form);
    document.body.append(box);
    box.showModal();
    reason.focus();
  }

  #look(sha256) {
    window.open(`/api/v1/desk/cases/${this.#id}/files/${sha256}`, "_blank", "noopener");
  }

  key(event) {
    if (!this.#card) return;
    if (event.key === "u" && this.#card.form.is_masked && this.#card.form.is_here) { event.preventDefault(); this.#unmask(); return; }
    const step = stepsOf(this.#card).find((one) => KEYS[one] === event.key);
    if (step) { event.preventDefault(); this.#choose(step); }
  }
}

