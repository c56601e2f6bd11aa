/** The self-service terminal: one visitor after another; what each does lies at the hall, and nothing of it on this machine. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";
import { errorText, toast } from "/static/feedback.js";
import { isChinese, loadTexts, onLang, setLang, t } from "/static/i18n.js";
import { forget, onForget } from "/static/visitor/forget.js";
import { visitorKit } from "/static/visitor/kit.js";
import { modes } from "/static/visitor/modes.js";
import { visitorPage } from "/static/visitor/steps.js";
import { applyView, deliveryView, situationView } from "./self-apply.js";
import { caseView, mineView } from "./self-case.js";
import { checkView, doneView, sendView } from "./self-check.js";
import { complainView } from "./self-complain.js";
import { formView } from "./self-form.js";
import { homeView, leavingView } from "./self-home.js";
import { materialView, materialsView } from "./self-materials.js";
import { matterView, mattersView } from "./self-matters.js";
import { payView } from "./self-pay.js";
import { printView, printingView } from "./self-print.js";
import { phoneView, whoView } from "./self-who.js";

const VIEWS = {
  home: homeView, leaving: leavingView, who: whoView, phone: phoneView, matters: mattersView, matter: matterView, apply: applyView, situation: situationView, form: formView,
  materials: materialsView, material: materialView, delivery: deliveryView, check: checkView, send: sendView, done: doneView,
  mine: mineView, case: caseView, pay: payView, print: printView, printing: printingView, complain: complainView,
};
const NOBODYS = new Set(["home", "who", "matters", "matter", "complain"]); // seen without saying who one is
const query = new URLSearchParams(location.search);
const FIRST_LANGUAGE = query.get("lang") === "en" ? "en" : "zh-CN";
const OVER = new Set(["applying.nobody", "session.expired", "auth.required"]);
const LEAVE_S = 90;

class Terminal {
  page = null;
  /** Who is identified: {masked, until}; null: nobody. */
  who = null;
  /** What is filled in now, as the hall has it. */
  application = null;
  /** The word of the card that lies on the reader. */
  card = null;
  #trail = []; #at = { name: "home" }; #leave = new AbortController(); #kit = null;

  async start() {
    await loadTexts();
    this.page = visitorPage({ onHome: () => this.leave() });
    this.#kit = visitorKit({ isHome: () => this.#isPristine(), onLeave: () => this.#fresh(), leave_s: LEAVE_S });
    onForget(() => this.#forget());
    onLang(() => this.draw());
    modes.onChange(() => this.draw());
    device?.on("identity", (told) => this.#laid(told));
    await this.#nobody();
    const matter = query.get("matter");
    history.replaceState(null, "", location.pathname + (query.get("lang") ? `?lang=${query.get("lang")}` : ""));
    this.#show(matter ? { name: "matter", id: matter } : { name: "home" });
  }

  /** Aborted when the view that is shown is left. */
  get signal() { return this.#leave.signal; }
  get at() { return this.#at; }

  go(at) { this.#trail.push(this.#at); this.#show(at); }
  /** As `go`, but "back" skips the view that is left. */
  turn(at) { this.#show(at); }
  /** Goes to a view from which "back" leads to the start. */
  root(at) { this.#trail = [{ name: "home" }]; this.#show(at); }
  back() { const last = this.#trail.pop(); if (last) this.#show(last); else this.leave(); }
  draw() { this.#show(this.#at); }
  /** Ends the visit: the session, and everything that was typed. */
  leave() { return this.#kit.leave(); }

  /** Goes on to a view as soon as somebody has said who they are. */
  asSomebody(at) { this.go(this.who ? at : { name: "who", then: at }); }

  /** Shows a view that was loaded; what comes too late is not shown. */
  show(view, signal = this.signal) {
    if (signal.aborted) return null;
    return this.page.show({ back: this.#trail.length ? () => this.back() : null, home: this.#at.name !== "home", ...view });
  }

  loading(title, over = "") { this.show({ title, over, body: [] }); }

  /** What was refused, in words and with a way on. */
  failed(error, { again = null, signal = this.signal } = {}) {
    if (signal.aborted) return;
    if (error.status === 401 || OVER.has(error.code)) { this.#sessionOver(); return; }
    if (!error.code) reportError(error);
    const retry = again && (error.offline || error.status >= 500 || error.status === 429 || !error.code);
    this.show({ title: t(error.offline ? "self.no_link" : "self.cannot"), hint: error.offline ? t("self.no_link_hint") : errorText(error), body: [], next: retry ? { text: t("common.retry"), icon: "refresh", act: again } : { text: t("self.to_start"), icon: "home", act: () => this.leave() } }, signal);
  }

  /** Does something with the hall; a fault is said, and the answer is null. */
  async trying(work, { again = null, signal = this.signal } = {}) {
    try {
      const answer = await work();
      return signal.aborted ? null : answer;
    } catch (error) { this.failed(error, { again, signal }); return null; }
  }

  tell(text, kind = "ok") { toast(text, kind); this.page.say(text); }

  get = (path, signal = this.signal) => api.get(path, { signal });

  /** The application as the hall has it now. */
  take(application) { this.application = application; return application; }

  /** Somebody is identified from now on. */
  async identified(who, then) {
    this.who = who;
    this.#trail = this.#trail.filter((at) => at.name !== "who");
    this.#show(then ?? { name: "home" });
  }

  #show(at) {
    this.#leave.abort();
    this.#leave = new AbortController();
    const to = this.who || NOBODYS.has(at.name) ? at : { name: "who", then: at };
    this.#at = to;
    document.body.dataset.view = to.name;
    const { signal } = this;
    Promise.resolve(VIEWS[to.name](this, to, signal)).catch((error) => this.failed(error, { again: () => this.draw(), signal }));
  }

  /* A card: of nobody yet it signs in where that is asked for; of somebody else it ends the visit of the one before. */
  #laid({ card, same }) {
    dispatchEvent(new CustomEvent("card", { detail: {} }));
    if (this.who && !same) { this.leave(); return; }
    this.card = card;
    if (!this.who && this.#at.name === "who") this.draw();
  }

  #sessionOver() {
    const then = this.#at.then ?? (NOBODYS.has(this.#at.name) ? { name: "home" } : this.#at);
    this.who = null;
    this.#show({ name: "who", then, isOver: true });
  }

  /* A page that was loaded anew (a power cut, a push of somebody) belongs to nobody. */
  async #nobody() { await api.del("applicant/session").catch(() => {}); }

  async #forget() {
    const had = this.who;
    this.who = this.application = this.card = null;
    this.#trail = [];
    this.#leave.abort();
    if (had) await this.#nobody();
  }

  async #fresh() {
    if (isChinese() !== (FIRST_LANGUAGE === "zh-CN")) await setLang(FIRST_LANGUAGE, { keep: false });
    this.#show({ name: "home" });
  }

  #isPristine() {
    return this.#at.name === "home" && !this.who && modes.areUsual() && isChinese() === (FIRST_LANGUAGE === "zh-CN");
  }
}

addEventListener("pagehide", () => { forget(); });
new Terminal().start();
