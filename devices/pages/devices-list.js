/** The devices as a table or as cards; the same rows, the same keys: arrows move, Enter opens. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { badgeOf, ICONS, kindName, nameOf, placeOf, since, stateName } from "./devices-words.js";

/** Does a card pass the filter? @param {{text: string, zone: string, kind: string, state: string}} filter */
export function passes(card, filter, places) {
  const { shown } = card;
  if (filter.zone && card.zone_of !== filter.zone) return false;
  if (filter.kind && shown.kind !== filter.kind) return false;
  if (filter.state === "trouble" ? !card.alarms.length : filter.state && shown.status !== filter.state) return false;
  const text = `${shown.id} ${shown.name} ${kindName(shown.kind)} ${placeOf(card, places)} ${shown.model ?? ""} ${shown.firmware ?? ""}`.toLowerCase();
  return filter.text.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export class DeviceList {
  #node; #onOpen;

  /** @param {Element} node @param {(id: string) => void} onOpen */
  constructor(node, onOpen) {
    this.#node = node;
    this.#onOpen = onOpen;
    node.addEventListener("keydown", (event) => this.#keys(event));
  }

  draw(cards, { places, isCards, open, none }) {
    if (!cards.length) { fill(this.#node, none); return; }
    fill(this.#node, isCards ? el("ul.dv-cards", {}, cards.map((card) => el("li", {}, this.#card(card, places, open)))) : this.#table(cards, places, open));
  }

  focus(id) { this.#node.querySelector(`#open-${CSS.escape(id)}`)?.focus(); }

  #table(cards, places, open) {
    const head = ["device", "place", "state", "since", "firmware", "paper", "clock", "last_fault", "refused"].map((name) => el(`th.dv-c-${name}`, { scope: "col" }, t(`devices.col.${name}`)));
    return el("div.table-wrap", {}, el("table.table.dv-table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, cards.map((card) => this.#row(card, places, open)))));
  }

  #row(card, places, open) {
    const { shown } = card;
    const denied = Object.values(shown.denied).reduce((sum, n) => sum + n, 0);
    return el("tr", { class: card.alarms.some((one) => one.is_bad) ? "dv-bad" : card.alarms.length ? "dv-warn" : "", "aria-selected": open === shown.id, on: { click: () => this.#onOpen(shown.id) } },
      el("td.dv-c-device", {}, this.#opener(card)),
      el("td.dv-c-place", {}, placeOf(card, places)),
      el("td.dv-c-state", {}, this.#state(card)),
      el("td.num.dv-c-since", {}, since(shown.since)),
      el("td.num.dv-c-firmware", {}, shown.firmware || "–"),
      el("td.dv-c-paper", {}, paper(shown)),
      el("td.num.dv-c-clock", {}, skew(shown)),
      el("td.dv-c-last_fault", {}, fault(card)),
      el("td.num.dv-c-refused", {}, denied || "–"));
  }

  #card(card, places, open) {
    const { shown } = card;
    return el("article.dv-card", { class: card.alarms.some((one) => one.is_bad) ? "dv-bad" : card.alarms.length ? "dv-warn" : "", "aria-selected": open === shown.id, on: { click: () => this.#onOpen(shown.id) } },
      el("span.dv-card__icon", {}, icon(ICONS[shown.kind] ?? "screen")),
      el("div.dv-card__what", {}, this.#opener(card, false), el("span.small.muted.truncate", {}, placeOf(card, places))),
      el("div.dv-card__how", {}, this.#state(card), el("span.small.muted.num", {}, since(shown.since))));
  }

  #opener(card, hasIcon = true) {
    const { shown } = card;
    return el("button.dv-open", { id: `open-${shown.id}`, on: { click: (event) => { event.stopPropagation(); this.#onOpen(shown.id); } } }, hasIcon && icon(ICONS[shown.kind] ?? "screen", { label: kindName(shown.kind) }), el("span.dv-open__text", {}, el("span.dv-open__name", {}, nameOf(card)), el("span.dv-open__id.small.muted", {}, shown.name ? shown.id : kindName(shown.kind))));
  }

  #state(card) {
    const extra = card.alarms.filter((one) => !["device.offline", "device.hung", "device.fault"].includes(one.code));
    return [el("span.badge.badge--dot", { class: badgeOf(card) ? `badge--${badgeOf(card)}` : "" }, stateName(card)), extra.length > 0 && el("span.dv-flag", { class: extra.some((one) => one.is_bad) ? "dv-flag--bad" : "", title: t("devices.alarms_n", { n: extra.length }) }, icon("alert", { label: t("devices.alarms_n", { n: extra.length }) })), card.renewal && el("span.dv-flag", { title: t("devices.renewing") }, icon("refresh", { label: t("devices.renewing") }))];
  }

  #keys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("dv-open")) return;
    const all = [...this.#node.querySelectorAll(".dv-open")];
    const next = all[all.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

export function paper({ detail }) {
  const words = { ok: ["ok", "paper_ok"], near_end: ["warn", "paper_low"], out: ["bad", "paper_none"] }[detail.paper];
  return words ? el(`span.badge.badge--${words[0]}`, {}, t(`devices.${words[1]}`)) : "–";
}

export function skew({ clock_skew_s: seconds }) {
  if (seconds === null || seconds === undefined) return "–";
  const text = Math.abs(seconds) < 1 ? t("devices.clock_right") : t(seconds > 0 ? "devices.clock_fast" : "devices.clock_slow", { n: Math.abs(Math.round(seconds)) });
  return Math.abs(seconds) > 5 ? el("span.badge.badge--warn", {}, text) : text;
}

export function fault({ last_fault: last }) {
  if (!last) return "–";
  const reason = last.detail?.reason ?? last.detail?.fault ?? (last.detail?.paper ? `paper: ${last.detail.paper}` : "");
  return el("span.dv-fault", {}, el("span.num", {}, last.until ? t("devices.fault_gone", { from: since(last.since), until: since(last.until) }) : t("devices.fault_since", { from: since(last.since) })), reason && el("span.small.muted", {}, String(reason)));
}
