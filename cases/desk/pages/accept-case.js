/** A case that is there already: where it stands, what is missing, and the steps that may be taken now. */

import { api, newKey } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { CorrectForm } from "./accept-correct.js";
import { findingOf, MaterialsStep } from "./accept-materials.js";
import { DoneView } from "./accept-done.js";
import { filedGaps, filedPart } from "/pages/cases_applying/accept-tray.js";
import { partsBeside } from "/pages/cases_packages/accept-package.js";
import { clockRows, inWords } from "./accept-words.js";

const STEPS = { supply: ["materials", "check"], accept: ["accept", "check"], gap: ["accept", "clock"], pledge: ["accept", "shield"], ask_correction: ["notice", "list"], refuse: ["refuse", "close"], hand_over: ["hand-over", "transfer"] };

export class CaseView {
  #store; #case; #filed = null; #form = null; #held = {}; #more = {}; #onBack; #redraw; #fault = el("p.field__error", { id: "case-fault", role: "alert" }); #retry = null;

  constructor(store, made, { onBack, redraw }) {
    this.#store = store;
    this.#onBack = onBack;
    this.#redraw = redraw;
    this.#take(made);
  }

  /** The parts of the same package beside this one. */
  async #besides(place) {
    try {
      const made = await api.get(`packages/${encodeURIComponent(this.#case.case.package)}`);
      const open = async (one) => { this.#take(await api.get(`cases/${encodeURIComponent(one.case)}`)); this.#redraw(); };
      fill(place, el("p.muted.small", {}, t("accept.package.beside", { number: made.number })), partsBeside(made, { chosen: this.#case.id, onOpen: (one) => open(one).catch((error) => say(this.#fault, errorText(error))) }));
    } catch { fill(place); }
  }

  /** The whole package waits for what the notice names: it is gone on with, not this case alone. */
  get #intake() {
    return el("div.notice.notice--warn", { id: "intake" }, icon("list"), el("span.grow", {}, el("strong", {}, t("accept.package.noticed")), " ", t(this.#store.ticket ? "accept.package.go_on_hint" : "accept.package.go_on_nobody")), el("button.btn.btn--primary", { id: "go-on", disabled: !this.#store.ticket, on: { click: () => this.#goOn() } }, icon("edit"), t("accept.package.go_on")));
  }

  async #goOn() {
    say(this.#fault, "");
    try {
      await this.#store.takeIntake(await api.post(`packages/intakes/${encodeURIComponent(this.#case.id)}`, { window: this.#store.window, ticket: this.#store.ticket.id }));
      this.#onBack();
    } catch (error) { say(this.#fault, errorText(error)); toast(errorText(error), "bad"); }
  }

  #take(made) {
    this.#case = made;
    this.#filed = filedPart(made, this.#store.window);
    this.#form = null;
    this.#held = Object.fromEntries(made.materials.map((one) => {
      const given = made.case.given[one.id];
      return [one.id, { supply: given?.supply ?? one.supplies[0], pages: (given?.copies ?? []).map((copy) => copy.sha256), is_sound: given ? given.is_sound : null, gap: given?.gap ?? "" }];
    }));
  }

  draw() {
    const made = this.#case;
    const isOpen = made.steps.includes("supply") && !this.#case.is_intake;
    const part = isOpen ? new MaterialsStep(this.#asStore).draw() : null;
    const besides = el("div.case__besides");
    if (made.is_intake) besides.append(this.#intake);
    else if (made.case.package) this.#besides(besides);
    return el("section.case", {},
      el("div.case__head", {}, el("button.btn.btn--quiet.btn--sm", { id: "case-back", on: { click: this.#onBack } }, icon("arrow-left"), t("accept.back")),
        el("div.grow", {}, el("h2.part__title", {}, inWords(made)), el("p.muted.num", {}, `${made.number} · ${t("accept.query_code")} ${made.query_code}`)), el("span.badge.badge--dot", { id: "case-state" }, t(`accept.state.${made.state}`))),
      besides, el("div.case__body", {}, el("div", {}, this.#filed, made.case.notices.length > 0 && el("div.notice.notice--warn", {}, icon("list"), el("div", {}, el("strong", {}, t("accept.case.noticed")), el("ul.gaps", {}, made.case.notices.at(-1).gaps.map((one) => el("li", {}, el("strong", {}, this.#name(one.part)), el("span", {}, one.what)))))), made.case.own_words && el("div.notice", { id: "own-words" }, icon("list"), el("div", {}, el("strong", {}, t("accept.case.own_words")), el("p", {}, made.own_words || t("accept.case.own_words_gone")))), this.#correct(), part, !isOpen && this.#papers()),
        el("aside.case__side", {}, el("h3.part__sub", {}, t("accept.clocks")), clockRows(made.clocks), this.#fault, this.#steps(), isOpen && this.#papers())));
  }

  /** After a notice of corrections the form itself may be put right; the first one stays as it was signed. */
  #correct() {
    if (this.#case.is_intake || this.#case.state !== "correction" || !this.#case.steps.includes("supply")) return null;
    if (this.#form) return this.#form.draw();
    return el("div.case__correct", {}, el("button.btn", { id: "correct-form", disabled: !this.#store.ticket, on: { click: () => this.#openForm() } }, icon("edit"), t("accept.correct.open")), el("span.muted.small", {}, t(this.#store.ticket ? "accept.correct.hint" : "accept.correct.nobody")));
  }

  async #openForm() {
    say(this.#fault, "");
    try {
      const shown = await api.post(`cases/${encodeURIComponent(this.#case.id)}/form`, { window: this.#store.window, ticket: this.#store.ticket.id });
      this.#form = new CorrectForm(this.#store, shown, () => this.#redraw());
      this.#redraw();
      this.#form.focus();
    } catch (error) { say(this.#fault, errorText(error)); }
  }

  #papers() { return new DoneView(this.#case, { desk: this.#store.desk, onNext: this.#onBack, onOpen: () => {} }).draw().querySelector(".papers"); }

  #name(part) { const one = this.#case.materials.find((material) => material.id === part); return one ? inWords(one) : this.#case.case.package ? part : t("accept.form.title"); }

  /** The materials part works on a case as it does on a draft. */
  get #asStore() {
    const outer = this.#store, held = this.#held, redraw = this.#redraw;
    return { base: outer.base, get ticket() { return outer.ticket; }, needs: { materials: this.#case.materials, later: this.#case.later }, content: { materials: held }, changed: (what) => { if (what === "materials") redraw(); },
      takeScans: (pages) => { if (outer.desk.draft) outer.takeScans(pages); }, dropScan: (sha, other = null) => { for (const one of Object.values(held)) one.pages = one.pages.flatMap((page) => (page === sha ? (other ? [other.sha256] : []) : [page])); } };
  }

  get #given() {
    return this.#case.materials.flatMap((one) => {
      const held = this.#held[one.id], finding = findingOf(held);
      if (finding === "open" || finding === "missing") return [];
      return [{ material: one.id, supply: held.supply, copies: held.pages.map((sha256, at) => ({ sha256, size: 0, media: "image/png", page: at + 1 })), is_sound: finding === "sound", gap: finding === "sound" ? "" : held.gap }];
    });
  }

  #steps() {
    const may = this.#case.is_intake ? this.#case.steps.filter((one) => one === "refuse") : this.#case.steps;
    const shown = Object.keys(STEPS).filter((one) => (one === "gap" ? may.includes("accept") && this.#case.later.length > 0 : one === "pledge" ? may.includes("accept") && this.#case.case.flow === "pledge" : may.includes(one)));
    return el("div.case__steps", {}, shown.map((one) => el(`button.btn.btn--block${one === "accept" ? ".btn--primary" : one === "refuse" ? ".btn--danger" : ""}`, { id: `step-${one}`, on: { click: () => this.#take_step(one) } }, icon(STEPS[one][1]), t(`accept.step_do.${one}`))), !shown.length && el("p.muted", {}, t(this.#case.is_here ? "accept.case.nothing" : "accept.case.elsewhere")));
  }

  async #take_step(step) {
    const also = await this.#ask(step);
    if (also === null) return;
    const given = this.#case.steps.includes("supply") ? this.#given : [];
    const body = { seen: this.#case.step, given, ...(step === "supply" && this.#form ? { form: this.#form.body } : {}), ...also };
    const same = this.#retry && this.#retry.step === step && JSON.stringify(this.#retry.body) === JSON.stringify(body);
    this.#retry = same ? this.#retry : { step, body, key: newKey() };
    say(this.#fault, "");
    try {
      this.#take(await api.post(`cases/${encodeURIComponent(this.#case.id)}/${STEPS[step][0]}`, body, { key: this.#retry.key }));
      this.#retry = null;
      this.#redraw();
    } catch (error) {
      if (!error.offline) this.#retry = null;
      if (error.code === "case.changed") { this.#take(await api.get(`cases/${encodeURIComponent(this.#case.id)}`)); this.#redraw(); }
      say(this.#fault, errorText(error));
      this.#form?.mark(error);
    }
  }

  async #ask(step) {
    if (step === "gap") return dialog("accept.choice.gap", [["owed_until", "accept.gap.until", "date"]], { mode: "gap" });
    if (step === "pledge") return (await ask({ title: t("accept.sure.pledge"), text: t("accept.pledge.text"), yes: t("accept.pledge.on_paper") })) ? { mode: "pledge", pledge: "paper" } : null;
    if (step === "refuse") return dialog("accept.choice.refuse", [["reason", "accept.refuse.reason", "text"], ["authority", "accept.refuse.authority", "line"], ["remedies", "accept.refuse.remedies", "text", t("accept.refuse.remedies_usual")]]);
    if (step === "ask_correction") return (await ask({ title: t("accept.sure.notice"), text: t("accept.sure.notice_text"), yes: t("accept.do.notice") })) ? { gaps: filedGaps() } : null;
    return {};
  }
}

/** Asks for a few words; resolves to them, or to null. */
function dialog(title, fields, also = {}) {
  return new Promise((resolve) => {
    const inputs = fields.map(([name, , kind, value = ""]) => el(kind === "text" ? "textarea.textarea" : "input.input", { id: `ask-${name}`, name, value, ...(kind === "date" ? { type: "date" } : {}), maxlength: 2000 }));
    const box = el("dialog.dialog", { "aria-label": t(title), on: { close: () => { box.remove(); resolve(box.returnValue === "yes" ? { ...also, ...Object.fromEntries(inputs.map((one) => [one.name, one.value])) } : null); } } },
      el("div.dialog__body", {}, el("h2.dialog__title", {}, t(title)), fields.map(([name, key], at) => el("div.field", {}, el("label.field__label", { for: `ask-${name}` }, t(key)), inputs[at])),
        el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close("") } }, t("common.cancel")), el("button.btn.btn--primary", { id: "ask-yes", on: { click: () => box.close("yes") } }, t("common.yes")))));
    document.body.append(box);
    box.showModal();
  });
}
