/** Behind a window of the board: who sits there, what it did today, its last tickets, what can be done. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { count, percent, timeOfDay } from "/static/numbers.js";
import { AlarmsCard } from "./manager-board-alarms.js";
import { clock, span } from "./manager-board-words.js";
import { Busy, card, deeds, figures, head, keepScroll, nothing, reason, stateBadge } from "./manager-behind.js";

const COLUMNS = ["number", "matter", "called", "started", "serve", "end", "level"];

export class WindowBehind {
  node = el("div.behind", { id: "behind-window" }); #id; #back; #feed; #hall = null; #day = null; #busy = new Busy(() => this.#draw()); #alarms = new AlarmsCard({ isWhole: true });

  constructor({ id, back }) {
    this.#id = id;
    this.#back = back;
    this.#feed = live([`hall-window/${id}`], { onView: (_topic, view) => { this.#day = view; this.#draw(); } });
  }

  close() {
    this.#feed.close();
    this.#alarms.close();
  }

  take(hall) {
    this.#hall = hall;
    this.#draw();
  }

  #draw() {
    if (!this.#hall) return;
    const window = this.#hall.windows.find((one) => one.id === this.#id);
    keepScroll(this.node, () => fill(this.node, window ? this.#whole(window) : [head(this.#back), el("div.empty", {}, icon("desk"), el("p.empty__title", {}, t("manager.board.window_gone")))]));
  }

  #whole(window) {
    const alarms = this.#hall.alarms.filter((one) => one.fields.id === window.id && one.fields.window !== undefined);
    if (alarms.length) this.#alarms.take({ ...this.#hall, alarms });
    return [
      head(this.#back, el("h2.behind__name", {}, el("span.behind__number.num", {}, window.window_number), el("span", {}, named(window))), stateBadge(window), reason(window), window.since && clock(window.since), el("span.grow"), deeds(window, this.#busy, () => this.#hall), el("a.btn.btn--sm", { id: `why-${window.id}`, href: `/why/${encodeURIComponent(window.id)}` }, t("why.title"))),
      this.#figures(window),
      alarms.length > 0 && this.#alarms.node,
      el("div.behind__two", {}, card(t("manager.board.last_tickets"), this.#tickets()), el("div.behind__side", {}, card(t("manager.board.sits_here"), this.#who(window)), card(t("manager.board.serves"), this.#lines(window)))),
    ];
  }

  #figures(window) {
    const day = this.#day;
    const rated = day ? day.counts.reduce((sum, n) => sum + n, 0) : 0;
    return figures([[t("manager.col.served"), window.served], [t("manager.board.mean_serve"), span(day?.mean_serve_s)], [t("manager.total.passed"), day?.passed ?? "–"], [t("manager.satisfaction"), rated ? percent(day.rate) : "–"], [t("manager.board.ratings"), rated]]);
  }

  #tickets() {
    if (!this.#day) return nothing(t("manager.loading"));
    const { ticket, recent } = this.#day;
    const all = [...(ticket ? [ticket] : []), ...recent];
    if (!all.length) return nothing(t("manager.board.no_tickets"));
    return el("div.live__scroll", {}, el("table.table.live__table", { id: "window-tickets" }, el("thead", {}, el("tr", {}, COLUMNS.map((name) => el("th", { scope: "col", class: name === "serve" ? "end" : "" }, t(`manager.board.ticket.${name}`))))), el("tbody", {}, all.map((one) => ticketRow(one, one === ticket)))));
  }

  #who(window) {
    if (!window.staff) return nothing(t("manager.board.nobody_sits"));
    return el("p.behind__who", {}, icon("user"), el("b", {}, window.staff.name), el("span.num.muted", {}, window.staff.number));
  }

  #lines(window) {
    const lines = window.lines.map((id) => this.#hall.lines.find((one) => one.id === id)).filter(Boolean);
    if (!lines.length) return nothing(t("manager.order_none"));
    return el("ul.behind__lines", {}, lines.map((line) => el("li", {}, el("a.line-name", { href: `#live/line/${encodeURIComponent(line.id)}` }, el("span.prefix.num", {}, line.prefix), el("span.grow", {}, named(line)), el("b.num", {}, line.waiting)))));
  }
}

function ticketRow(ticket, isHere) {
  const bad = ticket.level >= 4;
  return el("tr", { class: isHere ? "strong" : "", dataset: { ticket: ticket.number } }, el("td.num.big", {}, ticket.number), el("td", {}, el("span.clamp-2", {}, named(ticket, "matter_name"))), el("td.num", {}, timeOfDay(ticket.called_at)), el("td.num", {}, timeOfDay(ticket.started_at)),
    el("td.end.num", {}, isHere && ticket.started_at ? clock(ticket.started_at) : span(ticket.serve_s)), el("td", {}, has(`manager.total.${ticket.state}`) ? t(`manager.total.${ticket.state}`) : ticket.state), el("td", { class: bad ? "late" : "" }, ticket.level ? t(`manager.level.${ticket.level}`) : ""));
}
