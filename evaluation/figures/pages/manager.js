/** The manager's page of ratings: one period for all its parts, which are its figures, its ratings and the way upward. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, showFieldErrors } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { UpwardPart } from "/pages/upward/upward.js";
import { FiguresPart } from "./manager-figures.js";
import { ListPart } from "./manager-list.js";

const PARTS = { figures: FiguresPart, list: ListPart, upward: UpwardPart };
const SOON_MS = 400;
const DAY_MS = 86_400_000;
const QUICK = ["today", "week", "month", "last_month"];

class RatingsPage {
  #hall; #name = ""; #part = null; #period; #soon = null; #counts = "";

  constructor(hall) {
    this.#hall = hall;
    this.#period = this.#quick("month");
  }

  start() {
    addEventListener("hashchange", () => this.#open());
    onLang(() => this.#open(true));
    live(["hall"], { onView: (_topic, view) => this.#heard(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
    this.#open();
  }

  /* A rating that is given shows at once where today is among the days shown. */
  #heard(view) {
    syncClock(view.now);
    const counts = JSON.stringify(view.satisfaction ?? null);
    if (this.#counts && counts !== this.#counts && this.#period.to >= today()) {
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.#part?.load(), SOON_MS);
    }
    this.#counts = counts;
  }

  #open(again = false) {
    const wanted = location.hash.slice(1);
    const name = wanted in PARTS ? wanted : "figures";
    if (name === this.#name && !again) return;
    this.#name = name;
    document.title = t("figures.title");
    this.#top();
    this.#part?.close?.();
    const body = el("div.mgr__main", { style: { padding: "0" } });
    fill($("#main"), name === "upward" ? null : this.#controls(), body);
    this.#part = new PARTS[name](body, { hall: this.#hall, period: () => this.#period, failed: (error) => this.#failed(error) });
    this.#part.load();
  }

  #top() {
    const names = { figures: t("figures.tab.figures"), list: t("figures.list_title"), upward: t("upward.title") };
    const tab = (name) => el("a.tab", { href: `#${name}`, id: `tab-${name}`, "aria-current": name === this.#name ? "page" : false }, names[name]);
    fill($("#top"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("figures.back")), el("h1.mgr__title", {}, t("figures.title")), el("span.mgr__grow"),
      el("a.btn.btn--quiet", { href: "/manager/reviews" }, icon("list"), t("figures.orders_link")), el("a.btn.btn--quiet", { href: "/ratings" }, icon("screen"), t("figures.public_link")), el("language-switch"),
      el("nav.tabs.mgr__tabs", { "aria-label": t("figures.title") }, Object.keys(PARTS).map(tab)));
  }

  #controls() {
    const field = (name, label) => el("label.field", {}, el("span.field__label", {}, label), el("input.input", { type: "date", name, id: name, value: this.#period[name], required: true, max: "2199-12-31" }), el("span.field__error", { "data-error": name }));
    const take = (event) => {
      event.preventDefault();
      const form = event.currentTarget;
      this.#set({ from: form.elements.from.value, to: form.elements.to.value });
    };
    const quick = (name) => el("button.chip", { id: `quick-${name}`, "aria-pressed": String(same(this.#period, this.#quick(name))), on: { click: () => this.#set(this.#quick(name)) } }, t(`figures.${name}`));
    return el("form.period", { id: "period", novalidate: true, on: { submit: take } }, el("div.chips", {}, QUICK.map(quick)), field("from", t("figures.from")), field("to", t("figures.to")), el("button.btn.btn--primary", { type: "submit", id: "show" }, t("figures.show")));
  }

  #set(period) {
    this.#period = period;
    $("#period").replaceWith(this.#controls());
    this.#part.load();
  }

  #failed(error) {
    if (error.status === 401) { toSignIn(); return; }
    const form = $("#period");
    const left = form ? showFieldErrors(form, { ...error, message: error.message, fields: error.fields?.field ? { [error.fields.field]: error.message } : {} }) : [errorText(error)];
    if (left.length) fill($("#main > div.mgr__main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.#part.load() } }, t("figures.again"))));
  }

  #quick(name) {
    const now = today();
    const first = `${now.slice(0, 7)}-01`;
    const before = shifted(first, -1);
    return { today: { from: now, to: now }, week: { from: shifted(now, -6), to: now }, month: { from: first, to: now }, last_month: { from: `${before.slice(0, 7)}-01`, to: before } }[name];
  }
}

let hallDay = "";
const today = () => hallDay;
const same = (a, b) => a.from === b.from && a.to === b.to;
const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);

/** The day so many days later. */
export function shifted(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

async function start() {
  await loadTexts();
  for (;;) {
    try {
      const hall = await api.get("hall");
      syncClock(hall.now);
      hallDay = hall.business_day;
      new RatingsPage(hall).start();
      return;
    } catch (error) {
      fill($("#main"), el("div.empty", {}, icon("wifi-off"), el("p.empty__title", {}, errorText(error))));
      await new Promise((resolve) => { setTimeout(resolve, 3000); });
    }
  }
}

await start();
