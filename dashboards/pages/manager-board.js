/** The one screen for the whole hall: figures, lines, today's curve, windows, alarms. */

import { el } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { count, percent } from "/static/numbers.js";
import { AlarmsCard } from "./manager-board-alarms.js";
import { CurveCard } from "./manager-board-curve.js";
import { keyed } from "./manager-board-keyed.js";
import { LinesCard } from "./manager-board-lines.js";
import { WindowsCard } from "./manager-board-windows.js";
import { clock } from "./manager-board-words.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Board {
  #figures = el("div.board__figures.totals"); #estimate; #cards = { lines: new LinesCard(), curve: new CurveCard(), windows: new WindowsCard(), alarms: new AlarmsCard() };

  /** @param {EstimateCard} estimate  how right the wait estimate is; its figure opens it */
  constructor(estimate) {
    this.#estimate = estimate;
    const { lines, curve, windows, alarms } = this.#cards;
    this.node = el("div.board", { on: { keydown: (event) => this.#arrows(event) } }, this.#figures, lines.node, curve.node, windows.node, alarms.node);
  }

  close() { for (const card of Object.values(this.#cards)) card.close?.(); }

  take(view) {
    const all = [...figures(view), { name: "estimate", ...this.#estimate.figure(view) }];
    keyed(this.#figures, all, ({ name }) => name, (one) => [t("manager.title"), one], (one) => figure(one, () => this.#estimate.open()));
    this.#cards.lines.take(view);
    this.#cards.curve.take(view.curve);
    this.#cards.windows.take(view);
    this.#cards.alarms.take(view);
  }

  /* Arrow keys go from a line to the next, and from a tile to the one beside or below it. */
  #arrows(event) {
    const step = STEPS[event.key];
    const from = event.target.closest?.(".tile, .line-name");
    if (!step || !from) return;
    event.preventDefault();
    const all = [...this.node.querySelectorAll(from.matches(".tile") ? ".tile" : ".line-name")];
    nearest(from, all, step)?.focus();
  }
}

/** The next element in a direction: the least far that way, then the least far across. */
function nearest(from, all, [dx, dy]) {
  const box = from.getBoundingClientRect();
  const far = (one) => {
    const { left, top } = one.getBoundingClientRect();
    const [along, across] = dx ? [(left - box.left) * dx, Math.abs(top - box.top)] : [(top - box.top) * dy, Math.abs(left - box.left)];
    return along > 1 && (dy || across < box.height) ? along + across * 4 : Infinity;
  };
  return all.map((one) => [far(one), one]).filter(([way]) => way < Infinity).sort(([a], [b]) => a - b)[0]?.[1];
}

function figures({ totals, lines, windows, satisfaction, devices }) {
  const waits = lines.filter((line) => line.waiting && line.longest_since);
  const longest = waits.sort((a, b) => Date.parse(a.longest_since) - Date.parse(b.longest_since))[0];
  const rated = satisfaction.counts.reduce((sum, n) => sum + n, 0);
  const ill = devices.filter((one) => one.status === "offline" || one.status === "fault").length;
  const well = devices.filter((one) => one.status === "online").length;
  const unseen = devices.filter((one) => one.status === "unknown").length;
  const open = windows.filter((one) => one.state !== "closed" && one.state !== "paused").length;
  return [
    { name: "present", value: count(totals.present), href: "#live/hall", beside: ["serving", "called", "held"].map((state) => `${t(`manager.total.${state}`)} ${totals[state]}`).join(" · ") },
    { name: "waiting", value: count(totals.waiting), href: "#live/hall", since: longest?.longest_since, late: longest?.long_wait_s, beside: longest ? t("manager.board.longest") : t("manager.board.nobody") },
    { name: "issued", value: count(totals.issued), href: "#live/hall", beside: ["done", "passed"].map((state) => `${t(`manager.total.${state}`)} ${count(totals[state])}`).join(" · ") },
    { name: "satisfaction", value: rated ? percent(satisfaction.rate) : "–", href: "/manager/ratings", beside: rated ? t("manager.satisfaction_n", { n: count(rated) }) : t("manager.satisfaction_none"), bad: satisfaction.counts[3] + satisfaction.counts[4] },
    { name: "open", value: `${open}/${windows.length}`, href: "#live/hall", beside: t("manager.board.served", { n: count(windows.reduce((sum, one) => sum + one.served, 0)) }) },
    { name: "devices", value: count(well), href: "/manager/devices", beside: ill ? "" : !devices.length ? t("manager.devices_none") : unseen ? t("manager.devices_unseen", { n: unseen }) : t("manager.board.devices_well"), ill },
  ];
}

function figure({ name, value, href, beside, since, late, bad, ill }, open) {
  return el(href ? "a.figure" : "button.figure", { id: `figure-${name}`, class: `figure--${name}`, ...(href ? { href } : { on: { click: open } }) }, el("span.figure__label", {}, t(`manager.board.figure.${name}`)),
    el("span.figure__value.num", { class: name === "satisfaction" ? "satisfaction__rate" : "" }, value),
    el("span.figure__beside", {}, beside, since && clock(since, late), bad > 0 && el("b.late", {}, t("manager.board.bad_ratings", { n: bad })), ill > 0 && el("b.late", {}, t("manager.board.devices_ill", { n: ill }))));
}
