/** What is asked: days, what beside them, told apart by what, only of what. The address of the page is the question. */

import { hallIso } from "/static/clock.js";
import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const DAY_MS = 86_400_000;
export const FILTERS = ["line", "department", "matter", "window", "staff", "hour", "weekday", "channel", "priority"];
const BY = ["hall", "line", "department", "matter", "window", "staff", "hour", "weekday", "channel", "priority", "day", "month"];
const CHANNELS = ["kiosk", "phone", "console", "mqtt", "api", "appointment", "outside"];
const SEARCH_FROM = 12;
const NARROW_PX = 1000;
const at = (day) => Date.parse(`${day}T00:00:00Z`);
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

/** Name → first and last day, by the hall's calendar; a week begins on Monday. */
export function presets(today) {
  const now = at(today);
  const monday = now - ((new Date(now).getUTCDay() + 6) % 7) * DAY_MS;
  const first = at(`${today.slice(0, 7)}-01`);
  const lastMonth = day(first - DAY_MS);
  return {
    today: [today, today], yesterday: [day(now - DAY_MS), day(now - DAY_MS)],
    week: [day(monday), today], last_week: [day(monday - 7 * DAY_MS), day(monday - DAY_MS)],
    month: [day(first), today], last_month: [`${lastMonth.slice(0, 7)}-01`, lastMonth],
    year: [`${today.slice(0, 4)}-01-01`, today],
  };
}

/** The question in an address; what it does not say is today, of the whole hall. */
export function read(search, today) {
  const said = new URLSearchParams(search);
  const question = { from: said.get("from") ?? today, to: said.get("to") ?? today, by: said.get("by") ?? "hall", compare: said.get("compare") ?? "", only: {} };
  for (const name of FILTERS) if (said.get(name)) question.only[name] = said.get(name).split(",");
  return question;
}

/** A question as the API takes it, which is also what stands in the page's address. */
export function query(question, { only = true, by = true, compare = true } = {}) {
  const said = new URLSearchParams({ from: question.from, to: question.to });
  if (by && question.by !== "hall") said.set("by", question.by);
  if (compare && question.compare) said.set("compare", question.compare);
  if (only) for (const name of FILTERS) if (question.only[name]?.length) said.set(name, question.only[name].join(","));
  return said.toString().replaceAll("%2C", ",");
}

export class QuestionForm {
  #node; #known; #asked; #open = new Set(); #isShown;

