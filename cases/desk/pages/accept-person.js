/** Step 3: who applies and what the form asks, filled from the card, the ticket, earlier cases and licences agreed to. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { dayOf } from "/static/numbers.js";
import { prefill, schemaForm } from "./accept-form.js";
import { heading, ID_KINDS, inWords, partyOf } from "./accept-words.js";

const FIELDS = ["name", "id_number", "phone", "address"];
const WHYS = ["fill_in", "compare", "call"];

export class PersonStep {
  #store; #node = null; #sources = {}; #from = new Map(); #card = null; #reader = null;

  constructor(store) { this.#store = store; }

  draw() {
    const { edition, content } = this.#store;
    if (!edition) return el("section.part", {}, el("p.empty", {}, t("accept.no_matter")));
    this.#prefill();
    const form = edition.form?.properties ? el("div.part__block", {}, el("h3.part__sub", {}, t("accept.form.title")),
      schemaForm(edition.form, content.fields, { path: "fields", hints: this.#hints(), onChange: (path) => { this.#from.delete(path); this.#store.changed(); } })) : null;
    this.#node = el("form.part", { autocomplete: "off", novalidate: true, on: { submit: (event) => event.preventDefault() } },
      heading(t("accept.step.3"), t("accept.person.hint")), this.#sourcesBar(), this.#party("applicant"), this.#agent(), form);
    return this.#node;
  }

  focus() {
    const inputs = [...(this.#node?.querySelectorAll(".input, .select, .textarea") ?? [])];
    (inputs.find((one) => one.getAttribute("aria-invalid") === "true") ?? inputs.find((one) => !one.value) ?? inputs[0])?.focus();
  }

  get node() { return this.#node; }

  /** What the reader at the window says. */
  reader(event) {
    if (event.type === "card") { this.#card = event; this.takeCard(); } else if (event.readers) this.#reader = event.readers[0] ?? null; else this.#reader = event.state;
  }

  async takeCard() {
    if (!this.#card || !this.#store.ticket || !this.#store.edition) return;
    try {
      const shown = await api.post(`${this.#store.base}/card`, { ticket: this.#store.ticket.id, card: this.#card.card });
      this.#card = null;
      this.#take(shown, "reader");
      toast(t("accept.card_taken"), "ok");
      await this.look();
    } catch (error) { toast(errorText(error), "bad"); }
  }

  /** Which earlier cases and licences there are of this person. */
  async look() {
    if (!this.#store.ticket) return;
    try {
      this.#store.known = await api.post(`${this.#store.base}/known`, { ticket: this.#store.ticket.id, id_number: this.#store.content.applicant.id_number });
      this.#store.tell("known");
    } catch (error) { if (error.code !== "person.id_number") toast(errorText(error), "bad"); }
  }

  #sourcesBar() {
    const { ticket, known, content } = this.#store;
    const person = ticket?.person;
    return el("div.sources", { id: "sources" },
      this.#reader && this.#reader !== "away" && el("span.source.source--reader", {}, icon("user"), t(`accept.reader.${this.#reader}`)),
      person && !content.applicant.id_number && el("div.source", {}, icon("ticket"), el("span.num", {}, person.id_number || person.phone), el("span.muted.small", {}, t("accept.source.ticket")),
        el("span.source__do", {}, t("accept.unmask"), WHYS.map((why) => el("button.btn.btn--sm", { id: `unmask-${why}`, on: { click: () => this.#unmask(why) } }, t(`accept.why.${why}`))))),
      (known?.earlier ?? []).slice(0, 3).map((one) => el("button.source.source--btn", { id: `reuse-${one.id}`, on: { click: () => this.#reuse(one) } }, icon("repeat"),
        el("span.source__text", {}, el("span.truncate", {}, inWords(one, "matter_name")), el("span.muted.small.num", {}, `${dayOf(one.received_at)} · ${one.number}`)), el("span.source__go", {}, t("accept.take_over")))),
      (known?.licences ?? []).map((one) => el("button.source.source--btn", { id: `licence-${one.kind}`, on: { click: () => this.#agree(one) } }, icon("shield"),
        el("span.source__text", {}, el("span", {}, one.name), el("span.muted.small.num", {}, one.number_masked)), el("span.source__go", {}, t(one.is_used ? "accept.licence_done" : "accept.use_licence")))));
  }

  async #unmask(why) {
    try { this.#take(await api.post(`${this.#store.base}/person`, { ticket: this.#store.ticket.id, why }), "ticket"); await this.look(); } catch (error) { toast(errorText(error), "bad"); }
  }

  async #reuse(one) {
    const { applicant, content } = { applicant: this.#store.content.applicant, content: this.#store.content };
    try {
      const taken = await api.post(`${this.#store.base}/reuse`, { ticket: this.#store.ticket.id, id_number: applicant.id_number, case: one.id });
      for (const [name, value] of Object.entries(taken.applicant)) if (!applicant[name] || name === "kind") applicant[name] = value;
      for (const [name, value] of Object.entries(taken.fields)) this.#sources[`case.${name}`] = value;
      const schema = this.#store.edition.form?.properties ?? {};
      for (const [name, value] of Object.entries(taken.fields)) if (name in schema && content.fields[name] === undefined) { content.fields[name] = value; this.#from.set(`fields.${name}`, "case"); }
      this.#store.changed("person");
      toast(t("accept.taken_over"), "ok");
    } catch (error) { toast(errorText(error), "bad"); }
  }

  /** The person says yes first; the consent is on record before anything is read. */
  async #agree(one) {
    if (!(await ask({ title: t("accept.consent_title", { name: one.name }), text: t("accept.consent_text", { name: one.name, matter: inWords(this.#store.edition) }), yes: t("accept.consent_yes") }))) return;
    try {
      const licence = await api.post(`${this.#store.base}/licence`, { ticket: this.#store.ticket.id, id_number: this.#store.content.applicant.id_number, licence: one.id, edition: this.#store.edition.key });
      this.#sources[`licence.${licence.kind}.number`] = licence.number;
      for (const [name, value] of Object.entries(licence.fields)) this.#sources[`licence.${licence.kind}.${name}`] = value;
      const { applicant, materials } = this.#store.content;
      if (licence.kind === "identity-card") for (const name of FIELDS) applicant[name] ||= licence.fields[name] ?? "";
      for (const material of this.#store.needs.materials) if (material.licence === licence.kind) Object.assign(materials[material.id], { supply: "licence", reused: licence.id, is_sound: true, gap: "" });
      one.is_used = true;
      this.#store.changed("person");
      toast(t("accept.licence_used", { name: one.name }), "ok");
    } catch (error) { toast(errorText(error), "bad"); }
  }

  #take(shown, from) {
    const applicant = this.#store.content.applicant;
    for (const name of FIELDS) {
      if (!shown[name]) continue;
      applicant[name] = shown[name];
      this.#sources[`${from}.${name}`] = shown[name];
      this.#from.set(`applicant.${name}`, from);
    }
    this.#store.changed("person");
  }

  #prefill() {
    const { edition, content } = this.#store;
    for (const role of ["applicant", "agent"]) for (const [name, value] of Object.entries(content[role] ?? {})) this.#sources[`${role}.${name}`] = value;
    this.#sources.today = this.#store.desk.today;
    const filled = prefill(edition.form ?? {}, content.fields, this.#sources, this.#from);
    for (const [path, source] of filled) this.#from.set(path, source.split(".")[0]);
    if (filled.size) this.#store.changed();
    return filled;
  }

  /** What was typed about the applicant goes into the form's own fields too, at once. */
  #follow() {
    for (const path of this.#prefill().keys()) {
      const input = document.getElementById(path);
      if (input && input !== document.activeElement) input.value = this.#store.content.fields[path.slice("fields.".length)];
    }
  }

  #hints() { return new Map([...this.#from].map(([path, from]) => [path, t(`accept.from.${from}`)])); }

  #party(role) {
    const held = this.#store.content[role], isFirm = held.kind === "organisation";
    const set = (name, value) => { held[name] = value; this.#from.delete(`${role}.${name}`); this.#store.changed(); };
    const kind = (value) => { held.kind = value; held.id_kind = value === "organisation" ? "001" : "111"; this.#store.changed("person"); document.getElementById(`${role}.name`)?.focus(); };
    const text = (name, more = {}) => el("div.field.sfield", {}, el("label.field__label", { for: `${role}.${name}` }, t(isFirm && name === "name" ? "accept.party.firm" : `accept.party.${name}`), ["name", "id_number"].includes(name) && el("span.sfield__must", {}, "*")),
      el("input.input", { id: `${role}.${name}`, name: `${role}.${name}`, value: held[name], autocomplete: "off", ...more.attributes, on: { input: (event) => set(name, event.target.value), change: () => { this.#follow(); more.look?.(); } } }),
      this.#from.has(`${role}.${name}`) && el("span.sfield__from", {}, icon("check"), t(`accept.from.${this.#from.get(`${role}.${name}`)}`)), el("span.field__error", { dataset: { error: `${role}.${name}` } }));
    return el("div.part__block", {}, el("div.part__subhead", {}, el("h3.part__sub", {}, t(`accept.${role}`)),
      el("div.yesno", { role: "radiogroup", "aria-label": t(`accept.${role}`) }, ["person", "organisation"].map((value) => el("label.option.option--sm", {}, el("input", { type: "radio", name: `${role}.kind`, id: `${role}-${value}`, checked: held.kind === value, on: { change: () => kind(value) } }), t(`accept.kind.${value}`))))),
      el("div.sform", {}, text("name", { attributes: { maxlength: 80 } }),
        el("div.field.sfield", {}, el("label.field__label", { for: `${role}.id_kind` }, t("accept.party.id_kind")), el("select.select", { id: `${role}.id_kind`, on: { change: (event) => set("id_kind", event.target.value) } }, ID_KINDS.map((one) => el("option", { value: one, selected: one === held.id_kind }, t(`accept.id_kind.${one}`))))),
        text("id_number", { attributes: { class: "num", maxlength: 40 }, look: role === "applicant" ? () => held.id_number.length > 14 && this.look() : null }), text("phone", { attributes: { class: "num", inputmode: "tel", maxlength: 20 } }),
        text("address", { attributes: { maxlength: 200 } }), isFirm && text("represented_by", { attributes: { maxlength: 80 } })));
  }

  #agent() {
    const has = Boolean(this.#store.content.agent);
    const change = () => { this.#store.content.agent = has ? null : partyOf(); this.#store.changed("person"); };
    return el("div.part__agent", {}, el("label.check", {}, el("input", { type: "checkbox", id: "has-agent", checked: has, on: { change } }), t("accept.has_agent")), has && this.#party("agent"));
  }
}

/** Replaces the bar of sources alone, so that what is being typed keeps the focus. */
export const redrawSources = (step) => { const next = step.draw(); const place = document.getElementById("sources"); if (place) fill(place, ...next.querySelector("#sources").childNodes); };
