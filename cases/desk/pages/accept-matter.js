/** Step 1: the matter, by words, pinyin, initials or code; those with a full edition can be accepted. */

import { api } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { kindRow, kindsFor } from "/pages/cases_packages/accept-package.js";
import { heading, inWords } from "./accept-words.js";

const PAUSE_MS = 180, SHOWN = 12;

export class MatterStep {
  #store; #found = []; #at = 0; #timer = null; #asked = 0; #list = el("ul.matters", { id: "matters", role: "listbox" }); #fault = el("p.field__error", { role: "alert" });
  #input = el("input.input.matter__q", { id: "matter-q", type: "search", autocomplete: "off", role: "combobox", "aria-controls": "matters", "aria-expanded": "true", on: { input: () => this.#later(), keydown: (event) => this.#key(event) } });

  constructor(store) { this.#store = store; }

  draw() {
    this.#input.placeholder = t("accept.matter.placeholder");
    this.#input.setAttribute("aria-label", t("accept.matter.placeholder"));
    this.#search();
    return el("section.part", {}, heading(t("accept.step.1"), t("accept.matter.hint")), el("div.matter__box", {}, icon("search"), this.#input), this.#fault, this.#list);
  }

  focus() { this.#input.focus(); this.#input.select(); }

  #later() { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.#search(), PAUSE_MS); }

  async #search() {
    const q = this.#input.value.trim(), asked = ++this.#asked;
    try {
      const [{ matters }, kinds] = await Promise.all([api.get(`matters?limit=${SHOWN}&q=${encodeURIComponent(q)}`), kindsFor(q)]);
      if (asked !== this.#asked) return;
      const own = q ? [] : await this.#own();
      const full = new Set(this.#store.desk.matters);
      const ids = new Set(own.map((one) => one.id));
      this.#found = [...own, ...matters.filter((one) => !ids.has(one.id))].sort((a, b) => (q ? 0 : full.has(b.id) - full.has(a.id))).slice(0, SHOWN);
      const chosen = this.#store.content.kind;
      const mine = (one) => !q && !chosen && [this.#store.ticket?.matter, ...(this.#store.ticket?.matters ?? [])].includes(one.id);
      this.#found = [...this.#found.filter(mine), ...kinds, ...this.#found.filter((one) => !mine(one))];
      this.#at = Math.max(0, this.#found.findIndex((one) => (isKind(one) ? one.is_ready && (q || one.id === chosen) : !chosen && full.has(one.id))));
      say(this.#fault, "");
      this.#show(q);
    } catch (error) { say(this.#fault, errorText(error)); }
  }

  /** Before anything is typed: the ticket's own matters, then those that can be accepted. */
  async #own() {
    const ticket = this.#store.ticket;
    const ids = [...new Set([ticket?.matter, ...(ticket?.matters ?? []), ...this.#store.desk.matters])].filter(Boolean).slice(0, SHOWN);
    return Promise.all(ids.map((id) => api.get(`matters/${encodeURIComponent(id)}`)));
  }

  #show(q) {
    fill(this.#list, this.#found.map((one, at) => this.#row(one, at)), !this.#found.length && el("li.empty", {}, el("p.empty__title", {}, t("accept.matter.none", { q })), el("p", {}, t("accept.matter.none_do"))));
    this.#mark();
  }

  #row(one, at) {
    const row = { role: "option", id: `matter-${at}`, on: { click: () => this.#choose(at), mousemove: () => { this.#at = at; this.#mark(); } } };
    if (isKind(one)) return kindRow(one, { ...row, isChosen: this.#store.content.kind === one.id });
    const full = this.#store.desk.matters.includes(one.id), isChosen = this.#store.content.matter === one.id;
    return el(`li.matter${full ? "" : ".matter--thin"}`, { ...row, "aria-disabled": String(!full) },
      el("div.matter__what", {}, el("span.matter__name", {}, inWords(one)), el("span.muted.small.num", {}, [inWords(one, "department_name"), one.code].filter(Boolean).join(" · "))),
      full ? el(`span.badge${isChosen ? ".badge--ok" : ".badge--accent"}`, {}, icon(isChosen ? "check" : "document"), t(isChosen ? "accept.matter.chosen" : "accept.matter.full")) : el("span.muted.small", {}, t("accept.matter.thin")));
  }

  #mark() {
    [...this.#list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === this.#at)));
    this.#input.setAttribute("aria-activedescendant", `matter-${this.#at}`);
    this.#list.children[this.#at]?.scrollIntoView?.({ block: "nearest" });
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) { event.preventDefault(); this.#at = (this.#at + step + this.#found.length) % this.#found.length; this.#mark(); }
    if (event.key === "Enter" && !event.ctrlKey && !event.isComposing) { event.preventDefault(); this.#choose(this.#at); }
  }

  async #choose(at) {
    const one = this.#found[at];
    if (!one) return;
    if (isKind(one)) { await this.#chooseKind(one); return; }
    if (!this.#store.desk.matters.includes(one.id)) { say(this.#fault, t("accept.matter.thin_do")); return; }
    if (one.id === this.#store.content.matter) { this.#store.content.step = 2; this.#store.changed("step"); return; }
    await this.#store.choose(one.id);
  }

  async #chooseKind(one) {
    if (!one.is_ready) { say(this.#fault, t("accept.package.thin_do")); return; }
    if (one.id === this.#store.content.kind) { this.#store.content.step = 2; this.#store.changed("step"); return; }
    await this.#store.chooseKind(one.id);
  }
}

const isKind = (one) => Array.isArray(one.asks);
