/** One rule on the page: its name, its sentence, its editor; for a zone or a line also whether it follows the hall. */

import { el, fill, say } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { HALL } from "./voice-draft.js";
import { editor } from "./voice-editors.js";

export class VoiceRow {
  #draft; #place; #rule; #editor = null; #error; #editing; #drawn = "";

  constructor({ rule, draft, place }) {
    this.#rule = rule;
    this.#draft = draft;
    this.#place = place;
    const id = `v-${rule.name}`;
    this.#error = el("p.field__error", { role: "alert", id: `e-${rule.name}`, dataset: { error: rule.name } });
    this.#editing = el("div.v__edit");
    this.node = el("section.v", { "aria-labelledby": `n-${rule.name}`, dataset: { rule: rule.name } },
      el("div.v__about", {}, el("h3.v__name", { id: `n-${rule.name}` }, t(`voice.rule.${rule.name}`)), el("p.v__hint", {}, t(`voice.rule.${rule.name}_hint`)), el("p.v__others.small", {})), el("div.v__value", {}, this.#editing, this.#error));
    this.#id = id;
    this.draw();
  }
  #id;

  get name() { return this.#rule.name; }
  get place() { return this.#place; }

  /** Draws what the draft holds, unless it is what is drawn: whoever types is not disturbed. */
  draw() {
    this.#rule = this.#draft.rule(this.#rule.name);
    const value = this.#draft.value(this.#place, this.name);
    const own = this.#draft.own(this.#place, this.name);
    this.node.classList.toggle("v--changed", this.#draft.isChanged(this.#place, this.name));
    this.#others();
    const state = JSON.stringify([value, own === null]);
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.clear();
    const follows = this.#place !== HALL && el("label.check", {}, el("input", { type: "checkbox", id: `own-${this.name}`, checked: own !== null, on: { change: (event) => this.#draft.set(this.#place, this.name, event.target.checked ? structuredClone(value) : null) } }), t("voice.own_value"));
    if (this.#place !== HALL && own === null) { this.#editor = null; fill(this.#editing, follows, el("p.small.muted", {}, t("voice.follows_hall"))); return; }
    this.#editor = editor(this.#rule, value, { id: this.#id, label: t(`voice.rule.${this.name}`), view: this.#draft.view, template: (language) => this.#template(language), onValue: (next) => this.#take(next) });
    const back = this.#place === HALL && own !== null && el("button.btn.btn--quiet.btn--sm.v__back", { on: { click: () => this.#draft.set(HALL, this.name, null) } }, t("voice.give_back"));
    fill(this.#editing, follows, this.#editor.node, back);
  }

  /** Shows an error of the server at this rule; gives the way to the input. */
  refuse(text, fields) {
    say(this.#error, text);
    return () => { this.node.scrollIntoView({ block: "center" }); this.#editor?.focus(fields); };
  }

  clear() {
    say(this.#error, "");
    for (const node of this.node.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  }

  #take(value) {
    this.clear();
    if (value === null && this.name !== "sound_card") { this.refuse(t("voice.number_missing"), {}); return; }
    if (value !== null) this.#drawn = JSON.stringify([value, false]);
    this.#draft.set(this.#place, this.name, value);
  }

  /** What a sentence is where nothing is written: the hall's for a line, else the program's. */
  #template(language) {
    const hall = this.#place === HALL ? null : this.#draft.value(HALL, "templates")[language];
    return hall || this.#draft.view.templates[language];
  }

  #others() {
    const places = Object.keys(this.#rule.places);
    say(this.node.querySelector(".v__others"), this.#place === HALL && places.length ? t("voice.others_n", { n: places.length }) : "");
  }
}
