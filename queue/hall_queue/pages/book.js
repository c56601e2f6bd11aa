/** The booking page: what for, which day and time, who; every step keeps what was chosen, and places change by themselves. */

import { api, newKey } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import "/static/link-banner.js";
import "/static/visitor/modes-bar.js";
import { matterStep } from "./book-matter.js";
import { personStep } from "./book-person.js";
import { longDay, slotOf, timeStep } from "./book-time.js";

const STEPS = { matter: matterStep, time: timeStep, person: personStep };
const LOST = new Set(["appointment.full", "appointment.begun", "appointment.no_slot", "appointment.too_far"]);

class Booking {
  hall = null; lines = []; matter = null; line = null; places = null; day = null; begin = null;
  person = { phone: "", id_number: "" };
  step = "matter";
  #feed = null; #attempt = null; #isBusy = false;

  async start() {
    await loadTexts();
      onLang(() => this.draw());
    addEventListener("popstate", () => this.#show(history.state?.step ?? "matter"));
    await this.load();
  }

  async load() {
    fill($("#view"), el("p.p-loading.muted", {}, t("common.loading")));
    try {
      [this.hall, { items: this.lines }] = await Promise.all([api.get("hall"), api.get("appointments/lines")]);
      syncClock(this.hall.now);
      const query = new URLSearchParams(location.search);
      if (query.get("matter")) await this.choose({ matter: await api.get(`matters/${encodeURIComponent(query.get("matter"))}`) });
      else if (this.hall.lines.some((line) => line.id === query.get("line"))) await this.choose({ line: this.hall.lines.find((line) => line.id === query.get("line")) });
      else this.draw();
    } catch (error) { this.#failed(error, () => this.load()); }
  }

  /** What for: a matter, or a line without one. */
  async choose({ matter = null, line = null }) {
    this.matter = matter;
    this.line = line ?? this.hall.lines.find((one) => one.id === matter.line) ?? { id: matter.line, name: "", name_en: "" };
    this.day = this.begin = null;
    this.#feed?.close();
    fill($("#view"), el("p.p-loading.muted", {}, t("common.loading")));
    try {
      this.places = await api.get(`appointments/slots?${new URLSearchParams(matter ? { matter: matter.id } : { line: line.id })}`);
    } catch (error) { this.#failed(error, () => this.choose({ matter, line })); return; }
    this.day = this.places.days.find((day) => day.free > 0)?.day ?? null;
    this.#feed = live([`slots/${this.line.id}`], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; } });
    this.go("time");
  }

  go(step) {
    history.pushState({ step }, "");
    this.#show(step);
  }

  draw() {
    if (!this.hall) return;
    say($("#hall-name"), named(this.hall));
    $("#demo").hidden = !this.hall.demo;
    say($("#demo"), t("common.demo"));
    document.title = `${t("book.title")} · ${named(this.hall)}`;
    document.body.dataset.step = this.step;
    fill($("#view"), el("div.p-page.b-page", {}, this.#head(), STEPS[this.step](this)));
  }

  /** The chosen slot as it is now; null where it is gone. */
  get slot() { return slotOf(this.places, this.day, this.begin); }

  /** Books; a press that is repeated uses the same key, so it never makes two. */
  async confirm(form) {
    if (this.#isBusy) return;
    showFieldErrors(form);
    const person = Object.fromEntries(Object.entries(this.person).filter(([, value]) => value));
    const body = { ...(this.matter ? { matter: this.matter.id } : { line: this.line.id }), day: this.day, begin: this.begin, person, channel: "phone" };
    const attempt = JSON.stringify(body);
    if (this.#attempt?.body !== attempt) this.#attempt = { body: attempt, key: newKey() };
    this.#busy(form, true);
    try {
      const made = await api.post("appointments", body, { key: this.#attempt.key });
      location.replace(`/b/${made.token}`);
    } catch (error) {
      this.#busy(form, false);
      this.#refused(form, error);
    }
  }

  #refused(form, error) {
    if (!error.offline) this.#attempt = null;
    if (LOST.has(error.code)) {
      toast(errorText(error), "bad");
      this.begin = null;
      this.go("time");
      return;
    }
    const [rest] = showFieldErrors(form, error);
    fill($("#refusal"), rest && el("div.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, error.offline ? t("book.offline") : rest)));
    (form.querySelector("[aria-invalid]") ?? $("#refusal")).scrollIntoView({ block: "center" });
  }

  #busy(form, isBusy) {
    this.#isBusy = isBusy;
    const button = form.querySelector("#confirm");
    button.disabled = isBusy;
    button.setAttribute("aria-busy", String(isBusy));
  }

  #take(view) {
    this.places = view;
    if (this.step === "time") this.draw();
    else if (this.step === "person" && !(this.slot?.free > 0) && !this.#isBusy) {
      toast(t("book.taken"), "bad");
      this.begin = null;
      this.go("time");
    }
  }

  #show(step) {
    const isKnown = step === "matter" || (this.places && (step === "time" || this.begin));
    this.step = isKnown ? step : "matter";
    this.draw();
    scrollTo(0, 0);
    $("#view h1")?.focus();
  }

  #head() {
    if (this.step === "matter") return el("div.b-title", {}, el("h1", { tabindex: -1 }, t("book.title")), el("p.muted", {}, t("book.lead")));
    const slot = this.step === "person" && this.slot;
    return [
      el("h1.b-step", { tabindex: -1 }, t(`book.step_${this.step}`)),
      el("div.b-chosen", {},
        this.#chosen("ticket", named(this.matter ?? this.line), "matter"),
        slot && this.#chosen("calendar", `${longDay(this.day)} ${slot.begin}–${slot.end}`, "time")),
    ];
  }

  #chosen(name, text, step) {
    return el("button.b-chosen__one", { id: `change-${step}`, on: { click: () => this.go(step) } }, icon(name), el("span.grow.num", {}, text), el("span.b-chosen__do", {}, t("book.change")));
  }

  #failed(error, again) {
    fill($("#view"), el("div.empty", {}, icon(error.offline ? "wifi-off" : "alert"), el("p.empty__title", {}, error.offline ? t("book.offline") : errorText(error)), el("button.btn.btn--primary", { on: { click: again } }, t("common.retry"))));
  }
}

new Booking().start();
