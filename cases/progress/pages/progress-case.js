/** A case as it stands: one answer first, then what is expected, the due day, the way so far, papers, what can be done. */

import { ApiError, api } from "/static/api.js";
import { el } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, isChinese, lang, named, t } from "/static/i18n.js";

const TONES = { correction: "warn", made: "ok", delivered: "ok", closed: "ok", not_accepted: "bad", withdrawn: "", terminated: "bad" };
const ZONE = "Asia/Shanghai";

export function drawCase(page) {
  const { view } = page;
  return [
    page.isStale && el("p.notice.notice--warn.pr-stale", { role: "status" }, icon("wifi-off"), el("span", {}, t("progress.stale", { at: moment(view.now) }))),
    now(view), todo(view), fees(view), due(view), collect(view), way(view), parts(page), papers(page), ways(page),
    el("p.pr-foot", {}, t("progress.foot", { at: moment(view.now) })),
  ];
}

function now(view) {
  const key = view.outcome === "denied" && view.state !== "withdrawn" ? "denied" : view.state;
  const tone = view.expects === "supply_owed" ? "warn" : view.outcome === "denied" ? "bad" : TONES[view.state] ?? "";
  return el("section.pr-now", { dataset: { tone, state: view.state } },
    el("p.pr-now__matter", {}, named(view, "matter_name")),
    el("h1.pr-now__state", {}, t(`progress.state.${key}`)),
    el("p.pr-now__text", {}, t(`progress.expects.${view.expects}${view.expects === "nothing" ? `.${ending(view)}` : ""}`)),
    el("p.pr-now__number.num", {}, view.number));
}

const ending = (view) => (["withdrawn", "terminated", "not_accepted"].includes(view.state) ? "over" : "done");

function todo(view) {
  if (!view.lacks.length) return null;
  return el("section.card.pr-todo", {}, el("h2", {}, t("progress.todo")),
    el("ul", {}, view.lacks.map((one) => el("li", {}, el("p.strong", {}, named(one)), one.what && el("p", {}, one.what)))),
    view.owed_until && el("p.pr-todo__by", {}, t("progress.owed_until", { day: day(view.owed_until) })));
}

/* What is to be paid, and what was: the licence waits for it. */
function fees(view) {
  if (!view.fees?.length) return null;
  return el("section.card.pr-todo", { id: "fees" }, el("h2", {}, t("progress.fees")),
    el("ul", {}, view.fees.map((one) => el("li", { dataset: { state: one.state } }, el("p.strong.num", {}, `¥${(one.amount_fen / 100).toFixed(2)}  ${one.names.join("、")}`), el("p", {}, t(`progress.fee.${one.state}`)),
      one.state === "asked" && (one.pay_url ? el("a.btn.btn--primary.btn--block", { href: one.pay_url, rel: "noopener" }, t("progress.pay")) : el("p", {}, t("progress.pay_elsewhere")))))));
}

function due(view) {
  if (!view.due) return null;
  const notes = [view.stands && "progress.stands", view.is_overdue && "progress.overdue", view.is_provisional && "progress.provisional"].filter(Boolean);
  return el("section.card.pr-due", {}, el("span", {}, t("progress.due")), el("span.pr-due__day", {}, day(view.due)), notes.map((key) => el("p.muted", {}, t(key))));
}

function collect(view) {
  if (!view.collect) return null;
  return el("section.card", {}, el("h2", {}, t("progress.collect")), el("p", {}, t(`progress.collect.${view.collect.how}`)));
}

function way(view) {
  const reached = view.steps.filter((one) => one.at).length;
  return el("section.card", {}, el("h2", {}, t("progress.way")),
    el("ol.pr-way", {}, view.steps.map((one, place) => step(one, place < reached - 1 ? "done" : place === reached - 1 ? "last" : "ahead"))));
}

function step(one, is) {
  const key = `progress.step.${one.step}`;
  const name = has(key) ? t(key) : t("progress.step.procedure", { days: one.days ?? "" });
  return el("li.pr-step", { dataset: { is } },
    el("span.pr-step__mark", { "aria-hidden": "true" }, is !== "ahead" && icon("check")),
    el("span.pr-step__text", {}, el("span.pr-step__name", {}, name, one.days ? t("progress.days", { n: one.days }) : ""),
      one.at ? el("time.num", { datetime: one.at }, moment(one.at)) : el("span.small.muted", {}, t("progress.ahead"))));
}