  /** @param {{node: Element, known: object, asked: (question: object) => void}} parts  known: lines, windows … with their names */
  constructor({ node, known, asked }) { this.#node = node; this.#known = known; this.#asked = asked; }

  draw(question) {
    const today = hallIso().slice(0, 10);
    const set = (changes) => this.#asked({ ...question, ...changes });
    const days = presets(today);
    const hasOnly = Object.keys(question.only).length > 0;
    const pick = (name) => el("button.chip", { id: `period-${name}`, "aria-pressed": String(days[name][0] === question.from && days[name][1] === question.to), on: { click: () => set({ from: days[name][0], to: days[name][1] }) } }, t(`st.period.${name}`));
    const date = (name, value) => field(name, t(`st.${name}`), el("input.input", { type: "date", id: name, value, required: true, on: { change: (event) => event.currentTarget.value && set({ [name]: event.currentTarget.value }) } }));
    fill(this.#node, el("section.box", { id: "question" },
      el("h2.box__title", {}, t("st.question")), el("div.chips", { role: "group", "aria-label": t("st.question") }, Object.keys(days).map(pick)),
      el("div.two-up", {}, date("from", question.from), date("to", question.to)), this.#compare(question, set),
      field("by", t("st.by"), el("select.select", { id: "by", on: { change: (event) => set({ by: event.currentTarget.value }) } }, BY.map((name) => el("option", { value: name, selected: name === question.by }, t(`st.by.${name}`))))),
      el("details.filters", { id: "filters", open: this.#isShown ?? (hasOnly || innerWidth > NARROW_PX), on: { toggle: (event) => { if (event.target === event.currentTarget) this.#isShown = event.currentTarget.open; } } },
        el("summary", {}, t("st.only")), hasOnly && el("button.btn.btn--sm", { id: "no-filters", on: { click: () => set({ only: {} }) } }, icon("close"), t("st.no_filters")),
        FILTERS.map((name) => this.#filter(name, question, set)))));
  }

  /** Says what was wrong at its field, or nothing. */
  wrong(error) {
    for (const node of this.#node.querySelectorAll("[data-error]")) say(node, "");
    for (const node of this.#node.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    const name = error?.fields?.field;
    const place = name && this.#node.querySelector(`[data-error="${CSS.escape(name)}"]`);
    if (!place) return false;
    say(place, errorText(error));
    for (let around = place.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    this.#node.querySelector(`#${CSS.escape(name)}`)?.setAttribute("aria-invalid", "true");
    return true;
  }

  #compare(question, set) {
    const kind = question.compare.includes(",") ? "days" : question.compare;
    const [first, last] = kind === "days" ? question.compare.split(",") : ["", ""];
    const choose = (event) => set({ compare: event.currentTarget.value === "days" ? `${question.from},${question.to}` : event.currentTarget.value });
    const kinds = ["", "before", "year", "days"].map((value) => el("option", { value, selected: value === kind }, t(`st.compare.${value || "none"}`)));
    const other = (id, value, other_) => el("input.input", { type: "date", id, value, "aria-label": t(id === "compare-first" ? "st.from" : "st.to"), on: { change: (event) => event.currentTarget.value && set({ compare: other_(event.currentTarget.value) }) } });
    return el("div.field", {}, el("label.field__label", { for: "compare" }, t("st.compare")), el("select.select", { id: "compare", "aria-describedby": "error-compare", on: { change: choose } }, kinds),
      kind === "days" && el("div.two-up", {}, other("compare-first", first, (value) => `${value},${last}`), other("compare-last", last, (value) => `${first},${value}`)),
      el("span.field__error", { id: "error-compare", "data-error": "compare", role: "alert" }));
  }

  #filter(name, question, set) {
    const chosen = new Set(question.only[name] ?? []);
    const choices = this.#choices(name);
    const unknown = [...chosen].filter((key) => !choices.some((one) => one.key === key)).map((key) => ({ key, name: key }));
    const all = [...choices, ...unknown];
    if (!all.length) return null;
    const toggle = (key, isOn) => {
      const values = isOn ? [...chosen, key] : [...chosen].filter((one) => one !== key);
      const { [name]: _, ...rest } = question.only;
      this.#open.add(name);
      set({ only: values.length ? { ...rest, [name]: values } : rest });
    };
    const row = (one) => el("label.check", { "data-name": `${one.name} ${one.key}`.toLowerCase() }, el("input", { type: "checkbox", id: `${name}-${one.key}`, checked: chosen.has(one.key), on: { change: (event) => toggle(one.key, event.currentTarget.checked) } }), el("span", {}, one.name));
    const list = el("div.choices", { role: "group", "aria-label": t(`st.by.${name}`) }, all.map(row));
    const seek = (event) => { const words = event.currentTarget.value.trim().toLowerCase(); for (const node of list.children) node.hidden = !node.dataset.name.includes(words); };
    const said = all.filter((one) => chosen.has(one.key)).map((one) => one.name).join(t("st.comma"));
    return el("details.filter", { id: `filter-${name}`, open: this.#open.has(name), on: { toggle: (event) => { if (event.currentTarget.open) this.#open.add(name); else this.#open.delete(name); } } },
      el("summary", { id: name }, el("span.filter__name", {}, t(`st.by.${name}`)), el("span.filter__said", {}, said || t("st.all"))),
      all.length > SEARCH_FROM && el("input.input", { type: "search", placeholder: t("st.search"), "aria-label": t("st.search"), on: { input: seek } }), list,
      el("span.field__error", { "data-error": name, role: "alert" }));
  }

  #choices(name) {
    const of = (items, word = (one) => named(one)) => (items ?? []).map((one) => ({ key: one.id, name: word(one) }));
    const { hall, windows, staff, matters } = this.#known;
    if (name === "line") return of(hall.lines, (one) => `${one.prefix} ${named(one)}`);
    if (name === "department") return of(hall.departments);
    if (name === "matter") return of(matters);
    if (name === "window") return of(windows, (one) => t("st.window", { n: one.number, name: named(one) }).trim());
    if (name === "staff") return of(staff, (one) => [one.number, one.display_name ?? named(one)].filter(Boolean).join(" "));
    if (name === "priority") return of(hall.priorities);
    if (name === "hour") return Array.from({ length: 24 }, (_, n) => ({ key: String(n).padStart(2, "0"), name: `${n}:00–${n + 1}:00` }));
    if (name === "weekday") return Array.from({ length: 7 }, (_, n) => ({ key: String(n + 1), name: t(`charts.weekday.${n + 1}`) }));
    return CHANNELS.map((key) => ({ key, name: t(`st.channel.${key}`) }));
  }
}

function field(name, label, control) {
  control.setAttribute("aria-describedby", `error-${name}`);
  return el("label.field", {}, el("span.field__label", {}, label), control, el("span.field__error", { id: `error-${name}`, "data-error": name, role: "alert" }));
}
