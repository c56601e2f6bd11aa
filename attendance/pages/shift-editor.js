/** The shifts of the hall as cards on the day's line, and the form that makes or changes one. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { refuseIn, shiftName } from "./attendance-words.js";

const DAY_MIN = 24 * 60;
const NEW = { name: "", name_en: "", begin: "09:00", end: "17:00", breaks: [{ begin: "12:00", end: "13:00" }], grace_min: 0, flexible_min: 0, follows_calendar: true, active: true };
const minutes = (clock) => { const [hours, rest] = clock.split(":").map(Number); return hours * 60 + rest; };

/** All shifts; `again` is called when one was saved. */
export function drawShifts(posts, again) {
  const open = (shift) => edit(shift, posts, again);
  const cards = [...posts.shifts].sort((a, b) => Number(b.active) - Number(a.active) || a.begin.localeCompare(b.begin)).map((one) => card(one, posts, open));
  return el("section.shifts", {}, el("div.shifts__head", {}, el("p.muted", {}, t("attendance.shifts_hint")), el("button.btn.btn--primary", { id: "new-shift", on: { click: () => open(null) } }, icon("plus"), t("attendance.shift_new"))),
    cards.length ? el("div.shifts__list", {}, cards) : el("div.empty", {}, icon("clock"), el("p.empty__title", {}, t("attendance.shifts_none")), el("p", {}, t("attendance.shifts_none_hint"))));
}

function card(one, posts, open) {
  const works = posts.people.filter((who) => who.rotas[0]?.week.some((day) => day.includes(one.id))).length;
  return el(`button.shift${one.active ? "" : ".shift--off"}`, { id: `shift-${one.id}`, on: { click: () => open(one) } },
    el("span.shift__head", {}, el("strong.shift__name", {}, shiftName(one)), !one.active && el("span.badge", {}, t("attendance.shift_off")), el("span.num.shift__time", {}, `${one.begin}–${one.end}`)),
    line(one), el("span.muted.small", {}, [t("attendance.shift_people", { n: works }), one.breaks.length > 0 && one.breaks.map((rest) => `${t("attendance.break")} ${rest.begin}–${rest.end}`).join("，"), one.grace_min > 0 && t("attendance.shift_grace", { n: one.grace_min }), one.flexible_min > 0 && t("attendance.shift_flexible", { n: one.flexible_min }), !one.follows_calendar && t("attendance.shift_holidays")].filter(Boolean).join(" · ")));
}

/** The shift on the line of a day, its breaks cut out; what lies after midnight begins at the left again. */
function line(one) {
  const begin = minutes(one.begin);
  const end = minutes(one.end) > begin ? minutes(one.end) : minutes(one.end) + DAY_MIN;
  const piece = (kind, from, to) => el(`span.line__part${kind}`, { style: { left: `${(100 * from) / DAY_MIN}%`, width: `${(100 * (to - from)) / DAY_MIN}%` } });
  const pieces = (kind, from, to) => (to <= DAY_MIN ? [piece(kind, from, to)] : from >= DAY_MIN ? [piece(kind, from - DAY_MIN, to - DAY_MIN)] : [piece(kind, from, DAY_MIN), piece(kind, 0, to - DAY_MIN)]);
  const rests = one.breaks.map((rest) => { const from = minutes(rest.begin) < begin ? minutes(rest.begin) + DAY_MIN : minutes(rest.begin); const to = minutes(rest.end); return pieces(".line__part--break", from, to > from % DAY_MIN ? from - (from % DAY_MIN) + to : from - (from % DAY_MIN) + to + DAY_MIN); });
  return el("span.line", { "aria-hidden": "true" }, pieces("", begin, end), rests, [6, 12, 18].map((hour) => el("span.line__hour", { style: { left: `${(100 * hour) / 24}%` } })));
}

function edit(shift, posts, again) {
  const given = structuredClone(shift ?? NEW);
  const rests = el("div.rests");
  const drawRests = () => fill(rests, given.breaks.map((rest, n) => el("div.rests__one", {}, clock(`break-${n}-begin`, rest.begin, (value) => { rest.begin = value; }), "–", clock(`break-${n}-end`, rest.end, (value) => { rest.end = value; }), el("button.btn.btn--quiet.btn--icon", { "aria-label": t("attendance.break_less"), on: { click: () => { given.breaks.splice(n, 1); drawRests(); } } }, icon("close")))),
    given.breaks.length < 6 && el("button.btn.btn--quiet.btn--sm", { id: "break-more", on: { click: () => { given.breaks.push({ begin: "12:00", end: "13:00" }); drawRests(); } } }, icon("plus"), t("attendance.break_more")));
  drawRests();
  const text = (name, limit, isRequired) => field(name, el("input.input", { maxlength: limit, required: isRequired, value: given[name], autocomplete: "off", on: { input: (event) => { given[name] = event.target.value; } } }));
  const number = (name, most) => field(name, el("input.input.num", { type: "number", min: 0, max: most, value: given[name], on: { input: (event) => { given[name] = Number(event.target.value); } } }));
  const check = (name) => el("label.check", {}, el("input", { type: "checkbox", id: `f-${name}`, checked: given[name], on: { change: (event) => { given[name] = event.target.checked; } } }), t(`attendance.field.${name}`));
  const rest = el("p.field__error", { role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    showFieldErrors(form);
    rest.textContent = "";
    try {
      await api.put("attendance/shifts", { ...given, id: shift?.id ?? nextId(posts), name: given.name.trim(), name_en: given.name_en.trim() });
      box.close();
      toast(t("attendance.done"), "ok", { ms: 2500 });
      await again();
    } catch (error) {
      rest.textContent = refuseIn(form, error).join(" ");
    }
  };
  const form = el("form.dialog__body.shift-form", { novalidate: true, on: { submit: send } }, el("h2.dialog__title", {}, t(shift ? "attendance.shift_edit" : "attendance.shift_new")),
    el("div.shift-form__two", {}, text("name", 200, true), text("name_en", 200, false)), el("div.shift-form__two", {}, field("begin", clock("f-begin", given.begin, (value) => { given.begin = value; })), field("end", clock("f-end", given.end, (value) => { given.end = value; }))),
    el("p.field__hint", {}, t("attendance.shift_night")), el("div.field", {}, el("span.field__label", {}, t("attendance.break")), rests, el("p.field__error", { role: "alert", dataset: { error: "breaks" } })),
    el("div.shift-form__two", {}, number("grace_min", 60), number("flexible_min", 240)), check("follows_calendar"), check("active"), rest,
    el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), el("button.btn.btn--primary", { type: "submit", id: "save-shift" }, t("attendance.save"))));
  const box = el("dialog.dialog", { "aria-label": t("attendance.shift_new"), on: { close: () => box.remove() } }, form);
  document.body.append(box);
  box.showModal();
}

const clock = (id, value, set) => el("input.input.num.clock", { id, type: "time", required: true, value, "aria-label": id.startsWith("break") ? t("attendance.break") : false, on: { input: (event) => set(event.target.value) } });

function field(name, input) {
  input.id ||= `f-${name}`;
  input.name ||= name;
  return el("div.field", {}, el("label.field__label", { for: input.id }, t(`attendance.field.${name}`)), input, el("p.field__error", { role: "alert", dataset: { error: name } }));
}

/** The next free "shift-n": people name shifts, programs need something that stays. */
function nextId(posts) {
  const taken = new Set(posts.shifts.map((one) => one.id));
  let n = posts.shifts.length + 1;
  while (taken.has(`shift-${n}`)) n += 1;
  return `shift-${n}`;
}
