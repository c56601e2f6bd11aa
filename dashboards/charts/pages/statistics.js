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
import { COLUMNS, figureTable, groupTable, joined, noteBox, periodName, PRESENT, RATED } from "./figures.js";
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
      const [found, ratings, duty] = await Promise.all([
        api.get(`statistics?${query(question)}`, { timeout_ms: LONG_MS }), this.#ratings(question), api.get(`statistics/duty?${query(question)}`, { timeout_ms: LONG_MS })]);
      const before = found.compared && (await this.#ratings({ ...question, from: found.compared.first, to: found.compared.last, by: "hall" }));
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

  /* A rating has a channel of its own; told apart here is where the number was taken. */
  #ratings(question) {
    const by = question.by === "channel" ? "taken" : question.by;
    return api.get(`ratings/figures?${query(question, { by: false, compare: false })}&by=${by}`, { timeout_ms: LONG_MS });
  }

  #show(found, ratings, before, duty) {
    const question = this.#question;
    const hasOnly = Object.keys(question.only).length > 0;
    if (found.found.is_empty) {
      fill($("#found"), this.#nothing(found, question, hasOnly), this.#rated(ratings, before, { few: true }), ...this.#present(duty, question, { few: true }));
      fill($("#charts"));
      return;
    }
    const channel = (key) => t(`st.channel.${key}`);
    const groups = joined(found.found.groups, ratings.groups.map((one) => ({ ...one, figures: one.figures.map(asFigure) })));
    fill($("#found"),
      figureTable({ title: t("st.figures"), id: "figures", found: found.found, compared: found.compared, formulas: this.#formulas.hall, note: t("st.goal", { n: found.goal_min }), files: files(question) }),
      found.by !== "hall" && groupTable({ title: t("st.groups", { by: t(`st.by.${found.by}`) }), by: found.by, groups, columns: [...COLUMNS, ...RATED], formulas: { ...this.#formulas.ratings, ...this.#formulas.hall }, channel }),
      el("div.st__pair", {}, this.#rated(ratings, before), ...this.#present(duty, question)));
    this.#charts.load(query(question, { by: false, compare: false }));
  }

  #nothing(found, question, hasOnly) {
    const known = found.known_first ? t("st.known", { days: periodName({ first: found.known_first, last: found.known_last }) }) : t("st.known_none");
    const last = found.known_last;
    return el("section.box", { id: "nothing" }, el("div.empty", {}, icon("chart"), el("p.empty__title", {}, t(hasOnly ? "st.nothing_only" : "st.nothing", { days: periodName(found.found) })), el("p", {}, known),
      hasOnly ? el("button.btn", { on: { click: () => this.#go({ ...question, only: {} }) } }, t("st.no_filters")) : last && el("button.btn", { id: "show-known", on: { click: () => this.#go({ ...question, from: last, to: last }) } }, t("st.show_last", { day: periodName({ first: last, last }) }))));
  }

  /* Ratings, narrowed as everything else. `few`: nothing is said where there are none. */
  #rated(ratings, before, { few = false } = {}) {
    if (few && !ratings.figures.some((one) => one.numerator > 0)) return null;
    const compared = before && { ...before, is_empty: false, figures: before.figures.map(asFigure) };
    return figureTable({ title: t("st.ratings"), id: "ratings", found: { ...ratings, figures: ratings.figures.map(asFigure) }, compared, formulas: this.#formulas.ratings, note: t("st.ratings_hint") });
  }

  /* Attendance, with a word on the filters that mean nothing for it. */
  #present(duty, question, { few = false } = {}) {
    if (few && duty.is_empty) return [];
    const names = duty.unused.map((name) => t(`st.by.${name}`)).join(t("st.comma"));
    const unused = names && t("st.duty_unused", { filters: names });
    if (duty.is_too_long) return [noteBox("duty", t("st.duty"), t("st.duty_too_long", { most: duty.most }))];
    if (duty.is_empty) return [noteBox("duty", t("st.duty"), [t("st.duty_none"), unused].filter(Boolean).join(" "))];
    const counts = (one) => ({ ...one, kind: one.kind === "minutes" ? "count" : one.kind });
    const plain = (period) => period && { ...period, figures: period.figures.map(counts) };
    const isApart = question.by !== "hall" && !duty.is_apart && t("st.duty_not_apart", { by: t(`st.by.${question.by}`) });
    const page = el("a.btn.btn--sm", { href: "/manager/attendance" }, t("st.duty_page"));
    return [figureTable({ title: t("st.duty"), id: "duty", found: plain(duty), compared: plain(duty.compared), formulas: this.#formulas.duty, note: [t("st.duty_hint"), unused, isApart].filter(Boolean).join(" "), files: page, nothing: "st.duty_compared_empty" }),
      groupTable({ id: "duty-groups", title: t("st.duty_groups", { by: t(`st.by.${duty.by}`) }), by: duty.by, groups: duty.groups.map((one) => ({ ...one, figures: one.figures.map(counts) })), columns: PRESENT, formulas: this.#formulas.duty })];
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
  const [hall, ratings, duty] = await Promise.all([api.get("statistics/formulas"), api.get("ratings/formulas"), api.get("statistics/duty/formulas")]);
  const table = (found) => Object.fromEntries(found.formulas.map((one) => [one.id, one]));
  const said = (id) => ({ id, name: t(`figures.${id}`), plain: t(`figures.${id}.plain`), formula: t(`figures.${id}.formula`), events: t(`figures.${id}.events`), href: `/ratings/formulas#${id}`, is_better_high: HIGHER_IS_BETTER.has(id) ? true : LOWER_IS_BETTER.has(id) ? false : null });
  return { hall: table(hall), duty: table(duty), ratings: Object.fromEntries(ratings.formulas.map(({ id }) => [id, said(id)])) };
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
