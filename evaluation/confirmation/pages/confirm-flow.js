/** One window's confirmation as the visitor goes through it: read to the end, say what is wrong, refuse, or sign. */

import { $, el, fill, say } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { onLang, t } from "/static/i18n.js";
import { stopwatch } from "/static/numbers.js";
import { doubtFace, endFace, handingFace, loadingFace, readFace, signFace } from "./confirm-faces.js";
import { Pending, ScreenLink, isFinal } from "./confirm-link.js";
import { Reading } from "./sheet-view.js";
import { SignatureBoard } from "./signature-board.js";

const END_MS = 9000;
const AGAIN_MS = 2000;
const SEEN_MS = 300;
const WIDE = 2.4, UPRIGHT = 1.25;
const SHOWN_FROM_S = 90;

export class ConfirmFlow {
  #kind; #onChange; #link; #pending; #sheet = null; #loaded = null; #step = null; #seen = 0; #touched = 0; #reading = null;
  #wrong = new Set(); #said = ""; #board = null; #end = null; #timers = {}; #face = null; #state = "connecting"; #until = 0; #isKept = false; #isBusy = false;

  /**
   * @param {{window: string, kind: "pad"|"second", onChange: () => void}} how
   *   onChange: `face`, `state` or `isLost` is another one now
   */
  constructor({ window, kind, onChange }) {
    this.#kind = kind;
    this.#onChange = onChange;
    this.#pending = new Pending(window);
    this.#link = new ScreenLink(window, { say: () => this.#word(), onOrders: (orders) => this.#take(orders), onState: (state) => this.#linked(state) });
    setInterval(() => this.#tick(), 500);
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => { this.#touched += 1; }, { capture: true, passive: true });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    onLang(() => this.#redraw());
    if (this.#pending.one) this.#handIn();
  }

  /** What to show, or null where nothing is to be confirmed. */
  get face() { return this.#face; }

  /** "connecting", "live", "lost" or "refused". */
  get state() { return this.#state; }

  #word() { return { kind: this.#kind, sheet: this.#sheet?.id ?? null, step: this.#step ?? "waiting", seen: this.#seen, touched: this.#touched }; }

  #linked(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange();
  }

  // -- what the hall says

  #take({ sheet, last }) {
    if (this.#pending.one) return; // first what was signed
    if (sheet && sheet.id === this.#sheet?.id) { this.#until = Date.now() + sheet.left_s * 1000; return; }
    if (sheet) { this.#open(sheet); return; }
    if (this.#sheet) this.#over(last?.id === this.#sheet.id ? last.state : "elsewhere");
  }

  async #open(sheet) {
    this.#wipe();
    clearTimeout(this.#timers.end);
    this.#end = null;
    this.#sheet = sheet;
    this.#until = Date.now() + sheet.left_s * 1000;
    this.#show(loadingFace(false));
    try {
      const loaded = await this.#link.load(sheet);
      if (this.#sheet !== sheet) return;
      await this.#link.shown(sheet);
      if (this.#sheet !== sheet) return;
      this.#loaded = loaded;
      this.#go("reading");
    } catch (error) {
      if (this.#sheet !== sheet) return;
      if (error.message === "hash") this.#show(loadingFace(true));
      this.#timers.open = setTimeout(() => { if (this.#sheet === sheet) { this.#sheet = null; this.#link.hurry(); } }, AGAIN_MS);
    }
  }

  /* Nothing of a sheet that is over stays on the page. */
  #over(how) {
    this.#wipe();
    this.#end = how;
    this.#show(endFace(how));
    clearTimeout(this.#timers.end);
    this.#timers.end = setTimeout(() => { this.#end = null; this.#show(null); }, END_MS);
    this.#link.hurry();
  }

  #wipe() {
    clearTimeout(this.#timers.open);
    document.querySelector("dialog.cf-ask")?.close();
    for (const image of this.#face?.querySelectorAll("img") ?? []) image.removeAttribute("src");
    if (this.#face) fill(this.#face);
    this.#reading?.close();
    this.#board?.destroy();
    this.#sheet = this.#loaded = this.#step = this.#reading = this.#board = null;
    this.#seen = 0;
    this.#wrong = new Set();
    this.#said = "";
    this.#isKept = this.#isBusy = false;
  }

  // -- what the visitor does

  #go(step) {
    if (step === this.#step) return;
    if (step === "reading" && this.#seen >= this.#toSee) step = "read";
    this.#step = step;
    this.#redraw();
    this.#link.hurry();
  }

  get #toSee() { return 1 + (this.#loaded?.content.document?.pages.length ?? 0); }

  #redraw() {
    if (this.#pending.one) { this.#show(handingFace(this.#isKept)); return; }
    if (this.#end) { this.#show(endFace(this.#end)); return; }
    if (!this.#loaded) { if (this.#sheet) this.#show(loadingFace(false)); return; }
    const { content, pictures } = this.#loaded;
    this.#reading?.close();
    this.#reading = null;
    if (this.#step === "doubting") this.#show(doubtFace({ content, wrong: this.#wrong, text: this.#said, onWrong: (id, node) => this.#toggle(id, node), onText: (text) => { this.#said = text; }, onBack: () => this.#go("reading"), onSend: () => this.#dispute() }));
    else if (this.#step === "signing") this.#sign();
    else this.#read(content, pictures);
  }

  #read(content, pictures) {
    const face = readFace({ content, pictures, isDone: this.#seen >= this.#toSee, onFurther: () => this.#reading?.further(), onSign: () => this.#go("signing"), onDoubt: () => this.#go("doubting"), onRefuse: () => this.#refuse() });
    this.#show(face);
    this.#reading = new Reading(face.querySelector(".cf-scroll"), this.#seen, (seen) => this.#saw(seen));
    requestAnimationFrame(() => this.#reading?.look());
  }

  #saw(seen) {
    this.#seen = seen;
    if (seen >= this.#toSee) {
      this.#step = "read";
      $("#cf-confirm", this.#face).hidden = false;
      $("#cf-more", this.#face).hidden = true;
      $(".cf__body", this.#face).dataset.end = "true";
    }
    this.#timers.seen ??= setTimeout(() => { this.#timers.seen = undefined; this.#link.hurry(); }, SEEN_MS);
  }

  #sign() {
    this.#board ??= new SignatureBoard({ aspect: innerWidth > innerHeight ? WIDE : UPRIGHT, onInk: () => this.#fault("") });
    this.#board.relabel();
    this.#show(signFace({ board: this.#board.node, onClear: () => { this.#board.clear(); this.#fault(""); }, onBack: () => this.#go("reading"), onSend: () => this.#signed() }));
  }

  #signed() {
    const fault = this.#board.fault;
    if (fault) { this.#fault(t(`confirm.sign_${fault}`)); return; }
    const { id, hash } = this.#sheet;
    this.#pending.keep(id, { hash, seen: this.#seen, aspect: this.#board.aspect, strokes: this.#board.strokes, language: document.documentElement.lang });
    this.#step = "handing_in";
    this.#redraw();
    this.#handIn();
  }

  /* Once: the key is kept with it, so a repeat is the same. */
  async #handIn() {
    const one = this.#pending.one;
    if (!one || this.#isBusy) return;
    this.#isBusy = true;
    this.#step = "handing_in";
    this.#redraw();
    try {
      await this.#link.sign(one.id, one.body, one.key);
      this.#pending.drop();
      this.#over("confirmed");
    } catch (error) {
      this.#isBusy = false;
      if (isFinal(error)) { this.#notTaken(error); return; }
      this.#isKept = true;
      this.#redraw();
      setTimeout(() => this.#handIn(), AGAIN_MS);
    }
  }

  #notTaken(error) {
    this.#pending.drop();
    if (error.code?.startsWith("confirmation.ink_") && this.#board) {
      this.#step = "signing";
      this.#redraw();
      this.#fault(errorText(error));
      return;
    }
    this.#over("gone");
  }

  #toggle(id, node) {
    if (!this.#wrong.delete(id)) this.#wrong.add(id);
    node.setAttribute("aria-pressed", String(this.#wrong.has(id)));
    this.#fault("");
  }

  async #dispute() {
    if (!this.#wrong.size && !this.#said.trim()) { this.#fault(t("confirm.wrong_none")); return; }
    await this.#tell(() => this.#link.dispute(this.#sheet, { wrong: [...this.#wrong], text: this.#said.trim() }), "disputed");
  }

  async #refuse() {
    const sheet = this.#sheet;
    const question = ask({ title: t("confirm.refuse_title"), text: t("confirm.refuse_text"), yes: t("confirm.refuse_yes"), no: t("confirm.back") });
    document.querySelector("dialog[open]")?.classList.add("cf-ask");
    if ((await question) && this.#sheet === sheet) await this.#tell(() => this.#link.refuse(sheet), "refused");
  }

  async #tell(call, how) {
    if (this.#isBusy) return;
    const sheet = this.#sheet;
    this.#isBusy = true;
    try {
      await call();
      if (this.#sheet === sheet) this.#over(how);
    } catch (error) {
      if (this.#sheet === sheet) this.#fault(errorText(error));
    } finally {
      if (this.#sheet === sheet) this.#isBusy = false;
    }
  }

  // -- drawing

  #fault(text) {
    const place = $("#cf-fault", this.#face ?? document);
    if (place) say(place, text);
  }

  #show(face) {
    this.#face = face;
    this.#tick();
    this.#onChange();
  }

  #tick() {
    const place = this.#face?.querySelector("[data-remaining]");
    if (!place) return;
    const left = Math.max(0, Math.ceil((this.#until - Date.now()) / 1000));
    place.hidden = left > SHOWN_FROM_S;
    say(place.querySelector(".num"), t("confirm.left", { time: stopwatch(left) }));
  }
}

/** The line that says that the network is away. */
export const lostLine = () => el("p.cf-lost", { role: "status" }, t("confirm.lost"));
