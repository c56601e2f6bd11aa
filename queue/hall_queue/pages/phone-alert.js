/** Tells the visitor of a call and, once, that the turn is near: tones, vibration and a notification, once a touch allowed them. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { chime } from "/static/sound.js";
import { windowNumbers } from "./windows.js";

const SHAKE_MS = [400, 200, 400, 200, 800];
const NEAR_MS = [200, 120, 200];
let isOn = false;
let awake = null;

/**
 * Rings when the ticket was just called (again), and once in its life when the turn is near.
 * @param {{told: {near?: boolean}, keep: () => void}} page  told: what this phone has said of the ticket, kept over reloads
 */
export function ringFor(page, before, view) {
  const isCall = view.state === "called" && (before?.state !== "called" || view.calls > before.calls);
  const isNear = view.state === "waiting" && view.near && !page.told.near;
  if (isNear) { page.told.near = true; page.keep(); }
  if (!isOn || !before) return;
  if (isCall) alarm(SHAKE_MS, t("phone.notice_call", { number: view.number, window: windowNumbers(view.window ? [view.window] : []) }));
  else if (isNear) alarm(NEAR_MS, t("phone.notice_near", { number: view.number }));
}

/** The button that allows sound, or the word that it is allowed. */
export function alertSwitch(page) {
  if (isOn) return el("p.p-alert.p-alert--on", {}, icon("bell"), t("phone.sound_on"));
  const turnOn = () => { isOn = true; chime(); navigator.vibrate?.(100); stayAwake(); allowNotices(); page.draw(); };
  return el("button.btn.btn--primary.btn--lg.btn--block", { id: "alerts", on: { click: turnOn } }, icon("bell"), t("phone.sound_turn_on"));
}

function alarm(shake_ms, text) {
  chime();
  navigator.vibrate?.(shake_ms);
  notify(text);
}

/* For a page in the background; browsers show notifications of https pages only. */
function notify(text) {
  if (!document.hidden || globalThis.Notification?.permission !== "granted") return;
  try {
    const notice = new Notification(text, { icon: "/static/icon.svg", tag: "onedoor", renotify: true });
    notice.onclick = () => { focus(); notice.close(); };
  } catch { /* Android's Chrome shows none without a service worker; tone and vibration remain */ }
}

function allowNotices() {
  if (globalThis.isSecureContext && globalThis.Notification?.permission === "default") Notification.requestPermission().catch(() => null);
}

/* Keeps the screen on where the browser can, so that the page is not put to sleep before the call. */
async function stayAwake() {
  try { awake = await navigator.wakeLock?.request("screen"); } catch { awake = null; }
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden && awake?.released) awake = await navigator.wakeLock.request("screen").catch(() => null);
  });
}
