/** Who waits in a line, in calling order: put somebody first, let somebody wait elsewhere, find a number. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { askReason, deed } from "./manager-hand-ask.js";
import { windowName } from "./manager-words.js";

const TYPING_MS = 200;
const FOUND = 8;
let chosen = null;

export class HandWaiting {
  #place; #lines = el("ul.hand__lines"); #list = el("div.hand__list"); #hall = null; #feed = null; #shown = null; #q = ""; #timer = null; #turn = 0;

  constructor(place) { this.#place = place; }

  open() {
    const search = el("input.input", { id: "hand-search", type: "search", autocomplete: "off", placeholder: t("manager.hand.search"), "aria-label": t("manager.hand.search"), on: { input: (event) => this.#search(event.target.value) } });
    fill(this.#place, el("div.hand__waiting", {}, el("div.hand__choose", {}, el("div.edit__search", {}, icon("search"), search), this.#lines), this.#list));
  }

  close() {
    clearTimeout(this.#timer);
    this.#feed?.close();
  }

  take(hall) {
    this.#hall = hall;
    if (!hall.lines.some((line) => line.id === chosen)) chosen = (hall.lines.find((line) => line.waiting) ?? hall.lines[0])?.id ?? null;
    fill(this.#lines, hall.lines.map((line) => el("li", {}, el("button.hand__line", { id: `hand-line-${line.id}`, "aria-pressed": String(!this.#q && line.id === chosen), on: { click: () => this.#choose(line.id) } }, el("span.prefix.num", {}, line.prefix), el("span.grow.clamp-2", {}, named(line)), el("span.num.strong", {}, line.waiting)))));
    if (!this.#feed && chosen) this.#watch();
  }

  #choose(line) {
    chosen = line;
    this.#q = "";
    this.#place.querySelector("#hand-search").value = "";
    this.#watch();
    if (this.#hall) this.take(this.#hall);
  }

  #watch() {
    this.#feed?.close();
    this.#shown = null;
    fill(this.#list, el("p.muted.edit__wait", {}, t("manager.loading")));
    this.#feed = live([`waiting/${chosen}`], { onView: (_topic, view) => { this.#shown = view; if (!this.#q) this.#draw(view.tickets, view.waiting); } });
  }

  #search(q) {
    clearTimeout(this.#timer);
    this.#q = q.trim();
    if (this.#hall) this.take(this.#hall);
    if (!this.#q) { if (this.#shown) this.#draw(this.#shown.tickets, this.#shown.waiting); return; }
    this.#timer = setTimeout(() => this.#find(), TYPING_MS);
  }

  /** After each deed too: what was found shall show what has become of it. */
  changed() { if (this.#q) this.#find(); }

  async #find() {
    const turn = ++this.#turn;
    try {
      const { tickets } = await api.get(`hand/tickets?${new URLSearchParams({ q: this.#q })}`);
      if (turn === this.#turn && this.#q) this.#draw(tickets, tickets.length);
    } catch (error) {
      if (turn === this.#turn) fill(this.#list, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    }
  }

  #draw(tickets, waiting) {
    if (!tickets.length) {
      fill(this.#list, this.#q ? el("div.empty", {}, icon("search"), el("p.empty__title", {}, t("manager.none_found", { q: this.#q }))) : el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("manager.hand.nobody")), el("p", {}, t("manager.hand.nobody_hint"))));
      return;
    }
    const at = this.#list.querySelector(".edit__scroll")?.scrollTop ?? 0;
    const head = ["place", "number", "matter", "rank", "since"].map((name) => el("th", { scope: "col" }, t(`manager.hand.col.${name}`)));
    fill(this.#list, el("div.table-wrap.edit__scroll", {}, el("table.table.hand__table", {}, el("thead", {}, el("tr", {}, head, el("th"))), el("tbody", {}, tickets.map((ticket, at_) => this.#row(ticket, at_))))),
      waiting > tickets.length && el("p.muted.small", {}, t("manager.hand.first_of", { n: tickets.length, all: waiting })));
    this.#list.querySelector(".edit__scroll").scrollTop = at;
  }

  #row(ticket, at) {
    const waits = ticket.state === "waiting";
    return el("tr", { class: waits ? "" : "off", dataset: { ticket: ticket.number } },
      el("td.num.muted", {}, this.#q ? "" : at + 1), el("td.num.big", {}, ticket.number), el("td", {}, el("span.clamp-2", {}, named(ticket, "matter_name") || named(ticket, "line_name"))),
      el("td", {}, this.#standing(ticket)), el("td.num", {}, timeOfDay(ticket.issued_at)),
      el("td.end", {}, waits && el("span.deeds", {},
        el("button.btn.btn--sm", { id: `pin-${ticket.id}`, "aria-pressed": String(ticket.pinned), on: { click: () => this.#pin(ticket) } }, icon("map-pin"), t(ticket.pinned ? "manager.hand.unpin" : "manager.hand.pin")),
        el("button.btn.btn--sm", { id: `move-${ticket.id}`, on: { click: () => this.#move(ticket) } }, icon("transfer"), t("manager.hand.move")))));
  }

  #standing(ticket) {
    if (ticket.state !== "waiting") return el("span.badge", {}, t(`manager.total.${ticket.state}`), ticket.window && ` · ${t("manager.hand.window_n", { n: ticket.window })}`);
    const where = ticket.to_window ? t("manager.hand.window_n", { n: ticket.to_window }) : ticket.to_staff;
    const key = ticket.pinned ? "manager.hand.rank.pinned" : `manager.hand.rank.${ticket.rank}`;
    return [has(key) && el("span.badge", { class: ticket.pinned ? "badge--accent" : ticket.rank === "priority" ? "badge--call" : "" }, t(key)), where && el("span.badge.badge--warn", {}, `→ ${where}`)];
  }

  async #pin(ticket) {
    const body = await askReason({ title: t(ticket.pinned ? "manager.hand.unpin_ask" : "manager.hand.pin_ask", { number: ticket.number }), hint: ticket.pinned ? "" : t("manager.hand.pin_hint"), yes: t(ticket.pinned ? "manager.hand.unpin" : "manager.hand.pin") });
    if (body) await deed("hand/pin", { ticket: ticket.id, pinned: !ticket.pinned, ...body });
  }

  async #move(ticket) {
    const body = await askReason({ title: t("manager.hand.move_ask", { number: ticket.number }), hint: t("manager.hand.move_hint"), yes: t("manager.hand.move"), fields: await this.#targets(ticket) });
    if (!body) return;
    const { kind, reason } = body;
    await deed("hand/move", { ticket: ticket.id, [kind]: body[kind], reason });
  }

  /** Where to: one choice of four kinds, and the list of that kind. */
  async #targets(ticket) {
    const staff = await sitting(this.#hall);
    const lists = {
      line: select("line", this.#hall.lines.filter((line) => line.id !== ticket.line).map((line) => [line.id, `${line.prefix} ${named(line)}`])),
      matter: matterField(),
      window: select("window", this.#hall.windows.filter((window) => window.state !== "closed").map((window) => [window.id, windowName(window)])),
      staff: select("staff", staff),
    };
    const kinds = Object.keys(lists).map((kind) => el("label.check", {}, el("input", { type: "radio", name: "kind", value: kind, checked: kind === "line", on: { change: () => choose(kind) } }), t(`manager.hand.to.${kind}`)));
    const choose = (kind) => { for (const [name, node] of Object.entries(lists)) { node.hidden = name !== kind; for (const input of node.querySelectorAll("select, input")) input.disabled = name !== kind; } };
    choose("line");
    return [el("fieldset.hand__kinds", {}, kinds), ...Object.values(lists)];
  }
}

function select(name, options) {
  return el("label.field", {}, el("span.field__label", {}, t(`manager.hand.to.${name}`)), el("select.select", { name, required: true }, options.map(([value, text]) => el("option", { value }, text))), !options.length && el("span.field__hint", {}, t("manager.hand.to_none")));
}

/** A matter out of a long catalogue: words first, then a choice of what was found. */
function matterField() {
  const found = el("select.select", { name: "matter", required: true, "aria-label": t("manager.hand.to.matter") });
  let turn = 0;
  const find = async (q) => {
    const mine = ++turn;
    const { matters } = await api.get(`matters?${new URLSearchParams({ q, limit: FOUND })}`).catch(() => ({ matters: [] }));
    if (mine === turn) fill(found, matters.map((one) => el("option", { value: one.id }, named(one))));
  };
  find("");
  return el("div.field", {}, el("span.field__label", {}, t("manager.hand.to.matter")), el("input.input", { type: "search", autocomplete: "off", placeholder: t("manager.matters_search"), "aria-label": t("manager.matters_search"), on: { input: (event) => find(event.target.value) } }), found);
}

/** Who sits at a window now, as [id, name]. */
async function sitting(hall) {
  const here = new Map(hall.windows.filter((window) => window.staff).map((window) => [window.staff.number, window]));
  try {
    const { items } = await api.get("staff?limit=500");
    return items.filter((one) => here.has(one.number)).map((one) => [one.id, `${one.display_name || one.name} (${windowName(here.get(one.number))})`]);
  } catch { return []; }
}
