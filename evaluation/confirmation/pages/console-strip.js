/** <od-confirm-strip>: the sheet that is before the visitor, or how the last one ended, with what the clerk may do about it. */

import { api } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { onLang, t } from "/static/i18n.js";
import { stopwatch } from "/static/numbers.js";
import { downloadPdf } from "./download.js";
import { partsOf } from "./sheet-view.js";

const SIGNS = { confirmed: ["check", "ok"], disputed: ["alert", "bad"], refused: ["info", "bad"], withdrawn: ["arrow-left", ""], timed_out: ["clock", "warn"] };
const LOST_S = 5; // a sheet that was sent just now is on its way to the screen
const path = (window, id, verb) => `windows/${encodeURIComponent(window)}/confirmations/${id}/${verb}`;

class ConfirmStrip extends HTMLElement {
  #window = null; #view = null; #at = 0; #dismissed = new Set(); #known = null; #ticket = null; #said = new Map(); #timer = null; #isTold = false;

  /** Called with the sheet that is to be corrected and sent again. */
  onAgain = () => {};

  connectedCallback() {
    this.#timer = setInterval(() => this.#tick(), 500); // the desk takes it out and puts it back at each picture
    this.#isTold ||= Boolean(onLang(() => this.#draw()));
  }

  disconnectedCallback() { clearInterval(this.#timer); }

  show(window, view) {
    if (window !== this.#window) this.#known = null;
    this.#window = window;
    this.#view = view;
    this.#at = Date.now();
    // What ended before the page was opened is no news.
    if (view && !this.#known) this.#known = new Set(view.recent.filter((one) => one.ticket !== this.#ticket).map((one) => one.id));
    this.#draw();
  }

  /** Whose ticket is at the window now. */
  serves(ticket) {
    if (ticket === this.#ticket) return;
    this.#ticket = ticket;
    this.#draw();
  }

  #draw() {
    const open = this.#view?.open;
    const last = this.#view?.recent.find((one) => !this.#known.has(one.id));
    this.hidden = !open && !(last && !this.#dismissed.has(last.id));
    if (this.hidden) { fill(this); return; }
    fill(this, open ? this.#open(open) : this.#ended(last));
    this.#tick();
  }

  #open(sheet) {
    const state = this.#stateOf(sheet);
    this.dataset.state = state.replace("reading_n", "reading");
    return el("div.strip", { role: "status" },
      icon(state === "lost" ? "wifi-off" : "edit"),
      el("div.strip__text", {}, el("strong.strip__what.num", {}, sheet.number), el("span.strip__state", { id: "confirm-state" }, t(`console_confirm.state.${state}`, { seen: sheet.seen, of: sheet.of })), el("span.strip__left.num", {})),
      steps(sheet),
      el("button.btn.btn--sm", { id: "confirm-withdraw", on: { click: () => this.#withdraw(sheet) } }, t("console_confirm.withdraw")));
  }

  #stateOf(sheet) {
    if (!sheet.is_on_screen) return sheet.state === "shown" || Date.now() - Date.parse(sheet.sent_at) > LOST_S * 1000 ? "lost" : "waiting";
    return sheet.step === "reading" && sheet.of > 1 ? "reading_n" : sheet.step;
  }

  #ended(sheet) {
    const [sign, tone] = SIGNS[sheet.state];
    this.dataset.state = sheet.state;
    const why = sheet.why ? t(`console_confirm.why.${sheet.why}`) : "";
    const words = el("span.strip__words", { id: "confirm-words" });
    if (sheet.state === "disputed") this.#tell(sheet, words);
    return el(`div.strip${tone ? `.strip--${tone}` : ""}`, { role: "status" }, icon(sign),
      el("div.strip__text", {}, el("strong.strip__state", { id: "confirm-state" }, t(`console_confirm.state.${sheet.state}`, { number: sheet.number })), why && el("span.muted", {}, why), words),
      el("div.strip__do", {},
        sheet.state === "confirmed" && el("button.btn.btn--sm.btn--primary", { id: "confirm-pdf", title: t("console_confirm.pdf_title"), on: { click: (event) => download(event, sheet) } }, icon("document"), t("console_confirm.pdf")),
        sheet.state !== "confirmed" && sheet.ticket === this.#ticket && el("button.btn.btn--sm.btn--primary", { id: "confirm-again", on: { click: (event) => { event.currentTarget.blur(); this.onAgain(sheet); } } }, t("console_confirm.again")),
        el("button.btn.btn--sm", { id: "confirm-dismiss", on: { click: () => { this.#dismissed.add(sheet.id); this.#said.delete(sheet.id); this.#draw(); } } }, t("console_confirm.dismiss"))));
  }

  /* What the visitor says is personal: it is asked for, not in the picture. */
  async #tell(sheet, place) {
    try {
      if (!this.#said.has(sheet.id)) this.#said.set(sheet.id, await this.#read(sheet));
      const { wrong, text } = this.#said.get(sheet.id);
      say(place, [wrong.length && t("console_confirm.wrong", { parts: wrong.join(t("common.comma")) }), text && t("console_confirm.words", { text })].filter(Boolean).join(" · "));
    } catch (error) { say(place, errorText(error)); }
  }

  async #read(sheet) {
    const [said, shown] = await Promise.all([api.get(path(this.#window, sheet.id, "said")), api.get(path(this.#window, sheet.id, "sheet"))]);
    const parts = new Map(partsOf(JSON.parse(shown.content)).map((part) => [part.id, part.id === "d" ? t("console_confirm.document_part") : part.text]));
    return { wrong: said.wrong.map((id) => parts.get(id) ?? id), text: said.text };
  }

  async #withdraw(sheet) {
    if (!(await ask({ title: t("console_confirm.withdraw_title", { number: sheet.number }), text: t("console_confirm.withdraw_text"), yes: t("console_confirm.withdraw"), danger: true }))) return;
    try { await api.post(path(this.#window, sheet.id, "withdraw"), {}); } catch (error) { toast(errorText(error), "bad"); }
  }

  #tick() {
    const sheet = this.#view?.open, place = this.querySelector(".strip__left");
    if (!sheet || !place) return;
    const left = Math.max(0, sheet.left_s - (Date.now() - this.#at) / 1000);
    say(place, left < 90 ? t("console_confirm.left", { time: stopwatch(left) }) : "");
    const state = this.#stateOf(sheet);
    if (this.dataset.state !== state.replace("reading_n", "reading")) this.#draw();
  }
}

const STEPS = ["waiting", "reading", "read", "signing", "handing_in"];

/** How far it is, in four marks. */
function steps(sheet) {
  const at = sheet.state === "sent" ? 0 : STEPS.indexOf(sheet.step === "doubting" ? "reading" : sheet.step);
  return el("span.strip__steps", { "aria-hidden": "true" }, STEPS.slice(1).map((_, i) => el("i", i < at ? { class: "strip__step--done" } : {})));
}

async function download(event, sheet) {
  const button = event.currentTarget;
  button.blur();
  button.disabled = true;
  try { await downloadPdf(sheet); } catch (error) { toast(errorText(error), "bad"); } finally { button.disabled = false; }
}

customElements.define("od-confirm-strip", ConfirmStrip);
