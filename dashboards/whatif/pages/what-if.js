/** The page of what-ifs: a recorded day, what shall be different, and what would have come of it. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { ChangeList } from "./changes.js";
import { curve, baseline } from "./day.js";
import { results } from "./results.js";

const POLL_MS = 300;
const LOOK_MS = 120_000;

class WhatIfPage {
  #hall; #windows; #days; #day; #picture = null; #changes; #job = null; #asked = 0; #error = null;

  constructor(hall, windows, days) {
    this.#hall = hall;
    this.#windows = windows;
    this.#days = days;
    this.#day = days[1] ?? days[0] ?? "";
    this.#changes = new ChangeList(hall, windows);
  }

  start() {
    onLang(() => this.#draw());
    live(["hall"], { onView: (_topic, view) => syncClock(view.now), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
    this.#draw();
    this.#look();
  }

  #draw() {
    document.title = t("whatif.title");
    fill($("#top"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("whatif.back")), el("h1.mgr__title", {}, t("whatif.title")), el("span.mgr__grow"), el("language-switch"));
    if (!this.#day) { fill($("#main"), el("div.empty", {}, icon("calendar"), el("p.empty__title", {}, t("whatif.no_days")))); return; }
    fill($("#main"), el("div.wi__side", {}, this.#dayBox(), el("section.box", { id: "changes" }), el("section.box", { id: "run" })), el("div.wi__body", { id: "body" }));
    this.#changes.draw($("#changes"));
    this.#drawRun();
    this.#drawBody();
  }

  #dayBox() {
    const option = (day) => el("option", { value: day, selected: day === this.#day }, new Intl.DateTimeFormat(lang(), { dateStyle: "full", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`)));
    const change = (event) => { this.#day = event.currentTarget.value; this.#picture = this.#job = this.#error = null; this.#drawRun(); this.#look(); };
    return el("section.box", {}, el("label.field", {}, el("span.field__label", {}, t("whatif.day")), el("select.input", { id: "day", on: { change } }, this.#days.map(option))), el("p.note", {}, t("whatif.day_hint")));
  }

  async #look() {
    const asked = (this.#asked += 1);
    this.#error = null;
    this.#drawBody();
    try {
      const picture = await api.get(`what-if/days/${this.#day}`, { timeout_ms: LOOK_MS });
      if (asked !== this.#asked) return;
      this.#picture = picture;
    } catch (error) {
      if (error.status === 401) { toSignIn(); return; }
      if (asked !== this.#asked) return;
      this.#error = error;
    }
    this.#drawRun();
    this.#drawBody();
  }

  #drawBody() {
    const body = $("#body");
    if (this.#error) { fill(body, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(this.#error)))); return; }
    if (!this.#picture) { fill(body, el("p.empty", {}, t("whatif.loading"))); return; }
    fill(body, this.#job?.found ? results(this.#job.found, this.#hall, this.#windows, this.#changes.words()) : null, curve(this.#picture), baseline(this.#picture, this.#hall));
  }

  #drawRun() {
    const job = this.#job;
    const isRunning = job?.state === "running";
    const said = job?.state === "failed" ? t("whatif.failed") : job?.state === "cancelled" ? t("whatif.cancelled") : job?.state === "refused" && job.refused.change === null ? job.refused.message : "";
    const go = el("button.btn.btn--primary", { id: "go", disabled: isRunning || !this.#picture, on: { click: () => this.#run() } }, icon("play"), t("whatif.run"));
    const stop = el("button.btn", { id: "stop", on: { click: () => this.#stop() } }, icon("stop"), t("whatif.stop"));
    const bar = el("progress", { id: "progress", max: job?.runs ?? 1, value: job?.done ?? 0, "aria-label": t("whatif.run") });
    fill($("#run"), el("div.run", {}, isRunning ? [bar, el("span.note.num", { id: "done" }, t("whatif.done", { n: job.done, of: job.runs })), stop] : go, el("p.note", {}, t("whatif.run_hint")), el("p.change__error", { id: "said", role: "status" }, said)));
  }

  async #run() {
    this.#changes.wrong(null);
    try {
      this.#job = await api.post("what-if", { day: this.#day, changes: this.#changes.values() });
      this.#drawRun();
      await this.#follow();
    } catch (error) {
      if (error.status === 401) { toSignIn(); return; }
      this.#job = null;
      this.#drawRun();
      const path = Object.keys(error.fields ?? {}).find((one) => one.startsWith("changes"));
      const place = path?.match(/changes\[(\d+)\]/)?.[1];
      if (place !== undefined) this.#changes.wrong({ change: Number(place), message: errorText(error) });
      else say($("#said"), errorText(error));
    }
  }

  async #follow() {
    while (this.#job?.state === "running") {
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
      if (!this.#job) return;
      const next = await api.get(`what-if/${this.#job.id}`);
      if (this.#job?.id !== next.id) return;
      this.#job = next;
      const bar = $("#progress");
      if (next.state === "running" && bar) { bar.value = next.done; say($("#done"), t("whatif.done", { n: next.done, of: next.runs })); }
    }
    this.#drawRun();
    if (this.#job?.refused) this.#changes.wrong(this.#job.refused);
    this.#drawBody();
    if (this.#job?.found) $("#results").scrollIntoView({ block: "start" });
  }

  async #stop() {
    this.#job = await api.del(`what-if/${this.#job.id}`);
    this.#drawRun();
  }
}

const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);

async function start() {
  await loadTexts();
  $("#main").classList.replace("mgr__main", "wi");
  for (;;) {
    try {
      const [hall, windows, days] = await Promise.all([api.get("hall"), api.get("windows?limit=500"), api.get("what-if/days")]);
      syncClock(hall.now);
      new WhatIfPage(hall, windows.items, days.days).start();
      return;
    } catch (error) {
      if (error.status === 401) { toSignIn(); return; }
      fill($("#main"), el("div.empty", {}, icon("wifi-off"), el("p.empty__title", {}, errorText(error))));
      await new Promise((resolve) => { setTimeout(resolve, 3000); });
    }
  }
}

await start();
