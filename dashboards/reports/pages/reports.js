/** The page of reports: have one made, see how far it is, fetch it; what is made by itself. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { FORMATS, KINDS, field, scopeOf, scopeSelect, select } from "./choices.js";
import { isOpen, reportList } from "./list.js";
import { Plans } from "./plans.js";

const POLL_MS = 500;

class ReportsPage {
  #hall; #found; #plans; #kind = "daily"; #following = false;

  constructor(hall, found, plans) {
    this.#hall = hall;
    this.#found = found;
    this.#plans = plans;
  }

  start() {
    onLang(() => this.#draw());
    live(["notices/hall"], { onView: () => {}, onState: (state) => { $("link-banner").state = state; } });
    this.#draw();
    this.#follow();
  }

  #draw() {
    document.title = t("reports.title");
    const back = this.#found.departments ? null : el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("reports.back"));
    fill($("#top"), back, el("h1.mgr__title", {}, t("reports.title")), el("span.mgr__grow"), el("language-switch"));
    const plans = el("div", { id: "by-itself", class: "rep__body" });
    fill($("#main"), el("div.rep__side", {}, el("section.box", { id: "new" })), el("div.rep__body", {}, el("section.box", { id: "list" }), this.#plans && plans));
    this.#drawForm();
    this.#drawList();
    if (this.#plans) new Plans(this.#hall, this.#plans.staff, this.#plans.found, plans).draw();
  }

  #drawForm() {
    const today = this.#found.business_day;
    const kinds = KINDS.map((kind) => [kind, t(`report.kind.${kind}`)]);
    const kind = select("kind", kinds, this.#kind, (value) => { this.#kind = value; this.#drawForm(); });
    const month = this.#kind === "monthly";
    const first = el("input.input", { name: "first", type: month ? "month" : "date", value: month ? today.slice(0, 7) : today, required: true });
    const last = this.#kind === "period" && field("last", t("reports.last"), el("input.input", { name: "last", type: "date", value: today, required: true }));
    const form = el("form.box__form", { id: "form", novalidate: true, on: { submit: (event) => { event.preventDefault(); this.#make(event.currentTarget); } } },
      field("kind", t("reports.kind"), kind), field("first", t(`reports.first.${this.#kind}`), first), last,
      field("department", t("reports.scope"), scopeSelect(this.#hall, this.#found.departments)),
      field("format", t("reports.format"), select("format", FORMATS.map((one) => [one, t(`reports.format.${one}`)]), "pdf")),
      el("p.wrong", { id: "wrong", role: "alert" }), el("button.btn.btn--primary", { id: "make", type: "submit" }, icon("document"), t("reports.make")));
    fill($("#new"), el("h2.box__title", {}, t("reports.new")), this.#found.departments && el("p.note", {}, t("reports.for_departments")), form);
  }

  #drawList() {
    const deeds = { cancel: (one) => this.#delete(one), remove: (one) => this.#remove(one), again: (one) => this.#again(one) };
    fill($("#list"), el("h2.box__title", {}, t("reports.list")), el("p.note", {}, t("reports.kept", { n: this.#found.kept_days })), reportList(this.#found, this.#hall, deeds));
  }

  async #make(form) {
    showFieldErrors(form);
    $("#wrong").textContent = "";
    const given = Object.fromEntries(new FormData(form));
    const first = given.kind === "monthly" && given.first ? `${given.first}-01` : given.first;
    const body = { kind: given.kind, first, format: given.format, language: lang(), ...(given.last ? { last: given.last } : {}), ...scopeOf(given.scope) };
    await this.#ask(body, (error) => { $("#wrong").textContent = showFieldErrors(form, error).join(" "); });
  }

  #again(one) {
    const body = { kind: one.kind, first: one.first, last: one.last, window: one.window, department: one.department, format: one.format, language: one.language };
    return this.#ask(body, (error) => toast(errorText(error), "bad"));
  }

  async #ask(body, wrong) {
    const button = $("#make");
    button.disabled = true;
    try {
      await api.post("reports", body);
      await this.#look();
      this.#follow();
    } catch (error) {
      if (error.status === 401) toSignIn();
      else wrong(error);
    } finally {
      button.disabled = false;
    }
  }

  async #remove(one) {
    if (await ask({ title: t("reports.remove_sure"), yes: t("reports.remove"), danger: true })) await this.#delete(one);
  }

  async #delete(one) {
    try {
      await api.del(`reports/${one.id}`);
    } catch (error) {
      toast(errorText(error), "bad");
    }
    await this.#look();
  }

  async #look() {
    this.#found = await api.get("reports");
    this.#drawList();
  }

  /** Ask again while something is made. */
  async #follow() {
    if (this.#following) return;
    this.#following = true;
    while (this.#found.reports.some(isOpen)) {
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
      try {
        await this.#look();
      } catch (error) {
        if (error.status === 401) { toSignIn(); return; }
      }
    }
    this.#following = false;
  }
}

const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);

/** What only managers see; nothing for the head of a department. */
async function forManagers(found) {
  if (found.departments) return null;
  const [plans, staff] = await Promise.all([api.get("report-plans"), api.get("staff?limit=500")]);
  return { found: plans, staff: staff.items };
}

async function start() {
  await loadTexts();
  for (;;) {
    try {
      const [hall, found] = await Promise.all([api.get("hall"), api.get("reports")]);
      syncClock(hall.now);
      new ReportsPage(hall, found, await forManagers(found)).start();
      return;
    } catch (error) {
      if (error.status === 401) { toSignIn(); return; }
      fill($("#main"), el("div.empty", {}, icon(error.offline ? "wifi-off" : "lock"), el("p.empty__title", {}, errorText(error))));
      if (error.status === 403) { fill($("#top"), el("h1.mgr__title", {}, t("reports.title")), el("span.mgr__grow"), el("language-switch")); return; }
      await new Promise((resolve) => { setTimeout(resolve, 3000); });
    }
  }
}

await start();
