/** The hall on a phone: one page whose views stand behind the "#", so that it opens without a link and "back" works. */

import { fill, el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/link-banner.js";
import { modes } from "/static/visitor/modes.js";
import { readsFocus } from "/static/visitor/read-aloud.js";
import { visitorPage } from "/static/visitor/steps.js";
import { applyView } from "./phone-apply.js";
import { caseView } from "./phone-case.js";
import { askView, guideView, listView, themesView, themeView } from "./phone-guide.js";
import { homeView, onlineView } from "./phone-home.js";
import { hereView, outsideView } from "./phone-outside.js";
import { mineView } from "./phone-things.js";

const VIEWS = { "": homeView, themes: themesView, theme: themeView, matter: guideView, ask: askView, list: listView, outside: outsideView, here: hereView, case: caseView, online: onlineView, mine: mineView, apply: applyView };

class Phone {
  frame = null; hall = null; asked = ""; installing = null; #turn = 0; #ended = new AbortController(); #isOld = false;

  async start() {
    await loadTexts();
    this.frame = visitorPage({ onHome: () => { this.asked = ""; this.go(""); }, offer: "large contrast read" });
    this.#bar = el("div.m-link", { role: "status" });
    document.querySelector(".v-head").after(this.#bar);
    readsFocus();
    onLang(() => this.draw());
    modes.onChange(() => { if (document.body.dataset.view === "home") this.draw(); }); // the one view that shows fewer things in large type
    addEventListener("hashchange", () => this.draw());
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#tellLink());
    navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.kind === "seen") { this.#isOld = data.isOld; this.#tellLink(); } });
    addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); this.installing = event; dispatchEvent(new Event("installable")); });
    try { localStorage.setItem("onedoor.phone", "1"); } catch { /* private mode: other pages lead back by the browser's own way */ }
    this.#tellLink();
    this.draw();
    this.#serve();
  }

  /** To another view; the phone's own "back" leads here again. */
  go(path, { replace = false } = {}) {
    const hash = `#/${path}`;
    if (hash === location.hash) { this.draw(); return; }
    if (replace) { history.replaceState(null, "", hash); this.draw(); } else location.hash = hash;
  }

  back() { if (history.length > 1) history.back(); else this.go(""); }

  /** Draws the view of the address; one that is left before it has what it needs draws nothing more. */
  draw() {
    this.#ended.abort();
    this.#ended = new AbortController();
    const turn = ++this.#turn;
    const [name = "", ...rest] = route();
    const view = VIEWS[name] ?? homeView;
    document.body.dataset.view = name || "home";
    if (name && name !== "matter") this.asked = ""; // "back" from a matter leads to what was found, everything else to a fresh start
    const place = { signal: this.#ended.signal, isHere: () => turn === this.#turn };
    Promise.resolve(view(this, place, ...rest)).catch((error) => { if (place.isHere()) this.#failed(error); });
  }

  /** A view on the page; see `visitorPage`. */
  show(place, view) {
    if (!place.isHere()) return;
    this.frame.show(view);
    if (this.#shownAt !== location.hash) scrollTo({ top: 0 }); // another view, though its title may be the same
    this.#shownAt = location.hash;
  }

  loading(place, title) {
    this.show(place, { title, body: el("p.muted.m-loading", { role: "status" }, t("common.loading")), back: () => this.back() });
  }

  #bar = null; #shownAt = "";

  #failed(error) {
    const offline = error.offline || !navigator.onLine;
    if (!error.code && !offline) reportError(error);
    this.frame.show({
      title: t(offline ? "mobile.no_link" : "mobile.failed"), back: () => this.back(),
      body: el("div.empty", {}, icon(offline ? "wifi-off" : "alert"), el("p", {}, offline ? t("mobile.no_link_text") : error.message || t("common.failed")), el("button.btn.btn--primary.btn--lg", { id: "again", on: { click: () => this.draw() } }, icon("refresh"), t("common.retry"))),
    });
  }

  #tellLink() {
    const text = !navigator.onLine ? t("mobile.offline_bar") : this.#isOld ? t("mobile.old_bar") : "";
    fill(this.#bar, text && el("p.m-link__text", {}, icon("wifi-off"), el("span", {}, text)));
  }

  /* From the second visit on the page opens from the phone itself. Browsers allow it over https alone, and on the machine itself. */
  async #serve() {
    try { await navigator.serviceWorker?.register("/m/worker.js", { scope: "/m/" }); } catch { /* the page works with a link */ }
  }
}

/* "#/matter/m12" → ["matter", "m12"]; "#here=CODE", as the codes in the hall have it → ["here", "CODE"] */
function route() {
  const hash = location.hash.replace(/^#\/?/, "");
  const here = /^here=([\w-]{1,40})$/.exec(hash);
  if (here) return ["here", here[1]];
  return hash.split("/").map((part) => { try { return decodeURIComponent(part); } catch { return ""; } });
}

new Phone().start();
