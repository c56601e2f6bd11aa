/** Behind a line of the board: who waits there, the windows that serve it, its waits of today. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { count } from "/static/numbers.js";
import { svg } from "./manager-board-curve.js";
import { clock, slotTime, span, waitNow } from "./manager-board-words.js";
import { Busy, card, figures, head, keepScroll, nothing, windowRows } from "./manager-behind.js";
import { switchLine } from "./manager-hand-deeds.js";

export class LineBehind {
  node = el("div.behind", { id: "behind-line" }); #id; #back; #feed; #hall = null; #waiting = null; #day = null; #busy = new Busy(() => this.#draw());

  constructor({ id, back }) {
    this.#id = id;
    this.#back = back;
    this.#feed = live([`waiting/${id}`, `hall-line/${id}`], { onView: (topic, view) => { if (topic.startsWith("waiting")) this.#waiting = view; else this.#day = view; this.#draw(); } });
  }

  close() { this.#feed.close(); }

  take(hall) {
    this.#hall = hall;
    this.#draw();
  }

  #draw() {
    if (!this.#hall) return;
    const line = this.#hall.lines.find((one) => one.id === this.#id);
    keepScroll(this.node, () => fill(this.node, line ? this.#whole(line) : [head(this.#back), el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("manager.board.line_gone")))]));
  }

  #whole(line) {
    const windows = this.#hall.windows.filter((window) => window.lines.includes(line.id));
    const wants = line.waiting > 0 && !line.windows_open;
    return [
      head(this.#back, el("h2.behind__name", {}, el("span.prefix.num", {}, line.prefix), el("span", {}, named(line))), el("label.behind__switch", {}, el("span", {}, t(line.open ? "manager.line_open" : "manager.line_closed")), this.#switch(line))),
      figures([[t("manager.board.col.waiting"), line.waiting], [t("manager.board.col.longest"), line.longest_since && line.waiting ? clock(line.longest_since, line.long_wait_s) : "–"], [t("manager.board.col.estimate"), waitNow(line.wait_s)], [t("manager.board.col.windows"), `${line.windows_open}/${windows.length}`, wants ? "late" : ""], [t("manager.board.given"), count(line.given)]]),
      el("div.behind__two", {}, card([t("manager.board.in_line"), el("a.btn.btn--sm", { href: "#hand" }, t("manager.tab.hand"))], this.#tickets()),
        el("div.behind__side", {}, card(t("manager.board.waits_today"), this.#waits()), card(t("manager.board.line_windows"), windows.length ? windowRows(windows, this.#busy, () => this.#hall) : nothing(t("manager.board.no_window"))))),
    ];
  }

  #switch(line) {
    const key = `line-${line.id}`;
    return el("button.switch", { id: key, role: "switch", "aria-checked": String(line.open), "aria-label": `${named(line)}: ${t(line.open ? "manager.line_open" : "manager.line_closed")}`, disabled: this.#busy.has(key), on: { click: () => this.#busy.once(key, () => switchLine(line)) } });
  }

  #tickets() {
    if (!this.#waiting) return nothing(t("manager.loading"));
    const { tickets, waiting } = this.#waiting;
    if (!tickets.length) return nothing(t("manager.board.nobody"));
    return [el("div.live__scroll", {}, el("table.table.live__table", { id: "line-tickets" }, el("tbody", {}, tickets.map((ticket, at) => el("tr", { dataset: { ticket: ticket.number } },
      el("td.num.muted", {}, at + 1), el("td.num.big", {}, ticket.number), el("td", {}, el("span.clamp-2", {}, named(ticket, "matter_name") || named(ticket, "line_name"))), el("td", {}, standing(ticket)), el("td.end", {}, clock(ticket.issued_at, this.#day?.limit_s))))))),
    waiting > tickets.length && nothing(t("manager.hand.first_of", { n: tickets.length, all: waiting }))];
  }

  #waits() {
    const day = this.#day;
    if (!day) return nothing(t("manager.loading"));
    if (!day.called) return nothing(t("manager.board.waits_none"));
    return [figures([[t("manager.board.called"), count(day.called)], [t("manager.board.p50"), span(day.p50_s)], [t("manager.board.p90"), span(day.p90_s)], [t("manager.board.most"), span(day.longest_s)], [t("manager.board.late", { n: Math.round(day.limit_s / 60) }), count(day.late), day.late ? "late" : ""]]), bars(day)];
  }
}

/* Median and longest wait of each half hour, by when people came. */
function bars({ half_hours: slots, limit_s: limit }) {
  const [first, last] = [slots[0].slot, slots.at(-1).slot];
  const most = Math.max(...slots.map((one) => one.longest_s), 60);
  const n = Math.max(last - first + 1, 6);
  const [width, height, foot] = [600, 150, 30];
  const x = (slot) => ((slot - first + 0.5) * width) / n;
  const y = (s) => (height - foot) * (1 - s / most);
  return svg("svg", { class: "behind__bars", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("manager.board.bars") },
    limit < most && svg("line", { class: "curve__limit", x1: 0, x2: width, y1: y(limit), y2: y(limit) }),
    slots.map((one) => [svg("line", { class: "behind__longest", x1: x(one.slot), x2: x(one.slot), y1: y(one.longest_s), y2: height - foot }), svg("rect", { class: "curve__bar", x: x(one.slot) - (0.3 * width) / n, width: (0.6 * width) / n, y: y(one.p50_s), height: Math.max(1, height - foot - y(one.p50_s)) }),
      (one.slot - first) % Math.ceil(n / 6) === 0 && svg("text", { class: "curve__tick num", x: x(one.slot), y: height - 5, "text-anchor": "middle" }, slotTime(one.slot))]));
}

function standing(ticket) {
  const key = ticket.pinned ? "manager.hand.rank.pinned" : `manager.hand.rank.${ticket.rank}`;
  const where = ticket.to_window ? t("manager.hand.window_n", { n: ticket.to_window }) : ticket.to_staff;
  return [has(key) && el("span.badge", {}, t(key)), where && el("span.badge", {}, `→ ${where}`)];
}