/* What else belongs to the same package; one code opens all of it. */
function parts(page) {
  const { view } = page;
  if (!view.parts?.length) return null;
  return el("section.card", {}, el("h2", {}, t("progress.parts")), el("p.muted.small", {}, t("progress.parts_hint")),
    el("div.pr-papers", {}, view.parts.map((one) => el("button.pr-paper.pr-part", { type: "button", dataset: { number: one.number }, on: { click: () => page.open(one.number) } },
      icon("document"), el("span", {}, named(one, "matter_name"), el("span.pr-paper__number.num", {}, one.number), el("span.badge.pr-part__state", {}, t(`progress.state.${one.state}`))), icon("chevron-right")))));
}

function papers(page) {
  const { view } = page;
  if (!view.papers.length) return null;
  return el("section.card", {}, el("h2", {}, t("progress.papers")),
    el("div.pr-papers", {}, view.papers.map((one) => el("button.pr-paper", { type: "button", on: { click: (event) => download(page, one, event.currentTarget) } },
      icon("document"), el("span", {}, t(`progress.paper.${one.kind}`), el("span.pr-paper__number.num", {}, one.number)), icon("chevron-down")))));
}

function ways({ view, ...rest }) {
  const page = { view, ...rest };
  return el("section.pr-ways", {},
    view.rate && el("a.btn.btn--primary.btn--lg.btn--block", { id: "rate", href: view.rate }, icon("star"), t("progress.rate")),
    view.notices !== null && el("button.btn.btn--block", { id: "notices", type: "button", on: { click: () => change(page, "notices", { wanted: !view.notices }) } }, icon("bell"), t(view.notices ? "progress.notices_off" : "progress.notices_on")),
    el("button.btn.btn--block", { id: "again", type: "button", on: { click: () => rest.ask() } }, icon("refresh"), t("progress.again")),
    view.can_withdraw && el("button.btn.btn--quiet.btn--block", { id: "withdraw", type: "button", on: { click: () => withdraw(page) } }, t("progress.withdraw")),
    el("button.btn.btn--quiet.btn--block", { id: "other", type: "button", on: { click: rest.leave } }, icon("arrow-left"), t("progress.other")),
    isOnThePhone() && el("a.btn.btn--quiet.btn--block", { id: "to-phone", href: "/m" }, icon("home"), t("progress.to_phone")));
}

/* Whoever came from the hall's page for phones, which an installed page has no other way back to; the city has none. */
function isOnThePhone() {
  try { return localStorage.getItem("onedoor.phone") === "1"; } catch { return false; }
}

async function withdraw(page) {
  if (await ask({ title: t("progress.withdraw"), text: t("progress.withdraw_text"), yes: t("progress.withdraw_yes"), no: t("progress.withdraw_no"), danger: true })) await change(page, "withdraw", {});
}

async function change(page, what, more) {
  try {
    page.take(await api.post(`progress/${what}`, { number: page.number, code: page.code, ...more }));
    toast(t(`progress.${what}_done`), "ok");
  } catch (error) { toast(errorText(error), "bad"); }
}

/** A file cannot be asked for with a body by a link, and the code must not stand in one. */
async function download(page, one, button) {
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch("/api/v1/progress/paper", {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "Accept-Language": lang() },
      body: JSON.stringify({ number: page.number, code: page.code, document: one.document }),
    });
    if (!response.ok) throw new ApiError({ ...(await response.json()).error, status: response.status });
    const address = URL.createObjectURL(await response.blob());
    const link = el("a", { href: address, download: `${one.number}.pdf` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    toast(error instanceof ApiError ? errorText(error) : t("progress.no_network"), "bad");
  } finally { button.removeAttribute("aria-busy"); }
}

function moment(iso) {
  return new Intl.DateTimeFormat(lang(), { timeZone: ZONE, year: "numeric", month: isChinese() ? "long" : "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
}

function day(iso) {
  return new Intl.DateTimeFormat(lang(), { timeZone: "UTC", year: "numeric", month: isChinese() ? "long" : "short", day: "numeric", weekday: "short" }).format(new Date(`${iso}T00:00:00Z`));
}
