/** Acceptance at a window: five steps from the called ticket to the accepted case, each reached with a key, nothing typed twice. */

import { api } from "/static/api.js";
import { hallIso } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { PackageDone } from "/pages/cases_packages/accept-package-done.js";
import { drawAside } from "./accept-aside.js";
import { CaseView } from "./accept-case.js";
import { DecideStep } from "./accept-decide.js";
import { DoneView } from "./accept-done.js";
import { MatterStep } from "./accept-matter.js";
import { findingOf, MaterialsStep } from "./accept-materials.js";
import { PersonStep, redrawSources } from "./accept-person.js";
import { SituationStep } from "./accept-situation.js";
import { Store } from "./accept-store.js";
import { chooseCase } from "./accept-today.js";
import { inWords } from "./accept-words.js";
import { chooseFromTray, trayButton, watchTray } from "/pages/cases_applying/accept-tray.js";

const STEPS = [1, 2, 3, 4, 5];
const FIRST_WITH = [["answers", 2], ["applicant", 3], ["agent", 3], ["fields", 3], ["given", 4]];

class Page {
  #store; #view = null; #steps; #feed = null; #error = null;

  constructor(window) {
    this.#store = new Store(window);
    const decide = new DecideStep(this.#store, (made) => this.#done(made));
    this.#steps = { 1: new MatterStep(this.#store), 2: new SituationStep(this.#store), 3: new PersonStep(this.#store), 4: new MaterialsStep(this.#store), 5: decide };
    this.#store.onChange((what) => this.#changed(what));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pagehide", () => this.#store.save());
    addEventListener("visibilitychange", () => { if (document.hidden) this.#store.save(); });
    onLang(() => this.draw());
    setInterval(() => { const clock = $("#clock"); if (clock) say(clock, timeOfDay(hallIso())); }, 1000);
  }

  async start() {
    await this.#store.load();
    await this.#steps[3].look();
    const w = this.#store.window;
    this.#feed = live([`desk/${w}`, `confirmation/${w}`, `desk-card/${w}`], { onView: (topic, view, event) => this.#heard(topic, view, event), onState: (state) => { $("link-banner").state = state; } });
    watchTray(() => this.#bar());
    this.focus();
  }

  /** The ticket went, or another came: what was typed for the one before is kept with it. */
  async #heard(topic, view, event) {
    if (topic.startsWith("confirmation/")) { this.#steps[5].sheet = view; if (this.#step === 5 && !this.#view) this.#drawMain(); return; }
    if (topic.startsWith("desk-card/")) { this.#steps[3].reader(event ?? view); if (this.#step === 3 && !this.#view) redrawSources(this.#steps[3]); return; }
    if (!topic.startsWith("desk/") || (view.ticket?.id ?? null) === (this.#store.ticket?.id ?? null) || this.#view) return;
    await this.#store.save();
    await this.#store.load();
    await this.#steps[3].look();
    this.focus();
  }

  get #step() { return this.#store.content.step; }

  #changed(what) {
    if (what === "saved" || what === "typed") { this.#bar(); if (what === "typed") this.#aside(); return; }
    if (what?.error) { this.#failed(what.error); return; }
    if (what === "known") { if (this.#step === 3 && !this.#view) redrawSources(this.#steps[3]); return; }
    if (what === "materials-quiet") { this.#bar(); this.#aside(); return; }
    this.draw();
    if (what === "all" || what === "step") this.focus();
  }

  draw() {
    this.#bar();
    if (!$(".work")) fill($("#main"), el("div.work", {}, el("nav.steps", { id: "steps", "aria-label": t("accept.steps") }), el("div.stage", { id: "stage" }), el("aside.aside", { id: "aside" })));
    this.#drawMain();
  }

  /** What had the focus keeps it, where it is still there. */
  #drawMain() {
    document.title = this.#store.ticket ? `${this.#store.ticket.number} · ${t("accept.title")}` : t("accept.title");
    $(".work")?.classList.toggle("work--wide", Boolean(this.#view));
    this.#rail();
    fill($("#stage"), this.#view ? this.#view.draw() : this.#store.ticket ? this.#steps[this.#step].draw() : this.#nobody());
    if (this.#error && this.#step === 3) showFieldErrors($("#stage"), this.#error);
    this.#aside();
    this.#bar();
  }

  #aside() { if (!this.#view) drawAside($("#aside"), this.#store); else fill($("#aside")); }

  #bar() {
    const { desk, ticket, saved } = this.#store;
    if (!desk) return;
    fill($("#bar"), el("div.abar__left", {}, el("a.btn.btn--quiet.btn--sm", { id: "back", href: this.#console, title: t("accept.to_console") }, icon("arrow-left"), el("kbd.key", {}, "Alt+0")),
      el("span.abar__window.num", {}, desk.window_number), el("h1.abar__title", {}, t("accept.title")), ticket && el("strong.abar__ticket.num", { id: "ticket" }, ticket.number), ticket?.person && el("span.muted.num", {}, ticket.person.id_number || ticket.person.phone)),
    el("div.abar__right", {}, desk.demo && el("span.badge.badge--warn", {}, t("accept.demo")),
      desk.has_city && el(`span.badge.badge--dot${desk.is_linked ? ".badge--ok" : ".badge--warn"}`, { id: "city" }, t(desk.is_linked ? "accept.city.linked" : "accept.city.away")),
      ticket && saved !== "none" && el(`span.abar__saved.abar__saved--${saved}`, { id: "saved", role: "status" }, icon(saved === "saved" ? "check" : saved === "offline" || saved === "failed" ? "alert" : "refresh"), t(`accept.saved.${saved}`)),
      el("span.abar__clock.num", { id: "clock" }, timeOfDay(hallIso())),
      trayButton(() => this.#tray()),
      el("button.btn.btn--quiet.btn--sm", { id: "open-today", on: { click: () => this.#today() } }, icon("list"), el("span.abar__text", {}, t("accept.today.title")), el("kbd.key", {}, "Alt+L")), el("language-switch")));
  }

  get #console() { return `/console?window=${encodeURIComponent(this.#store.window)}`; }

  #rail() {
    const store = this.#store;
    $("#steps").setAttribute("aria-label", t("accept.steps"));
    fill($("#steps"), STEPS.map((n) => el("button.stepper", { id: `step-${n}`, "aria-current": n === this.#step && !this.#view ? "step" : null, disabled: !store.ticket || Boolean(this.#view) || (n > 1 && !store.edition), dataset: { state: this.#stateOf(n) }, on: { click: () => this.go(n) } },
      el("span.stepper__n.num", {}, this.#stateOf(n) === "done" ? icon("check") : n), el("span.stepper__text", {}, el("span", {}, t(`accept.step.${n}`)), el("span.muted.small.truncate", {}, this.#summary(n))), el("kbd.key", {}, `Alt+${n}`))));
  }

  #stateOf(n) {
    const { edition, needs, content } = this.#store;
    if (!edition) return "open";
    const materials = needs.materials.map((one) => findingOf(content.materials[one.id]));
    return { 1: true, 2: needs.is_answered && !needs.stop, 3: Boolean(content.applicant.name && content.applicant.id_number), 4: materials.every((one) => one !== "open"), 5: false }[n] ? "done" : "open";
  }

  #summary(n) {
    const { edition, needs, content } = this.#store;
    if (!edition) return "";
    const looked = needs.materials.filter((one) => findingOf(content.materials[one.id]) !== "open").length;
    return { 1: inWords(edition), 2: edition.questions.length ? t("accept.answered", { n: Object.keys(content.answers).length, of: needs.asked.length }) : t("accept.situation.none_short"), 3: content.applicant.name, 4: `${looked} / ${needs.materials.length}`, 5: "" }[n];
  }

  #nobody() {
    return el("div.empty", {}, icon("ticket"), el("p.empty__title", {}, t("accept.nobody")), el("p", {}, t("accept.nobody_do")), el("a.btn.btn--primary", { href: this.#console }, t("accept.to_console")));
  }

  go(n) {
    if (!this.#store.ticket || this.#view || n < 1 || n > 5 || (n > 1 && !this.#store.edition)) return;
    this.#store.content.step = n;
    this.#error = n === 3 ? this.#error : null;
    this.#store.changed("step");
  }

  focus() { if (!this.#view && this.#store.ticket) this.#steps[this.#step].focus(); }

  /** Leads to where something is wrong, and marks it. */
  #failed(error) {
    const names = Object.keys(error.fields ?? {});
    const step = FIRST_WITH.find(([head]) => names.some((one) => one === head || one.startsWith(`${head}.`)) || error.fields?.field?.startsWith?.(head))?.[1];
    this.#error = error;
    if (!step) return;
    toast(errorText(error), "bad", { ms: 8000 });
    this.#store.content.step = step;
    this.draw();
    showFieldErrors($("#stage"), error);
    this.focus();
  }

  async #done(made) {
    const how = { desk: this.#store.desk, onNext: () => this.#next(), onOpen: (one) => this.#open(one) };
    if (made.intake) this.#view = new DoneView(await api.get(`cases/${encodeURIComponent(made.intake)}`), how);
    else this.#view = made.cases ? await PackageDone.of(made, how) : new DoneView(made, how);
    this.draw();
    $("#done-back")?.focus();
  }

  async #next() {
    this.#view = this.#error = null;
    await this.#store.load();
    this.#store.content.step = 1;
    this.draw();
    this.focus();
  }

  async #today() {
    await this.#store.save();
    const made = await chooseCase(this.#store.window);
    if (made) this.#open(made);
  }

  /** What people filed by themselves. */
  async #tray() {
    await this.#store.save();
    const made = await chooseFromTray();
    if (made) this.#open(made);
  }

  #open(made) {
    this.#view = new CaseView(this.#store, made, { onBack: () => this.#next(), redraw: () => this.#drawMain() });
    this.draw();
  }

  #key(event) {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); if (!this.#view) this.#forward(); return; }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (!this.#view && this.#step === 4 && this.#steps[4].key(event)) return;
    const digit = /^Digit([0-5])$/.exec(event.code)?.[1];
    const does = { KeyL: () => this.#today(), KeyI: () => this.#tray(), KeyN: () => this.#view && this.#next(), KeyP: () => this.#step === 5 && !this.#view && this.#steps[5].toPad() }[event.code];
    if (digit === undefined && !does) return;
    event.preventDefault();
    if (does) does(); else if (digit === "0") this.#leave(); else this.go(Number(digit));
  }

  #forward() {
    if (this.#step < 5) this.go(this.#step + 1); else this.#steps[5].send();
  }

  async #leave() {
    await this.#store.save();
    location.assign(this.#console);
  }
}

async function start() {
  await loadTexts();
  document.title = t("accept.title");
  const window_ = decodeURIComponent(location.pathname.split("/").pop());
  try {
    await api.get("session");
    await new Page(window_).start();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => location.reload() } }, t("accept.reload"))));
  }
}

await start();
