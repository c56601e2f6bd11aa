/** What the desk shows of the ticket that is there: number, marks, matters, and where the visitor goes next. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { stopwatch, timeOfDay } from "/static/numbers.js";
import { priorityName } from "./console-words.js";

export function ticketPart(ticket) {
  return el("section.ticket", { "aria-live": "polite" },
    el("div.ticket__head", {}, el("span.ticket__line.truncate", {}, named(ticket, "line_name")), ticket.priority && el("span.badge.badge--call.ticket__priority", {}, icon("star"), priorityName(ticket.priority)), ticket.state === "called" && el("span.badge.num", {}, t("console.calls_n", { n: ticket.calls }))),
    el("p.ticket__number.num", {}, ticket.number),
    ticket.matters.length < 2 && el("p.ticket__matter.clamp-2", { title: ticket.matter_name }, named(ticket, "matter_name")),
    matters(ticket),
    marks(ticket),
    ticket.flags.includes("unchecked") && unchecked(),
    ticket.onward && el("p.ticket__onward", { id: "onward" }, icon("arrow-right"), onwardText(ticket.onward)),
    el("dl.times", {}, time("console.waited", null, stopwatch((Date.parse(ticket.called_at) - Date.parse(ticket.issued_at)) / 1000)),
      ticket.started_at ? time("console.serving", ticket.started_at) : time("console.walking", ticket.called_at)));
}

/** "办结后去“税务”（10、11 号窗口）", "办结后回 3 号窗口". */
export function onwardText(onward) {
  if (onward.back) return t("console.onward.back", { n: onward.back });
  const line = named(onward, "line_name");
  return onward.windows.length ? t("console.onward.line", { line, windows: onward.windows.join(t("common.comma")) }) : t("console.onward.closed", { line });
}

/* Nobody could say whether this person may be served: what is so, why, and what the clerk does. */
const unchecked = () => el("div.notice.notice--warn.ticket__unchecked", { id: "unchecked", role: "note" }, icon("alert"), el("p", {}, el("strong", {}, t("console.mark.unchecked")), " ", t("console.mark.unchecked_why")));

function marks(ticket) {
  const found = [
    ticket.due && [icon("calendar"), t("console.mark.due", { time: timeOfDay(ticket.due) })],
    ticket.express && [icon("clock"), t("console.mark.express")],
    ticket.identified && [icon("user"), t("console.identified")],
    ticket.offline && [icon("wifi-off"), t("console.mark.offline")],
  ].filter(Boolean);
  return found.length > 0 && el("p.ticket__marks", {}, found.map((parts) => el("span.ticket__mark", {}, parts)));
}

function matters(ticket) {
  if (ticket.matters.length < 2) return null;
  return el("ul.ticket__matters", {}, ticket.matters.map((one) => el("li", { class: one.matter === ticket.matter ? "ticket__present" : "" }, el("span.truncate", { title: one.name }, named(one)),
    one.outcome && el("span.badge.badge--ok", {}, t(`console.outcome.${one.outcome}`)), one.elsewhere && el("span.badge", {}, t("console.mark.elsewhere")))));
}

function time(label, since, text = "") {
  return el("div.times__one", {}, el("dt", {}, t(label)), el("dd.num", since ? { dataset: { since } } : {}, text));
}
