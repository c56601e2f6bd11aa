/** The issuing window: what lies ready, who comes for it, a signature, and out; couriers and boxes in batches. */

import { api, newKey } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, $$, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";

const VIEWS = ["ready", "left", "parcels"];
const SIGN_MS = 1500;
const WAYS = ["window", "courier", "locker"];
const windowId = decodeURIComponent(location.pathname.split("/").pop());
let picture = null;
let view = "ready";
let typed = "";
let chosen = new Set();
let way = "window";
let collector = "self";
let sheet = null;
let signing = 0;
let labels = {};
let given = null;
let failure = "";
let key = "";
let ticketSeen = "";
let leaving = null;

async function begin() {
  await loadTexts();
  onLang(draw);
  addEventListener("keydown", keys);
  await load();
  if (!picture) return;
  live(["issuing/hall"], { onView: (_topic, _view, event) => { if (event) load(); }, onState: (state) => { $("link-banner").state = state; } });
}

async function load() {
  try {
    picture = await api.get(`issuing/${encodeURIComponent(windowId)}`);
    syncClock(picture.now);
  } catch (error) {
    if (error.status === 401) { location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`); return; }
    if (!picture) fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    return;
  }
  const there = new Set(picture.ready.map((one) => one.id));
  chosen = new Set([...chosen].filter((id) => there.has(id)));
  const ticket = picture.ticket?.id ?? "";
  if (ticket !== ticketSeen) { ticketSeen = ticket; if (picture.ticket?.cases.length) { chosen = new Set(picture.ticket.cases); given = null; } }
  draw();
}

function draw() {
  document.title = `${t("issue.title")} · OneDoor`;
  drawTop();
  drawList();
  drawHand();
}

function drawTop() {
  const input = el("input.input.iss__find", { id: "find", type: "search", value: typed, placeholder: t("issue.find"), "aria-label": t("issue.find"), autocomplete: "off", on: { input: () => { typed = input.value; drawList(); }, keydown: (event) => { if (event.key === "Enter") { event.preventDefault(); find(); } if (event.key === "Escape") { typed = ""; input.value = ""; input.blur(); drawList(); } } } });
  const had = document.activeElement?.id === "find";
  const counts = { ready: picture.ready.length, left: picture.ready.filter((one) => one.is_left).length, parcels: picture.parcels.length };
  fill($("#top"), el("a.btn.btn--quiet.btn--icon", { href: "/console", id: "console", "aria-label": t("issue.console") }, icon("arrow-left")), el("h1.iss__title", {}, t("issue.title")), el("span.badge.num", {}, t("pad.window", { n: picture.window_number })),
    el("nav.tabs.iss__tabs", { "aria-label": t("issue.title") }, VIEWS.map((one) => el("button.tab", { id: `view-${one}`, "aria-selected": String(view === one), on: { click: () => { view = one; draw(); } } }, t(`issue.view.${one}`), counts[one] > 0 && el(`span.badge.num${one === "left" ? ".badge--warn" : ""}`, {}, counts[one])))), el("span.grow"), input, el("language-switch"));
  if (had) { input.focus(); input.setSelectionRange(typed.length, typed.length); }
}

const lines = () => {
  const all = view === "parcels" ? picture.parcels : picture.ready.filter((one) => view !== "left" || one.is_left);
  const said = typed.trim().toLowerCase();
  return all.filter((one) => !said || [one.number, one.matter_name, one.matter_name_en, one.licence, one.name].some((word) => word?.toLowerCase().includes(said)));
};

function drawList() {
  const list = lines();
  const scroll = $("#lines")?.scrollTop ?? 0;
  fill($("#main"), picture.ticket && el("div.iss__ticket", { id: "ticket" }, icon("ticket"), el("strong.num", {}, picture.ticket.number), el("span", {}, t(picture.ticket.cases.length ? "issue.ticket_has" : given ? `issue.done.${given.word}` : "issue.ticket_none", { n: picture.ticket.cases.length }))), list.length ? el("div.iss__lines", { id: "lines", role: "listbox", "aria-multiselectable": "true", "aria-label": t(`issue.view.${view}`) }, list.map(line)) : nothing());
  if ($("#lines")) $("#lines").scrollTop = scroll;
}

function nothing() {
  return el("div.empty", {}, icon(typed ? "search" : "check"), el("p.empty__title", {}, t(typed ? "issue.none_found" : `issue.none.${view}`)), el("p", {}, t(typed ? "issue.none_found_hint" : picture.has_city ? "issue.none_hint" : "issue.no_city")));
}

function line(one) {
  const is = chosen.has(one.id);
  const parcel = view === "parcels";
  return el(`button.ires${one.is_left ? ".ires--left" : ""}`, { id: `res-${one.id}`, role: "option", "aria-selected": String(is), on: { click: () => (parcel ? arrived(one) : choose(one)) } }, el("span.ires__mark", {}, icon(parcel ? "transfer" : is ? "check" : "document")),
    el("span.ires__what", {}, el("strong", {}, named(one, "matter_name")), el("span.ires__sub", {}, el("span.num", {}, one.number), one.name && el("span", {}, one.name), one.licence && el("span.num", {}, one.licence))),
    el("span.ires__badges", {}, one.outcome === "denied" && el("span.badge.badge--bad", {}, t("issue.denied")), one.package && el("span.badge.badge--accent", {}, t("issue.package")), one.box && el("span.badge.badge--warn", {}, t("issue.box", { box: one.box })), one.has_agent && el("span.badge", {}, t("issue.has_agent"))),
    el("span.ires__days.num", {}, parcel ? t("issue.arrived_do") : one.waits_workdays ? t("issue.waits", { n: one.waits_workdays }) : t("issue.today")));
}

/* One part of a package brings the others along: one issuing for all. */
function choose(one) {
  const group = one.package ? picture.ready.filter((other) => other.package === one.package).map((other) => other.id) : [one.id];
  const is = chosen.has(one.id);
  for (const id of group) { if (is) chosen.delete(id); else chosen.add(id); }
  reset();
  draw();
  document.getElementById(`res-${one.id}`)?.focus();
}

function reset() { clearTimeout(signing); sheet = null; given = null; failure = ""; key = ""; leaving = null; }

async function find() {
  const text = typed.trim();
  if (!text) return;
  try {
    const found = await api.post(`issuing/${encodeURIComponent(windowId)}/find`, { text });
    reset();
    chosen = new Set(found.cases);
    for (const id of found.cases) { const pack = picture.ready.find((one) => one.id === id)?.package; if (pack) for (const other of picture.ready) if (other.package === pack) chosen.add(other.id); }
    typed = "";
    view = "ready";
    draw();
  } catch (error) { toast(errorText(error), "bad"); $("#find").select(); }
}

function drawHand() {
  const items = picture.ready.filter((one) => chosen.has(one.id));
  const node = $("#hand");
  if (given) { fill(node, done()); return; }
  if (!items.length) { fill(node, el("div.empty", {}, icon("user"), el("p.empty__title", {}, t("issue.choose")), el("p", {}, t("issue.choose_hint")), el("p.small.muted.iss__keys", {}, t("issue.keys")))); return; }
  const boxed = items.length === 1 && items[0].box;
  const at = document.activeElement?.id;
  fill(node, el("h2.hand__title", {}, t("issue.hand", { n: items.length })), el("ul.hand__list", {}, items.map((one) => el("li", {}, el("span.grow", {}, named(one, "matter_name"), el("span.hand__no.num", {}, one.licence || one.number), one.papers.length > 0 && el("span.hand__papers", {}, one.papers.map((paper) => printed(one, paper)))), way === "courier" && el("input.input.hand__label", { id: `label-${one.id}`, value: labels[one.id] ?? one.label ?? "", placeholder: t("issue.label"), "aria-label": t("issue.label_of", { number: one.number }), on: { input: (event) => { labels[one.id] = event.target.value; } } })))),
    leaving !== null ? giveUp(items) : boxed ? boxActions(items[0]) : [segmented("way", WAYS, way, (one) => { way = one; reset(); drawHand(); }), way === "window" ? counter(items) : way === "courier" ? batch("courier", items) : batch("locker", items), el("button.btn.btn--quiet.btn--sm.hand__leave", { id: "give-up", on: { click: () => { leaving = ""; drawHand(); $("#why").focus(); } } }, icon("close"), t("issue.give_up"))],
    failure && el("div.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, failure)));
  if (at) document.getElementById(at)?.focus();
}

/* A licence or a decision; what is still on its way from the city cannot be printed yet. */
function printed(one, paper) {
  const text = t(`issue.paper.${paper.kind}`);
  if (!paper.is_here) return el("span.badge", { title: t("issue.paper_late") }, text, " · ", t("issue.paper_coming"));
  return el("a.btn.btn--sm", { id: `print-${paper.kind}-${one.id}`, href: `/api/v1/issuing/${encodeURIComponent(windowId)}/results/${one.id}/${paper.file}`, target: "_blank", rel: "noopener" }, icon("printer"), text);
}

/* The decision stands; nobody wants what was made. */
function giveUp(items) {
  const input = el("textarea.textarea", { id: "why", rows: 2, maxlength: 200, value: leaving, placeholder: t("issue.give_up_why"), "aria-label": t("issue.give_up_why"), on: { input: () => { leaving = input.value; send.disabled = !leaving.trim(); } } });
  const send = el("button.btn.btn--danger.btn--lg.btn--block", { id: "do-give-up", disabled: !leaving.trim(), on: { click: () => act(() => api.post(`issuing/${windowId}/give-up`, { items: bare(items), reason: leaving.trim() }, { key: keyed() }), "given_up") } }, t("issue.give_up_do", { n: items.length }));
  return el("div.hand__do", {}, el("div.notice.notice--warn", {}, icon("alert"), el("span", {}, t("issue.give_up_hint"))), el("div.hand__chips", {}, ["unneeded", "elsewhere"].map((one) => el("button.btn.btn--sm", { id: `why-${one}`, on: { click: () => { leaving = t(`issue.give_up.${one}`); drawHand(); } } }, t(`issue.give_up.${one}`)))), input, send, el("button.btn.btn--block", { id: "keep", on: { click: () => { reset(); drawHand(); } } }, t("issue.give_up_back")));
}

function segmented(name, options, value, set) {
  return el("div.seg", { role: "radiogroup", "aria-label": t(`issue.${name}`) }, options.map((one) => el("button.seg__one", { id: `${name}-${one}`, role: "radio", "aria-checked": String(one === value), on: { click: () => set(one) } }, t(`issue.${name}.${one}`))));
}

function counter(items) {
  const waiting = sheet?.state === "waiting";
  const signed = sheet?.state === "signed";
  return el("div.hand__do", {}, el("p.field__label", {}, t("issue.who")), segmented("collector", ["self", "agent"], collector, (one) => { collector = one; if (!signed) sheet = null; drawHand(); }), el("p.small.muted", {}, t(`issue.check.${collector}`)),
    sheet && el(`div.notice${signed ? ".notice--ok" : sheet.state === "refused" ? ".notice--bad" : ""}`, { id: "signing" }, icon(signed ? "check" : waiting ? "pad" : "alert"), el("span", {}, t(`issue.sign.${sheet.state}`))),
    signed ? el("button.btn.btn--primary.btn--xl.btn--block", { id: "hand-out", on: { click: () => handOut(items, { sheet: sheet.id }) } }, t("issue.hand_out"), el("kbd.key", {}, "F9"))
      : [el("button.btn.btn--primary.btn--xl.btn--block", { id: "sign", disabled: waiting || !picture.ticket, on: { click: () => sign(items) } }, icon("pad"), t("issue.sign_pad"), el("kbd.key", {}, "F8")), !picture.ticket && el("p.small.muted", {}, t("issue.no_ticket")), el("button.btn.btn--block", { id: "paper", on: { click: () => handOut(items, { on_paper: true }) } }, icon("edit"), t("issue.sign_paper"), el("kbd.key", {}, "F9"))]);
}

const batch = (kind, items) => el("div.hand__do", {}, el("p.small.muted", {}, t(`issue.${kind}_hint`)), el("button.btn.btn--primary.btn--xl.btn--block", { id: `do-${kind}`, on: { click: () => (kind === "courier" ? courier(items) : locker(items)) } }, t(`issue.${kind}_do`, { n: items.length }), el("kbd.key", {}, "F9")));

const boxActions = (one) => el("div.hand__do", {}, el("div.notice", {}, icon("lock"), el("span", {}, t("issue.in_box", { box: one.box }))), el("button.btn.btn--primary.btn--xl.btn--block", { id: "collected", on: { click: () => act(() => api.post(`issuing/${windowId}/locker/${one.id}`, { items: bare([one]) }, { key: keyed() }), "issued") } }, t("issue.collected")), el("button.btn.btn--block", { id: "take-back", on: { click: () => act(() => api.del(`issuing/${windowId}/locker/${one.id}`), "back") } }, t("issue.take_back")));

const bare = (items) => items.map((one) => ({ case: one.id, seen: one.step, label: labels[one.id] ?? one.label ?? "" }));
const keyed = () => { key ||= newKey(); return key; };

async function sign(items) {
  failure = "";
  try {
    sheet = await api.post(`issuing/${windowId}/sheets`, { cases: items.map((one) => one.id), collector });
    drawHand();
    follow();
  } catch (error) { failure = errorText(error); drawHand(); }
}

function follow() {
  clearTimeout(signing);
  if (sheet?.state !== "waiting") return;
  const id = sheet.id;
  signing = setTimeout(async () => {
    try { const now = await api.get(`issuing/${windowId}/sheets/${id}`); if (sheet?.id === id && now.state !== sheet.state) { sheet = now; drawHand(); } } catch { /* asked again */ }
    follow();
  }, SIGN_MS);
}

const handOut = (items, how) => act(() => api.post(`issuing/${windowId}/hand-out`, { items: bare(items), collector, ...how }, { key: keyed() }), "issued");
const courier = (items) => act(() => api.post(`issuing/${windowId}/courier`, { items: bare(items) }, { key: keyed() }), "sent");
const locker = (items) => act(() => api.post(`issuing/${windowId}/locker`, { items: bare(items) }, { key: keyed() }), "boxed");

async function arrived(one) {
  await act(() => api.post(`issuing/${windowId}/arrived`, { items: [{ case: one.id, seen: one.step }] }, { key: newKey() }), "arrived");
}

async function act(work, word) {
  failure = "";
  for (const node of $$("#hand .btn")) node.disabled = true;
  try {
    const reply = await work();
    const names = new Map(picture.ready.map((one) => [one.id, one]));
    reset();
    given = { word, receipts: reply.receipts ?? {}, documents: reply.documents ?? {}, boxes: reply.boxes ?? {}, codes: reply.codes ?? {}, names };
    chosen.clear();
    labels = {};
    if (["arrived", "back", "given_up"].includes(word)) { toast(t(`issue.done.${word}`), "ok", { ms: 2500 }); given = null; }
    await load();
  } catch (error) {
    if (!error.offline) key = "";
    failure = errorText(error);
    if (error.code === "case.changed") await load();
    if (view === "parcels") toast(failure, "bad");
  }
  drawHand();
}

function done() {
  const name = (id) => named(given.names.get(id), "matter_name");
  return el("div.hand__done", { id: "done" }, el("div.notice.notice--ok", {}, icon("check"), el("strong", {}, t(`issue.done.${given.word}`))), el("ul.hand__list", {}, Object.entries(given.receipts).map(([id, number]) => el("li.hand__out", {}, el("span.grow", {}, name(id), el("span.hand__no.num", {}, number)), given.documents[id] && el("a.btn.btn--sm", { id: `receipt-${id}`, href: `/api/v1/cases/${id}/documents/${given.documents[id]}.pdf`, target: "_blank", rel: "noopener" }, icon("printer"), t("issue.paper.delivery")))), Object.entries(given.boxes).map(([id, box]) => el("li", {}, el("span.grow", {}, name(id)), el("span.badge", {}, t("issue.box", { box })), el("strong.num.hand__code", {}, given.codes[id])))), el("button.btn.btn--primary.btn--lg.btn--block", { id: "next", on: { click: () => { given = null; drawHand(); $("#find").focus(); } } }, t("issue.next")));
}

/* "/" or F2: find; arrows over the list, space or Enter chooses; F8 signs, F9 hands out; Escape empties. */
function keys(event) {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "F8" || event.key === "F9") {
    const button = event.key === "F8" ? $("#sign") : ($("#hand-out") ?? $("#do-courier") ?? $("#do-locker") ?? $("#paper"));
    if (button) { event.preventDefault(); if (!button.disabled) button.click(); }
    return;
  }
  if (event.key === "F2" || (event.key === "/" && !event.target.closest?.("input"))) { event.preventDefault(); $("#find")?.focus(); return; }
  if (event.target.closest?.("input, textarea, select")) return;
  if (event.key === "Escape") { chosen.clear(); reset(); draw(); return; }
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (!step) return;
  const all = $$(".ires");
  const next = all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)];
  if (next) { event.preventDefault(); next.focus(); }
}

await begin();
