/** The kiosk: keeps the one visitor's choices, moves between views, and forgets everything when the visitor leaves. */

import { api } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, loadTexts, named, onLang, setLang, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { visitorKit } from "/static/visitor/kit.js";
import "/static/visitor/modes-bar.js";
import { modes } from "/static/visitor/modes.js";
import { readPage } from "/static/visitor/read-aloud.js";
import { bookedView, listenForScans } from "./kiosk-booked.js";
import { Beside } from "./kiosk-beside.js";
import { Card } from "./kiosk-card.js";
import { departmentView, departmentsView, homeView, linesView, moreView } from "./kiosk-home.js";
import { Offline, keepPage } from "./kiosk-offline.js";
import { offlineTakeView, offlineTicketView, offlineView } from "./kiosk-offline-views.js";
import { loadModules } from "./kiosk-modules.js";
import { errorView, lineWait } from "./kiosk-parts.js";
import { searchView } from "./kiosk-search.js";
import { sheetView } from "./kiosk-sheet.js";
import { ticketView } from "./kiosk-ticket.js";

const REFRESH_MS = 10000;
const ANSWER_MS = 3000; // a hall that needs longer is as good as away
const VIEWS = { home: homeView, departments: departmentsView, department: departmentView, lines: linesView, search: searchView, sheet: sheetView, more: moreView, booked: bookedView, ticket: ticketView, error: errorView, offline: offlineView, offline_take: offlineTakeView, offline_ticket: offlineTicketView };
const TICKETS = new Set(["ticket", "offline_ticket"]);
const query = new URLSearchParams(location.search);
const FIRST_LANGUAGE = query.get("lang") === "en" ? "en" : "zh-CN";

