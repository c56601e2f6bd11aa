/** Ratings that could not be handed in yet: kept on the device and handed in later, each once. */

import { ApiError, api, newKey } from "/static/api.js";

const AGAIN_MS = 5000;
const GONE = new Set([400, 401, 403, 404, 409, 410, 413, 422]);

export class Outbox {
  #slot; #onChange; #sending = false;

  /** @param {string} slot  the localStorage key; @param {(waiting: number) => void} onChange */
  constructor(slot, onChange = () => {}) {
    this.#slot = slot;
    this.#onChange = onChange;
    addEventListener("online", () => this.flush());
    setInterval(() => this.flush(), AGAIN_MS);
    this.flush();
  }

  get waiting() { return this.#read().length; }

  /**
   * Hands `body` in, or keeps it until the link is back. The key is stored first, so a repeat is never a second rating.
   * @returns {Promise<"sent"|"kept">}
   * @throws {ApiError} when the hall refused it
   */
  async put(body) {
    const one = { key: newKey(), body };
    if (this.waiting) return this.#keep(one);
    this.#keep(one);
    try {
      await api.post("ratings", body, { key: one.key });
      this.#drop(one.key);
      return "sent";
    } catch (error) {
      if (later(error)) return "kept";
      this.#drop(one.key);
      throw error;
    }
  }

  /** Hands in what is kept, oldest first; stops at the first that does not get through. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const one of this.#read()) {
        try {
          await api.post("ratings", one.body, { key: one.key });
        } catch (error) {
          if (later(error)) return;
        }
        this.#drop(one.key);
      }
    } finally {
      this.#sending = false;
    }
  }

  #keep(one) {
    this.#write([...this.#read(), one]);
    return "kept";
  }

  #drop(key) { this.#write(this.#read().filter((one) => one.key !== key)); }

  #read() { return JSON.parse(localStorage.getItem(this.#slot) ?? "[]"); }

  #write(list) {
    localStorage.setItem(this.#slot, JSON.stringify(list));
    this.#onChange(list.length);
  }
}

/** No answer, or a server that is busy or starting: worth trying again. A refusal is not. */
const later = (error) => !(error instanceof ApiError) || error.offline || !GONE.has(error.status);
