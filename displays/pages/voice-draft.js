/** What is changed on the page of the voice and not saved yet: rules by place (hall, zone:…, line:…) and name. */

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export const HALL = "hall";

export class VoiceDraft {
  #pending = {}; #listeners = new Set();
  view = null;

  /** Takes a new picture; a change that the picture holds already is no change any more. */
  take(view) {
    this.view = view;
    for (const [place, values] of Object.entries(this.#pending)) for (const [name, value] of Object.entries(values)) if (same(value, this.#saved(place, name))) this.#forget(place, name);
    this.#tell();
  }

  /** The value that would hold: the draft's, the place's own, the hall's. */
  value(place, name) {
    const own = this.own(place, name);
    if (own !== null) return own;
    const rule = this.rule(name);
    if (place !== HALL) return this.value(HALL, name);
    return this.#pending[HALL]?.[name] === null ? rule.default : rule.value;
  }

  /** What a place has of its own, in the draft or saved; null where it follows the hall or the default. */
  own(place, name) {
    const values = this.#pending[place];
    return values && name in values ? values[name] : this.#saved(place, name);
  }

  /** Sets a value; null gives the rule back. */
  set(place, name, value) {
    if (same(value, this.#saved(place, name))) this.#forget(place, name);
    else (this.#pending[place] ??= {})[name] = value;
    this.#tell();
  }

  isChanged(place, name) { return Boolean(this.#pending[place] && name in this.#pending[place]); }
  rule(name) { return this.view.rules.find((rule) => rule.name === name); }
  get size() { return Object.values(this.#pending).reduce((sum, values) => sum + Object.keys(values).length, 0); }
  get changes() { return structuredClone(this.#pending); }
  clear() { this.#pending = {}; this.#tell(); }
  onChange(listener) { this.#listeners.add(listener); }

  #saved(place, name) {
    const rule = this.rule(name);
    if (place === HALL) return rule.is_changed ? rule.value : null;
    return rule.places[place] ?? null;
  }

  #forget(place, name) {
    delete this.#pending[place]?.[name];
    if (this.#pending[place] && !Object.keys(this.#pending[place]).length) delete this.#pending[place];
  }

  #tell() { for (const listener of this.#listeners) listener(); }
}
