/** What happened: number and query code to hand over, the documents to print, and what is to be done next. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { clockRows, inWords, keyed } from "./accept-words.js";

const TONES = { accepted: "ok", correction: "warn", not_accepted: "bad", received: "" };

export class DoneView {
  #case; #desk; #onNext; #onOpen;

  /** @param {object} made  the case @param {{desk: object, onNext: () => void, onOpen: (made: object) => void}} how */
  constructor(made, { desk, onNext, onOpen }) {
    this.#case = made;
    this.#desk = desk;
    this.#onNext = onNext;
    this.#onOpen = onOpen;
  }

  draw() {
    const made = this.#case, tone = TONES[made.state] ?? "";
    return el("section.part.done", { dataset: { state: made.state } },
      el(`div.done__head${tone ? `.done__head--${tone}` : ""}`, {}, icon(made.state === "accepted" ? "check" : made.state === "received" ? "hold" : "list"), el("div", {}, el("h2", {}, t(`accept.done.${made.state}`)), el("p.muted", {}, inWords(made)))),
      el("div.done__ids", {}, id("accept.case_number", made.number, "done-number"), id("accept.query_code", made.query_code, "done-code")),
      el("div.done__cols", {}, el("div", {}, el("h3.part__sub", {}, t("accept.papers")), el("ul.papers", {}, made.papers.map((one) => this.#paper(one)), this.#pledge()),
        this.#desk.prints && el("button.btn.btn--sm", { id: "print-slip", on: { click: () => this.slip() } }, icon("printer"), t("accept.slip"))),
        el("div", {}, el("h3.part__sub", {}, t("accept.clocks")), clockRows(made.clocks), this.#away())),
      el("div.done__next", {}, el("button.btn.btn--lg", { id: "done-open", on: { click: () => this.#onOpen(made) } }, icon("document"), t("accept.done.open")),
        el("button.btn.btn--lg", { id: "done-more", on: { click: this.#onNext } }, icon("plus"), ...keyed(t("accept.done.more"), "Alt+N")),
        el("a.btn.btn--primary.btn--lg", { id: "done-back", href: `/console?window=${encodeURIComponent(this.#desk.window)}` }, icon("arrow-left"), ...keyed(t("accept.done.back"), "Alt+0"))));
  }

  #away() {
    if (this.#case.is_here) return null;
    return el("p.notice", {}, icon(this.#desk.is_linked ? "transfer" : "wifi-off"), el("span", {}, t(this.#desk.is_linked ? "accept.done.at_city" : "accept.done.waits_for_city", { department: inWords(this.#case, "department_name") })));
  }

  #paper(one) {
    return el("li.paper", {}, icon("document"), el("span.grow", {}, el("span.paper__kind", {}, t(`accept.paper.${one.kind}`)), el("span.muted.small.num", {}, one.number)),
      el("a.btn.btn--sm", { id: `paper-${one.kind}`, href: `/api/v1/cases/${encodeURIComponent(this.#case.id)}/papers/${encodeURIComponent(one.document)}`, target: "_blank", rel: "noopener" }, icon("printer"), t("accept.print")));
  }

  /** The signed pledge of a case that was accepted on one. */
  #pledge() {
    const pledge = this.#case.case.pledge;
    if (!pledge) return null;
    return el("li.paper", {}, icon("shield"), el("span.grow", {}, el("span.paper__kind", {}, t("accept.pledge.open")), el("span.muted.small", {}, t(`accept.pledge.${pledge === "paper" ? "paper" : "pad"}`))),
      pledge !== "paper" && el("a.btn.btn--sm", { id: "paper-pledge", href: `/api/v1/cases/${encodeURIComponent(this.#case.id)}/pledge`, target: "_blank", rel: "noopener" }, icon("printer"), t("accept.print")));
  }

  async slip() {
    try { await api.post(`cases/${encodeURIComponent(this.#case.id)}/slip`, { ticket: this.#case.ticket ?? "-" }); toast(t("accept.slip_sent"), "ok"); } catch (error) { toast(errorText(error), "bad"); }
  }
}

const id = (key, value, name) => el("div.done__id", {}, el("span.muted", {}, t(key)), el("strong.num", { id: name }, value));
