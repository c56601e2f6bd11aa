/** The tab of slots: the lines, and the editor of one; every change is tried at the server before it is saved. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { count, dayOf, timeOfDay } from "/static/numbers.js";
import { askReason } from "./appointments-ask.js";
import { voidOne } from "./appointments-day.js";
import { PlanEditor } from "./appointments-editor.js";

const TRY_MS = 350;

export class PlansTab {
  #place; #items = []; #line = null; #editor = null; #timer = 0; #tried = 0; #isBusy = false;
  #nav = el("nav.plans__lines"); #main = el("section.plans__main"); #state = el("div.plans__state", { role: "status" });

  constructor(place) { this.#place = place; }

  get dirty() { return this.#editor?.dirty ?? false; }

  async open() {
    fill(this.#place, el("div.plans", {}, this.#nav, this.#main));
    await this.#load();
  }

  close() { clearTimeout(this.#timer); }

  async #load(line = this.#line) {
    try {
      ({ items: this.#items } = await api.get("appointments/plans"));
      if (this.#items.length) this.#show(this.#items.find((one) => one.line === line)?.line ?? this.#items[0].line);
      else fill(this.#main, el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("slots.lines"))));
    } catch (error) {
      fill(this.#main, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.#load() } }, t("slots.retry"))));
    }
  }

  get #item() { return this.#items.find((one) => one.line === this.#line); }

  async #choose(line) {
    if (line === this.#line) return;
    if (this.dirty && !await ask({ title: t("slots.unsaved"), yes: t("slots.unsaved_yes"), no: t("slots.cancel"), danger: true })) return;
    this.#show(line);
  }

  #show(line) {
    this.#line = line;
    this.#editor = new PlanEditor(this.#item, () => this.#changed());
    this.#draw();
    this.#tell(this.#item);
  }

  #draw() {
    fill(this.#nav, el("h2.day__title", {}, t("slots.lines")), this.#items.map((one) => el("button.plans__line", { id: `line-${one.line}`, "aria-current": one.line === this.#line ? "true" : null, on: { click: () => this.#choose(one.line) } },
      el("span.plans__prefix.num", {}, one.prefix), el("span.grow", {}, el("span.plans__name", {}, named(one)), el("span.muted.small.num", {}, one.places_ahead ? t("slots.week_total", { n: count(one.places_ahead) }) : t("slots.off"))),
      one.stranded.length > 0 && el("span.badge.badge--warn.num", { title: t("slots.stranded_n", { n: one.stranded.length }) }, one.stranded.length))));
    fill(this.#main, el("div.plans__scroll", {}, stranded(this.#item, () => this.#load()), this.#editor.node), el("footer.plans__foot", {}, this.#state,
      el("button.btn", { id: "revert", on: { click: () => this.#show(this.#line) } }, t("slots.revert")), el("button.btn.btn--primary", { id: "save", on: { click: () => this.#save() } }, icon("check"), t("slots.save"))));
    this.#buttons();
  }

  #buttons() {
    for (const id of ["revert", "save"]) this.#main.querySelector(`#${id}`).disabled = !this.dirty || this.#isBusy;
  }

  #changed() {
    this.#buttons();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#try(), TRY_MS);
  }

  /** What the plan would do, or what is wrong with it, at its field. */
  async #try() {
    const tried = (this.#tried += 1);
    const { node } = this.#editor;
    try {
      const found = await api.post(`appointments/plans/${encodeURIComponent(this.#line)}/try`, { plan: this.#editor.plan() });
      if (tried !== this.#tried || !node.isConnected) return null;
      this.#editor.refuse(null);
      this.#tell(found);
      return found;
    } catch (error) {
      if (tried === this.#tried && node.isConnected) this.#refused(error);
      return null;
    }
  }

  #tell(found) {
    fill(this.#state, el("span.num", {}, found.places_ahead ? t("slots.week_total", { n: count(found.places_ahead) }) : t("slots.off")),
      this.dirty && found.stranded.length > 0 && el("span.badge.badge--warn.num", {}, t("slots.stranded_n", { n: found.stranded.length })));
  }

  #refused(error) {
    const rest = this.#editor.refuse(error);
    fill(this.#state, el("span.plans__wrong", {}, icon("alert"), rest || errorText(error)), error.code === "slots.changed_meanwhile" && el("button.btn.btn--sm", { id: "reload", on: { click: () => this.#load() } }, t("slots.reload")));
  }

  async #save() {
    if (this.#isBusy) return;
    clearTimeout(this.#timer);
    const found = await this.#try();
    if (!found) { this.#editor.node.querySelector("[aria-invalid]")?.focus(); return; }
    const kept = found.stranded.length > 0 && el("div.notice.notice--warn", {}, icon("info"), el("div", {}, el("p", {}, t("slots.save_stranded", { n: found.stranded.length })), el("ul.num", {}, found.stranded.slice(0, 8).map((one) => el("li", {}, `${dayOf(one.due)} ${timeOfDay(one.due)}`)))));
    const reason = await askReason({ title: t("slots.save_ask", { name: named(this.#item) }), text: t("slots.save_hint"), yes: t("slots.save"), more: kept });
    if (!reason) return;
    this.#isBusy = true;
    this.#buttons();
    try {
      await api.put(`appointments/plans/${encodeURIComponent(this.#line)}`, { plan: this.#editor.plan(), reason });
      toast(t("slots.saved"), "ok", { ms: 2500 });
      this.#isBusy = false;
      await this.#load();
    } catch (error) {
      this.#isBusy = false;
      this.#buttons();
      this.#refused(error);
    }
  }
}

/** Appointments that stand where the plan has no slot any more. */
function stranded({ stranded: all }, onDone) {
  if (!all.length) return null;
  return el("section.notice.notice--warn.plans__stranded", {}, icon("alert"), el("div.grow", {}, el("strong", {}, t("slots.stranded_n", { n: all.length })), el("p", {}, t("slots.stranded_hint")),
    el("ul", {}, all.map((one) => el("li.plans__one", {}, el("span.num", {}, `${dayOf(one.due)} ${timeOfDay(one.due)}–${timeOfDay(one.until)}`), el("span.truncate.grow", {}, named(one, "matter_name")), el("button.btn.btn--sm.btn--danger", { on: { click: async () => { if (await voidOne(one)) onDone(); } } }, t("slots.void")))))));
}
