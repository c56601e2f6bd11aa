/** What the phone shows in each state of the ticket: always what is so, and what to do. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { timeOfDay, waitRange } from "/static/numbers.js";
import { alertSwitch } from "./phone-alert.js";
import { matters, notices } from "./phone-notices.js";
import { ratingPart } from "./phone-rating.js";
import { windowNames, windowNumbers } from "./windows.js";

const STATES = { waiting, called, serving, held, passed, done, cancelled, expired, past };

export function drawTicket(page) {
  return STATES[page.view.state]?.(page) ?? waiting(page);
}

function waiting(page) {
  const { view } = page;
  return el("div.p-page", {}, number(view, t("phone.waiting")),
    el("section.card.p-place", {},
      el("div.p-place__one", {}, el("p.muted", {}, t("phone.ahead")), el("p.p-place__value.num", {}, String(view.ahead), el("small", {}, ` ${t("phone.people")}`))),
      el("div.p-place__one", {}, el("p.muted", {}, t("phone.wait")), el("p.p-place__wait.num", {}, waitRange(view.wait_s))),
      where(view.windows ?? [], "p-place__all")),
    notices(page), view.here_by && hereCode(page), matters(view),
    details(view, { windows: false }), alertSwitch(page), el("p.p-hint.muted.small", {}, t("phone.keep_open")), giveUp(page));
}

/* For a kiosk that reads codes: whoever cannot scan the code in the hall shows this one. */
const hereCode = ({ token }) => el("section.card.p-here", {}, el("img.p-here__code", { src: `/api/v1/tickets/${encodeURIComponent(token)}/qr.svg`, alt: t("phone.here_scan"), width: 176, height: 176 }), el("p.muted", {}, t("phone.here_scan")));

function called(page) {
  const { view } = page;
  const windows = view.window ? [view.window] : [];
  const name = windowNames(windows);
  return el("div.p-call", { role: "alert" },
    el("p.p-call__turn", {}, t("phone.called")), el("p.p-call__number.num", {}, view.number),
    el("p.p-call__go", {}, t("phone.go_to")), el("p.p-call__window.num", {}, windowNumbers(windows) || named(view, "zone_name")), name && el("p.p-call__name", {}, name),
    el("p.p-call__zone", {}, icon("map-pin"), named(view, "zone_name")), view.calls > 1 && el("p.p-call__calls.num", {}, t("phone.calls", { n: view.calls })));
}

function serving(page) {
  const { view } = page;
  return el("div.p-page", {}, number(view, t("phone.serving"), "accent"), el("section.card.p-here", {}, where(here(view))), matters(view), details(view, { windows: false }), giveRating(page));
}

function held(page) { return told(page, "hold", "phone.held", "warn", [el("section.card.p-here", {}, where(here(page.view))), details(page.view, { windows: false }), alertSwitch(page)]); }
function passed(page) {
  const { view } = page;
  const window = view.window && windowNumbers([view.window]);
  const todo = view.may_resume && window ? t("phone.passed_resume", { window }) : t("phone.passed_new");
  return told(page, "alert", "phone.passed", "bad", [details(view), view.may_resume && alertSwitch(page)], todo);
}
function cancelled(page) { return told(page, "close", "phone.cancelled", "", []); }
function expired(page) { return told(page, "clock", "phone.expired", "", [details(page.view)]); }

function done(page) {
  const rating = giveRating(page);
  return el("div.p-page", {}, number(page.view, t("phone.done"), "ok"), rating ?? el("div.notice.notice--ok", {}, icon("check"), el("span", {}, t("phone.done_text"))), details(page.view));
}

/** A visit of an earlier day. */
function past(page) {
  const { view } = page;
  return el("div.p-page", {}, number(view, t("phone.past", { day: view.day }), ""), ratingPart(page), view.possible && el("p.p-hint.muted.small", {}, t("phone.past_until", { day: view.until })));
}

function giveRating(page) {
  const { possible, level } = page.view.rating ?? {};
  return possible || level || page.rating.sent.size ? ratingPart(page) : null;
}

function told(page, name, key, kind, rest, todo = t(`${key}_text`)) {
  return el("div.p-page", {}, number(page.view, t(key), kind), el(`div.notice${kind ? `.notice--${kind}` : ""}.p-told`, {}, icon(name), el("p", {}, todo)), rest);
}

function number(view, state, kind = "accent") {
  return el("section.p-number", {}, el("p.muted", {}, t("phone.number")), el("p.p-number__value.num", {}, view.number), el(`span.badge.badge--dot${kind ? `.badge--${kind}` : ""}`, {}, state));
}

/* The windows by their numbers, names smaller; nothing where none is known. */
function where(windows, kind = "") {
  const names = windowNames(windows);
  return windows.length > 0 && el("div.p-where", { class: kind }, el("p.muted", {}, t("phone.windows")), el("p.p-where__number.num", {}, windowNumbers(windows)), names && el("p.p-where__name", {}, names));
}

const here = (view) => (view.window ? [view.window] : view.windows ?? []);

/* windows: false where they stand above already */
function details(view, { windows = true } = {}) {
  const rows = [["phone.matter", (view.matters ?? []).length < 2 && named(view, "matter_name")], ["phone.line", named(view, "line_name")], ["phone.zone", named(view, "zone_name")], ["phone.windows", windows && windowNumbers(view.windows ?? [])], ["phone.issued", timeOfDay(view.issued_at)]];
  return el("dl.card.p-details", {}, rows.filter(([, value]) => value).map(([key, value]) => el("div", {}, el("dt.muted", {}, t(key)), el("dd.num", {}, value))));
}

function giveUp(page) {
  return el("button.btn.btn--quiet.btn--block.p-give-up", { id: "give-up", on: { click: async () => {
    if (!await ask({ title: t("phone.give_up_sure", { number: page.view.number }), text: t("phone.give_up_text"), yes: t("phone.give_up_yes"), no: t("common.back"), danger: true })) return;
    try {
      await api.del(`tickets/${encodeURIComponent(page.token)}`);
      page.view = { ...page.view, state: "cancelled" };
      page.draw();
    } catch (error) { toast(errorText(error), "bad"); }
  } } }, t("phone.give_up"));
}
