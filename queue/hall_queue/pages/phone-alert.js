/** Tells the visitor of a call: tones and vibration, once they were allowed by a touch. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { chime } from "/static/sound.js";

const SHAKE_MS = [400, 200, 400, 200, 800];
const NEAR = 3;
let isOn = false;
let awake = null;

/** Rings when the ticket was just called (again), and once when few people are left ahead. */
export function ringFor(before, view) {
  if (!before || !isOn) return;
  const isCall = view.state === "called" && (before.state !== "called" || view.calls > before.calls);
  const isNear = view.state === "waiting" && before.ahead > NEAR && view.ahead <= NEAR;
  if (isCall) { chime(); navigator.vibrate?.(SHAKE_MS); }
  else if (isNear) navigator.vibrate?.(200);
}

/** The button that allows sound, or the word that it is allowed. */
export function alertSwitch(page) {
  if (isOn) return el("p.p-alert.p-alert--on", {}, icon("bell"), t("phone.sound_on"));
  const turnOn = () => { isOn = true; chime(); navigator.vibrate?.(100); stayAwake(); page.draw(); };
  return el("button.btn.btn--primary.btn--lg.btn--block", { id: "alerts", on: { click: turnOn } }, icon("bell"), t("phone.sound_turn_on"));
}

/* Keeps the screen on where the browser can, so that the page is not put to sleep before the call. */
async function stayAwake() {
  try { awake = await navigator.wakeLock?.request("screen"); } catch { awake = null; }
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden && awake?.released) awake = await navigator.wakeLock.request("screen").catch(() => null);
  });
}
