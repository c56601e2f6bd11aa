/** The manager's page of the rules: sections, one draft of all changes, and one save with a reason. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { Draft } from "./rules-draft.js";
import { HoursRow } from "./rules-hours.js";
import { PrioritiesRow } from "./rules-priorities.js";
import { askReason, showHelp } from "./rules-review.js";
import { RuleRow } from "./rules-row.js";
import { lineName } from "./rules-words.js";

const TOPIC = "rules/hall";

class RulesPage {
  #me; #draft = new Draft(); #rows = []; #line = null; #busy = false; #reason = "";

  constructor(me) { this.#me = me; }

  start() {
    fill($("#main"), el("p.muted", {}, t("rules.loading")));
    this.#draft.onChange(() => this.#bar());
    addEventListener("hashchange", () => this.#go(wantedLine()));
    addEventListener("beforeunload", (event) => { if (this.#draft.size) event.preventDefault(); });
    addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); this.#review(); } });
    onLang(() => this.#draw());
    live([TOPIC], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
  }

  #take(view) {
    const isFirst = !this.#draft.view;
    const lines = JSON.stringify(this.#draft.view?.lines);
    this.#draft.take(view);
    if (isFirst || JSON.stringify(view.lines) !== lines) { this.#go(wantedLine(), isFirst); return; }
    for (const row of this.#rows) row.take(row instanceof RuleRow ? view.rules.find((rule) => rule.about.name === row.name) : view);
    this.#top();
  }

  #go(line, isFirst = true) {
    const known = this.#draft.view?.lines.some((one) => one.id === line) ? line : null;
    if (!isFirst && known === this.#line) return;
    this.#line = known;
    this.#draw();
    $("#main").scrollTop = 0;
  }

  #draw() {
    const { view } = this.#draft;
    if (!view) return;
    document.title = `${t("rules.title")} · ${named(view.hall)}`;
    this.#top();
    this.#rows = [];
    const sections = view.groups.map((group) => this.#section(group, view.rules.filter((rule) => rule.about.group === group && (this.#line === null || rule.about.per_line)).map((rule) => new RuleRow({ rule, draft: this.#draft, scope: this.#line, onHelp: () => showHelp(this.#rule(rule.about.name), this.#draft.view.lines) }))));
    if (this.#line === null) sections.push(this.#section("priorities", [new PrioritiesRow({ draft: this.#draft })]), this.#section("hours", [new HoursRow({ draft: this.#draft })]));
    const shown = sections.filter(Boolean);
    fill($("#main"), this.#line !== null && el("p.notice", {}, icon("info"), t("rules.scope_line_hint")), shown.map((one) => one.node));
    fill($("#nav"), el("ul.nav", { "aria-label": t("rules.sections") }, shown.map(({ group }) => el("li", {}, el("button.nav__one", { id: `nav-${group}`, on: { click: () => this.#show(group) } }, t(`rules.group.${group}`))))));
    this.#bar();
  }

  #rule(name) { return this.#draft.view.rules.find((rule) => rule.about.name === name); }

  #section(group, rows) {
    if (!rows.length) return null;
    this.#rows.push(...rows);
    return { group, node: el("section.group", { id: `s-${group}`, tabindex: -1, "aria-labelledby": `g-${group}` }, el("header.group__head", {}, el("h2.group__name", { id: `g-${group}` }, t(`rules.group.${group}`)), el("p.muted", {}, t(`rules.group.${group}_hint`))), rows.map((row) => row.node)) };
  }

  #show(group) {
    const section = $(`#s-${group}`);
    section.scrollIntoView({ block: "start" });
    section.focus({ preventScroll: true });
  }

  #top() {
    const { view } = this.#draft;
    const scope = el("select.select.top__scope", { id: "scope", "aria-label": t("rules.scope"), on: { change: () => { location.hash = scope.value ? `line=${scope.value}` : ""; } } }, el("option", { value: "", selected: this.#line === null }, t("rules.whole_hall")), view.lines.filter((line) => line.active || line.id === this.#line).map((line) => el("option", { value: line.id, selected: line.id === this.#line }, lineName(line))));
    const { last } = view;
    fill($("#top"), el("a.btn.btn--quiet.btn--sm", { href: "/manager", id: "back" }, icon("arrow-left"), t("rules.back")), el("h1.top__title", {}, t("rules.title")), el("label.top__of", {}, el("span.muted", {}, t("rules.scope")), scope),
      el("p.top__last.small.muted", { title: last?.reason ?? "" }, last ? t("rules.last", { when: `${last.at.slice(0, 10)} ${timeOfDay(last.at)}`, who: last.by, reason: last.reason }) : t("rules.takes_effect")),
      el("span.top__name.truncate", {}, this.#me.display_name || this.#me.name), el("language-switch"));
  }

  #bar() {
    const n = this.#draft.size;
    const bar = $("#bar");
    bar.hidden = n === 0;
    if (n === 0) return;
    fill(bar, el("span.strong", { role: "status" }, t("rules.unsaved_n", { n })), el("span.rules__bar-actions", {}, el("button.btn", { id: "discard", disabled: this.#busy, on: { click: () => this.#discard() } }, t("rules.discard")), el("button.btn.btn--primary", { id: "review-save", disabled: this.#busy, "aria-busy": this.#busy, on: { click: () => this.#review() } }, t(this.#busy ? "rules.saving" : "rules.review"), el("kbd.key", {}, "Ctrl S"))));
  }

  async #discard() {
    if (!(await ask({ title: t("rules.discard_ask"), yes: t("rules.discard_yes"), no: t("rules.discard_no"), danger: true }))) return;
    this.#draft.clear();
    this.#draw();
  }

  async #review() {
    if (!this.#draft.size || this.#busy || $("dialog[open]")) return;
    const faulty = this.#draft.changes.filter((change) => change.fault);
    if (faulty.length) { this.#refuse(faulty.map(({ line, name, fault }) => ({ line, name, text: fault, fields: {} }))); return; }
    const reason = await askReason(this.#draft, this.#reason);
    if (reason === null) return;
    this.#reason = reason;
    await this.#save(reason);
  }

  async #save(reason) {
    this.#busy = true;
    this.#bar();
    for (const row of this.#rows) row.clear();
    try {
      await this.#send(reason);
      this.#reason = "";
      toast(t("rules.saved"), "ok", { ms: 4000 });
    } catch (error) {
      this.#refuse([placed(error)]);
    } finally {
      this.#busy = false;
      this.#bar();
    }
  }

  /** All rules at once, then the classes, then the hours; what is saved is no change any more, whatever follows. */
  async #send(reason) {
    const { changes } = this.#draft;
    const body = this.#draft.rulesBody();
    const steps = [
      { path: "rules", body, of: changes.filter((change) => !["priorities", "hours"].includes(change.name)) },
      ...[["priorities", "hall-record", (list) => ({ priorities: list })], ["hours", "hours", (hours) => hours]].map(([name, path, made]) => { const change = changes.find((one) => one.name === name); return { path, name, body: change && made(change.value), of: [change] }; }),
    ].filter((step) => step.body);
    for (const step of steps) {
      try { await api.patch(step.path, { ...step.body, reason }); } catch (error) { throw Object.assign(error, { row: step.name }); }
      this.#draft.take(await api.get("rules"));
      for (const { line, name } of step.of) this.#draft.forget(line, name);
    }
    this.#draw();
  }

  /** Puts errors at their values; where one is not in sight, the hall's view, which shows all, is opened. */
  #refuse(errors) {
    const place = () => errors.map(({ line, name, text, fields }) => this.#rows.find((row) => row.name === name)?.refuse(line, text, fields)).find(Boolean);
    let focus = place();
    if (!focus && this.#line !== null && errors.some(({ name }) => name)) {
      history.replaceState(null, "", location.pathname);
      this.#go(null, false);
      focus = place();
    }
    if (focus) focus();
    toast(focus ? t("rules.errors_n", { n: errors.length }) : errors[0].text, "bad");
  }
}

/** Where an error of the server belongs. @returns {{line: string|null, name: string|null, text: string, fields: object}} */
function placed(error) {
  const { field, line = null } = error.fields ?? {};
  const path = Object.keys(error.fields ?? {}).find((key) => key.startsWith("days") || key.startsWith("priorities") || key === "last_ticket_minutes");
  return { line, name: error.row ?? field ?? null, text: errorText(error), fields: { ...error.fields, field: field ?? path } };
}

const wantedLine = () => new URLSearchParams(location.hash.slice(1)).get("line");

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

async function signOut() {
  try { await api.del("session"); } catch { /* signed out already, or offline: the sign-in page tells */ }
  toSignIn();
}

async function start() {
  await loadTexts();
  try {
    const me = await api.get("session");
    if (me.roles.includes("manager") || me.roles.includes("admin")) new RulesPage(me).start();
    else stop(t("rules.not_allowed"), el("button.btn.btn--primary", { on: { click: signOut } }, t("rules.to_signin")));
  } catch (error) {
    if (error.status === 401) toSignIn();
    else stop(errorText(error), el("button.btn", { on: { click: () => location.reload() } }, t("rules.retry")));
  }
}

function stop(text, button) {
  fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, text), button));
}

await start();
