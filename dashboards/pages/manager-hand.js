/** The tab "hall floor": a manager's hand on the waiting tickets, the windows' skills, the switches, the notices, the kiosks without the server; beside it the log. */

import { el, fill } from "/static/dom.js";
import { ask } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { HandLog } from "./manager-hand-log.js";
import { HandNotices } from "./manager-hand-notices.js";
import { HandOffline } from "./manager-hand-offline.js";
import { HandSkills } from "./manager-hand-skills.js";
import { HandSwitches } from "./manager-hand-switches.js";
import { HandWaiting } from "./manager-hand-waiting.js";

const PARTS = { waiting: HandWaiting, skills: HandSkills, switches: HandSwitches, notices: HandNotices, offline: HandOffline };
const SIGNS = { waiting: "users", skills: "desk", switches: "power", notices: "bell", offline: "wifi-off" };
let last = "waiting";

export class HandTab {
  #place; #main = el("section.hand__main"); #nav = el("nav.hand__nav"); #log = new HandLog(); #part = null; #view = null; #feed = null;

  constructor(place) { this.#place = place; }

  get dirty() { return this.#part?.dirty ?? false; }

  open() {
    fill(this.#place, el("div.hand", {}, el("div.hand__left", {}, this.#nav, this.#main), this.#log.node));
    this.#feed = live(["hand/log"], { onView: (_topic, view) => { this.#log.show(view); this.#part?.changed?.(); } });
    this.#show(last);
  }

  close() {
    this.#feed?.close();
    this.#part?.close?.();
  }

  take(view) {
    this.#view = view;
    this.#part?.take?.(view);
  }

  async mayLeave() {
    return !this.dirty || ask({ title: t("manager.unsaved"), text: t("manager.unsaved_hint"), yes: t("manager.discard"), no: t("manager.keep_editing"), danger: true });
  }

  async #go(name) {
    if (name !== last && (await this.mayLeave())) this.#show(name);
  }

  #show(name) {
    last = name;
    this.#part?.close?.();
    this.#part = new PARTS[name](this.#main);
    fill(this.#nav, Object.keys(PARTS).map((one) => el("button.chip.hand__part", { id: `hand-${one}`, "aria-pressed": String(one === name), on: { click: () => this.#go(one) } }, icon(SIGNS[one]), t(`manager.hand.${one}`))));
    this.#part.open();
    if (this.#view) this.#part.take?.(this.#view);
  }
}
