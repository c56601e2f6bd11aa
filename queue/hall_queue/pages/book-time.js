/** The second step: a day and a time as large buttons, each with the places it has left. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, lang, t } from "/static/i18n.js";
import { nothing } from "./book-matter.js";

const NOON = "12:00";
const EVENING = "18:00";

export const slotOf = (places, day, begin) => places?.days.find((one) => one.day === day)?.slots.find((slot) => slot.begin === begin) ?? null;

export function timeStep(booking) {
  const { places } = booking;
  if (!places.offered) return nothing("calendar", t("book.not_offered"), t("book.not_offered_hint"));
  const day = places.days.find((one) => one.day === booking.day);
  const isFull = places.days.every((one) => one.free === 0);
  return [
    isFull && el("div.notice.notice--warn", {}, icon("info"), el("span", {}, el("strong", {}, t("book.no_places", { last: shortDay(places.last_day) })), el("br"), t("book.no_places_hint"))),
    el("section.b-days", { "aria-label": t("book.choose_day") }, places.days.map((one) => dayButton(booking, one))),
    day && el("section.b-times", { "aria-label": t("book.choose_time") }, day.note && el("p.notice", {}, icon("info"), day.note), parts(day).map(([name, slots]) => part(booking, name, slots))),
    el("p.muted.small.b-ahead", {}, t("book.workdays_ahead", { last: longDay(places.last_day) })),
  ];
}

function dayButton(booking, one) {
  const isOff = one.free === 0;
  const { today } = booking.places;
  const said = isOff ? t(one.slots.length === 0 ? (one.open ? "book.none" : "book.closed") : "book.full") : t("book.left", { n: one.free });
  const pick = () => { booking.day = one.day; booking.begin = null; booking.draw(); };
  return el("button.b-day", { id: `day-${one.day}`, disabled: isOff, "aria-pressed": String(one.day === booking.day), on: { click: pick } },
    el("span.b-day__week", {}, nearName(one.day, today) ?? weekday(one.day)), el("span.b-day__date.num", {}, shortDay(one.day)), el("span.b-day__left.num", {}, said));
}

function parts(day) {
  const within = (from, to) => day.slots.filter((slot) => slot.begin >= from && slot.begin < to);
  return [["book.morning", within("", NOON)], ["book.afternoon", within(NOON, EVENING)], ["book.evening", within(EVENING, "99")]].filter(([, slots]) => slots.length > 0);
}

function part(booking, name, slots) {
  return el("div.b-part", {}, el("h2.b-over", {}, t(name)), el("div.b-slots", {}, slots.map((slot) => {
    const isOff = slot.free === 0;
    const isOver = isOff && Date.parse(slot.due) <= Date.parse(booking.hall.now);
    return el("button.b-slot", { disabled: isOff, dataset: { begin: slot.begin }, on: { click: () => { booking.begin = slot.begin; booking.go("person"); } } },
      el("span.b-slot__time.num", {}, slot.begin), el("span.b-slot__left.num", {}, isOff ? t(isOver ? "book.over" : "book.full") : t("book.left", { n: slot.free })));
  })));
}

const at = (day) => new Date(`${day}T00:00:00Z`);
const format = (day, options) => new Intl.DateTimeFormat(lang(), { timeZone: "UTC", ...options }).format(at(day));
export const weekday = (day) => format(day, { weekday: "short" });
export const shortDay = (day) => format(day, isChinese() ? { month: "numeric", day: "numeric" } : { month: "short", day: "numeric" });
export const longDay = (day) => format(day, isChinese() ? { month: "long", day: "numeric", weekday: "long" } : { month: "short", day: "numeric", weekday: "short" });

function nearName(day, today) {
  const away = Math.round((at(day) - at(today)) / 86_400_000);
  return away === 0 ? t("book.today") : away === 1 ? t("book.tomorrow") : null;
}
