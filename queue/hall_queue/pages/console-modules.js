/** Loads what other rooms add to the console: each module's `install(console)` is called once. */

import { api } from "/static/api.js";

/**
 * @typedef {object} ForModules
 * @property {object} me  who is signed in
 * @property {(action: object) => void} addAction  a key of the desk, as in console-actions.js, with `run(desk)`
 * @property {(node: Element) => void} addExtra  shown between the ticket and the keys; hides itself
 * @property {(listener: (desk: object) => void) => void} onDesk  called with each picture of the desk
 * @property {(question: () => Promise) => Promise} dialog  asks something; the desk's keys rest meanwhile
 */

/** One that does not load, or breaks, must not keep the window closed. @param {ForModules} console */
export async function extend(console) {
  let modules = [];
  try { ({ modules } = await api.get("console/modules")); } catch (error) { reportError(error); }
  for (const address of modules) {
    try { (await import(address)).install(console); } catch (error) { reportError(error); }
  }
}
