/** The page of statistics: any period beside another, figures that explain themselves, groups and charts. */

import { api } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { ChartsPart } from "./charts.js";
import { dutyTable, figureTable, groupTable, periodName } from "./figures.js";
import { query, QuestionForm, read } from "./question.js";

const LONG_MS = 120_000;
const RETRY_MS = 3000;
const MOST = 500;

class StatisticsPage {
  #known; #formulas; #form; #charts; #question; #asked = 0; #found = null;

  constructor(known) {
    this.#known = known;
    this.#question = read(location.search, hallIso().slice(0, 10));
  }

  start() {
    addEventListener("popstate", () => { this.#question = read(location.search, hallIso().slice(0, 10)); this.#ask(); });
    onLang(async () => { this.#formulas = await formulas(); this.#draw(); });
    live(["hall"], { onView: (_topic, view) => syncClock(view.now), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
    formulas().then((found) => { this.#formulas = found; this.#draw(); });
  }

  #draw() {
    document.title = t("st.title");
    fill($("#top"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("st.back")), el("h1.mgr__title", {}, t("st.title")), el("span.mgr__grow"), el("language-switch"));
    fill($("#main"), el("div.st__side", { id: "side" }), el("div.st__body", {}, el("div.st__found", { id: "found", "aria-live": "polite" }), el("div.st__charts", { id: "charts" })));
    this.#form = new QuestionForm({ node: $("#side"), known: this.#known, asked: (question) => this.#go(question) });
    this.#charts = new ChartsPart($("#charts"));
    this.#ask();
  }

  #go(question) {
    this.#question = question;
    history.pushState(null, "", `?${query(question)}`);
    this.#ask();
  }

  async #ask() {
    const asked = (this.#asked += 1);
    const question = this.#question;
    this.#form.draw(question);
    const place = $("#found");
    place.setAttribute("aria-busy", "true");
    if (!this.#found) fill(place, el("p.empty", {}, t("st.loading")));
    try {
      const days = query(question, { only: false, by: false });
      const [found, ratings, duty] = await Promise.all([
        api.get(`statistics?${query(question)}`, { timeout_ms: LONG_MS }), this.#ratings(question),
        api.get(`statistics/duty?${query({ ...question, compare: "" }, { only: false, by: false })}`, { timeout_ms: LONG_MS }), days]);
      const before = found.compared && (await this.#ratings({ from: found.compared.first, to: found.compared.last }));
      if (asked !== this.#asked) return;
      this.#found = found;
      this.#show(found, ratings, before, duty);
      this.#form.wrong(null);
    } catch (error) {
      if (asked !== this.#asked) return;
      if (error.status === 401) { toSignIn(); return; }
      this.#refused(error);
    } finally {
      if (asked === this.#asked) place.removeAttribute("aria-busy");
    }
  }

  #ratings({ from, to }) { return api.get(`ratings/figures?from=${from}&to=${to}&by=hall`, { timeout_ms: LONG_MS }); }

  #show(found, ratings, before, duty) {
    const question = this.#question;
    const hasOnly = Object.keys(question.only).length > 0;
    const rated = { ...ratings, figures: ratings.figures.map(asFigure) };
    const ratedBefore = before && { ...before, figures: before.figures.map(asFigure) };
    if (found.found.is_empty) {
      const known = found.known_first ? t("st.known", { days: periodName({ first: found.known_first, last: found.known_last }) }) : t("st.known_none");
      fill($("#found"), el("section.box", { id: "nothing" }, el("div.empty", {}, icon("chart"), el("p.empty__title", {}, t(hasOnly ? "st.nothing_only" : "st.nothing", { days: periodName(found.found) })), el("p", {}, known),
        hasOnly ? el("button.btn", { on: { click: () => this.#go({ ...question, only: {} }) } }, t("st.no_filters")) : found.known_last && el("button.btn", { id: "show-known", on: { click: () => this.#go({ ...question, from: found.known_last, to: found.known_last }) } }, t("st.show_last", { day: periodName({ first: found.known_last, last: found.known_last }) })))));
      fill($("#charts"));
      return;
    }
    fill($("#found"),
      figureTable({ title: t("st.figures"), id: "figures", found: found.found, compared: found.compared, formulas: this.#formulas.hall, note: t("st.goal", { n: found.goal_min }), files: files(question) }),
      groupTable({ by: found.by, found: found.found, formulas: this.#formulas.hall, channel: (key) => t(`st.channel.${key}`) }),
      el("div.st__pair", {}, figureTable({ title: t("st.ratings"), id: "ratings", found: rated, compared: ratedBefore, formulas: this.#formulas.ratings, note: hasOnly ? t("st.unfiltered") : "" }), dutyTable(duty)));
    this.#charts.load(query(question, { by: false, compare: false }));
  }

  #refused(error) {
    const isSaid = this.#form.wrong(error);
    fill($("#found"), el("section.box", { id: "refused", role: "alert" }, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), isSaid ? el("p", {}, t("st.refused_hint")) : el("button.btn", { on: { click: () => this.#ask() } }, t("st.again")))));
    fill($("#charts"));
    this.#found = null;
  }
}

const FORMATS = ["csv", "xlsx"];
/** The same question as files. */
const files = (question) => el("div.chips", {}, FORMATS.map((format) => el("a.btn.btn--sm", { id: `file-${format}`, href: `/api/v1/statistics.${format}?${query(question)}&lang=${lang()}`, download: true }, icon("document"), format.toUpperCase())));

/* A figure of ratings in the form of the hall's. */
const asFigure = (one) => ({ ...one, kind: one.denominator === null ? "count" : "rate" });
const LOWER_IS_BETTER = new Set(["bad_rate", "unrated_rate", "marked", "orders"]);
const HIGHER_IS_BETTER = new Set(["good_rate", "contact_rate", "fixed_rate", "revisit_rate", "revisit_content_rate"]);

async function formulas() {
  const [hall, ratings] = await Promise.all([api.get("statistics/formulas"), api.get("ratings/formulas")]);
  const said = (id) => ({ id, name: t(`figures.${id}`), plain: t(`figures.${id}.plain`), formula: t(`figures.${id}.formula`), events: t(`figures.${id}.events`), href: `/ratings/formulas#${id}`, is_better_high: HIGHER_IS_BETTER.has(id) ? true : LOWER_IS_BETTER.has(id) ? false : null });
  return { hall: Object.fromEntries(hall.formulas.map((one) => [one.id, one])), ratings: Object.fromEntries(ratings.formulas.map(({ id }) => [id, said(id)])) };
}

const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);

async function start() {
  await loadTexts();
  for (;;) {
    try {
      const [hall, windows, staff, matters] = await Promise.all([api.get("hall"), api.get(`windows?limit=${MOST}`), api.get(`staff?limit=${MOST}`), api.get(`catalogue?limit=${MOST}`)]);
      syncClock(hall.now);
      new StatisticsPage({ hall, windows: windows.items, staff: staff.items, matters: matters.items }).start();
      return;
    } catch (error) {
      if (error.status === 401) { toSignIn(); return; }
      fill($("#main"), el("div.empty", {}, icon("wifi-off"), el("p.empty__title", {}, errorText(error))));
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }
}

await start();
