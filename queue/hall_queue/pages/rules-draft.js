/** What is changed on the page and not saved yet: rules by line and name, and the two records that stand beside them. */

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const keyOf = (line, name) => `${line ?? ""}|${name}`;

/** The hall's records edited on the same page: the name under which each stands in the picture. */
export const RECORDS = ["priorities", "hours"];

export class Draft {
  #view = null; #pending = new Map(); #listeners = new Set();

  /** Takes a new picture; a change that the picture holds already is no change any more. */
  take(view) {
    const before = this.#view;
    this.#view = view;
    for (const [key, change] of this.#pending) {
      const now = this.#saved(change.line, change.name);
      if (same(now, change.value)) this.#pending.delete(key);
      else if (before && !same(now, change.base)) Object.assign(change, { base: now, meanwhile: true });
    }
    this.#tell();
  }

  get view() { return this.#view; }
  get size() { return this.#pending.size; }
  get changes() { return [...this.#pending.values()]; }

  onChange(listener) { this.#listeners.add(listener); }

  /** The value shown: the changed one, else the saved one. undefined: a line without a value of its own. */
  value(line, name) {
    const change = this.#pending.get(keyOf(line, name));
    return change ? change.value : this.#saved(line, name);
  }

  saved(line, name) { return this.#saved(line, name); }
  change(line, name) { return this.#pending.get(keyOf(line, name)) ?? null; }

  /** @param {*} value  null gives the rule back  @param {string} fault  what is wrong with what was typed */
  set(line, name, value, fault = "") {
    const key = keyOf(line, name);
    const base = this.#pending.get(key)?.base ?? this.#saved(line, name);
    if (!fault && same(value, this.#saved(line, name))) this.#pending.delete(key);
    else this.#pending.set(key, { line, name, value, base, fault });
    this.#tell();
  }

  forget(line, name) { this.#pending.delete(keyOf(line, name)); this.#tell(); }
  clear() { this.#pending.clear(); this.#tell(); }

  /** The body of PATCH rules, or null where no rule is changed. */
  rulesBody() {
    const rules = this.changes.filter((change) => !RECORDS.includes(change.name));
    if (!rules.length) return null;
    const body = { values: {}, lines: {} };
    for (const { line, name, value } of rules) {
      if (line === null) body.values[name] = value ?? null;
      else (body.lines[line] ??= {})[name] = value ?? null;
    }
    return body;
  }

  #saved(line, name) {
    if (RECORDS.includes(name)) return this.#view[name];
    const rule = this.#view.rules.find((one) => one.about.name === name);
    return line === null ? rule.value : rule.lines[line];
  }

  #tell() { for (const listener of this.#listeners) listener(); }
}
