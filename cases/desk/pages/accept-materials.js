/** Step 4: every material that is needed, how it was handed in, whether it is sound, and what is wrong in words for the applicant. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { Pages } from "./accept-scans.js";
import { MISSING } from "./accept-store.js";
import { heading, inWords, PHRASES, SUPPLIES } from "./accept-words.js";

/** What the clerk found: sound, wrong, missing, or not looked at. */
export const findingOf = (held) => (held?.is_sound === true ? "sound" : held?.is_sound === false ? (held.gap === MISSING ? "missing" : "wrong") : "open");

export class MaterialsStep {
  #store; #node = null;

  constructor(store) { this.#store = store; }

  draw() {
    const { needs, content } = this.#store;
    if (!needs) return el("section.part", {}, el("p.empty", {}, t("accept.no_matter")));
    this.#node = el("section.part", {}, el("div.spread", {}, heading(t("accept.step.4"), t("accept.materials.hint")),
      el("button.btn.btn--sm", { id: "all-sound", on: { click: () => this.#all() } }, icon("check"), t("accept.materials.all_sound"), el("kbd.key", {}, "Alt+Y"))),
      el("ol.mats", {}, needs.materials.map((one, at) => this.#row(one, at, (content.materials[one.id] ??= { supply: one.supplies[0], pages: [], is_sound: null, gap: "" })))));
    return this.#node;
  }

  focus() {
    const rows = [...(this.#node?.querySelectorAll(".mat") ?? [])];
    (rows.find((one) => one.dataset.finding === "open") ?? rows[0])?.focus();
  }

  key(event) {
    if (event.altKey && event.code === "KeyY") { event.preventDefault(); this.#all(); return true; }
    return false;
  }

  #all() {
    for (const one of this.#store.needs.materials) { const held = this.#store.content.materials[one.id]; if (findingOf(held) === "open") held.is_sound = true; }
    this.#store.changed("materials");
  }

  #row(material, at, held) {
    const finding = findingOf(held);
    const later = this.#store.needs.later.includes(material.id);
    const row = el(`li.mat.mat--${finding}`, { tabindex: 0, id: `mat-${material.id}`, dataset: { finding, id: material.id }, "aria-label": inWords(material), on: { keydown: (event) => this.#key(event, material, held) } },
      el("span.mat__n.num", {}, at + 1),
      el("div.mat__what", {}, el("div.mat__name", {}, inWords(material), later && el("span.badge.badge--accent", {}, t("accept.later"))),
        el("span.muted.small", {}, [copiesText(material), material.issuer, material.note].filter(Boolean).join(" · "))),
      this.#supply(material, held),
      el("div.mat__found", { role: "radiogroup", "aria-label": t("accept.materials.found") }, found("sound", "check", "1"), found("wrong", "alert", "2"), found("missing", "close", "3")),
      finding === "wrong" && this.#gap(material, held),
      ["scan", "paper"].includes(held.supply) && (material.supplies.includes("scan")) && el("div.mat__pages", {}, new Pages(this.#store, material.id, held, () => this.#paged(material, held)).node));
    function found(what, sign, cap) {
      return el(`button.chip.mat__chip.mat__chip--${what}`, { id: `${what}-${material.id}`, role: "radio", "aria-checked": String(finding === what), tabindex: -1, on: { click: () => row.dispatchEvent(new KeyboardEvent("keydown", { key: cap })) } }, icon(sign), t(`accept.found.${what}`), el("kbd.key", {}, cap));
    }
    return row;
  }

  /** Pages came or went: whoever scans a paper hands in a scan. */
  #paged(material, held) {
    const supply = document.getElementById(`supply-${material.id}`);
    if (supply) supply.value = held.supply;
    this.#store.changed("materials-quiet");
  }

  #supply(material, held) {
    const ways = SUPPLIES.filter((one) => material.supplies.includes(one));
    return el("select.select.select--sm.mat__supply", { id: `supply-${material.id}`, "aria-label": t("accept.materials.supply"), tabindex: ways.length > 1 ? 0 : -1, disabled: ways.length < 2, on: { change: (event) => { held.supply = event.target.value; this.#store.changed("materials"); } } },
      ways.map((one) => el("option", { value: one, selected: one === held.supply }, t(`accept.supply.${one}`))));
  }

  #gap(material, held) {
    const input = el("input.input", { id: `gap-${material.id}`, value: held.gap, maxlength: 300, placeholder: t("accept.gap.placeholder"), on: { input: (event) => { held.gap = event.target.value; this.#store.changed(); } } });
    const say = (text) => { held.gap = [held.gap.trim(), text].filter(Boolean).join(t("accept.gap.join")); input.value = held.gap; input.focus(); this.#store.changed("materials-quiet"); };
    return el("div.mat__gap", {}, input, el("div.mat__phrases", {}, PHRASES.map((one) => el("button.chip.chip--sm", { tabindex: -1, on: { click: () => say(t(`accept.phrase.${one}`)) } }, t(`accept.phrase.${one}`)))));
  }

  #key(event, material, held) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey) return;
    const rows = [...this.#node.querySelectorAll(".mat")], at = rows.indexOf(event.currentTarget);
    const go = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (go) { event.preventDefault(); rows[at + go]?.focus(); return; }
    const does = { 1: [true, ""], 2: [false, held.gap === MISSING ? "" : held.gap], 3: [false, MISSING] }[event.key];
    if (does) {
      event.preventDefault?.();
      [held.is_sound, held.gap] = does;
      this.#store.changed("materials");
      document.getElementById(event.key === "2" ? `gap-${material.id}` : `mat-${this.#store.needs.materials[at + (does[0] ? 1 : 0)]?.id ?? material.id}`)?.focus();
      return;
    }
    if (event.key.toLowerCase() === "s") { event.preventDefault(); document.getElementById(`scan-${material.id}`)?.click(); }
    if (event.key.toLowerCase() === "v") { event.preventDefault(); document.getElementById(`camera-${material.id}`)?.click(); }
  }
}

function copiesText({ originals, copies }) {
  return [originals && t("accept.originals", { n: originals }), copies && t("accept.copies", { n: copies })].filter(Boolean).join(t("common.comma"));
}
