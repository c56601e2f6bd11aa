/** The tab of a day: who comes when, in which state; voiding one; the places of each line. */

import { api } from "/static/api.js";
import { hallIso } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { askReason } from "./appointments-ask.js";

const KINDS = { booked: "accent", claimed: "ok", cancelled: "", void: "", missed: "bad" };
const DAY_MS = 86_400_000;

export class DayTab {
  #place; #day = hallIso().slice(0, 10); #line = ""; #feed = null; #view = null; #who = {}; #asked = 0;
  #list = el("section.day__list"); #side = el("aside.day__side"); #tools = el("div.day__tools");

  constructor(place) { this.#place = place; }

  open() {
    fill(this.#place, el("div.day", {}, el("div.day__main", {}, this.#tools, this.#list), this.#side));
    this.#watch();
  }

  close() { this.#feed?.close(); }

  /* The live picture holds nobody's identity; what is new in it is asked for. */
  #watch() {
    this.#feed?.close();
    this.#view = null;
    fill(this.#list, el("p.muted.day__wait", {}, t("slots.loading")));
    this.#drawTools();
    this.#feed = live([`appointments/${this.#day}`], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; } });
  }

  async #take(view) {
    this.#view = view;
    this.#draw();
    if (view.items.every((one) => one.id in this.#who)) return;
    const asked = (this.#asked += 1);
    try {
      const { who } = await api.get(`appointments?day=${view.day}`);
      Object.assign(this.#who, who);
      if (asked === this.#asked) this.#draw();
    } catch (error) { toast(errorText(error), "bad"); }
  }

  #drawTools() {
    const step = (by) => () => { this.#day = new Date(Date.parse(`${this.#day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10); this.#watch(); };
    const date = el("input.input.num.day__date", { type: "date", id: "day", value: this.#day, "aria-label": t("slots.day"), on: { change: () => { if (date.value) { this.#day = date.value; this.#watch(); } } } });
    const counts = this.#view?.counts ?? {};
    fill(this.#tools,
      el("button.btn.btn--icon", { id: "day-before", "aria-label": t("slots.day_before"), on: { click: step(-1) } }, icon("arrow-left")), date,
      el("button.btn.btn--icon", { id: "day-after", "aria-label": t("slots.day_after"), on: { click: step(1) } }, icon("arrow-right")),
      el("strong.day__name", {}, dayOf(this.#day)),
      el("span.day__counts", {}, Object.entries(KINDS).map(([state, kind]) => counts[state] > 0 && badge(state, kind, ` ${counts[state]}`))),
      el("span.grow"), this.#lines());
  }

  #lines() {
    const lines = (this.#view?.lines ?? []).filter((line) => line.quota || this.#view.items.some((one) => one.line === line.line));
    return el("select.select.day__line", { id: "line", "aria-label": t("slots.line"), on: { change: (event) => { this.#line = event.target.value; this.#draw(); } } },
      el("option", { value: "" }, t("slots.all_lines")), lines.map((line) => el("option", { value: line.line, selected: line.line === this.#line }, named(line))));
  }

  #draw() {
    this.#drawTools();
    const items = this.#view.items.filter((one) => !this.#line || one.line === this.#line);
    const head = ["time", "what", "who", "state", "number"].map((name) => el("th", { scope: "col" }, t(`slots.${name}`)));
    fill(this.#list, items.length ? el("div.table-wrap.day__scroll", {}, el("table.table.day__table", {}, el("thead", {}, el("tr", {}, head, el("th"))), el("tbody", {}, items.map((one) => this.#row(one)))))
      : el("div.empty", {}, icon("calendar"), el("p.empty__title", {}, t("slots.none")), el("p", {}, t("slots.none_hint", { address: `${location.origin}/book` }))));
    fill(this.#side, el("h2.day__title", {}, t("slots.places")), el("ul.places", {}, this.#view.lines.map(places)));
  }

  #row(one) {
    const reason = one.reason && one.state === "void" ? (has(`booked.${one.reason}`) ? t(`booked.${one.reason}`) : one.reason) : "";
    return el("tr", { id: `row-${one.id}`, class: one.state === "booked" || one.state === "claimed" ? "" : "off" },
      el("td.num.strong.day__time", {}, `${timeOfDay(one.due)}–${timeOfDay(one.until)}`),
      el("td", {}, el("span.day__what", {}, named(one, "matter_name") || named(one, "line_name")), one.matter_name && el("span.day__sub.muted.small", {}, named(one, "line_name"))),
      el("td.num.day__who", {}, one.id in this.#who ? this.#who[one.id] || t("slots.erased") : "…"),
      el("td", {}, badge(one.state, KINDS[one.state]), one.late && el("span.badge.badge--warn", {}, t("slots.late")), one.stranded && el("span.badge.badge--warn", {}, t("slots.stranded")), reason && el("span.day__sub.muted.small", {}, reason)),
      el("td.num.strong", {}, one.number ?? ""),
      el("td.end", {}, one.state === "booked" && el("button.btn.btn--sm.btn--danger", { id: `void-${one.id}`, on: { click: () => voidOne(one) } }, t("slots.void"))));
  }
}

/** Voids an appointment after asking why; true when it was done. */
export async function voidOne(one) {
  const reason = await askReason({ title: t("slots.void_ask", { time: `${timeOfDay(one.due)}` }), text: t("slots.void_hint"), yes: t("slots.void"), danger: true });
  if (!reason) return false;
  try {
    await api.post(`appointments/${encodeURIComponent(one.id)}/void`, { reason });
    toast(t("slots.state.void"), "ok", { ms: 2500 });
    return true;
  } catch (error) {
    toast(errorText(error), "bad");
    return false;
  }
}

const badge = (state, kind, more = "") => el(`span.badge.num${kind ? `.badge--${kind}` : ""}`, {}, t(`slots.state.${state}`), more);

function places(line) {
  const share = line.quota ? Math.min(1, line.taken / line.quota) : 0;
  return el("li.places__one", {}, el("span.places__name", {}, named(line)), el("span.num.places__n", {}, line.quota ? t("slots.taken_of", line) : t("slots.no_slots")),
    line.quota > 0 && el("span.places__bar", { "aria-hidden": true }, el(`span.places__part${share >= 1 ? ".places__part--full" : ""}`, { style: { width: `${share * 100}%` } })));
}
