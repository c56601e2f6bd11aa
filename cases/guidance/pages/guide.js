/** Guidance: what somebody comes for, asked in everyday words; keeps the visitor's way through it, and forgets it when they leave. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";
import { errorText, toast } from "/static/feedback.js";
import { isChinese, lang, loadTexts, onLang, setLang, t } from "/static/i18n.js";
import { onForget } from "/static/visitor/forget.js";
import { visitorKit } from "/static/visitor/kit.js";
import { isShared, machine } from "/static/visitor/machine.js";
import { modes } from "/static/visitor/modes.js";
import { visitorPage } from "/static/visitor/steps.js";
import { homeView, themeView } from "./guide-home.js";
import { matterView, packageView } from "./guide-matter.js";
import { sampleView } from "./guide-sample.js";
import { phoneView } from "./guide-take.js";
import { wayView } from "./guide-way.js";

const VIEWS = { home: homeView, theme: themeView, matter: matterView, package: packageView, sample: sampleView, phone: phoneView, way: wayView };
/** Pages of machines that lead here and are gone back to. */
const STARTS = new Set(["/kiosk", "/enquiry", "/selfservice"]);
const query = new URLSearchParams(location.search);
const FIRST_LANGUAGE = query.get("lang") === "en" ? "en" : "zh-CN";

const OLD_MS = 6 * 3600 * 1000;

class Guide {
  page = null;
  /** Where "home" leads on a machine that has a page of its own; null: this page is its own. */
  own = ownPath(query.get("back")) ?? (machine() === "terminal" ? "/selfservice" : null);
  /** Where this machine stands on the floor plan, as the manager has set it. */
  place = query.get("at") ?? "";
  /** How a list gets on paper here: "hall" by a printer beside this machine, "browser" by the kiosk's own, "" not at all. */
  paper = "";
  #trail = []; #at = { name: "home" }; #leave = new AbortController();

