/** The enquiry table: everything that may be looked up, each one touch away; keeps a stranger's way and forgets it when they leave. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";
import { el } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { isChinese, lang, loadTexts, onLang, setLang, t } from "/static/i18n.js";
import { onForget } from "/static/visitor/forget.js";
import { visitorKit } from "/static/visitor/kit.js";
import { machine } from "/static/visitor/machine.js";
import { modes } from "/static/visitor/modes.js";
import { nothing, visitorPage } from "/static/visitor/steps.js";
import { appointmentView } from "./enquiry-appointment.js";
import { aboutView, afterView, complaintView, doneView, wordsView } from "./enquiry-complaint.js";
import { figuresView } from "./enquiry-figures.js";
import { homeView } from "./enquiry-home.js";
import { departmentView, departmentsView, mattersView } from "./enquiry-matters.js";
import { casesView, progressView } from "./enquiry-progress.js";
import { feesView, noticesView, policiesView, policyView } from "./enquiry-reading.js";
import { Saver } from "./enquiry-saver.js";
import { windowsView } from "./enquiry-windows.js";

const VIEWS = {
  home: homeView, matters: mattersView, departments: departmentsView, department: departmentView, windows: windowsView, notices: noticesView,
  policies: policiesView, policy: policyView, fees: feesView, figures: figuresView, progress: progressView, cases: casesView,
  appointment: appointmentView, complaint: complaintView, about: aboutView, words: wordsView, done: doneView, after: afterView,
};
const FIRST_LANGUAGE = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh-CN";

class Enquiry {
  page = null; kit = null;
  /** What the hall says of this table: picture, whether 12345 can be reached from here. */
  start = { picture: "", has_hotline: false, kinds: [] };
  /** What is being filled in; emptied with the visit. */
  draft = {};
  #trail = []; #at = { name: "home" }; #leave = new AbortController(); #card = null;

  async begin() {
    await loadTexts();
    this.page = visitorPage({ onHome: () => this.kit.leave() });
    this.kit = visitorKit({ isHome: () => this.isPristine, onLeave: () => this.home() });
    onForget(() => { this.#trail = []; this.#at = { name: "home" }; this.draft = {}; this.#card = null; });
    onLang(() => this.draw());
    modes.onChange(() => this.draw());
    device?.on("identity", (told) => this.#carded(told));
    this.draw();
    this.start = await api.get("enquiry").catch(() => this.start);
    new Saver(this);
  }

  /** Aborted when the visitor leaves the view that is shown. */
  get signal() { return this.#leave.signal; }
  get at() { return this.#at; }
  get hall() { return this.page.hall; }
  get hasReader() { return Boolean(device); }
  /** Nothing of a visitor is on the page. */
  get isPristine() { return this.#at.name === "home" && (isChinese() === (FIRST_LANGUAGE === "zh-CN")) && !modes.isLarge() && !modes.isHighContrast() && !modes.readsAloud() && !modes.isLow(); }

  go(at) { this.#trail.push(this.#at); this.#show(at); }
  /** As `go`, but "back" then skips the view that is left. */
  turn(at) { this.#show(at); }
  back() { this.#show(this.#trail.pop() ?? { name: "home" }); }

  home() {
    if (isChinese() !== (FIRST_LANGUAGE === "zh-CN")) setLang(FIRST_LANGUAGE, { keep: false });
    this.#trail = [];
    this.#show({ name: "home" });
  }

  draw() { this.#show(this.#at); }

  /** Shows a view that was loaded; what has come too late is not shown. */
  show(view, signal = this.signal) {
    if (signal.aborted) return;
    const isHome = this.#at.name === "home";
    this.page.show({ back: isHome ? null : () => this.back(), home: !isHome, ...view });
  }

  /** A view with what `load()` gives: first its frame, then its content; a refusal in words with a way on. */
  async load(frame, load, draw) {
    const signal = this.signal;
    const waiting = setTimeout(() => this.show({ ...frame, body: el("p.muted", { role: "status" }, t("common.loading")) }, signal), 250);
    try {
      const found = await load(signal);
      clearTimeout(waiting);
      this.show({ ...frame, ...draw(found) }, signal);
    } catch (error) {
      clearTimeout(waiting);
      if (signal.aborted) return;
      this.show({ ...frame, body: nothing(error.offline ? "wifi-off" : "alert", errorText(error)), next: { text: t("common.retry"), icon: "refresh", act: () => this.draw() } }, signal);
    }
  }

  /** To a matter's guidance, which comes back here by itself. */
  guide(matter) {
    const back = new URLSearchParams({ machine: machine() });
    const wishes = new URLSearchParams({ matter, machine: machine(), lang: lang(), back: `${location.pathname}?${back}` });
    const on = ["large", "contrast", "read", "reach", "scan"].filter((name) => modes.has?.(name));
    if (on.length) wishes.set("modes", on.join(","));
    location.replace(`/guide?${wishes}`);
  }

  get = (path, signal = this.signal) => api.get(`enquiry${path}`, { signal });
  post = (path, body, signal = this.signal) => api.post(`enquiry${path}`, body, { signal });

  /** Lets the view that is shown take the card that is put on the reader. @param {(card: string) => void} take */
  onCard(take) { this.#card = take; }

  #carded(told) {
    if (!told?.card) return;
    dispatchEvent(new CustomEvent("card"));
    if (this.#card) this.#card(told.card);
  }

  #show(at) {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#card = null;
    this.#at = at;
    document.body.dataset.view = at.name;
    VIEWS[at.name](this, at);
  }
}

await new Enquiry().begin();
