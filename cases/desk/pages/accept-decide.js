/** Step 5: what is decided, with the days it leads to before it is; one press receives, accepts and hands over. */

import { api, newKey } from "/static/api.js";
import { el, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";
import { bodyOf, CHOICES as PACKAGE_CHOICES, sheetOf } from "/pages/cases_packages/accept-package.js";
import { findingOf } from "./accept-materials.js";
import { clockRows, heading, inWords, keyed } from "./accept-words.js";

export const CHOICES = ["accept", "gap", "pledge", "notice", "refuse", "receive"];
const SIGNS = { accept: "check", gap: "clock", pledge: "shield", notice: "list", refuse: "close", receive: "hold" };
const SUGGESTED = ["accept", "gap", "notice", "receive"];
const REMEDY = "accept.refuse.remedies_usual";

/** What the findings allow: each choice with the reason why not, or "". */
export function possible({ edition, needs, content, gaps }) {
  const open = needs.materials.filter((one) => findingOf(content.materials[one.id]) === "open").length;
  const hard = gaps.filter((one) => !needs.later.includes(one.part));
  const looked = open ? "open" : "";
  return {
    accept: looked || (gaps.length ? "gaps" : ""),
    gap: looked || (!gaps.length ? "no_gaps" : hard.length ? (edition.isPackage ? "package_hard" : "hard") : ""),
    pledge: edition.flow !== "pledge" ? "no_pledge" : looked || (gaps.length ? "gaps" : ""),
    ...(edition.isPackage && !needs.is_answered ? { accept: "unanswered", gap: "unanswered" } : {}),
    notice: edition.isPackage && !needs.is_answered ? "unanswered" : looked || (gaps.length ? "" : "no_gaps"),
    refuse: "",
    receive: "",
  };
}

/** Everything missing or wrong, in words, as it will stand in the notice. */
export function gapsOf({ needs, content }) {
  const own = needs.materials.flatMap((one) => {
    const held = content.materials[one.id], finding = findingOf(held);
    if (finding === "wrong") return [{ part: one.id, name: inWords(one), what: held.gap }];
    return finding === "missing" ? [{ part: one.id, name: inWords(one), what: t("accept.phrase.missing") }] : [];
  });
  const more = content.decision.more?.trim();
  return more ? [...own, { part: "form", name: t("accept.form.title"), what: more }] : own;
}

export class DecideStep {
  #store; #onDone; #node = null; #key = null; #sent = null; #busy = false; #sheet = null; #fault = el("p.field__error", { id: "decide-fault", role: "alert" });

  constructor(store, onDone) { this.#store = store; this.#onDone = onDone; }

  set sheet(view) { this.#sheet = view; }

  draw() {
    const { edition, needs, content } = this.#store;
    if (!edition) return el("section.part", {}, el("p.empty", {}, t("accept.no_matter")));
    if (needs.stop) return el("section.part", {}, heading(t("accept.step.5")), el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, needs.stop)));
    const gaps = gapsOf(this.#store), may = possible({ edition, needs, content, gaps });
    const choice = this.#choice;
    this.#node = el("section.part", {}, heading(t("accept.step.5"), t("accept.decide.hint")),
      el("div.decide", {}, el("div.decide__left", {}, el("div.choices", { role: "radiogroup", "aria-label": t("accept.step.5") }, (edition.isPackage ? PACKAGE_CHOICES : CHOICES).filter((one) => may[one] !== "no_pledge").map((one, at) => this.#radio(one, at, choice, may[one]))), this.#more(choice, gaps)),
        el("div.decide__right", {}, el("h3.part__sub", {}, t("accept.decide.clocks")), clockRows(needs.clocks), this.#pad(), this.#fault,
          el("button.btn.btn--primary.btn--xl.btn--block", { id: "settle", disabled: Boolean(may[choice]) || !this.#store.ticket || (choice === "pledge" && !this.#pledged), "aria-busy": String(this.#busy), on: { click: () => this.send() } }, icon(SIGNS[choice]), keyed(t(edition.isPackage ? `accept.package.do_${choice}` : `accept.do.${choice}`), "Ctrl+Enter")),
          el("p.muted.small", {}, t(this.#store.desk.has_city && ["accept", "gap", "pledge"].includes(choice) ? (this.#store.desk.is_linked ? "accept.decide.then_city" : "accept.decide.then_city_later") : "accept.decide.then_here")))));
    return this.#node;
  }

  focus() { this.#node?.querySelector(".choice input:checked")?.focus(); }

  /** What the clerk chose, as long as it may be; else what the findings suggest. */
  get #choice() {
    const { edition, needs, content } = this.#store;
    const may = possible({ edition, needs, content, gaps: gapsOf(this.#store) }), chosen = content.decision.choice;
    const offered = edition.isPackage ? PACKAGE_CHOICES : SUGGESTED;
    return chosen && !may[chosen] && (!edition.isPackage || offered.includes(chosen)) ? chosen : offered.find((one) => !may[one]) ?? "accept";
  }

  #choose(choice) {
    this.#store.content.decision.choice = choice;
    this.#store.changed("decision");
    document.getElementById(`choice-${choice}`)?.focus();
  }

  #radio(one, at, choice, why) {
    return el(`label.choice${one === choice ? ".choice--on" : ""}${why ? ".choice--off" : ""}`, {}, el("input", { type: "radio", name: "choice", id: `choice-${one}`, checked: one === choice, disabled: Boolean(why), on: { change: () => this.#choose(one) } }), icon(SIGNS[one]),
      el("span.grow", {}, el("span.choice__name", {}, t(`accept.choice.${one}`)), el("span.muted.small.choice__why", {}, t(why ? `accept.cannot.${why}` : `accept.choice.${one}_hint`))));
  }

  #more(choice, gaps) {
    const decision = this.#store.content.decision;
    const input = (name, key, kind = "input.input", more = {}) => el("div.field", {}, el("label.field__label", { for: `d-${name}` }, t(key)), el(kind, { id: `d-${name}`, name, value: decision[name] ?? "", maxlength: 2000, ...more, on: { input: (event) => { decision[name] = event.target.value; this.#store.changed(); } } }), el("span.field__error", { dataset: { error: name } }));
    if (choice === "gap" || choice === "notice") {
      return el("div.decide__more", {}, gaps.length > 0 && el("ol.gaps", {}, gaps.map((one) => el("li", {}, el("strong", {}, one.name), el("span", {}, one.what)))),
        choice === "gap" && input("owed_until", "accept.gap.until", "input.input.num", { type: "date", min: this.#store.desk.today }),
        choice === "notice" && !this.#store.edition.isPackage && input("more", "accept.notice.more", "textarea.textarea"));
    }
    if (choice === "refuse") {
      decision.remedies ??= t(REMEDY);
      return el("div.decide__more", {}, input("reason", "accept.refuse.reason", "textarea.textarea"), input("authority", "accept.refuse.authority"), input("remedies", "accept.refuse.remedies", "textarea.textarea"));
    }
    return choice === "pledge" && this.#pledge();
  }

  /** What is pledged is signed first: on the pad, or on paper that the clerk keeps. */
  #pledge() {
    const decision = this.#store.content.decision;
    const set = (value) => { decision.pledge = value; this.#store.changed("decision"); };
    return el("div.decide__more", { id: "pledge", dataset: { signed: this.#pledged } }, el("div.notice", {}, icon("shield"), el("span", {}, t("accept.pledge.text"))),
      el("ol.conditions", {}, this.#store.needs.conditions.map((one) => el("li", {}, one))),
      el("div.cluster", {}, el("button.btn", { id: "pledge-pad", on: { click: () => this.toPad({ pledge: true }) } }, icon("pad"), t("accept.pledge.on_pad")),
        el("label.check", {}, el("input", { type: "checkbox", id: "pledge-paper", checked: decision.pledge === "paper", on: { change: (event) => set(event.target.checked ? "paper" : "") } }), t("accept.pledge.on_paper"))),
      el("p.small", { role: "status", id: "pledge-state" }, t(`accept.pledge.${this.#pledged || "unsigned"}`)));
  }

  /** How the pledge was signed: "pad", "paper", or not at all. */
  get #pledged() {
    const { decision, pledgeSheet } = this.#store.content;
    if (decision.pledge === "paper") return "paper";
    return pledgeSheet && this.#sheet?.recent?.some((one) => one.id === pledgeSheet && one.state === "confirmed") ? "pad" : "";
  }

  #pad() {
    const open = this.#sheet?.open, last = this.#sheet?.recent?.find((one) => one.ticket === this.#store.ticket?.id);
    const state = open ? "open" : last?.state ?? "none";
    return el("div.padline", { id: "pad", dataset: { state } }, icon("pad"), el("span.grow", { role: "status" }, t(`accept.pad.${state}`)), el("button.btn.btn--sm", { id: "to-pad", on: { click: () => this.toPad() } }, ...keyed(t(open ? "accept.pad.again" : "accept.pad.send"), "Alt+P")));
  }

  /** Puts what was filled in before the visitor, who reads it, confirms it and signs. */
  async toPad({ pledge = this.#choice === "pledge" } = {}) {
    const { content, edition, needs, ticket } = this.#store;
    if (edition.isPackage) { await this.#packageToPad(); return; }
    const body = { ticket: ticket.id, edition: content.edition, applicant: content.applicant, fields: content.fields, materials: needs.materials.filter((one) => content.materials[one.id]?.is_sound).map((one) => inWords(one)), replaces: this.#sheet?.open?.id ?? null, language: lang(), answers: content.answers, pledge };
    try {
      const sent = await api.post(`${this.#store.base}/sheet`, body);
      if (pledge) { content.pledgeSheet = sent.id; this.#store.changed(); }
      toast(t("accept.pad.sent"), "ok");
    } catch (error) { toast(errorText(error), "bad"); }
  }

  async #packageToPad() {
    const { content, edition, needs } = this.#store;
    const body = sheetOf(this.#store, { language: lang(), materials: needs.materials.filter((one) => content.materials[one.id]?.is_sound).map((one) => inWords(one)), replaces: this.#sheet?.open?.id ?? null });
    try { await api.post(`packages/kinds/${encodeURIComponent(edition.id)}/sheet`, body); toast(t("accept.pad.sent"), "ok"); } catch (error) { toast(errorText(error), "bad"); }
  }

  get body() {
    if (this.#store.edition.isPackage) return bodyOf(this.#store, { owed_until: this.#choice === "gap" ? this.#store.content.decision.owed_until || null : null, notice: this.#choice === "notice" });
    const { content, ticket, window, given } = this.#store, decision = content.decision, choice = this.#choice;
    const gaps = choice === "notice" ? gapsOf(this.#store).filter((one) => one.part === "form").map(({ part, what }) => ({ part, what })) : [];
    const also = { gap: { mode: "gap", owed_until: decision.owed_until || null }, pledge: { mode: "pledge", pledge: this.#pledged || null }, notice: { gaps }, refuse: { reason: decision.reason ?? "", authority: decision.authority ?? "", remedies: decision.remedies ?? "" } }[choice] ?? {};
    return { window, ticket: ticket.id, edition: content.edition, applicant: content.applicant, agent: content.agent, fields: content.fields, answers: content.answers, given,
      then: ["gap", "pledge"].includes(choice) ? "accept" : choice, ...also };
  }

  /** One press: everything happens, or nothing; an unanswered request is the same when it is sent again. */
  async send() {
    const choice = this.#choice;
    if (this.#busy || document.getElementById("settle")?.disabled) return;
    if (["notice", "refuse"].includes(choice) && !(await ask({ title: t(`accept.sure.${choice}`), text: t(`accept.sure.${choice}_text`), yes: t(`accept.do.${choice}`), danger: choice === "refuse" }))) return;
    const body = this.body;
    const same = this.#sent && JSON.stringify(this.#sent) === JSON.stringify(body);
    if (!same) [this.#sent, this.#key] = [body, newKey()];
    this.#be(true);
    say(this.#fault, "");
    try {
      await this.#store.save();
      const made = await api.post(this.#store.edition.isPackage ? "packages" : "cases", body, { key: this.#key });
      this.#sent = null;
      this.#onDone(made);
    } catch (error) {
      if (!error.offline) this.#sent = null;
      say(this.#fault, error.offline ? t("accept.not_sent") : errorText(error));
      this.#store.tell({ error });
    } finally { this.#be(false); }
  }

  #be(busy) {
    this.#busy = busy;
    document.getElementById("settle")?.setAttribute("aria-busy", String(busy));
  }
}