  async start() {
    await loadTexts();
    this.page = visitorPage({ onHome: () => this.over() });
    visitorKit({ isHome: () => this.#isPristine(), onLeave: () => this.home() });
    onForget(() => { this.#trail = []; this.#at = { name: "home" }; });
    onLang(() => this.draw());
    modes.onChange(() => this.draw());
    addEventListener("popstate", (event) => this.#returned(event.state));
    const matter = history.state?.guide && !isShared() ? null : query.get("matter"); // a page that was left and came back goes on where it was
    this.#at = matter ? { name: "matter", id: matter, answers: {} } : query.get("package") && !history.state?.guide ? { name: "package", id: query.get("package"), answers: {}, part_answers: {} } : this.#remembered();
    this.draw();
    await this.#lookForPaper();
  }

  /** Aborted when the visitor leaves the view that is shown. */
  get signal() { return this.#leave.signal; }
  get at() { return this.#at; }
  get hall() { return this.page.hall; }

  go(at) {
    this.#trail.push(this.#at);
    this.#show(at);
    if (!isShared()) history.pushState({ guide: at, trail: this.#trail }, "");
  }

  /** As `go`, but "back" then skips the view that is left. */
  turn(at) {
    this.#show(at);
    if (!isShared()) history.replaceState({ guide: at, trail: this.#trail }, "");
  }

  /** Does what a view with one choice would; "back" then skips that view. */
  skip(act) {
    const { go } = this;
    this.go = (at) => this.turn(at);
    act();
    this.go = go;
  }

  back() {
    if (!isShared() && this.#trail.length) { history.back(); return; }
    const last = this.#trail.pop();
    if (last) this.#show(last);
    else if (this.own) this.home();
    else this.over();
  }

  /** What a view may go back to: nothing on the start of the page itself. */
  get mayGoBack() { return this.#trail.length > 0 || Boolean(this.own); }

  home() {
    if (this.own) { location.replace(this.own); return; }
    if (isShared() && performance.now() > OLD_MS) { location.reload(); return; } // perhaps the hall has another version by now
    this.#trail = [];
    if (isShared() && isChinese() !== (FIRST_LANGUAGE === "zh-CN")) setLang(FIRST_LANGUAGE, { keep: false });
    this.turn({ name: "home" });
  }

  /** "Start over": the first question again; on the start of a kiosk's guidance back to the kiosk. */
  over() {
    if (this.#at.name === "home") { this.home(); return; }
    this.#trail = [];
    this.turn({ name: "home" });
  }

  draw() { this.#show(this.#at); }

  /** Shows a view that was loaded; what has come too late is not shown. */
  show(view, signal) {
    if (signal.aborted) return;
    const main = this.page.show({ back: this.mayGoBack ? () => this.back() : null, home: this.#at.name !== "home" || Boolean(this.own), ...view });
    if (modes.isLow()) main.querySelector(".v-ask").append(...main.querySelectorAll(".g-read")); // what is only read stands above
  }

  /** A refusal, with a way on. */
  failed(error, signal, again) {
    if (signal.aborted) return;
    const retry = again && (error.offline || error.status >= 500 || error.status === 429);
    this.show({ title: t(error.offline ? "guide.no_link" : "guide.cannot"), hint: errorText(error), body: [], next: retry ? { text: t("common.retry"), icon: "refresh", act: again } : { text: t("guide.search_again"), icon: "search", act: () => this.over() } }, signal);
  }

  tell(text, kind = "ok") { toast(text, kind); }

  /** Takes a number at the kiosk's own sheet, which knows every rule of it; on a phone by the hall's phone page. */
  ticket(matter) {
    if (!isShared()) { location.assign(`/m#/outside/${encodeURIComponent(matter.id)}`); return; }
    const wishes = new URLSearchParams({ matter: matter.id, lang: lang() });
    const on = ["large", "contrast", "read", "reach", "scan"].filter((name) => modes.has(name));
    if (on.length) wishes.set("modes", on.join(","));
    const isKiosks = this.own?.startsWith("/kiosk");
    if (this.own && !isKiosks) wishes.set("back", this.own); // another machine's visitor goes on to the kiosk's sheet and comes back
    location.assign(`${isKiosks ? this.own : "/kiosk"}#${wishes}`);
  }

  get = (path, signal = this.signal) => api.get(`guidance/${path}`, { signal });
  post = (path, body, signal = this.signal) => api.post(`guidance/${path}`, body, { signal });

  #show(at) {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#at = at;
    document.body.dataset.view = at.name;
    VIEWS[at.name](this, at, this.#leave.signal);
  }

  async #lookForPaper() {
    const asked = device && isShared() ? await api.get("kiosk/beside").catch(() => null) : null;
    if (asked?.printer) this.paper = asked.printer === "ready" ? "hall" : "";
    else if (this.own?.startsWith("/kiosk") && new URL(this.own, location.origin).searchParams.get("print") === "1") this.paper = "browser";
    if (this.paper && this.#at.name !== "home") this.draw();
  }

  #isPristine() {
    if (this.own) return false; // the machine's own start is another page
    const typed = document.querySelector("#search")?.value;
    return this.#at.name === "home" && !typed && modes.areUsual() && isChinese() === (FIRST_LANGUAGE === "zh-CN");
  }

  #remembered() {
    if (isShared() || !history.state?.guide) return { name: "home" };
    this.#trail = history.state.trail ?? [];
    return history.state.guide;
  }

  #returned(state) {
    if (isShared()) return;
    this.#trail = state?.trail ?? [];
    this.#show(state?.guide ?? { name: "home" });
  }
}

/* Only a path of this hall: what stands in the address leads nowhere else. */
function ownPath(text) {
  if (!text) return null;
  const address = new URL(text, location.origin);
  return address.origin === location.origin && STARTS.has(address.pathname) ? `${address.pathname}${address.search}` : null;
}

new Guide().start();
