/** Who works which shifts: a list of everybody, and a form for those who are ticked, one or many at once. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { refuseIn, shiftName } from "./attendance-words.js";

const ANNUAL = "annual";
const NARROW = matchMedia("(max-width: 1100px)");
const DAYS = [0, 1, 2, 3, 4, 5, 6];

export class People {
  node = el("div.people");
  #again; #posts = null; #picked = new Set(); #words = ""; #place = ""; #group = "";
  #list = el("div.table-wrap.board__scroll"); #tools = el("div.people__tools"); #side = el("aside.board__side");

  constructor({ again }) {
    this.#again = again;
    fill(this.node, el("section.people__main", {}, this.#tools, this.#list), this.#side);
  }

  take(posts) {
    this.#posts = posts;
    const known = new Set(posts.people.map((one) => one.staff));
    for (const one of this.#picked) if (!known.has(one)) this.#picked.delete(one);
  }

  draw() {
    this.#drawTools();
    this.#drawList();
    this.#drawSide();
  }

  #shown() {
    const words = this.#words.toLowerCase();
    return this.#posts.people.filter((one) => (!words || `${one.number} ${one.name}`.toLowerCase().includes(words)) && (!this.#place || (one.department ?? "-") === this.#place) && (!this.#group || (one.group ?? "-") === this.#group));
  }

  #groups() { return [...new Set(this.#posts.people.map((one) => one.group).filter(Boolean))].sort(); }

  #drawTools() {
    const search = el("input.input.people__search", { id: "search", type: "search", value: this.#words, placeholder: t("attendance.search"), "aria-label": t("attendance.search"), on: { input: () => { this.#words = search.value; this.#drawList(); } } });
    const pick = (id, value, options, label, set) => el("select.select.people__pick", { id, "aria-label": label, on: { change: (event) => { set(event.target.value); this.#drawList(); } } }, el("option", { value: "" }, label), options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
    fill(this.#tools, search, pick("by-department", this.#place, [...this.#posts.departments.map((one) => [one.id, placeName(one)]), ["-", t("attendance.none")]], t("attendance.all_departments"), (value) => { this.#place = value; }),
      pick("by-group", this.#group, [...this.#groups().map((one) => [one, one]), ["-", t("attendance.none")]], t("attendance.all_groups"), (value) => { this.#group = value; }));
  }

  #drawList() {
    const shown = this.#shown();
    if (!shown.length) { fill(this.#list, el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("attendance.none_here")))); return; }
    const all = el("input", { type: "checkbox", id: "all", "aria-label": t("attendance.pick_all"), checked: shown.every((one) => this.#picked.has(one.staff)), on: { change: () => { for (const one of shown) this.#tick(one.staff, all.checked); this.#drawList(); this.#drawSide(); } } });
    const heads = ["person", "department", "group", "pin", "week", "annual"].map((name) => el("th", { scope: "col" }, t(`attendance.head.${name}`)));
    fill(this.#list, el("table.table", {}, el("thead", {}, el("tr", {}, el("th.people__tick", { scope: "col" }, all), heads)), el("tbody", {}, shown.map((one) => this.#row(one)))));
  }

  #tick(staff, isOn) { if (isOn) this.#picked.add(staff); else this.#picked.delete(staff); }

  #row(one) {
    const isOn = this.#picked.has(one.staff);
    const tick = el("input", { type: "checkbox", checked: isOn, id: `tick-${one.staff}`, "aria-label": one.name || one.number, on: { change: () => { this.#tick(one.staff, tick.checked); row.setAttribute("aria-selected", String(tick.checked)); this.#drawSide(); } } });
    const place = this.#posts.departments.find((found) => found.id === one.department);
    const row = el("tr", { id: `post-${one.staff}`, "aria-selected": String(isOn), on: { click: (event) => { if (event.target === tick || event.target.closest("a")) return; this.#picked = new Set([one.staff]); this.#drawList(); this.#drawSide(); if (NARROW.matches) this.#side.scrollIntoView(); } } },
      el("td.people__tick", {}, tick), el("td.board__who", {}, el("strong", {}, one.name || one.number), el("span.board__sub.num", {}, one.number)),
      el("td.people__place", {}, place ? placeName(place) : el("span.muted", {}, "–")), el("td", {}, one.group ?? el("span.muted", {}, "–")),
      el("td.num", {}, one.pin ?? el("span.muted", {}, "–"), one.has_card && el("span.people__card", { title: t("attendance.card_set") }, icon("lock"))), el("td", {}, this.#week(one)), el("td.num", {}, leaveLeft(one)));
    return row;
  }

  /** Seven small boxes, Monday first; each says how many shifts. */
  #week(one) {
    const rota = one.rotas[0];
    if (!rota) return el("span.badge.badge--warn", {}, t("attendance.no_week"));
    const names = (day) => day.map((id) => this.#posts.shifts.find((shift) => shift.id === id)).filter(Boolean);
    return el("span.weekline", {}, rota.week.map((day, n) => el(`span.weekline__day${day.length ? ".weekline__day--on" : ""}`, { title: `${t(`attendance.weekday.${n + 1}`)} ${names(day).map((shift) => `${shiftName(shift)} ${shift.begin}–${shift.end}`).join("，") || t("attendance.state.rest")}` }, t(`attendance.weekday_short.${n + 1}`))),
      el("span.muted.small", {}, [...new Set(rota.week.flatMap(names).map(shiftName))].join("、")), one.rotas.length > 1 && el("span.badge.badge--accent", {}, t("attendance.week_from", { day: one.rotas[1].from_day })));
  }

  #drawSide() {
    const people = this.#posts.people.filter((one) => this.#picked.has(one.staff));
    fill(this.#side, people.length ? new PostForm(this.#posts, people, async () => { await this.#again(); }).node : el("section.side", {}, el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("attendance.pick_people")), el("p", {}, t("attendance.pick_people_hint")))));
  }
}

