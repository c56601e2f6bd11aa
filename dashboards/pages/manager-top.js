/** The head of the manager's page: the hall, the tabs that fit and the others in a menu, who is signed in. */

import { hallIso } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { timeOfDay } from "/static/numbers.js";

const GAP_PX = 4;

export class ManagerTop {
  #node; #me; #tabs; #pages; #signOut; #drawn = ""; #links = []; #nav = null; #more = null; #menu = null; #now = null;

  /** @param {{node: Element, me: object, tabs: string[], pages: Object<string, string>, signOut: () => void}} parts  pages: name → address */
  constructor({ node, me, tabs, pages, signOut }) {
    this.#node = node;
    this.#me = me;
    this.#tabs = tabs;
    this.#pages = pages;
    this.#signOut = signOut;
    new ResizeObserver(() => this.#place()).observe(node);
    document.fonts?.ready.then(() => this.#place());
  }

  /** Draws what has changed; not under somebody's hand, so an open menu is drawn anew when it closes. @param {{hall: ?object, tab: string, alarms: number, isDemo: boolean}} now */
  show(now) {
    this.#now = now;
    if (this.#isOpen) return;
    const shown = JSON.stringify([now.hall, now.tab, now.alarms, now.isDemo, t("manager.title")]);
    if (shown === this.#drawn) return;
    this.#drawn = shown;
    this.#links = [...this.#tabs.map((name) => tab(name, `#${name}`, now)), ...Object.entries(this.#pages).map(([name, href]) => tab(name, href, now))];
    this.#menu = el("div.top__menu", { id: "tabs-menu", popover: "auto", "aria-label": t("manager.more_tabs"), on: { beforetoggle: ({ newState }) => { if (newState === "open") this.#under(); }, toggle: ({ newState }) => this.#toggled(newState === "open"), keydown: (event) => this.#arrows(event), click: (event) => { if (event.target.closest("a")) this.#menu.hidePopover(); } } });
    this.#more = el("button.tab.top__tab.top__more", { id: "tabs-more", popovertarget: "tabs-menu", "aria-expanded": "false", "aria-haspopup": "true", on: { keydown: (event) => { if (event.key === "ArrowDown") { this.#menu.showPopover(); this.#arrows(event); } } } }, icon("menu"), el("span", {}, t("manager.more_tabs")));
    this.#nav = el("nav.tabs.top__tabs", { "aria-label": t("manager.title") }, this.#links, this.#more);
    fill(this.#node,
      el("h1.top__hall.truncate", {}, named(now.hall) || t("manager.title")), this.#nav, this.#menu,
      el("div.top__me", {}, now.isDemo && el("span.top__demo", {}, t("manager.demo")), el("span.top__clock.num", { id: "clock" }, timeOfDay(hallIso())), el("span.truncate.top__name", {}, this.#me.display_name || this.#me.name), el("language-switch"),
        el("button.btn.btn--quiet.btn--sm", { id: "sign-out", title: t("manager.sign_out"), on: { click: this.#signOut } }, icon("sign-out"), el("span.top__out", {}, t("manager.sign_out")))));
    this.#place();
  }

  tick() {
    const clock = $("#clock", this.#node);
    if (clock) say(clock, timeOfDay(hallIso()));
  }

  /* Every tab that fits, in its order; the one that is open always; the others in the menu. */
  #place() {
    if (!this.#nav || this.#isOpen) return;
    const focused = document.activeElement;
    this.#nav.prepend(...this.#links);
    this.#more.hidden = true;
    const room = this.#nav.clientWidth;
    const widths = new Map(this.#links.map((link) => [link, link.getBoundingClientRect().width + GAP_PX]));
    const all = [...widths.values()].reduce((sum, width) => sum + width, 0);
    if (all > room + GAP_PX) this.#fold(room, widths);
    if (focused && focused !== document.activeElement && this.#node.contains(focused)) focused.focus();
  }

  #fold(room, widths) {
    this.#more.hidden = false;
    const open = this.#links.find((link) => link.hasAttribute("aria-current"));
    let left = room - this.#more.getBoundingClientRect().width - (widths.get(open) ?? 0);
    let isFull = false;
    const hidden = this.#links.filter((link) => {
      if (link === open) return false;
      isFull ||= (left -= widths.get(link)) < 0;
      return isFull;
    });
    this.#menu.append(...hidden);
  }

  get #isOpen() { return this.#menu?.matches(":popover-open") ?? false; }

  #toggled(isOpen) {
    this.#more.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) return;
    this.show(this.#now);
    this.#place();
  }

  #under() {
    const { bottom, left } = this.#more.getBoundingClientRect();
    this.#menu.style.setProperty("--under", `${bottom}px`);
    this.#menu.style.setProperty("--beside", `${left}px`);
  }

  #arrows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...this.#menu.children];
    links.at((links.indexOf(document.activeElement) + step) % links.length).focus();
  }
}

function tab(name, href, { tab: open, alarms }) {
  return el("a.tab.top__tab", { id: `tab-${name}`, href, "aria-current": name === open ? "page" : null }, t(`manager.tab.${name}`), name === "live" && alarms > 0 && el("span.badge.badge--bad.num", { title: t("manager.alarms") }, alarms));
}
