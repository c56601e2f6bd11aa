/** Pinyin being typed: its letters, the candidates the hall finds for them, and which of them are shown. */

import { api } from "/static/api.js";

const MOST_LETTERS = 60;

export class Composition {
  letters = "";
  /** "" nothing to ask; "asked", "found", "none" (nothing fits, or the hall does not answer) */
  state = "";
  #found = []; #begins = [0]; #count = Infinity; #asked = new AbortController(); #options;

  /** @param {{onChange: () => void, before: () => string}} options  before: the characters before the caret */
  constructor(options) { this.#options = options; }

  /** The candidates of the page that is shown: {text, letters}, letters: how many of the typed ones it takes. */
  get shown() {
    const begin = this.#begins.at(-1);
    return this.#found.slice(begin, begin + this.#count);
  }

  /** Lets the hall get ready: the first answer after its start takes a second. */
  prime() { if (!this.letters) api.post("typing", { pinyin: "a" }).catch(() => { /* the first letter asks again */ }); }

  get isFirst() { return this.#begins.length === 1; }
  get isLast() { return this.#begins.at(-1) + this.shown.length >= this.#found.length; }

  add(letter) {
    if (this.letters.length < MOST_LETTERS) this.#set(this.letters + letter);
  }

  erase() { this.#set(this.letters.slice(0, -1)); }

  clear() { if (this.letters) this.#set(""); }

  /** The text of a shown candidate, which leaves the composition; "" where there is none yet. */
  take(i) {
    const one = this.shown[i];
    if (!one) return "";
    this.#set(this.letters.slice(one.letters).replace(/^'+/, ""), one.text.slice(-2));
    return one.text;
  }

  page(step) {
    if (step > 0 && !this.isLast) this.#begins.push(this.#begins.at(-1) + this.shown.length);
    else if (step < 0 && !this.isFirst) this.#begins.pop();
    else return;
    this.#count = Infinity;
    this.#options.onChange();
  }

  /** So many of the shown ones have room. */
  fits(count) {
    this.#count = count;
    this.#options.onChange();
  }

  #set(letters, taken = "") {
    this.letters = letters;
    this.#asked.abort();
    this.#turn([], letters ? "asked" : "");
    if (letters) this.#ask(taken || this.#options.before());
  }

  #turn(found, state) {
    this.#found = found;
    this.#begins = [0];
    this.#count = Infinity;
    this.state = state;
    this.#options.onChange();
  }

  /* In the body, not in the address: what a visitor types stands in no log of a proxy. */
  async #ask(before) {
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    try {
      const { candidates } = await api.post("typing", { pinyin: this.letters, before }, { signal });
      if (!signal.aborted) this.#turn(candidates, candidates.length ? "found" : "none");
    } catch {
      if (!signal.aborted) this.#turn([], "none");
    }
  }
}