class Kiosk {
  hall = null;
  prints = query.get("print") === "1";
  offline = new Offline(() => this.#counted(), query.get("name") ?? "");
  isLost = false;
  beside = new Beside();
  card = new Card(this, $("#card"));
  /** Ways that other rooms add to the start: {id, icon, name, hint, act}; name and hint are functions. */
  ways = [];
  #trail = []; #leave = new AbortController(); #modes = el("visitor-modes", { id: "modes" });

  async start() {
    await loadTexts(FIRST_LANGUAGE === "en" ? "zh-CN" : "en"); // kept by the browser, for when the server is away
    await loadTexts(FIRST_LANGUAGE);
    visitorKit({ onLeave: () => this.home(), isHome: () => this.#isPristine() });
    onLang(() => this.#redraw());
    modes.onChange(() => this.#redraw());
    listenForScans(this);
    this.offline.doubts.isHeld = (key) => this.#at.attempt?.key === key;
    addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) this.back(); });
    setInterval(() => this.refresh(), REFRESH_MS);
    setInterval(() => { if (this.isLost) this.refresh(); }, ANSWER_MS);
    addEventListener("offline", () => this.refresh());
    live(["notices/hall"], { onView: () => {}, onState: (state) => { if (state === "lost" || this.isLost) this.refresh(); } });
    setInterval(() => this.#tick(), 1000);
    this.#show({ name: "home" });
    await this.refresh();
    await loadModules(this);
    keepPage(() => { this.#isOld = true; });
  }

  /** The name of the view that is shown. */
  get view() { return this.#at.name; }

  /** Aborted when the visitor leaves the view that is shown. */
  get signal() { return this.#leave.signal; }

  addWay(way) {
    this.ways.push(way);
    if (this.#at.name === "home") this.#redraw();
  }

  line(id) { return this.hall?.lines.find((one) => one.id === id) ?? null; }

  go(name, args = {}) {
    this.#trail.push(this.#at);
    this.#show({ name, ...args });
  }

  /** As `go`, but "back" then skips the view that is left. */
  turn(name, args = {}) { this.#show({ name, ...args }); }

  back() {
    const last = this.#trail.pop();
    if (last && !TICKETS.has(this.#at.name)) this.#show(last);
    else this.home();
  }

  /** The start view, with nothing left of the visitor before. */
  home() {
    this.#trail = [];
    this.card.leave();
    fill($("#slip"));
    say($("#said"), "");
    for (const box of document.querySelectorAll("dialog")) box.close();
    modes.wipe();
    if (isChinese() !== (FIRST_LANGUAGE === "zh-CN")) setLang(FIRST_LANGUAGE, { keep: false });
    this.#show({ name: "home" });
  }

  tell(text) { say($("#said"), text); }

  /** Looks at the hall; one look at a time, and once more where somebody asked meanwhile. */
  refresh() {
    this.#asks = Boolean(this.#looking);
    this.#looking ??= this.#look().finally(() => { this.#looking = null; if (this.#asks) this.refresh(); });
    return this.#looking;
  }

  async #look() {
    const first = !this.hall;
    try {
      this.hall = await api.get("hall", { timeout_ms: ANSWER_MS });
    } catch {
      this.hall ??= await this.offline.lastHall();
      await this.offline.lost();
      this.#connected(false, first && this.hall);
      return;
    }
    if (this.#isOld && this.#isPristine()) { location.reload(); return; }
    syncClock(this.hall.now);
    if (this.isLost) dispatchEvent(new Event("linkback")); // perhaps it came back as another version
    dispatchEvent(new Event("hall"));
    this.#connected(true, first);
    if (!first) for (const node of document.querySelectorAll("[data-wait-of]")) fill(node, lineWait(this.line(node.dataset.waitOf)));
    this.offline.linked(this.hall);
  }

  #at = { name: "home" }; #looking = null; #asks = false; #isOld = false;

  #isPristine() {
    return !this.card.word && (this.#at.name === "home" || this.#at.name === "offline") && isChinese() === (FIRST_LANGUAGE === "zh-CN") && modes.areUsual();
  }

  #show(wanted) {
    if (wanted.name === "error" && wanted.error.offline) this.refresh();
    const view = this.#fitting(wanted);
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#at = view;
    document.body.dataset.view = view.name;
    const main = fill($("#view"), this.hall ? VIEWS[view.name](this, view) : waitingForServer());
    main.scrollTop = 0;
    (main.querySelector("input[data-first]") ?? main.querySelector("[data-first]") ?? main).focus({ preventScroll: true });
    if (modes.readsAloud()) readPage();
    this.#frame();
  }

  #redraw() { this.#show(this.#at); }

  /* Without the server other views have nothing to show; what the visitor had chosen already is kept. */
  #fitting(view) {
    const isAway = this.isLost && this.offline.isPrepared;
    const chosen = { matter: view.matter, line: view.line, attempt: view.attempt };
    if (TICKETS.has(view.name)) return view;
    if (isAway && view.name === "sheet") return { name: "offline_take", ...chosen };
    if (isAway) return view.name.startsWith("offline") ? view : { name: "offline" };
    if (view.name === "offline_take") return { name: "sheet", ...chosen };
    return view.name === "offline" ? { name: "home" } : view;
  }

  /* The numbers left have changed; who is choosing just now must see it. */
  #counted() {
    if (this.isLost && this.#at.name === "offline") this.#redraw();
  }

  #frame() {
    say($("#hall-name"), this.hall ? named(this.hall) : "");
    $("#demo").hidden = !this.hall?.demo;
    this.card.draw();
    say($("#demo"), t("common.demo"));
    this.#tick();
    const isHome = this.#at.name === "home" || this.#at.name === "offline";
    const isOver = isHome || TICKETS.has(this.#at.name);
    const ways = isOver ? [] : [
      button("arrow-left", t("common.back"), () => this.back(), { id: "back" }),
      button("home", t("kiosk.home"), () => this.home(), { id: "home" }),
    ];
    fill($("#foot"), el("div.row", {}, ways), this.#modes);
    this.#modes.draw();
  }

  #connected(isConnected, isNews) {
    this.isLost = !isConnected;
    const isTaking = document.querySelector("#take[aria-busy=true]"); // an answer may still come: it decides
    if (isNews || (!isTaking && this.#fitting(this.#at).name !== this.#at.name)) this.#redraw();
    const gives = this.offline.canGive;
    $("#offline").hidden = isConnected || !this.hall;
    $("#offline").classList.toggle("k-offline--gives", this.offline.isPrepared);
    fill($("#offline"), icon("wifi-off"), el("span", {}, t(gives ? "kiosk.offline_gives" : "kiosk.offline")));
  }

  #tick() {
    if (!this.hall) return;
    say($("#time"), timeOfDay(hallIso()));
    say($("#day"), dayOf(hallIso()));
  }
}

function button(name, text, click, props) {
  return el("button.btn.btn--lg", { on: { click }, ...props }, icon(name), el("span", {}, text));
}

function waitingForServer() {
  return el("div.k-center", {}, el("div.empty", {}, icon("wifi-off"), el("p.empty__title", {}, t("kiosk.starting")), el("p", {}, t("kiosk.starting_hint"))));
}

new Kiosk().start();
