/** Everything a page on a shared machine needs, put on by one call: lock, idle, keyboard, read-aloud, switches. */

import { el } from "/static/dom.js";
import { touchDates } from "./date-picker.js";
import { forget } from "./forget.js";
import { Idle } from "./idle.js";
import "./keyboard.js";
import { lock } from "./lock.js";
import { isShared } from "./machine.js";
import { readsFocus } from "./read-aloud.js";
import { scanning } from "./scan.js";

/**
 * Call once, after loadTexts().
 * @param {{isHome: () => boolean, onLeave: () => void, leave_s?: number, warn_s?: number, isAllowed?: (address: URL) => boolean}} options
 *   isHome: nothing of a visitor is on the page; onLeave: draws the start, after everything was forgotten
 */
export function visitorKit({ isHome, onLeave, leave_s, warn_s, isAllowed }) {
  readsFocus();
  if (!isShared()) return { leave: () => forget().then(onLeave), idle: null };
  lock({ isAllowed });
  scanning();
  touchDates();
  if (!document.querySelector("screen-keyboard")) document.body.append(el("screen-keyboard"));
  const leave = () => forget().then(onLeave);
  return { leave, idle: new Idle({ leave_s, warn_s, isHome, onLeave: leave }) };
}
