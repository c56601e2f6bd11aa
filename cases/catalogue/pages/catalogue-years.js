/** Holidays of a year: marked on its twelve months or read from a file, looked at with what moves, then published to all halls. */

import { api, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";

const DAY_MS = 86_400_000;
const iso = (at) => new Date(at).toISOString().slice(0, 10);
const isWeekend = (day) => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
const inWords = (day, how = { month: "short", day: "numeric", weekday: "short" }) => new Intl.DateTimeFormat(lang(), { ...how, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** The view of #years. @param {{may: boolean, departments: object}} means */
export async function yearsView({ may, departments }) {
  const { years, today } = await api.get("calendar-years");
  return new Years(years, today, may, departments).draw();
}

class Years {
  #years; #today; #may; #departments; #year; #off; #work; #papers; #looked = null; #node = el("div.stack.years"); #preview = el("section", { id: "year-preview", "aria-live": "polite" }); #months = el("div.years__months");

  constructor(years, today, may, departments) {
    this.#years = years;
    this.#today = today;
    this.#may = may;
    this.#departments = departments;
    const open = years.find((one) => !one.off.length && one.year >= Number(today.slice(0, 4)));
    this.#take(open?.year ?? Math.max(...years.map((one) => one.year), Number(today.slice(0, 4)) - 1) + (open ? 0 : 1));
  }

  #take(year, from = null) {
    const known = from ?? this.#years.find((one) => one.year === year);
    this.#year = year;
    this.#off = new Set(known?.off ?? []);
    this.#work = new Set(known?.work ?? []);
    this.#papers = (known?.papers ?? []).join("\n");
    this.#forget();
  }

  #forget() { this.#looked = null; fill(this.#preview); }

  get #item() { return { year: this.#year, off: [...this.#off].sort(), work: [...this.#work].sort(), papers: this.#papers.split("\n").map((one) => one.trim()).filter(Boolean) }; }

  draw() {
    const first = Number(this.#today.slice(0, 4)) - 1;
    const years = [...new Set([...this.#years.map((one) => one.year).filter((one) => one >= first), first + 2, first + 3])].sort();
    const state = (year) => this.#years.find((one) => one.year === year)?.off.length;
    fill(this.#node, el("p.muted", {}, t("catalogue.years.intro")),
      el("div.tabs", { role: "tablist", "aria-label": t("catalogue.years.year") }, years.map((year) => el("button.tab", { role: "tab", id: `year-${year}`, "aria-selected": String(year === this.#year), on: { click: () => { this.#take(year); this.draw(); document.getElementById(`year-${year}`)?.focus(); } } }, el("span.num", {}, year), " ", el("span.muted.small", {}, t(state(year) ? "catalogue.years.announced" : "catalogue.years.open"))))),
      this.#legend(), this.#months, this.#may && this.#tools(), this.#preview);
    this.#drawMonths();
    return this.#node;
  }

  #legend() {
    return el("div.spread", {}, el("p", { id: "year-counts", role: "status" }, t("catalogue.years.counts", { off: this.#off.size, work: this.#work.size })),
      el("div.cluster.small", {}, el("span.years__key.years__day--off", {}, t("catalogue.years.off")), el("span.years__key.years__day--work", {}, t("catalogue.years.work")), el("span.years__key.years__day--weekend", {}, t("catalogue.years.weekend"))));
  }

  #drawMonths() {
    fill(this.#months, Array.from({ length: 12 }, (_, month) => this.#month(month)));
    const counts = document.getElementById("year-counts");
    if (counts) counts.textContent = t("catalogue.years.counts", { off: this.#off.size, work: this.#work.size });
  }

  #month(month) {
    const begin = Date.UTC(this.#year, month, 1), end = Date.UTC(this.#year, month + 1, 1);
    const lead = (new Date(begin).getUTCDay() + 6) % 7, days = [];
    for (let at = begin; at < end; at += DAY_MS) days.push(iso(at));
    return el("section.years__month", {}, el("h3", {}, inWords(days[0], { month: "long" })), el("div.years__grid", {}, Array.from({ length: 7 }, (_, at) => el("span.years__head.muted.small", { "aria-hidden": "true" }, inWords(iso(Date.UTC(2024, 0, 1 + at)), { weekday: "narrow" }))), Array.from({ length: lead }, () => el("span")), days.map((day) => this.#day(day))));
  }

  #day(day) {
    const kind = this.#kindOf(day);
    return el(`button.years__day.years__day--${kind}`, { id: `day-${day}`, disabled: !this.#may, "aria-pressed": String(["off", "work"].includes(kind)), title: `${inWords(day)} · ${t(`catalogue.years.${kind}`)}`, "aria-label": `${inWords(day)} ${t(`catalogue.years.${kind}`)}`, on: { click: () => this.#turn(day) } }, Number(day.slice(8)));
  }

  #kindOf(day) { return this.#off.has(day) ? "off" : this.#work.has(day) ? "work" : isWeekend(day) ? "weekend" : "plain"; }

  /** A weekday becomes a day off, a day of the weekend a working one; once more, and it is plain again. */
  #turn(day) {
    const kind = this.#kindOf(day);
    this.#off.delete(day);
    this.#work.delete(day);
    if (kind === "plain") this.#off.add(day);
    if (kind === "weekend" || (kind === "off" && isWeekend(day))) this.#work.add(day);
    this.#forget();
    this.#drawMonths();
    document.getElementById(`day-${day}`)?.focus();
  }

  #tools() {
    const file = el("input.visually-hidden", { type: "file", id: "year-file", accept: ".json,application/json", tabindex: "-1", "aria-label": t("catalogue.years.file"), on: { change: (event) => this.#read(event.target.files[0]) } });
    return el("div.stack", {}, el("div.field", {}, el("label.field__label", { for: "year-papers" }, t("catalogue.years.papers")), el("textarea.textarea", { id: "year-papers", rows: 2, value: this.#papers, on: { input: (event) => { this.#papers = event.target.value; this.#forget(); } } }), el("span.field__hint", {}, t("catalogue.years.papers_hint"))),
      el("div.cluster", {}, el("button.btn.btn--primary", { id: "year-look", on: { click: () => this.#look() } }, icon("eye"), t("catalogue.years.look")), el("button.btn", { on: { click: () => file.click() } }, t("catalogue.years.file")), file));
  }

  /** A file as holiday-cn publishes them: {year, papers, days: [{date, isOffDay}]}. */
  async #read(chosen) {
    if (!chosen) return;
    try {
      const found = JSON.parse(await chosen.text());
      const days = (isOff) => found.days.filter((one) => one.isOffDay === isOff).map((one) => one.date);
      if (!Number.isInteger(found.year) || !Array.isArray(found.days)) throw new TypeError("days");
      this.#take(found.year, { off: days(true), work: days(false), papers: found.papers ?? [] });
      this.draw();
    } catch { toast(t("catalogue.years.file_wrong"), "bad"); }
  }

  async #look() {
    try {
      this.#looked = { item: this.#item, found: await api.post("calendar-years/preview", this.#item) };
      this.#show();
      this.#preview.scrollIntoView({ block: "nearest" });
    } catch (error) { toast(errorText(error), "bad"); }
  }

  #show() {
    const { found } = this.#looked, fact = (key, value) => el("div.cat__fact", {}, el("span.muted.small", {}, t(`catalogue.years.${key}`)), el("strong.num", { id: `years-${key}` }, value));
    fill(this.#preview, el("div.card.stack", {}, el("h2.card__title", {}, t("catalogue.years.preview", { year: found.year })),
      el("div.cat__facts", {}, fact("changed_days", found.days.length), fact("open_cases", found.open), fact("moved", found.moved), fact("later", found.later), fact("earlier", found.earlier), fact("certain", found.certain)),
      found.days.length > 0 && el("details", {}, el("summary", {}, t("catalogue.years.which_days")), el("div.cluster.years__which", {}, found.days.map((one) => el(`span.badge${one.is_workday ? ".badge--warn" : ".badge--ok"}`, {}, `${inWords(one.day)} ${t(one.is_workday ? "catalogue.years.becomes_work" : "catalogue.years.becomes_off")}`)))),
      found.examples.length > 0 && this.#examples(found), !found.days.length && el("p.muted", {}, t("catalogue.years.nothing")),
      el("div.cluster", {}, el("button.btn.btn--primary", { id: "year-publish", on: { click: () => this.#publish() } }, icon("check"), t("catalogue.years.publish", { year: found.year })), el("span.muted.small", {}, t("catalogue.years.publish_hint")))));
  }

  #examples({ examples, by_kind }) {
    return el("div.stack", {}, el("p", {}, Object.entries(by_kind).map(([kind, n]) => `${t(`catalogue.years.kind.${kind}`)} ${n}`).join(t("common.comma"))),
      el("div.table-wrap", {}, el("table.table", { id: "years-moved" }, el("thead", {}, el("tr", {}, ["number", "department", "clock", "was", "due"].map((one) => el("th", {}, t(`catalogue.years.col.${one}`))))),
        el("tbody", {}, examples.map((one) => el("tr", {}, el("td.num", {}, one.number), el("td", {}, this.#departments[one.department] ?? one.department), el("td", {}, t(`catalogue.years.kind.${one.kind}`)), el("td.num", {}, inWords(one.was)), el("td.num.strong", {}, inWords(one.due))))))));
  }

  async #publish() {
    const { item, found } = this.#looked;
    if (!(await ask({ title: t("catalogue.years.sure", { year: found.year }), text: t("catalogue.years.sure_text", { n: found.moved }), yes: t("catalogue.years.publish", { year: found.year }) }))) return;
    try {
      await api.post("calendar-years", item, { key: newKey() });
      toast(t("catalogue.years.published", { year: item.year }), "ok");
      this.#years = (await api.get("calendar-years")).years;
      this.#take(item.year);
      this.draw();
    } catch (error) { toast(errorText(error), "bad"); }
  }
}
