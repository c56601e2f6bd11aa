/** What a visitor typed ends with the visit: the next person at a shared machine finds nothing of it. */

import { isShared } from "./machine.js";
import { modes } from "./modes.js";

const keepers = new Set();
const blobs = new Set();

/** Calls `fn()` when a visit ends, to empty what only the page knows of (fields of objects, a session at the server); gives the way to stop. */
export function onForget(fn) {
  keepers.add(fn);
  return () => keepers.delete(fn);
}

/** The address of a picture or file of the visitor's, until the visit ends. @param {Blob} blob */
export function blobAddress(blob) {
  const address = URL.createObjectURL(blob);
  blobs.add(address);
  return address;
}

/**
 * Ends the visit: dialogs, fields, memory, sessionStorage, blobs, what is selected, on shared machines the modes too.
 * @param {{reload?: string|false}} [options]  reload: the address to begin at with a fresh page; its history entry is replaced
 */
export async function forget({ reload = false } = {}) {
  for (const box of document.querySelectorAll("dialog[open]")) box.close();
  const done = await Promise.allSettled([...keepers].map((fn) => fn()));
  for (const one of done) if (one.status === "rejected") console.warn("not forgotten:", one.reason);
  for (const address of blobs) URL.revokeObjectURL(address);
  blobs.clear();
  for (const field of document.querySelectorAll("input, textarea, select")) empty(field);
  getSelection()?.removeAllRanges();
  document.activeElement?.blur?.();
  try { sessionStorage.clear(); } catch { /* there is none */ }
  if (isShared()) modes.wipe();
  if (reload) location.replace(reload);
  else if (history.state !== null) history.replaceState(null, "");
}

function empty(field) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = field.defaultChecked;
  else if (field instanceof HTMLSelectElement) field.selectedIndex = Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
  else if (field.type !== "button" && field.type !== "submit") field.value = field.defaultValue ?? "";
}

/* A page that the browser kept as it was when its visitor left is not shown to the next one. */
addEventListener("pageshow", (event) => { if (event.persisted && isShared()) location.reload(); });
