/** One rule on the page: what it does, its value, and the lines that differ. */

import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { makeEditor } from "./rules-editors.js";
import { lineName, valueText } from "./rules-words.js";

/** What a line begins with where the hall has no limit. */
const FIRST = { quota_day: 100, person_per_day: 2 };

export class RuleRow {
  #rule; #draft; #scope; #value = el("div.rule__value"); #lines = el("div.rule__lines"); #cells = new Map(); #onHelp; #reset = null; #shown = "";

  /** @param {string|null} scope  the line whose values are shown; null: the hall's, and of lines that differ */
  constructor({ rule, draft, scope, onHelp }) {
    this.#rule = rule;
    this.#draft = draft;
    this.#scope = scope;
    this.#onHelp = onHelp;
    const { name } = rule.about;
    this.node = el("article.rule", { id: `r-${name}`, "aria-labelledby": `n-${name}` },
      el("div.rule__text", {}, el("h3.rule__name", { id: `n-${name}` }, t(`rules.${name}`), el("button.rule__help", { "aria-label": t("rules.help", { name: t(`rules.${name}`) }), on: { click: () => this.#onHelp(rule.about) } }, icon("help"))), el("p.rule__hint", { id: `h-${name}` }, t(`rules.${name}_hint`))),
      this.#value, this.#lines);
    this.draw();
  }

  get name() { return this.#rule.about.name; }

  /** Takes the rule of a new picture; what is being edited here stays as it is. */
  take(rule) {
    const isOther = JSON.stringify([rule.value, rule.lines]) !== this.#shown;
    this.#rule = rule;
    if (isOther && !this.node.contains(document.activeElement) && !this.#isEdited) this.draw();
    else this.note();
  }

  draw() {
    const { about } = this.#rule;
    this.#shown = JSON.stringify([this.#rule.value, this.#rule.lines]);
    this.#cells.clear();
    if (this.#scope === null) {
      fill(this.#value, this.#cell(null));
      fill(this.#lines, about.per_line ? this.#differing() : null);
    } else {
      fill(this.#value, this.#ofLine(this.#scope));
    }
    this.note();
  }

  /** Says beside each value whether it is saved, and what somebody else has done to it meanwhile. */
  note() {
    for (const [line, cell] of this.#cells) {
      const change = this.#draft.change(line, this.name);
      cell.node.classList.toggle("cell--changed", Boolean(change));
      cell.badge.hidden = !change;
      say(cell.meanwhile, change?.meanwhile ? t("rules.changed_meanwhile", { value: this.#words(this.#draft.saved(line, this.name) ?? this.#rule.value) }) : "");
      if (!change?.fault && cell.faulty) this.#mark(cell, "");
      if (change?.fault && cell.faulty) this.#mark(cell, change.fault);
    }
    if (this.#reset) this.#reset.hidden = JSON.stringify(this.#draft.value(null, this.name) ?? null) === JSON.stringify(this.#rule.default ?? null);
    this.node.classList.toggle("rule--changed", this.#isEdited);
  }

  /** Shows an error at a value; gives the way to focus it, or null where it is not shown here. */
  refuse(line, text, fields = {}) {
    const cell = this.#cells.get(line);
    if (!cell) return null;
    this.#mark(cell, text);
    return () => { this.node.scrollIntoView({ block: "center" }); cell.editor.focus(fields); };
  }

  clear() { for (const cell of this.#cells.values()) this.#mark(cell, ""); }

  get #isEdited() { return this.#draft.changes.some((change) => change.name === this.name && (this.#scope === null || change.line === this.#scope)); }

  #mark(cell, text) {
    cell.faulty = Boolean(text);
    say(cell.error, text);
    for (const input of cell.node.querySelectorAll("input, select")) { if (text && !input.disabled && input.type !== "checkbox") input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid"); }
  }

  /** An editor with what stands below it. @param {string|null} line */
  #cell(line, extra = null) {
    const { about } = this.#rule;
    const id = line === null ? `v-${about.name}` : `v-${about.name}-${line}`;
    const owner = line === null ? t(`rules.${about.name}`) : t("rules.value_for", { rule: t(`rules.${about.name}`), line: this.#lineName(line) });
    const shown = this.#draft.value(line, about.name);
    const editor = makeEditor(about, shown === undefined ? this.#rule.value : shown, { id, label: owner, describedby: `h-${about.name} e-${id}`, isHall: line === null, lines: this.#draft.view.lines, onValue: (value, fault = "") => this.#give(line, value, fault) });
    const cell = { editor, error: el("p.field__error", { id: `e-${id}`, dataset: { error: about.name, line: line ?? "" }, role: "alert" }), badge: el("span.badge.badge--warn", {}, t("rules.changed")), meanwhile: el("p.cell__meanwhile"), faulty: false };
    cell.node = el("div.cell", { id: `c-${id}` }, el("div.cell__edit", {}, editor.node, cell.badge), cell.error, cell.meanwhile, extra ?? this.#below(line));
    this.#cells.set(line, cell);
    return cell.node;
  }

  #give(line, value, fault) {
    this.#draft.set(line, this.name, value, fault);
    const cell = this.#cells.get(line);
    if (cell) this.#mark(cell, fault);
    this.note();
  }

  #below(line) {
    if (line !== null) return null;
    const { default: fallback } = this.#rule;
    const reset = el("button.btn.btn--quiet.btn--sm", { on: { click: () => { this.#draft.set(null, this.name, fallback); this.draw(); this.#cells.get(null).editor.focus(); } } }, t("rules.to_default"));
    this.#reset = reset;
    return el("p.cell__default.small.muted", {}, t("rules.default", { value: this.#words(fallback) }), reset);
  }

  /** In the hall's view: each line that differs, and the way to let another one differ. */
  #differing() {
    const { lines } = this.#draft.view;
    const own = lines.filter((line) => { const value = this.#draft.value(line.id, this.name); return value !== undefined && value !== null; });
    const gone = lines.filter((line) => this.#draft.change(line.id, this.name)?.value === null);
    const left = lines.filter((line) => line.active && !own.includes(line) && !gone.includes(line));
    const add = el("select.select.rule__add", { id: `a-${this.name}`, "aria-label": `${t(`rules.${this.name}`)}: ${t("rules.add_line")}`, on: { change: () => this.#add(add.value) } }, el("option", { value: "" }, t("rules.add_line")), left.map((line) => el("option", { value: line.id }, lineName(line))));
    return [
      own.map((line) => el("div.own", {}, el("span.own__name", {}, t("rules.differs_for", { line: lineName(line) })), this.#cell(line.id, false), el("button.btn.btn--quiet.btn--sm", { "aria-label": t("rules.remove_line", { line: lineName(line) }), on: { click: () => this.#remove(line.id) } }, icon("close")))),
      gone.map((line) => el("div.own.own--gone", {}, el("span.own__name", {}, t("rules.differs_for", { line: lineName(line) })), el("span.muted", {}, t("rules.removed")), el("button.btn.btn--quiet.btn--sm", { on: { click: () => { this.#draft.forget(line.id, this.name); this.draw(); } } }, t("rules.cancel")))),
      left.length > 0 && add,
    ];
  }

  /** In a line's view: its own value, or the hall's with the way to differ. */
  #ofLine(line) {
    const value = this.#draft.value(line, this.name);
    const hall = el("span.small.muted", {}, t("rules.hall_value", { value: this.#words(this.#rule.value) }));
    if (value === undefined || value === null) {
      return el("div.cell", {}, el("div.cell__edit", {}, el("span.cell__follows", {}, this.#words(this.#rule.value)), el("button.btn.btn--sm", { id: `own-${this.name}`, on: { click: () => this.#add(line) } }, t("rules.own"))), el("p.cell__default", {}, el("span.small.muted", {}, this.#draft.change(line, this.name) ? t("rules.removed") : t("rules.follows"))));
    }
    return this.#cell(line, el("p.cell__default.small.muted", {}, hall, el("button.btn.btn--quiet.btn--sm", { on: { click: () => this.#remove(line) } }, t("rules.to_hall"))));
  }

  #add(line) {
    if (!line) return;
    this.#draft.set(line, this.name, this.#rule.value ?? FIRST[this.name]);
    this.draw();
    this.#cells.get(line)?.editor.focus();
  }

  #remove(line) {
    if (this.#draft.saved(line, this.name) === undefined) this.#draft.forget(line, this.name);
    else this.#draft.set(line, this.name, null);
    this.draw();
    this.node.querySelector(".rule__add, .cell button")?.focus();
  }

  #words(value) { return valueText(this.#rule.about, value, this.#draft.view.lines); }
  #lineName(id) { const line = this.#draft.view.lines.find((one) => one.id === id); return line ? lineName(line) : id; }
}
