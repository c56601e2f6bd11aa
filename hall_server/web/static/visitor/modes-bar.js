/** <visitor-modes>: the buttons for language and modes; all of them on the hall's machines, behind one button on a phone. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, onLang, setLang, t } from "/static/i18n.js";
import { isShared, machine } from "./machine.js";
import { modes } from "./modes.js";
import { readsFocus } from "./read-aloud.js";

const ICONS = { large: "type", contrast: "contrast", read: "speaker", reach: "accessible", scan: "scan" };

class VisitorModes extends HTMLElement {
  #stops = [];

  connectedCallback() {
    this.setAttribute("role", "group");
    readsFocus();
    const draw = () => this.draw();
    addEventListener("texts", draw);
    this.#stops = [onLang(draw), modes.onChange(draw), () => removeEventListener("texts", draw)];
    this.draw();
  }

  disconnectedCallback() { for (const stop of this.#stops) stop(); }

  draw() {
    this.setAttribute("aria-label", t("kit.modes"));
    this.classList.add("v-modes");
    const offered = this.#offered();
    if (isShared()) fill(this, offered.map((name) => modeButton(name)), language());
    else fill(this, modeButton("large"), language(), more(offered));
  }

  /* Only what this machine can do: nothing is lowered where the screen lies or is held in the hand. */
  #offered() {
    const listed = this.getAttribute("offer")?.split(/\s+/) ?? Object.keys(ICONS);
    return listed.filter((name) => (name === "reach" ? isUpright() : name !== "scan" || isShared()));
  }
}

/* A table's page also runs on standing machines; those are as high as they are hard to reach. */
function isUpright() {
  return machine() === "kiosk" || machine() === "terminal" || (machine() === "table" && matchMedia("(orientation: portrait)").matches);
}

function modeButton(name) {
  return el("button.btn.v-mode", { id: `mode-${name}`, "aria-pressed": String(modes.has(name)), on: { click: () => modes.turn(name) } }, icon(ICONS[name]), el("span", {}, t(`kit.mode.${name}`)));
}

function language() {
  const other = isChinese() ? "en" : "zh-CN";
  return el("button.btn.v-mode", { id: "language", lang: other, on: { click: () => setLang(other, { keep: !isShared() }) } }, icon("globe"), el("span", {}, other === "en" ? "English" : "中文"));
}

function more(offered) {
  return el("button.btn.v-mode.v-mode--more", { id: "modes-more", "aria-haspopup": "dialog", "aria-label": t("kit.modes"), on: { click: () => choose(offered) } }, icon("accessible"));
}

/* A phone's settings: each with what it does, large enough for a hand that shakes. */
function choose(offered) {
  const place = el("div.stack");
  const box = el("dialog.dialog.v-choose", { "aria-labelledby": "modes-title", on: { close: () => { stop(); box.remove(); } } }, el("div.dialog__body", {},
    el("h2.dialog__title", { id: "modes-title" }, t("kit.modes")), place,
    el("div.dialog__actions", {}, el("button.btn.btn--primary.btn--lg.btn--block", { id: "modes-close", on: { click: () => box.close() } }, t("common.close")))));
  const draw = () => fill(place, offered.map((name) => el("button.v-switch", { id: `choose-${name}`, role: "switch", "aria-checked": String(modes.has(name)), on: { click: () => modes.turn(name) } },
    icon(ICONS[name]), el("span.v-switch__text", {}, el("strong", {}, t(`kit.mode.${name}`)), el("span.muted", {}, t(`kit.mode_hint.${name}`))), el("span.v-switch__knob", { "aria-hidden": "true" }))));
  const stop = modes.onChange(draw);
  draw();
  document.body.append(box);
  box.showModal();
}

customElements.define("visitor-modes", VisitorModes);
