/** The emergency for those who work here: a bar with who raised it and why; managers lift it. The page goes on below. */

import { api } from "./api.js";
import { el, fill } from "./dom.js";
import { errorText, toast } from "./feedback.js";
import { icon } from "./icons.js";
import { isChinese } from "./i18n.js";
import { timeOfDay } from "./numbers.js";
import { DANGERS, SIGNS } from "./notices-emergency.js";
import { loadWords, words } from "./notices-words.js";

const root = document.documentElement;
const REASON_MOST = 200;
const say = (key, params) => words(key, params)[isChinese() ? "zh" : "en"];

export class StaffBar {
  #node = null; #shown = null; #known = null; #knowsWho; #isManager = false; #sizes = null;

  constructor({ knowsWho }) {
    this.#knowsWho = knowsWho;
    new MutationObserver(() => { if (this.#shown) this.#draw(); }).observe(root, { attributes: true, attributeFilter: ["lang"] });
  }

  async show(emergency) {
    if (JSON.stringify(emergency) === JSON.stringify(this.#shown)) return;
    this.#shown = emergency;
    this.#known = null;
    if (!emergency) { this.#leave(); return; }
    this.#draw();
    await loadWords();
    if (this.#knowsWho) await this.#ask();
    if (this.#shown === emergency) this.#draw();
  }

  async #ask() {
    try {
      const [known, me] = await Promise.all([api.get("emergency"), api.get("session")]);
      this.#known = known.emergency?.id === this.#shown?.id ? known : null;
      this.#isManager = me.roles.some((role) => role === "manager" || role === "admin");
    } catch { /* not signed in any more: the page itself will say so */ }
  }

  #draw() {
    const { kind, zh, en, do_zh, do_en, since } = this.#shown;
    this.#node ??= this.#made();
    this.#node.dataset.danger = String(DANGERS.has(kind));
    const [what, shall] = isChinese() ? [zh, do_zh] : [en || zh, do_en || do_zh];
    const by = this.#known && say("notices.raised_by", { name: this.#known.by_name || this.#known.emergency.by, time: timeOfDay(since), reason: this.#known.emergency.reason });
    fill(this.#node, icon(SIGNS[kind] ?? "alert"),
      el("div.staff-bar__text", { role: "alert" }, el("p", {}, el("strong.staff-bar__what", {}, what), " ", shall), by && el("p.staff-bar__by", {}, by)),
      this.#isManager && el("button.btn.staff-bar__lift", { id: "lift-emergency", on: { click: () => this.#lift() } }, icon("check"), say("notices.lift")));
  }

  #made() {
    const node = el("aside.staff-bar", { id: "staff-bar" });
    root.append(node);
    this.#sizes = new ResizeObserver(() => root.style.setProperty("--notices-top", `${node.offsetHeight}px`));
    this.#sizes.observe(node);
    root.dataset.bar = "";
    return node;
  }

  #leave() {
    this.#sizes?.disconnect();
    this.#node?.remove();
    this.#node = null;
    delete root.dataset.bar;
    root.style.removeProperty("--notices-top");
  }

  #lift() {
    const reason = el("input.input", { id: "lift-reason", name: "reason", maxlength: REASON_MOST, required: true, autocomplete: "off", autofocus: true });
    const send = async (event) => {
      event.preventDefault();
      if (!reason.value.trim()) { reason.setAttribute("aria-invalid", "true"); reason.focus(); return; }
      try { await api.post("emergency/lift", { reason: reason.value }); box.close(); } catch (error) { toast(errorText(error), "bad", { ms: 8000 }); }
    };
    const box = el("dialog.dialog", { "aria-label": say("notices.lift"), on: { close: () => box.remove() } },
      el("form.dialog__body", { on: { submit: send } }, el("h2.dialog__title", {}, say("notices.lift")), el("p.muted", {}, say("notices.lift_hint")),
        el("label.field", {}, el("span.field__label", {}, say("notices.reason")), reason),
        el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, say("notices.cancel")), el("button.btn.btn--primary", { id: "lift-now", type: "submit" }, say("notices.lift")))));
    document.body.append(box);
    box.showModal();
  }
}
