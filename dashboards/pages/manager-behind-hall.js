/** Behind the figures of the board: where everybody stands, devices in trouble, the estimate, the last calls; and every alarm. */

import { el, fill } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { AlarmsCard } from "./manager-board-alarms.js";
import { figures, head, keepScroll } from "./manager-behind.js";
import { devices, recent, satisfaction } from "./manager-side.js";
import { windowName } from "./manager-words.js";

const TOTALS = ["waiting", "called", "serving", "held", "issued", "done", "passed", "cancelled", "expired"];

export class HallBehind {
  node = el("div.behind", { id: "behind-hall" }); #back; #estimate;

  constructor({ back, estimate }) {
    this.#back = back;
    this.#estimate = estimate;
  }

  close() {}

  take(view) {
    const names = new Map(view.windows.map((window) => [window.id, windowName(window)]));
    keepScroll(this.node, () => fill(this.node,
      head(this.#back, el("h2.behind__name", {}, t("manager.board.hall_now"))),
      figures(TOTALS.map((name) => [t(`manager.total.${name}`), count(view.totals[name])])),
      el("div.behind__two", {}, recent(view.recent, names), el("div.behind__side", {}, el("section.side-card", {}, satisfaction(view.satisfaction)), this.#estimate.card(view), devices(view.devices)))), ".events");
  }
}

export class AlarmsBehind {
  node = el("div.behind", { id: "behind-alarms" }); #card = new AlarmsCard({ isWhole: true });

  constructor({ back }) { this.node.append(head(back, el("h2.behind__name", {}, t("manager.alarms"))), this.#card.node); }

  close() { this.#card.close(); }

  take(view) { this.#card.take(view); }
}
