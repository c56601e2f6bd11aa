/** The classes of priority: a row for each, saved together as the hall's record. */

import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const FIELDS = { id: 40, name: 60, name_en: 200 };

export class PrioritiesRow {
  name = "priorities";
  #draft; #rows = el("div.classes"); #error = el("p.field__error", { id: "e-priorities", role: "alert" }); #meanwhile = el("p.cell__meanwhile"); #list = []; #known = new Set(); #shown = "";

  constructor({ draft }) {
    this.#draft = draft;
    const add = el("button.btn.btn--sm", { id: "add-priority", on: { click: () => { this.#list.push({ id: "", name: "", name_en: "" }); this.#give(); this.#draw(); this.#rows.querySelector(`#p-name-${this.#list.length - 1}`).focus(); } } }, icon("plus"), t("rules.priority_add"));
    this.node = el("article.rule.rule--whole", { id: "r-priorities" }, this.#rows, this.#error, this.#meanwhile, el("div", {}, add));
    this.draw();
  }

  draw() {
    this.#shown = JSON.stringify(this.#draft.saved(null, this.name));
    this.#known = new Set(this.#draft.saved(null, this.name).map((one) => one.id));
    this.#list = this.#draft.value(null, this.name).map((one) => ({ ...one }));
    this.#draw();
  }

  take(view) {
    if (JSON.stringify(view.priorities) !== this.#shown && !this.#draft.change(null, this.name) && !this.node.contains(document.activeElement)) this.draw();
    this.note();
  }

  note() {
    const change = this.#draft.change(null, this.name);
    this.node.classList.toggle("rule--changed", Boolean(change));
    say(this.#meanwhile, change?.meanwhile ? t("rules.changed_meanwhile", { value: this.#draft.saved(null, this.name).map((one) => named(one)).join(t("common.comma")) }) : "");
  }

  /** @param {{field?: string}} fields  "priorities[0].name": the very input */
  refuse(_line, text, fields = {}) {
    say(this.#error, text);
    const [, row, part] = String(fields.field ?? "").match(/priorities\[(\d+)\](?:\.(\w+))?/) ?? [];
    const input = row === undefined ? null : this.#rows.querySelector(`#p-${part ?? "name"}-${row}`);
    input?.setAttribute("aria-invalid", "true");
    return () => { this.node.scrollIntoView({ block: "center" }); (input ?? this.#rows.querySelector("input"))?.focus(); };
  }

  clear() { say(this.#error, ""); for (const input of this.#rows.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid"); }

  #draw() {
    const head = el("div.classes__row.classes__head.small.muted", { "aria-hidden": "true" }, Object.keys(FIELDS).map((field) => el("span", {}, t(`rules.priority_${field}`))), el("span"));
    fill(this.#rows, this.#list.length ? [head, this.#list.map((one, i) => this.#row(one, i))] : el("p.muted", {}, t("rules.priority_none")));
    this.note();
  }

  #row(one, i) {
    const input = (field) => el("input.input", { id: `p-${field}-${i}`, value: one[field] ?? "", maxlength: FIELDS[field], autocomplete: "off", disabled: field === "id" && this.#known.has(one.id) && Boolean(one.id), "aria-label": `${t("rules.priority_row", { n: i + 1 })}: ${t(`rules.priority_${field}`)}`, "aria-describedby": "e-priorities", title: field === "id" ? t("rules.priority_id_hint") : null, on: { input: (event) => { one[field] = event.target.value.trim(); this.clear(); this.#give(); } } });
    return el("div.classes__row", {}, Object.keys(FIELDS).map(input), el("button.btn.btn--quiet.btn--sm", { "aria-label": t("rules.priority_remove", { name: named(one) }), on: { click: () => { this.#list.splice(i, 1); this.#give(); this.#draw(); this.node.querySelector("#add-priority").focus(); } } }, icon("trash")));
  }

  #give() { this.#draft.set(null, this.name, this.#list.map((one) => ({ ...one }))); this.note(); }
}
