/** A tab of master data: a list to search and page through, beside it the form of the chosen record. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { RecordForm } from "./manager-form.js";
import { recordName } from "./manager-words.js";

const PAGE = 50;
const ALL = 500;
const TYPING_MS = 200;

export class EditTab {
  #place; #kind; #refs = {}; #q = ""; #offset = 0; #page = { items: [], total: 0 }; #form = null; #chosen = null; #turn = 0; #timer = null; #list; #side; #busy = false;

  constructor(place, kind) {
    this.#place = place;
    this.#kind = kind;
    this.#list = el("div.edit__list");
    this.#side = el("aside.edit__side");
  }

  get dirty() { return this.#form?.dirty ?? false; }

  async open() {
    const search = el("input.input", { type: "search", placeholder: t("manager.search"), "aria-label": t("manager.search"), on: { input: (event) => this.#search(event.target.value) } });
    fill(this.#place, el("div.edit", {}, el("section.edit__main", {}, el("div.edit__tools", {}, el("div.edit__search", {}, icon("search"), search), el("button.btn.btn--primary", { id: "new", on: { click: () => this.#choose(null) } }, icon("plus"), t("manager.new"))), this.#list), this.#side));
    this.#drawSide();
    fill(this.#list, el("p.muted.edit__wait", {}, t("manager.loading")));
    try {
      await Promise.all(this.#kind.refs.map((ref) => this.#loadRef(ref)));
      await this.#load();
    } catch (error) {
      this.#failed(error);
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  async mayLeave() {
    return !this.dirty || ask({ title: t("manager.unsaved"), text: t("manager.unsaved_hint"), yes: t("manager.discard"), no: t("manager.keep_editing"), danger: true });
  }

  async #loadRef(ref) {
    this.#refs[ref] = (await api.get(`${ref}?limit=${ALL}`)).items;
  }

  #search(q) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#q = q.trim(); this.#offset = 0; this.#load().catch((error) => this.#failed(error)); }, TYPING_MS);
  }

  async #load() {
    const turn = ++this.#turn;
    const page = await api.get(`${this.#kind.list ?? this.#kind.path}?${new URLSearchParams({ q: this.#q, limit: PAGE, offset: this.#offset })}`);
    if (turn !== this.#turn) return;
    this.#page = page;
    this.#drawList();
  }

  #failed(error) {
    fill(this.#list, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.open() } }, t("manager.retry"))));
  }

  #drawList() {
    const { items, total } = this.#page;
    if (!items.length) { fill(this.#list, this.#nothing()); return; }
    const labels = this.#kind.columns.map((column) => el("th", { scope: "col" }, t(column.label ?? this.#kind.fields.find((field) => field.name === column.field)?.label ?? `manager.field.${column.field}`)));
    fill(this.#list, el("div.table-wrap.edit__scroll", {}, el("table.table.edit__table", {}, el("thead", {}, el("tr", {}, labels, el("th"))), el("tbody", {}, items.map((record) => this.#row(record))))), this.#pager(total));
  }

  #row(record) {
    const open = () => this.#choose(record);
    return el("tr", { "aria-selected": String(record.id === this.#chosen?.id), class: record.active === false ? "off" : "", on: { click: open } },
      this.#kind.columns.map((column, i) => el("td", { class: column.num ? "num" : "" }, i === (this.#kind.columns[0].num ? 1 : 0) ? el("button.edit__open", { id: `row-${record.id}`, on: { click: (event) => { event.stopPropagation(); open(); } } }, this.#cell(column, record)) : el("span.clamp-2", {}, this.#cell(column, record)))),
      el("td.end", {}, record.locked && el("span.badge.badge--warn", {}, t("manager.locked")), record.active === false && el("span.badge", {}, t("manager.inactive"))));
  }

  #cell(column, record) {
    const value = record[column.field];
    const one = (id) => (column.words ? t(column.words + id) : column.from ? refName(this.#refs[column.from]?.find((ref) => ref.id === id)) || id : id);
    if (column.many) return (value ?? []).map(one).join(t("common.comma") === "common.comma" ? "、" : t("common.comma"));
    return column.field === "name" && !column.label ? named(record) : String(one(value) ?? "");
  }

  #pager(total) {
    const from = this.#offset + 1;
    const to = Math.min(this.#offset + PAGE, total);
    const go = (by) => { this.#offset += by; this.#load().catch((error) => this.#failed(error)); };
    return el("div.pager", {}, el("span.muted.num", {}, total > PAGE ? t("manager.range", { from: count(from), to: count(to), n: count(total) }) : t("manager.total_n", { n: count(total) })),
      total > PAGE && el("div.row", {}, el("button.btn.btn--sm", { id: "previous", disabled: this.#offset === 0, on: { click: () => go(-PAGE) } }, t("manager.previous")), el("button.btn.btn--sm", { id: "next", disabled: to >= total, on: { click: () => go(PAGE) } }, t("manager.next"))));
  }

  #nothing() {
    return this.#q ? el("div.empty", {}, icon("search"), el("p.empty__title", {}, t("manager.none_found", { q: this.#q }))) : el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("manager.none")), el("p", {}, t("manager.none_hint")));
  }

  /** @param {object|null} record  null: a new one */
  async #choose(record) {
    if (!(await this.mayLeave())) return;
    const refs = this.#refs;
    this.#chosen = record ?? {};
    this.#form = new RecordForm({ fields: this.#kind.fields, record, refs, onSubmit: () => this.#save(), onChange: () => this.#enable() });
    this.#drawSide();
    this.#drawList();
    this.#form.node.querySelector("input:not([disabled]), textarea, select")?.focus();
  }

  #drawSide() {
    if (!this.#form) { fill(this.#side, el("div.empty", {}, icon("edit"), el("p.empty__title", {}, t("manager.pick")), el("p", {}, t("manager.pick_hint")))); return; }
    const leave = async () => { if (await this.mayLeave()) this.#leave(); };
    fill(this.#side, el("header.edit__head", {}, el("h2.edit__title.clamp-2", {}, this.#chosen.id ? recordName(this.#chosen) : t("manager.new")), this.#chosen.id && el("span.num.muted.small", {}, this.#chosen.id)), el("div.edit__form", {}, this.#form.node),
      el("footer.edit__foot", {}, el("button.btn", { id: "cancel", on: { click: leave } }, t("manager.cancel")), el("button.btn.btn--primary", { id: "save", on: { click: () => this.#form.node.requestSubmit() } }, t("manager.save"))));
    this.#enable();
  }

  #enable() {
    const save = this.#side.querySelector("#save");
    if (!save) return;
    save.disabled = this.#busy || (Boolean(this.#chosen.id) && !this.dirty);
    save.textContent = t(this.#busy ? "manager.saving" : "manager.save");
  }

  #leave() {
    this.#form = this.#chosen = null;
    this.#drawSide();
    this.#drawList();
  }

  async #save() {
    if (this.#busy || !this.#form.complete()) return;
    this.#busy = true;
    this.#enable();
    const form = this.#form;
    const { id } = this.#chosen;
    try {
      await (id ? api.patch(`${this.#kind.path}/${encodeURIComponent(id)}`, form.body()) : api.post(this.#kind.path, form.body()));
      toast(t("manager.saved"), "ok", { ms: 2500 });
      this.#leave();
      await this.#load();
    } catch (error) {
      if (this.#form === form) form.refuse(error); else this.#failed(error);
    } finally {
      this.#busy = false;
      this.#enable();
    }
  }
}

const refName = (record) => (record ? recordName(record) : "");
