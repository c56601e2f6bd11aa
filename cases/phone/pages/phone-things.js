/** My things on this phone: tickets, appointments, applications not sent yet, cases, lists; and the way to forget them all. */

import { el } from "/static/dom.js";
import { ask, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { dayOf, timeOfDay, waitRange } from "/static/numbers.js";
import { nothing } from "/static/visitor/steps.js";
import { dropAtTheHall, dropList, forgetPhone, look } from "./phone-mine.js";
import { dropDraft } from "./phone-store.js";

const URGENT = { called: 0, serving: 1, draft: 2, correction: 2, waiting: 3, held: 3, booked: 4 };
const LAST = 9;

export async function mineView(phone, place) {
  phone.loading(place, t("mobile.mine_title"));
  const found = await look();
  const cards = thingCards(phone, found, { all: true });
  phone.show(place, {
    title: t("mobile.mine_title"), hint: t("mobile.mine_hint"), back: () => phone.back(),
    body: [
      cards.length ? el("div.m-cards", {}, cards) : nothing("user", t("mobile.nothing_mine"), t("mobile.nothing_mine_hint")),
      el("a.btn.btn--lg.btn--block", { id: "add-case", href: "/progress" }, icon("search"), t("mobile.progress_number")),
      el("button.btn.btn--lg.btn--block.m-forget", { id: "forget", on: { click: () => forget(phone) } }, icon("trash"), t("mobile.forget")),
      el("p.muted.small", {}, t("mobile.forget_hint")),
    ],
  });
}

async function forget(phone) {
  if (!await ask({ title: t("mobile.forget"), text: t("mobile.forget_sure"), yes: t("mobile.forget_yes"), danger: true })) return;
  await forgetPhone();
  phone.asked = "";
  toast(t("mobile.forgotten"), "ok");
  phone.draw();
}

/** Cards, what needs its owner now first; `all`: also what is over, with ways to put it away. */
export function thingCards(phone, { tickets, appointments, cases, drafts, lists }, { all = false } = {}) {
  const ranked = [
    ...tickets.filter(({ view }) => all || shows(view)).map((one) => [rank(one.view.state), ticketCard(one)]),
    ...drafts.map((one) => [one.sent ? LAST : URGENT.draft, draftCard(phone, one, all)]),
    ...appointments.filter(({ view }) => all || view.state === "booked").map((one) => [rank(one.view.state), appointmentCard(one)]),
    ...cases.map((one) => [rank(one.view?.expects === "supply" ? "correction" : "case"), caseCard(phone, one)]),
    ...(all ? lists : lists.slice(0, 1)).map((one) => [LAST, listCard(phone, one, all)]),
  ];
  return ranked.sort((a, b) => a[0] - b[0]).map(([, card]) => card);
}

const rank = (state) => URGENT[state] ?? LAST - 1;
const shows = (view) => ["waiting", "called", "serving", "held", "passed"].includes(view.state) || (view.state === "done" && view.rating?.possible);

function ticketCard({ token, view, isOld }) {
  const key = view.here_by && view.state === "waiting" ? "awaited" : view.state === "done" && view.rating?.possible ? "rate" : view.state;
  const note = key === "awaited" ? t("mobile.here_by", { time: timeOfDay(view.here_by) }) : view.state === "waiting" && view.wait_s ? t("mobile.ahead", { n: view.ahead, wait: waitRange(view.wait_s) }) : named(view, "matter_name") || named(view, "line_name");
  return thing({ href: `/t/${token}`, sign: "ticket", title: el("span.num", {}, view.number), state: t(`mobile.ticket_${key}`), tone: { called: "call", awaited: "warn", passed: "bad", rate: "accent" }[key] ?? "ok", note, isOld, dataset: { kind: "ticket" } });
}

function appointmentCard({ token, view, isOld }) {
  return thing({ href: `/b/${token}`, sign: "calendar", title: named(view, "matter_name") || named(view, "line_name"), state: t(`mobile.booked_${view.state}`), tone: view.state === "booked" ? "ok" : "", note: el("span.num", {}, `${dayOf(view.due)} ${timeOfDay(view.due)}`), isOld, dataset: { kind: "appointment" } });
}

function caseCard(phone, one) {
  const { view } = one;
  const state = view ? (has(`progress.state.${view.state}`) ? t(`progress.state.${view.state}`) : view.state) : t(one.isUnknown ? "mobile.case_unknown" : "mobile.case_kept");
  const lacks = view?.expects === "supply";
  return thing({
    href: one.application ? `#/case/${encodeURIComponent(one.number)}` : `/c/${encodeURIComponent(one.number)}#code=${encodeURIComponent(one.code)}`, sign: "document", title: named(one, "matter_name"), state, tone: lacks ? "warn" : view?.outcome === "denied" ? "bad" : "ok",
    note: el("span.num.m-number", {}, one.number), isOld: one.isOld, dataset: { kind: "case", number: one.number },
  });
}

function draftCard(phone, one, all) {
  return thing({
    href: `#/apply/${one.id}`, sign: "edit", title: named(one, "matter_name"), state: t(one.sending ? "mobile.draft_sending" : "mobile.draft"), tone: "warn", note: t("mobile.draft_note", { when: `${dayOf(one.changed_at)} ${timeOfDay(one.changed_at)}` }), dataset: { kind: "draft", draft: one.id },
    away: all && (async () => { if (await ask({ title: t("mobile.draft_drop"), text: t("mobile.draft_drop_text"), yes: t("mobile.draft_drop_yes"), danger: true })) { await dropAtTheHall(one); await dropDraft(one.id); phone.draw(); } }),
  });
}

function listCard(phone, one, all) {
  return thing({ href: `#/list/${encodeURIComponent(one.matter)}`, sign: "list", title: named(one), state: t("mobile.list"), tone: "", note: t("mobile.list_n", { n: one.materials.length }), dataset: { kind: "list" }, away: all && (() => { dropList(one.matter); phone.draw(); }) });
}

function thing({ href, sign, title, state, tone, note, isOld, dataset, away }) {
  const card = el("a.m-thing", { href, dataset }, icon(sign), el("span.m-thing__text", {}, el("span.m-thing__title", {}, title), el("span.m-thing__note", {}, note, isOld && ` · ${t("mobile.as_before")}`)), el(`span.badge${tone ? `.badge--${tone}` : ""}`, {}, state));
  return away ? el("div.m-thing__row", {}, card, el("button.btn.btn--icon.btn--quiet", { "aria-label": t("mobile.put_away", { what: typeof title === "string" ? title : title.textContent }), on: { click: away } }, icon("trash"))) : card;
}
