/** Choosing the window to sit at: a digit, arrow keys, or a click. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

/** Draws the choice into `place` and calls `onChoose(window id)` once. */
export function chooseWindow(place, windows, onChoose) {
  if (!windows.length) {
    fill(place, el("div.empty", {}, icon("desk"), el("p.empty__title", {}, t("console.choose_empty")), el("p", {}, t("console.choose_empty_hint"))));
    return;
  }
  const buttons = windows.map((window, i) => el("button.card.pick", { id: `window-${window.id}`, on: { click: () => { removeEventListener("keydown", onKey); onChoose(window.id); } } },
    i < 9 && el("kbd.key", {}, i + 1), el("span.pick__number.num", {}, window.number), el("span.pick__name", {}, named(window)), el("span.badge", {}, t(`console.state.${window.state}`))));
  const onKey = (event) => {
    if (!buttons[0].isConnected) { removeEventListener("keydown", onKey); return; }
    const chosen = event.key >= "1" && event.key <= "9" ? buttons[Number(event.key) - 1] : null;
    if (chosen) { event.preventDefault(); chosen.click(); return; }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); buttons[(buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length].focus(); }
  };
  addEventListener("keydown", onKey);
  fill(place, el("section.choose", {}, el("h2", {}, t("console.choose")), el("p.muted", {}, t("console.choose_hint")), el("div.choose__list", {}, buttons)));
  buttons[0].focus();
}