const placeName = (one) => (isChinese() ? one.name : one.name_en || one.name);

function leaveLeft(one) {
  const found = one.leave.find((year) => year.kind === ANNUAL && year.allowed !== null);
  return found ? t("attendance.left_of", { left: found.left, allowed: found.allowed }) : el("span.muted", {}, "–");
}

class PostForm {
  #posts; #people; #saved; #week; #first; #isMixed = false; #isWeekTouched = false;

  constructor(posts, people, saved) {
    this.#posts = posts;
    this.#people = people;
    this.#saved = saved;
    const [first] = people;
    this.#first = people.length === 1 ? first : null;
    const same = people.every((one) => JSON.stringify(one.rotas[0]?.week) === JSON.stringify(first.rotas[0]?.week));
    this.#week = ((same && first.rotas[0]?.week) || DAYS.map(() => [])).map((day) => new Set(day));
    this.#isMixed = !same;
    this.node = el("form.side", { id: "post-form", novalidate: true, on: { submit: (event) => { event.preventDefault(); this.#save(); } } }, this.#head(), this.#weekField(), this.#placeFields(), this.#first && this.#ownFields(), el("p.field__error", { id: "post-error", role: "alert" }), el("button.btn.btn--primary", { type: "submit", id: "save-post" }, t("attendance.save")));
  }

  #head() {
    if (this.#first) return el("h2.side__title", {}, this.#first.name || this.#first.number, " ", el("span.muted.num", {}, this.#first.number));
    return el("div", {}, el("h2.side__title", {}, t("attendance.people_n", { n: this.#people.length })), el("p.muted.small", {}, this.#people.slice(0, 12).map((one) => one.name || one.number).join("、"), this.#people.length > 12 && " …"));
  }

  #weekField() {
    const shifts = this.#posts.shifts.filter((one) => one.active || this.#week.some((day) => day.has(one.id)));
    if (!shifts.length) return el("p.notice.notice--warn", {}, icon("alert"), el("span", {}, t("attendance.shifts_first")));
    const box = (shift, n) => el("td", {}, el("input", { type: "checkbox", id: `w-${shift.id}-${n}`, checked: this.#week[n].has(shift.id), "aria-label": `${shiftName(shift)} ${t(`attendance.weekday.${n + 1}`)}`, on: { change: (event) => { this.#isWeekTouched = true; if (event.target.checked) this.#week[n].add(shift.id); else this.#week[n].delete(shift.id); } } }));
    const rows = shifts.map((shift) => el("tr", {}, el("th", { scope: "row" }, el("span.weekgrid__name", {}, shiftName(shift)), el("span.board__sub.num", {}, `${shift.begin}–${shift.end}`)), DAYS.map((n) => box(shift, n))));
    return el("fieldset.weekgrid", {}, el("legend.field__label", {}, t("attendance.head.week")), el("table", {}, el("thead", {}, el("tr", {}, el("th"), DAYS.map((n) => el("th", { scope: "col" }, t(`attendance.weekday_short.${n + 1}`))))), el("tbody", {}, rows)),
      this.#isMixed && el("p.field__hint", {}, t("attendance.weeks_differ")), DAYS.map((n) => el("p.field__error", { role: "alert", dataset: { error: `week.${n}` } })),
      this.#field("from_day", el("input.input.num", { type: "date", value: this.#posts.today, on: { input: () => { this.#isWeekTouched = true; } } })));
  }

  #placeFields() {
    const kept = this.#first ? null : el("option", { value: "=", selected: true }, t("attendance.unchanged"));
    const place = el("select.select", {}, kept, el("option", { value: "", selected: this.#first !== null && !this.#first.department }, t("attendance.none")), this.#posts.departments.map((one) => el("option", { value: one.id, selected: this.#first?.department === one.id }, placeName(one))));
    const groups = el("datalist", { id: "groups" }, [...new Set(this.#posts.people.map((one) => one.group).filter(Boolean))].map((one) => el("option", { value: one })));
    const group = el("input.input", { maxlength: 40, autocomplete: "off", list: "groups", value: this.#first?.group ?? "", placeholder: this.#first ? false : t("attendance.unchanged") });
    return [this.#field("department", place), this.#field("group", group), groups];
  }

  #ownFields() {
    const annual = this.#first.leave.find((one) => one.kind === ANNUAL);
    return [this.#field("pin", el("input.input.num", { maxlength: 24, autocomplete: "off", value: this.#first.pin ?? "" })),
      this.#field("card", el("input.input.num", { maxlength: 32, autocomplete: "off", type: "password", placeholder: t(this.#first.has_card ? "attendance.card_kept" : "attendance.card_none") })),
      this.#first.has_card && el("label.check", {}, el("input", { type: "checkbox", id: "f-card-off" }), t("attendance.card_off")),
      this.#field("days", el("input.input.num", { type: "number", min: 0, max: 366, step: 0.5, value: annual?.allowed ?? "" }), t("attendance.annual_of", { year: this.#posts.year })),
      this.#first.leave.map((one) => el("p.field__hint.num", {}, t("attendance.leave_had", { kind: t(`attendance.leave.${one.kind}`), days: one.days, hours: one.hours }), one.left !== null && ` ${t("attendance.leave_left", { days: one.left })}`))];
  }

  #field(name, input, label = t(`attendance.field.${name}`)) {
    return el("div.field", {}, el("label.field__label", { for: `p-${name}` }, label), Object.assign(input, { id: `p-${name}`, name }), el("p.field__error", { role: "alert", dataset: { error: name } }));
  }

  /** Sends what was changed, for everybody, and stops at the first refusal: what was refused is said where it stands. */
  async #save() {
    showFieldErrors(this.node);
    $("#post-error").textContent = "";
    let who = null;
    try {
      for (const one of this.#people) { who = one; await this.#saveOne(one); }
      toast(t("attendance.done"), "ok", { ms: 2500 });
      await this.#saved();
    } catch (error) {
      const told = refuseIn(this.node, error);
      $("#post-error").textContent = [this.#people.length > 1 && (who?.name || who?.number), ...told].filter(Boolean).join("：");
    }
  }

  async #saveOne(one) {
    const put = (what, body) => api.put(`attendance/${what}/${encodeURIComponent(one.staff)}`, body);
    const value = (name) => $(`#p-${name}`)?.value.trim() ?? "";
    if (this.#isWeekTouched) await put("rotas", { from_day: value("from_day"), week: this.#week.map((day) => [...day]) });
    const place = value("department");
    if (place !== "=" && (place || null) !== one.department) await put("departments", { department: place || null });
    if ((this.#first || value("group")) && (value("group") || null) !== one.group) await put("groups", { group: value("group") || null });
    if (!this.#first) return;
    if ((value("pin") || null) !== one.pin) await put("pins", { pin: value("pin") || null });
    if (value("card")) await put("cards", { card: value("card") }); else if ($("#f-card-off")?.checked) await put("cards", { card: null });
    const had = one.leave.find((year) => year.kind === ANNUAL)?.allowed ?? null;
    const days = value("days") === "" ? null : Number(value("days"));
    if (days !== had) await put("allowances", { year: this.#posts.year, leave: ANNUAL, days });
  }
}
