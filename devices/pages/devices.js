/** The device board: what hangs in the hall, how it is, what is wrong, and who waits to be let in; live. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { alarmCard, drawDetail } from "./devices-detail.js";
import { DeviceList, passes } from "./devices-list.js";
import { askByHand, askEdit, askPair, askRenew, showCredential, showHow } from "./devices-pair.js";
import { ICONS, KINDS, kindName, nameOf, placeOf, since, STATES } from "./devices-words.js";

const TOPIC = "devices/hall";
const VIEW = "onedoor.devices.view";
const MOST_ALARMS = 6;

class DevicesPage {
  #view = null; #filter = { text: "", zone: "", kind: "", state: "" }; #open = null; #busy = false; #isCards = remembered(); #all = false;
  #list = new DeviceList($("#list"), (id) => this.#show(id));

  start() {
    fill($("#list"), el("p.muted", {}, t("devices.loading")));
    addEventListener("keydown", (event) => this.#keys(event));
    addEventListener("hashchange", () => this.#show(wanted(), false));
    onLang(() => this.#draw(true));
    this.#open = wanted();
    live([TOPIC], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
  }

  #take(view) {
    const isFirst = !this.#view;
    const before = JSON.stringify(this.#view?.places);
    this.#view = view;
    syncClock(view.now);
    this.#draw(isFirst || JSON.stringify(view.places) !== before);
  }

  #draw(hasNewTools = false) {
    if (!this.#view) return;
    document.title = t("devices.title");
    this.#top();
    this.#waiting();
    this.#alarms();
    if (hasNewTools) this.#tools();
    this.#rows();
    this.#detail();
  }

  #top() {
    const { devices } = this.#view;
    const n = (status) => devices.filter((card) => card.shown.status === status).length;
    const trouble = devices.filter((card) => card.alarms.length).length;
    fill($("#top"), el("a.btn.btn--quiet.btn--sm.dv-back", { href: "/manager", id: "back" }, icon("arrow-left"), el("span", {}, t("devices.back"))), el("h1.dv-top__title", {}, t("devices.title")),
      el("p.dv-counts", {}, el("span.badge.badge--dot.badge--ok", {}, t("devices.n_online", { n: n("online"), all: devices.length })), trouble > 0 && el("button.badge.badge--dot.badge--bad.dv-count", { id: "trouble", on: { click: () => this.#only("trouble") } }, t("devices.n_trouble", { n: trouble }))),
      el("span.grow"), el("button.btn.btn--primary", { id: "pair", on: { click: () => this.#pair() } }, icon("plus"), t("devices.pair")), el("language-switch"));
  }

  #waiting() {
    const { waiting, wrong_codes: wrong } = this.#view;
    const node = $("#waiting");
    node.hidden = !waiting.length;
    if (!waiting.length) return;
    fill(node, el("h2.dv-h", {}, t("devices.waiting_n", { n: waiting.length }), wrong > 0 && el("span.small.muted.dv-wrong", {}, t("devices.wrong_codes", { n: wrong }))), el("ul.dv-wait", {}, waiting.map((one) => el("li.dv-wait__one", {}, el("span.dv-card__icon", {}, icon(ICONS[one.kind] ?? "screen")), el("div.dv-wait__what", {}, el("span.strong", {}, kindName(one.kind)), el("span.small.muted", {}, [one.model, t("devices.since", { time: since(one.since) })].filter(Boolean).join(" · "))), el("span.dv-wait__code.num", {}, `${one.code.slice(0, 3)} ${one.code.slice(3)}`),
      el("span.dv-wait__deeds", {}, el("button.btn.btn--sm", { id: `turn-${one.id}`, on: { click: () => this.#turnAway(one) } }, t("devices.turn_away")), el("button.btn.btn--sm.btn--primary", { id: `take-${one.id}`, on: { click: () => this.#pair(one) } }, t("devices.let_in")))))));
  }

  #alarms() {
    const all = this.#view.devices.flatMap((card) => card.alarms.map((alarm) => ({ alarm, card })));
    all.sort((a, b) => Boolean(a.alarm.acknowledged) - Boolean(b.alarm.acknowledged) || b.alarm.is_bad - a.alarm.is_bad || String(b.alarm.since).localeCompare(String(a.alarm.since)));
    const node = $("#alarms");
    node.hidden = !all.length;
    if (!all.length) return;
    const open = all.filter(({ alarm }) => !alarm.acknowledged).length;
    const shown = this.#all ? all : all.slice(0, MOST_ALARMS);
    fill(node, el("h2.dv-h", {}, t("devices.alarms"), el("span.badge", { class: open ? "badge--bad" : "" }, t("devices.alarms_open", { n: open }))), el("div.dv-alarms__list", { role: "log" }, shown.map(({ alarm, card }) => alarmCard(alarm, () => this.#acknowledge(card, alarm.code), el("button.dv-alarm__who", { id: `who-${alarm.device}-${alarm.code}`, on: { click: () => this.#show(card.shown.id) } }, `${nameOf(card)} · ${placeOf(card, this.#view.places)}`)))),
      all.length > MOST_ALARMS && el("button.btn.btn--quiet.btn--sm", { id: "alarms-all", on: { click: () => { this.#all = !this.#all; this.#alarms(); } } }, this.#all ? t("devices.fewer") : t("devices.more", { n: all.length - MOST_ALARMS })));
  }

  #tools() {
    const option = (value, text, of) => el("option", { value, selected: this.#filter[of] === value }, text);
    const select = (of, all, options) => el("select.select", { id: `f-${of}`, "aria-label": t(`devices.f.${of}`), on: { change: (event) => { this.#filter[of] = event.target.value; this.#rows(); } } }, option("", all, of), options);
    const zones = this.#view.places.filter((one) => one.kind === "zone");
    const used = new Set(this.#view.devices.map((card) => card.shown.kind));
    fill($("#tools"), el("input.input.dv-search", { id: "f-text", type: "search", value: this.#filter.text, placeholder: t("devices.search"), "aria-label": t("devices.search"), "aria-keyshortcuts": "/", on: { input: (event) => { this.#filter.text = event.target.value; this.#rows(); } } }),
      select("zone", t("devices.all_zones"), zones.map((one) => option(one.id, named(one), "zone"))),
      select("kind", t("devices.all_kinds"), KINDS.filter((kind) => used.has(kind)).map((kind) => option(kind, kindName(kind), "kind"))),
      select("state", t("devices.all_states"), [option("trouble", t("devices.trouble"), "state"), ...STATES.map((one) => option(one, t(`devices.state.${one}`), "state"))]),
      el("div.dv-view", { role: "group", "aria-label": t("devices.view") }, ["list", "desk"].map((name, index) => el("button.btn.btn--icon", { id: `v-${name}`, "aria-pressed": this.#isCards === Boolean(index), "aria-label": t(index ? "devices.as_cards" : "devices.as_table"), title: t(index ? "devices.as_cards" : "devices.as_table"), on: { click: () => this.#viewAs(Boolean(index)) } }, icon(index ? "screen" : "list")))));
  }

  #rows() {
    if (!this.#view) return;
    const cards = this.#view.devices.filter((card) => passes(card, this.#filter, this.#view.places));
    const none = this.#view.devices.length
      ? el("div.empty", {}, icon("search"), el("p.empty__title", {}, t("devices.none_fit")), el("button.btn", { id: "clear", on: { click: () => this.#only("") } }, t("devices.show_all")))
      : el("div.empty", {}, icon("screen"), el("p.empty__title", {}, t("devices.none")), el("p", {}, t("devices.none_hint")), el("button.btn.btn--primary", { on: { click: () => this.#none() } }, t("devices.how")));
    this.#list.draw(cards, { places: this.#view.places, isCards: this.#isCards, open: this.#open, none });
  }

  #detail() {
    const card = this.#view.devices.find((one) => one.shown.id === this.#open) ?? null;
    drawDetail($("#detail"), card, { places: this.#view.places, busy: this.#busy, deeds: { close: () => this.#show(null), test: (one) => this.#do(`devices/${path(one)}/test`, {}), edit: (one) => askEdit({ card: one, view: this.#view, send: (body) => api.patch(`devices/${path(one)}`, body) }), renew: (one) => askRenew({ card: one, send: (body) => api.post(`devices/${path(one)}/renew`, body) }), rotate: (one) => this.#rotate(one), revoke: (one) => this.#revoke(one), acknowledge: (one, code) => this.#acknowledge(one, code) } });
  }

  #show(id, isNew = true) {
    const before = this.#open;
    this.#open = id;
    if (isNew) history.replaceState(null, "", id ? `#${id}` : location.pathname);
    this.#rows();
    this.#detail();
    if (id && id !== before) $("#detail-close")?.focus({ preventScroll: true });
    if (!id && before) this.#list.focus(before);
  }

  #only(state) {
    this.#filter = { text: "", zone: "", kind: "", state };
    this.#tools();
    this.#rows();
  }

  #viewAs(isCards) {
    this.#isCards = isCards;
    try { localStorage.setItem(VIEW, isCards ? "cards" : "table"); } catch { /* private mode: only this visit knows */ }
    this.#tools();
    this.#rows();
  }

  async #pair(picked = null) {
    if (!picked && !this.#view.waiting.length) { await this.#none(); return; }
    const made = await askPair({ waiting: this.#view.waiting, picked, view: this.#view, send: (body) => api.post("pairing/accept", body) });
    if (made) { toast(t("devices.paired", { id: made.id }), "ok"); this.#show(made.id); }
  }

  async #none() {
    if ((await showHow()) !== "by_hand") return;
    const made = await askByHand({ view: this.#view, send: (body) => api.post("devices", body) });
    if (made) await showCredential(made.id, made.credential);
  }

  async #turnAway(one) {
    if (await ask({ title: t("devices.turn_away_ask", { kind: kindName(one.kind), code: one.code }), yes: t("devices.turn_away"), danger: true })) await this.#do(`pairing/${encodeURIComponent(one.id)}`, undefined, api.del);
  }

  async #rotate(card) {
    if (!(await ask({ title: t("devices.rotate_ask", { name: nameOf(card) }), text: t("devices.rotate_hint"), yes: t("devices.rotate"), danger: true }))) return;
    const made = await this.#do(`devices/${path(card)}/rotate`, {});
    if (made) await showCredential(made.id, made.credential);
  }

  async #revoke(card) {
    if (await ask({ title: t("devices.revoke_ask", { name: nameOf(card) }), text: t("devices.revoke_hint"), yes: t("devices.revoke"), danger: true }) && await this.#do(`devices/${path(card)}/revoke`, {})) this.#show(null);
  }

  #acknowledge(card, code) { return this.#do(`devices/${path(card)}/alarms/${code}/acknowledge`, {}); }

  async #do(address, body, how = api.post) {
    if (this.#busy) return null;
    this.#busy = true;
    try { return (await how(address, body)) ?? true; } catch (error) { toast(errorText(error), "bad", { ms: 8000 }); return null; } finally { this.#busy = false; this.#detail(); }
  }

  #keys(event) {
    const isTyping = event.target.closest("input, select, textarea, dialog");
    if (event.key === "Escape" && this.#open && !isTyping) { this.#show(null); return; }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); $("#f-text")?.focus(); }
    if (event.key === "p") this.#pair();
    if (event.key === "t" && this.#open) $("#test")?.click();
  }
}

const path = (card) => encodeURIComponent(card.shown.id);
const wanted = () => decodeURIComponent(location.hash.slice(1)) || null;

function remembered() {
  try { return localStorage.getItem(VIEW) === "cards"; } catch { return false; }
}

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

async function start() {
  await loadTexts();
  try {
    const me = await api.get("session");
    if (me.roles.includes("manager") || me.roles.includes("admin")) new DevicesPage().start();
    else fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, t("devices.not_allowed")), el("a.btn", { href: "/" }, t("devices.back"))));
  } catch (error) {
    if (error.status === 401) toSignIn();
    else fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => location.reload() } }, t("devices.retry"))));
  }
}

await start();
