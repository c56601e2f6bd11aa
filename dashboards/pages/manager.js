/** The manager's page: who is here, which tab, and the one live feed behind it. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { EditTab } from "./manager-edit.js";
import { HandTab } from "./manager-hand.js";
import { KINDS } from "./manager-kinds.js";
import { LiveTab } from "./manager-live.js";
import { ManagerTop } from "./manager-top.js";

const TABS = ["live", "hand", "windows", "lines", "matters", "staff", "zones"];
/** Pages of other rooms that a manager works with, beside the tabs. */
const PAGES = { appointments: "/manager/appointments", attendance: "/manager/attendance", confirmations: "/manager/confirmations", devices: "/manager/devices", efficiency: "/manager/efficiency", enquiry: "/manager/enquiry", matters_full: "/manager/matters", neighbours: "/neighbours", ratings: "/manager/ratings", reports: "/manager/reports", reviews: "/manager/reviews", rules: "/manager/rules", screens: "/manager/screens", statistics: "/manager/statistics", supervision: "/supervision", voice: "/manager/voice", what_if: "/manager/what-if" };

/** Tabs that are no lists of records. */
const OWN = { live: LiveTab, hand: HandTab };

class Manager {
  #top; #tab = null; #name = "live"; #view = null; #demo = false;

  constructor(me) { this.#top = new ManagerTop({ node: $("#top"), me, tabs: TABS, pages: PAGES, signOut }); }

  start() {
    addEventListener("hashchange", () => this.#go(...wanted()));
    addEventListener("beforeunload", (event) => { if (this.#tab?.dirty) event.preventDefault(); });
    onLang(() => { this.#drawTop(); if (!this.#tab?.dirty) this.#open(this.#name, wanted()[1]); });
    setInterval(() => { this.#top.tick(); this.#tab?.tick?.(); }, 1000);
    live(["hall"], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
    this.#open(...wanted());
    api.get("hall").then((hall) => { this.#demo = hall.demo; this.#drawTop(); }).catch(() => {});
  }

  #take(view) {
    this.#view = view;
    syncClock(view.now);
    this.#tab?.take?.(view);
    this.#drawTop();
  }

  /** Leaves the tab only when nothing unsaved is lost. */
  async #go(name, path) {
    if (name === this.#name) { this.#tab?.show?.(path); return; }
    if (this.#tab?.mayLeave && !(await this.#tab.mayLeave())) { location.hash = this.#name; return; }
    this.#open(name, path);
  }

  /** @param {string[]} path  the parts of the address behind the tab's name, for a tab that has several views */
  #open(name, path = []) {
    this.#name = name;
    this.#tab?.close?.();
    this.#tab = name in OWN ? new OWN[name]($("#main")) : new EditTab($("#main"), KINDS[name]);
    this.#tab.open(path);
    if (this.#view) this.#tab.take?.(this.#view);
    this.#drawTop();
    document.title = `${t(`manager.tab.${name}`)} · ${t("manager.title")}`;
  }

  #drawTop() { this.#top.show({ hall: this.#view?.hall, tab: this.#name, alarms: this.#view?.alarms.length ?? 0, isDemo: this.#demo }); }
}

/** The tab and what follows it in the address: "#live/line/tax" → ["live", ["line", "tax"]]. */
function wanted() {
  const [tab, ...path] = location.hash.slice(1).split("/");
  return TABS.includes(tab) ? [tab, path.map(plain)] : ["live", []];
}

function plain(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

async function signOut() {
  try { await api.del("session"); } catch { /* signed out already, or offline: the sign-in page tells */ }
  toSignIn();
}

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

async function start() {
  await loadTexts();
  try {
    const me = await api.get("session");
    if (me.roles.includes("manager") || me.roles.includes("admin")) new Manager(me).start();
    else stop(t("manager.not_allowed"), el("button.btn.btn--primary", { on: { click: signOut } }, t("manager.to_signin")));
  } catch (error) {
    if (error.status === 401) toSignIn();
    else stop(errorText(error), el("button.btn", { on: { click: () => location.reload() } }, t("manager.retry")));
  }
}

function stop(text, button) {
  fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, text), button));
}

await start();
