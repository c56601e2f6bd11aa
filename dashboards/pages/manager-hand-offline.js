/** What kiosks gave without the server today: what was handed in, what was refused and why, which numbers each one keeps. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { kioskName } from "./manager-words.js";

const LOOKED_AT_MS = 5000;

export class HandOffline {
  #place; #list = el("div.hand__offline", { id: "hand-offline-list" }); #lines = new Map(); #devices = []; #shown = ""; #timer = null;

  constructor(place) { this.#place = place; }

  open() {
    fill(this.#place, this.#list);
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOKED_AT_MS);
  }

  close() { clearInterval(this.#timer); }

  take(hall) {
    this.#lines = new Map(hall.lines.map((line) => [line.id, line]));
    this.#devices = hall.devices;
  }

  async #look() {
    try {
      const found = await api.get("kiosk/offline");
      const text = JSON.stringify([found, [...this.#lines.keys()], this.#devices.map((one) => [one.id, one.name, one.place])]);
      if (text === this.#shown) return; // who reads a list shall not lose the place
      this.#shown = text;
      this.#draw(found);
    } catch (error) {
      if (!this.#shown) fill(this.#list, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    }
  }

  #draw({ hand_ins, tickets, refused, blocks }) {
    if (!hand_ins.length && !blocks.length) {
      fill(this.#list, el("div.empty", {}, icon("kiosk"), el("p.empty__title", {}, t("manager.hand.offline.none")), el("p", {}, t("manager.hand.offline.none_hint"))));
      return;
    }
    fill(this.#list, el("p.muted", {}, t("manager.hand.offline.hint")),
      refused.length > 0 && table("refused", ["number", "kiosk", "taken", "why"], refused.map((one) => this.#refused(one)), t("manager.hand.offline.refused_hint")),
      hand_ins.length ? table("hand_ins", ["kiosk", "at", "accepted", "turned"], hand_ins.map((one) => this.#handIn(one))) : el("p.muted", {}, t("manager.hand.offline.nothing_yet")),
      tickets.length > 0 && table("tickets", ["number", "line", "kiosk", "taken", "state", "against"], tickets.map((one) => this.#ticket(one))),
      blocks.length > 0 && table("blocks", ["kiosk", "line", "numbers", "since", "used"], blocks.map((one) => this.#block(one)), t("manager.hand.offline.blocks_hint")));
  }

  #handIn(one) {
    return el("tr", { dataset: { handIn: one.kiosk } }, this.#kiosk(one), el("td.num", {}, timeOfDay(one.at)), el("td.num", {}, one.accepted),
      el("td", {}, el("span.num", {}, one.refused), one.numbers.length > 0 && ` · ${one.numbers.join(", ")}`));
  }

  #kiosk({ kiosk }) { return el("td", { title: kiosk }, kioskName(kiosk, this.#devices)); }

  #lineOf(id) { return this.#lines.has(id) ? named(this.#lines.get(id)) : id; }

  #refused(one) {
    return el("tr", { dataset: { refused: one.number } }, el("td.num.big", {}, one.number), this.#kiosk(one),
      el("td.nowrap", {}, `${dayOf(one.taken_at)} ${timeOfDay(one.taken_at)}`), el("td", {}, words("refused", one.code)));
  }

  #ticket(one) {
    return el("tr", { dataset: { given: one.number } }, el("td.num.big", {}, one.number), el("td", {}, this.#lineOf(one.line)), this.#kiosk(one), el("td.num", {}, timeOfDay(one.taken_at)),
      el("td", {}, t(`manager.total.${one.state}`)), el("td", {}, one.against ? el("span.badge.badge--warn", {}, words("against", one.against)) : "–"));
  }

  #block(one) {
    return el("tr", { dataset: { block: one.first } }, this.#kiosk(one), el("td", {}, this.#lineOf(one.line)), el("td.num.nowrap", {}, `${one.first}–${one.last}`), el("td.num", {}, timeOfDay(one.since)), el("td.num", {}, one.used));
  }
}

/** A titled table; a list of tickets can be long, so each scrolls with the page and none by itself. */
function table(name, columns, rows, hint = "") {
  const head = columns.map((one) => el("th", { scope: "col" }, t(`manager.hand.offline.col.${one}`)));
  return el("section.hand__said", { id: `offline-${name}` }, el("h2.card__title", {}, t(`manager.hand.offline.${name}`), " ", el("span.num.muted", {}, rows.length)), hint && el("p.muted.small", {}, hint),
    el("div.table-wrap", {}, el("table.table.hand__table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows))));
}

/** A code as managers read it; the texts of refusals speak to visitors. */
function words(kind, code) {
  const key = `manager.hand.offline.${kind}.${code}`;
  return has(key) ? t(key) : code;
}
