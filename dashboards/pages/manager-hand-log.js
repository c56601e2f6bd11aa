/** The log "what managers did today": who, when, what, why; with the way back where there is one. */

import { el, fill } from "/static/dom.js";
import { ask } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, isChinese, t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { deed as send, reasonText } from "./manager-hand-ask.js";

const SIGNS = {
  pinned: "map-pin", unpinned: "map-pin", moved: "transfer", reassigned: "desk", line_closed: "stop", line_opened: "play", window_opened: "play",
  window_paused: "pause", window_resumed: "play", window_closed: "stop", rules_saved: "settings", notice_broadcast: "bell", notice_withdrawn: "bell",
  emergency_raised: "alert", emergency_lifted: "check",
};

export class HandLog {
  node = el("aside.hand__log.side-card"); #view = null; #busy = false;

  show(view) {
    this.#view = view;
    const { deeds, more } = view;
    const at = this.node.querySelector(".hand__deeds")?.scrollTop ?? 0;
    fill(this.node, el("h2.live__title", {}, t("manager.hand.log"), el("span.num.muted", {}, deeds.length + more)),
      deeds.length ? el("ol.hand__deeds", {}, deeds.map((one) => this.#row(one)), more > 0 && el("li.muted.small", {}, t("manager.hand.log_more", { n: more })))
        : el("div.empty", {}, icon("list"), el("p.empty__title", {}, t("manager.hand.log_none")), el("p", {}, t("manager.hand.log_none_hint"))));
    const list = this.node.querySelector(".hand__deeds");
    if (list) list.scrollTop = at;
  }

  #row(one) {
    const undone = one.undone_by !== null;
    return el("li.hand__deed", { class: undone ? "hand__deed--undone" : "", dataset: { deed: one.id, kind: one.kind } }, icon(one.undoes ? "repeat" : SIGNS[one.kind] ?? "info"),
      el("div.hand__deed-text", {}, el("p.hand__deed-what", {}, what(one)),
        el("p.small", {}, one.undoes ? t("manager.hand.undo_of", { time: this.#timeOf(one.undoes) }) : reasonText(one.reason) || t("manager.hand.no_reason")),
        el("p.small.muted", {}, el("span.num", {}, timeOfDay(one.at)), " ", one.by_name, undone && ` · ${t("manager.hand.undone")}`)),
      !undone && !one.undo && el("button.btn.btn--sm", { id: `undo-${one.id}`, on: { click: () => this.#undo(one) } }, t("manager.hand.undo")),
      !undone && Boolean(one.undo) && one.undo !== "hand.no_way_back" && el("span.small.muted.hand__over", { title: t("error.hand.moved_on") }, t("manager.hand.over")));
  }

  #timeOf(id) {
    const found = this.#view.deeds.find((one) => one.id === id);
    return found ? timeOfDay(found.at) : "";
  }

  async #undo(one) {
    if (this.#busy || !(await ask({ title: t("manager.hand.undo_ask"), text: what(one), yes: t("manager.hand.undo") }))) return;
    this.#busy = true;
    await send(`hand/${one.id}/undo`, {}, t("manager.hand.undone"));
    this.#busy = false;
  }
}

/** What was done, in the reader's language. */
function what({ kind, fields }) {
  const key = fields.to ? `manager.hand.deed.${kind}_${fields.to}` : `manager.hand.deed.${kind}`;
  const named = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isChinese() ? value : fields[`${name}_en`] || value]));
  if (kind === "rules_saved" && !fields.line) return t("manager.hand.deed.rules_saved_hall");
  return has(key) ? t(key, named) : kind;
}
