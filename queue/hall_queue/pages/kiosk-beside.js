/** What stands beside a paired kiosk: its card reader and the hall's printer; a browser that was never paired has neither. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";

export class Beside {
  /** "ready", "reading", …, "away"; null: no reader. */
  reader = null;
  /** "ready", "out", "away"; null: the hall prints nothing here. */
  printer = null;

  constructor() {
    if (device) addEventListener("hall", () => this.#look());
  }

  /** Whether this kiosk acts as a device of the hall, which may print its slips. */
  get isDevice() { return Boolean(device); }

  get canRead() { return this.reader !== null && this.reader !== "away"; }

  /** Lets `handlers` hear of cards and of the reader. @param {{card: (told: object) => void, reader: (state: string) => void}} handlers */
  listen({ card, reader }) {
    device?.on("identity", card);
    device?.on("reader", ({ state }) => { this.reader = state; reader(state); });
  }

  async #look() {
    try {
      const { reader, printer } = await api.get("kiosk/beside");
      const isNews = (this.reader === null) !== (reader === null) || this.canRead !== (reader !== null && reader !== "away");
      Object.assign(this, { reader, printer });
      if (isNews) dispatchEvent(new CustomEvent("card", { detail: {} }));
    } catch { /* asked again with the next look at the hall */ }
  }
}
