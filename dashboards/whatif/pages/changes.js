/** What shall be different: a list of changes, each a small form in plain words. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

/** Kind of change → its fields: [name, kind, first value]. */
const KINDS = {
  open: [["line", "line"], ["windows", "number", 2], ["begin", "time", "09:30"], ["end", "time", "11:30"]],
  close: [["window", "window"], ["begin", "time", "09:00"], ["end", "time", "12:00"]],
  break: [["window", "window"], ["begin", "time", "12:00"], ["end", "time", "13:00"]],
  merge: [["line", "line"], ["into", "line"]],
  serve: [["window", "window"], ["line", "line"]],
  visitors: [["percent", "number", 20], ["line", "any_line", null]],
  rules: [["rule", "rule", "fifo"], ["line", "any_line", null]],
};
/** Rules in plain words → values as the rules page writes them; rules of the hall have no line. */
const RULES = {
  fifo: { ratio: { favoured: 0, oldest: 1 } },
  one_one: { ratio: { favoured: 1, oldest: 1 } },
  two_one: { ratio: { favoured: 2, oldest: 1 } },
  no_preference: { preference: false },
  age_10: { ageing_s: 600 },
  age_60: { ageing_s: 3600 },
};

export class ChangeList {
  #hall; #windows; #list = []; #node = null; #wrong = null;

  constructor(hall, windows) {
    this.#hall = hall;
    this.#windows = windows.filter((one) => one.active !== false);
    this.#add("open");
  }

  draw(node) {
    this.#node = node;
    const add = (kind) => el("button.chip", { id: `add-${kind}`, on: { click: () => { this.#add(kind); this.#wrong = null; this.draw(node); } } }, icon("plus", { size: "1em" }), t(`whatif.add.${kind}`));
    fill(node, el("h2.box__title", {}, t("whatif.changes")), this.#list.map((one, place) => this.#form(one, place)), this.#list.length ? null : el("p.note", {}, t("whatif.no_changes")), el("div.chips", {}, Object.keys(KINDS).map(add)));
  }

  /** The changes as the server takes them. */
  values() {
    return this.#list.map(({ type, ...fields }) => {
      if (type !== "rules") return { type, ...fields };
      const values = RULES[fields.rule];
      return { type, values, line: "ageing_s" in values ? fields.line : null };
    });
  }

  /** The changes as words, for the sentence about the results. */
  words() {
    return this.#list.map((one) => t(`whatif.said.${one.type}`, { ...one, line: this.#line(one.line), into: this.#line(one.into), window: this.#window(one.window), rule: one.rule ? t(`whatif.rule.${one.rule}`) : "" }));
  }

  /** Shows what is wrong at its change; null: nothing. */
  wrong(refused) {
    this.#wrong = refused;
    if (this.#node?.isConnected) this.draw(this.#node);
  }

  #add(type) {
    const first = { line: this.#hall.lines[0]?.id, window: this.#windows[0]?.id };
    const value = ([name, kind, given]) => [name, given !== undefined ? given : name === "into" ? this.#hall.lines[1]?.id : first[kind]];
    this.#list.push({ type, ...Object.fromEntries(KINDS[type].map(value)) });
  }

  #form(one, place) {
    const isWrong = this.#wrong?.change === place;
    const drop = el("button.btn.btn--quiet.btn--sm", { "aria-label": t("whatif.drop"), title: t("whatif.drop"), on: { click: () => { this.#list.splice(place, 1); this.#wrong = null; this.draw(this.#node); } } }, icon("close"));
    const fields = KINDS[one.type].filter(([name]) => !(one.type === "rules" && name === "line" && !("ageing_s" in RULES[one.rule])));
    return el("div.change", { class: isWrong ? "change--wrong" : "", dataset: { change: place } }, el("div.change__head", {}, t(`whatif.add.${one.type}`), drop),
      el("div.change__fields", {}, fields.map(([name, kind]) => this.#field(one, place, name, kind))), isWrong ? el("p.change__error", { role: "alert" }, this.#wrong.message) : null);
  }

  #field(one, place, name, kind) {
    const keep = (event) => {
      const { value } = event.currentTarget;
      one[name] = kind === "number" ? Number(value) : kind === "any_line" ? value || null : value;
      if (kind === "rule") this.draw(this.#node);
    };
    const id = `change-${place}-${name}`;
    const isWrong = this.#wrong?.change === place && this.#wrong.field?.split(".")[0] === name;
    const props = { id, name, "aria-invalid": isWrong ? "true" : false, on: { change: keep } };
    const label = el("span.field__label", {}, t(`whatif.field.${name}`));
    const isWide = !["time", "number"].includes(kind);
    return el("label.field", { class: isWide ? "field--wide" : "" }, label, this.#control(kind, one[name], props));
  }

  #control(kind, value, props) {
    if (kind === "time") return el("input.input", { ...props, type: "time", value });
    if (kind === "number") return el("input.input", { ...props, type: "number", step: 1, value: String(value) });
    const option = (id, text) => el("option", { value: id ?? "", selected: (id ?? "") === (value ?? "") }, text);
    if (kind === "rule") return el("select.input", props, Object.keys(RULES).map((name) => option(name, t(`whatif.rule.${name}`))));
    if (kind === "window") return el("select.input", props, this.#windows.map((window) => option(window.id, this.#window(window.id))));
    const lines = this.#hall.lines.map((line) => option(line.id, named(line)));
    return el("select.input", props, kind === "any_line" ? option(null, t("whatif.all_lines")) : null, lines);
  }

  #line(id) {
    const found = this.#hall.lines.find((line) => line.id === id);
    return found ? named(found) : t("whatif.all_lines");
  }

  #window(id) {
    const found = this.#windows.find((window) => window.id === id);
    return found ? `${found.number} · ${named(found)}` : "";
  }
}
