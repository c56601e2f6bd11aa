/** A package was taken in: one number and one code, its parts beside each other, and everything to hand out in one go. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { partsBeside } from "./accept-package.js";

export class PackageDone {
  #opened; #made; #cases; #desk; #how;

  /** Reads what came of it, each begun part with its documents. */
  static async of(opened, how) {
    const made = await api.get(`packages/${encodeURIComponent(opened.id)}`);
    const cases = await Promise.all(Object.values(opened.cases).map((one) => api.get(`cases/${encodeURIComponent(one)}`)));
    return new PackageDone(opened, made, cases, how);
  }

  constructor(opened, made, cases, how) {
    this.#opened = opened;
    this.#made = made;
    this.#cases = cases;
    this.#desk = how.desk;
    this.#how = how;
  }

  draw() {
    const made = this.#made, name = isChinese() ? made.name : made.name_en || made.name;
    return el("section.part.done", { dataset: { state: "accepted", package: made.id } },
      el("div.done__head.done__head--ok", {}, icon("check"), el("div", {}, el("h2", {}, t("accept.package.opened")), el("p.muted", {}, name))),
      el("div.done__ids", {}, id("accept.package.number", this.#opened.number, "done-number"), id("accept.query_code", this.#opened.code ?? this.#cases[0]?.query_code ?? "", "done-code")),
      partsBeside(made, { onOpen: (one) => this.#open(one) }),
      el("p.notice", {}, icon(this.#desk.is_linked ? "transfer" : "wifi-off"), el("span", {}, t(this.#desk.is_linked ? "accept.package.at_city" : "accept.package.waits_for_city"))),
      el("div.spread", {}, el("h3.part__sub", {}, t("accept.papers")), el("div.cluster", {}, this.#desk.prints && el("button.btn.btn--sm", { id: "print-slip", on: { click: () => this.slip() } }, icon("printer"), t("accept.slip")),
        el("a.btn.btn--sm.btn--primary", { id: "print-all", href: `/api/v1/packages/${encodeURIComponent(made.id)}/papers`, target: "_blank", rel: "noopener" }, icon("printer"), t("accept.package.print_all")))),
      el("ul.papers", {}, this.#cases.flatMap((one) => one.papers.map((paper) => this.#paper(one, paper)))),
      el("div.done__next", {}, el("button.btn.btn--lg", { id: "done-more", on: { click: this.#how.onNext } }, icon("plus"), el("span", {}, t("accept.done.more")), el("kbd.key", {}, "Alt+N")),
        el("a.btn.btn--primary.btn--lg", { id: "done-back", href: `/console?window=${encodeURIComponent(this.#desk.window)}` }, icon("arrow-left"), el("span", {}, t("accept.done.back")), el("kbd.key", {}, "Alt+0"))));
  }

  #paper(made, one) {
    return el("li.paper", {}, icon("document"), el("span.grow", {}, el("span.paper__kind", {}, t(`accept.paper.${one.kind}`)), el("span.muted.small.num", {}, `${isChinese() ? made.name : made.name_en || made.name} · ${one.number}`)),
      el("a.btn.btn--sm", { href: `/api/v1/cases/${encodeURIComponent(made.id)}/papers/${encodeURIComponent(one.document)}`, target: "_blank", rel: "noopener" }, icon("printer"), t("accept.print")));
  }

  #open(part) {
    const one = this.#cases.find((made) => made.id === part.case);
    if (one) this.#how.onOpen(one);
  }

  async slip() {
    try {
      for (const one of this.#cases) await api.post(`cases/${encodeURIComponent(one.id)}/slip`, { ticket: one.ticket ?? "-" });
      toast(t("accept.slip_sent"), "ok");
    } catch (error) { toast(errorText(error), "bad"); }
  }
}

const id = (key, value, name) => el("div.done__id", {}, el("span.muted", {}, t(key)), el("strong.num", { id: name }, value));
