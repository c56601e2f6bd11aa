/** Why no number is given now, when the next one is, and what to do until then. */

import { hallIso, hallTime } from "/static/clock.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";

const STOPS = {
  "hall.closed": { title: "kiosk.stop_closed", text: ({ opens }) => opening(opens), todo: "kiosk.stop_closed_todo", ends: true },
  "hall.last_ticket": { title: "kiosk.stop_last", text: ({ closes }) => (closes ? t("kiosk.stop_last_text", { time: timeOfDay(closes) }) : ""), todo: "kiosk.stop_last_todo", ends: true },
  "line.closed": { title: "kiosk.stop_line", text: () => "", todo: "kiosk.stop_line_todo" },
  "matter.no_window": { title: "kiosk.stop_window", text: () => "", todo: "kiosk.stop_window_todo" },
};

/** Whether an error means that no number is given, whoever asks. */
export const isStop = (error) => error.code in STOPS;

/** Stands where the number would be taken. @param {{code: string, fields?: {opens?: ?string, closes?: string}}} stop  times in ISO-8601 */
export function stopped(kiosk, view, { code, fields = {} }) {
  const { title, text, todo, ends } = STOPS[code];
  const said = text(fields);
  kiosk.tell([t(title), said, t(todo)].filter(Boolean).join(" "));
  const again = () => kiosk.turn("sheet", { ...view, stop: null });
  return el("div.k-closed", { role: "alert" },
    el("div.notice.notice--warn", {}, icon(ends ? "clock" : "alert"), el("div.k-closed__text", {}, el("h2", {}, t(title)), said && el("p.k-closed__when.num", {}, said), el("p", {}, t(todo)))),
    ends ? el("button.btn.btn--xl.btn--block", { id: "again", on: { click: again } }, icon("refresh"), t("common.retry"))
      : el("button.btn.btn--primary.btn--xl.btn--block", { id: "other", on: { click: () => kiosk.home() } }, icon("home"), t("kiosk.choose_other")));
}

function opening(opens) {
  if (!opens) return t("kiosk.stop_no_opening");
  const time = timeOfDay(opens);
  return hallTime(opens).slice(0, 10) === hallIso().slice(0, 10) ? t("kiosk.stop_opens_today", { time }) : t("kiosk.stop_opens", { day: dayOf(opens), time });
}
