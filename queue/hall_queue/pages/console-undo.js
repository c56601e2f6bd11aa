/** The slim bar that says what the last key did, and that it can be taken back for some seconds. */

import { secondsUntil } from "/static/clock.js";
import { el, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const what = (mark) => mark.key.slice(mark.key.lastIndexOf(".") + 1);

/** "已呼叫 A012" */
export const didText = (mark) => t(`console.did.${what(mark)}`, { number: mark.number });
/** "已撤销呼叫，A012 回到原来的位置" */
export const undoneText = (mark) => t(`console.undone.${what(mark)}`, { number: mark.number });

/** Can the last key still be taken back? */
export const mayUndo = (desk) => Boolean(desk?.undo) && secondsUntil(desk.undo.until) > 0;

/** The bar for a desk; nothing where there is nothing to take back. */
export function undoBar(desk, onUndo) {
  if (!mayUndo(desk)) return null;
  return el("button.undo", { id: "undo", dataset: { until: desk.undo.until }, on: { click: (event) => { event.currentTarget.blur(); onUndo(); } } },
    icon("check"), el("span.undo__did.truncate", {}, didText(desk.undo)), el("span.undo__do", {}, icon("repeat"), t("console.act.undo"), el("kbd.key", {}, "U")), el("span.undo__left.num", { "aria-hidden": "true" }));
}

/** Counts a bar down; it goes when its time is over. */
export function tickUndo(bar, isBusy) {
  if (!bar) return;
  const left = Math.ceil(secondsUntil(bar.dataset.until));
  if (left <= 0) { bar.remove(); return; }
  bar.disabled = isBusy;
  say(bar.querySelector(".undo__left"), t("common.seconds", { n: left }));
}
