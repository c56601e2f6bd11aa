/** How a visitor wants the page: large type, high contrast, read aloud, everything low, walked through by a switch. */

import { isShared } from "./machine.js";

const STORED = "onedoor.modes";
const LARGE_SCALE = "1.5";
const PATIENT = new Set(["large", "read", "scan"]);

/* mode → attribute of <html> and its value while the mode is on */
const MODES = {
  large: ["data-mode", "large"],
  contrast: ["data-contrast", "high"],
  read: ["data-read", "aloud"],
  reach: ["data-reach", "low"],
  scan: ["data-scan", "one"],
};
const root = document.documentElement;
const query = new URLSearchParams(location.search);
const listeners = new Set();
const usual = asked(); // what this machine always starts with
let on = new Set(isShared() ? usual : [...usual, ...remembered()]);

export const names = Object.keys(MODES);

/** The modes of this page; one for the whole page. */
export const modes = {
  has: (name) => on.has(name),
  /** 适老: type is 1.5 times as large. Show fewer choices at once, and one thing at a time. */
  isLarge: () => on.has("large"),
  isHighContrast: () => on.has("contrast"),
  readsAloud: () => on.has("read"),
  /** Wheelchair: everything that is touched stands in the lower third of an upright screen. */
  isLow: () => on.has("reach"),
  isScanned: () => on.has("scan"),
  /** How much longer than usual to wait for this visitor: 1 or 2. */
  patience: () => ([...on].some((name) => PATIENT.has(name)) ? 2 : 1),
  /** Whether everything is as this machine starts. */
  areUsual: () => names.every((name) => on.has(name) === usual.has(name)),
  set(name, isOn) {
    if (!(name in MODES) || on.has(name) === isOn) return;
    if (isOn) on.add(name); else on.delete(name);
    changed();
  },
  turn(name) { modes.set(name, !on.has(name)); },
  /** Calls `listener(modes)` after each change; gives the way to stop. */
  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** As the machine starts: for the next visitor. */
  wipe() {
    if (modes.areUsual()) return;
    on = new Set(usual);
    changed();
  },
};

apply();

function changed() {
  apply();
  if (!isShared()) keep();
  for (const listener of [...listeners]) listener(modes);
}

function apply() {
  for (const [name, [attribute, value]] of Object.entries(MODES)) {
    if (on.has(name)) root.setAttribute(attribute, value); else root.removeAttribute(attribute);
  }
  root.style.setProperty("--type-scale", on.has("large") ? LARGE_SCALE : "1");
}

/* ?modes=large,contrast in the address of a machine's start page; ?large=1 is the same as ?modes=large */
function asked() {
  const said = (query.get("modes") ?? "").split(",");
  if (query.get("large") === "1") said.push("large");
  return new Set(said.filter((name) => name in MODES));
}

function remembered() {
  try { return JSON.parse(localStorage.getItem(STORED) ?? "[]").filter((name) => name in MODES); } catch { return []; }
}

function keep() {
  try { localStorage.setItem(STORED, JSON.stringify([...on])); } catch { /* private mode: only this page knows */ }
}
