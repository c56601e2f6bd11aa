/** What a paired browser keeps of itself, one device of each kind: its id and credential. Pages without device.js act as nobody. */

const SLOT = "onedoor.device.";
let active = null;

/** @returns {{id: string, credential: string, previous?: string, page?: string}|null} */
export function kept(kind) {
  try { return JSON.parse(localStorage.getItem(SLOT + kind)); } catch { return null; }
}

/** Keeps a device, or forgets it with null; returns whether the browser could. */
export function keep(kind, device) {
  try {
    if (device) localStorage.setItem(SLOT + kind, JSON.stringify(device)); else localStorage.removeItem(SLOT + kind);
    return true;
  } catch { return false; }
}

/** From now on this page's calls are the device's; null: nobody's. */
export function actAs(device) { active = device; }

/** The header that says which device a call comes from, or null. */
export function deviceHeader(device = active) {
  return device ? `Basic ${btoa(`${device.id}:${device.credential}`)}` : null;
}
