/** <screen-keyboard>: types into whatever field has the focus on a shared machine; letters, pinyin, digits, the ID number. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, onLang, t } from "/static/i18n.js";
import { Composition } from "./composition.js";
import { onForget } from "./forget.js";
import { PADS, ROWS, SYMBOLS, layoutOf } from "./keyboard-layouts.js";
import { isShared } from "./machine.js";

const FIELDS = "input:not([type=checkbox], [type=radio], [type=file], [type=button], [type=submit], [type=range], [type=date], [type=time], [type=hidden], [type=color]), textarea";

class ScreenKeyboard extends HTMLElement {
  #target = null; #layout = "letters"; #isChinese = true; #isUpper = false; #home = null; #over = null; #isDown = false; #isPrimed = false;
  #keys = el("div.v-keys"); #bar = el("div.v-candidates", { role: "group" });
  #composition = new Composition({ onChange: () => this.#drawBar(), before: () => this.#before() });

  connectedCallback() {
    this.#home ??= this.parentNode;
    if (this.#over) return; // it was only moved into a dialog or back
    this.#over = new AbortController();
    const { signal } = this.#over;
    this.classList.add("v-keyboard");
    this.hidden = true;
    this.setAttribute("role", "group");
    this.append(this.#bar, this.#keys);
    addEventListener("pointerdown", () => { this.#isDown = true; }, { capture: true, signal });
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { this.#isDown = false; }, { capture: true, signal });
    document.addEventListener("focusin", (event) => this.#focused(event.target), { signal });
    document.addEventListener("close", (event) => { if (event.target.contains?.(this)) this.close(); }, { capture: true, signal });
    addEventListener("keydown", (event) => { if (event.key === "Escape" && this.isOpen) { event.stopPropagation(); event.preventDefault(); this.close(); } }, { capture: true, signal });
    signal.addEventListener("abort", onLang(() => this.#draw()));
    signal.addEventListener("abort", onForget(() => this.close()));
  }

  disconnectedCallback() {
    queueMicrotask(() => { if (!this.isConnected) { this.#over?.abort(); this.#over = null; } });
  }

  get isOpen() { return !this.hidden; }

  /** Opens for a field. */
  open(field) {
    if (this.#target === field && this.isOpen) return;
    this.#composition.clear();
    this.#target = field;
    this.#layout = layoutOf(field);
    this.#isChinese = isChinese() && this.#layout === "pinyin";
    this.#isUpper = false;
    const place = field.closest("dialog") ?? this.#home; // a modal dialog leaves nothing outside it that can be touched
    if (this.parentNode !== place) place.append(this);
    field.setAttribute("inputmode", "none"); // the machine's own keyboard stays away
    this.hidden = false;
    if (this.#isChinese && !this.#isPrimed) { this.#isPrimed = true; this.#composition.prime(); }
    this.#draw();
    document.documentElement.style.setProperty("--keyboard", `${this.offsetHeight}px`);
    document.documentElement.dataset.typing = this.#layout;
    field.scrollIntoView({ block: "center" });
    this.dispatchEvent(new CustomEvent("keyboard", { bubbles: true, detail: { isOpen: true } }));
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.contains(document.activeElement);
    const target = this.#target;
    this.#composition.clear();
    this.hidden = true;
    this.#target = null;
    document.documentElement.style.removeProperty("--keyboard");
    delete document.documentElement.dataset.typing;
    if (hadFocus && target?.isConnected) this.#quietly(target);
    if (this.#home?.isConnected && this.parentNode !== this.#home) this.#home.append(this);
    this.dispatchEvent(new CustomEvent("keyboard", { bubbles: true, detail: { isOpen: false } }));
  }

  #isQuiet = false;

  /* Gives the focus back without opening again. */
  #quietly(target) {
    this.#isQuiet = true;
    target.focus();
    this.#isQuiet = false;
  }

  #focused(node) {
    if (this.contains(node) || this.#isQuiet || !isShared()) return;
    if (node.matches?.(FIELDS) && !node.readOnly && !node.disabled && node.dataset.keys !== "none") this.open(node);
    else if (this.isOpen && node !== document.body) this.#leave();
  }

  /* Closing moves the page: what is being touched must stay under the finger until it was clicked. */
  #leave() {
    if (!this.#isDown) { this.close(); return; }
    addEventListener("pointerup", () => setTimeout(() => { if (!document.activeElement?.matches(FIELDS)) this.close(); }), { once: true, capture: true });
  }

  /* Only what stands before the caret in this field, and little of it: which character comes next depends on the last two. */
  #before() { return (this.#target?.value ?? "").slice(0, this.#target?.selectionStart ?? undefined).slice(-2); }

  #draw() {
    this.setAttribute("aria-label", t("kit.keyboard"));
    this.dataset.layout = this.#layout;
    fill(this.#keys, this.#layout in PADS ? this.#pad() : this.#letters());
    this.#drawBar();
  }

  #pad() {
    return PADS[this.#layout].map((row) => el("div.v-keys__row", { dataset: { scanGroup: "" } }, row.map((name) => this.#key(name))));
  }

  #letters() {
    const rows = this.#layout === "symbols" ? SYMBOLS : ROWS;
    return rows.map((row) => el("div.v-keys__row", { dataset: { scanGroup: "" } }, row.map((name) => this.#key(name))));
  }

  #key(name) {
    const special = this.#special(name);
    if (special === false) return null;
    const text = special ? special.text : this.#isUpper ? name.toUpperCase() : name;
    return el(`button.v-key${special ? `.v-key--${name}` : ""}`, {
      id: `key-${special ? name : name.codePointAt(0)}`, dataset: { key: name }, "aria-label": special?.label ?? null, "aria-pressed": special?.isOn ?? null,
      on: { pointerdown: (event) => event.preventDefault(), click: special ? special.act : () => this.#letter(text) },
    }, text);
  }

  /* What is no letter; false: not on this keyboard now. */
  #special(name) {
    const turn = (layout) => () => { this.#layout = layout; this.#draw(); };
    const usual = this.#isChinese ? "pinyin" : "letters";
    switch (name) {
      case "erase": return { text: icon("backspace"), label: t("kit.key.erase"), act: () => this.#erase() };
      case "clear": return { text: t("kit.key.clear"), act: () => { this.#composition.clear(); this.#put(""); } };
      case "done": return { text: t("kit.key.done"), act: () => this.#done() };
      case "space": return { text: t("kit.key.space"), act: () => (this.#composition.letters ? this.#choose(0) : this.#type(" ")) };
      case "shift": return { text: "⇧", label: t("kit.key.shift"), isOn: String(this.#isUpper), act: () => { this.#isUpper = !this.#isUpper; this.#draw(); } };
      case "symbols": return { text: this.#layout === "symbols" ? (this.#isChinese ? "拼音" : "ABC") : "?123", act: turn(this.#layout === "symbols" ? usual : "symbols") };
      case "language": return { text: this.#isChinese ? "中 → 英" : "英 → 中", label: t(this.#isChinese ? "kit.key.to_english" : "kit.key.to_chinese"), act: () => { this.#composition.clear(); this.#isChinese = !this.#isChinese; turn(this.#isChinese ? "pinyin" : "letters")(); } };
      default: return null;
    }
  }

  #letter(text) {
    if (this.#layout === "pinyin" && !this.#isUpper && /^[a-z']$/.test(text)) this.#composition.add(text);
    else this.#type(text);
    if (this.#isUpper) { this.#isUpper = false; this.#draw(); }
  }

  #choose(i) {
    const text = this.#composition.take(i);
    if (text) this.#type(text);
  }

  #erase() {
    if (this.#composition.letters) { this.#composition.erase(); return; }
    const { value, selectionStart: start, selectionEnd: end } = this.#target;
    if (start === null) this.#put(value.slice(0, -1));
    else if (start !== end) this.#replace("", start, end);
    else if (start > 0) this.#replace("", start - ([...value.slice(0, start)].pop()?.length ?? 1), start);
  }

  #type(text) {
    const { value, maxLength, selectionStart: start, selectionEnd: end } = this.#target;
    const room = maxLength >= 0 ? maxLength - value.length + ((end ?? 0) - (start ?? 0)) : Infinity;
    const kept = text.slice(0, Math.max(room, 0));
    if (!kept) return;
    if (start === null) this.#put(value + kept); else this.#replace(kept, start, end);
  }

  #replace(text, start, end) {
    this.#target.setRangeText(text, start, end, "end");
    this.#told(text);
  }

  #put(value) {
    this.#target.value = value;
    this.#told(value);
  }

  #told(data) { this.#target.dispatchEvent(new InputEvent("input", { bubbles: true, data })); }

  #done() {
    if (this.#composition.letters) { this.#type(this.#composition.letters); this.#composition.clear(); return; }
    const target = this.#target;
    this.close();
    target.dispatchEvent(new Event("change", { bubbles: true }));
    target.dispatchEvent(new CustomEvent("done", { bubbles: true }));
    if (target.enterKeyHint && target.form) target.form.requestSubmit();
  }

  #drawBar() {
    const { letters, shown, isFirst, isLast, state } = this.#composition;
    this.#bar.hidden = !this.#isChinese || this.#layout in PADS;
    this.#bar.setAttribute("aria-label", t("kit.candidates"));
    const quiet = { pointerdown: (event) => event.preventDefault() };
    fill(this.#bar,
      el("output.v-candidates__letters", { "aria-live": "polite" }, letters || t("kit.type_pinyin")),
      el("div.v-candidates__list", { dataset: { scanGroup: "" } },
        shown.map((one, i) => el("button.v-candidate", { id: `candidate-${i}`, lang: "zh-CN", on: { ...quiet, click: () => this.#choose(i) } }, one.text)),
        letters && state === "none" && el("span.muted", {}, t("kit.no_candidates"))),
      el("div.v-candidates__turn", { dataset: { scanGroup: "" } }, (!isFirst || !isLast) && [
        el("button.btn.btn--icon", { id: "candidates-back", "aria-label": t("kit.candidates_back"), disabled: isFirst, on: { ...quiet, click: () => this.#composition.page(-1) } }, icon("arrow-left")),
        el("button.btn.btn--icon", { id: "candidates-on", "aria-label": t("kit.candidates_on"), disabled: isLast, on: { ...quiet, click: () => this.#composition.page(1) } }, icon("arrow-right"))]));
    this.#fit();
  }

  /* As many candidates as have room; the others are on the next page. */
  #fit() {
    const list = this.#bar.querySelector(".v-candidates__list");
    if (!list?.clientWidth) return;
    const nodes = [...list.querySelectorAll(".v-candidate")];
    const fits = nodes.filter((node) => node.offsetLeft + node.offsetWidth <= list.offsetLeft + list.clientWidth + 1).length;
    if (fits > 0 && fits < nodes.length) this.#composition.fits(fits);
  }
}

customElements.define("screen-keyboard", ScreenKeyboard);
