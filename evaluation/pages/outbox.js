/** Ratings that could not be handed in yet: kept on the device, over a reload too, and handed in later, each once. */

import { ApiError, api, newKey } from "/static/api.js";

const AGAIN_MS = 5000;
const MOST = 500;
const GONE = new Set([400, 403, 404, 409, 410, 413, 422]);

export class Outbox {
  #slot; #onChange; #list; #sending = false;

  /** @param {string} slot  the localStorage key; @param {(waiting: number) => void} onChange */
  constructor(slot, onChange = () => {}) {
    this.#slot = slot;
    this.#onChange = onChange;
    this.#list = stored(slot);
    addEventListener("online", () => this.flush());
    setInterval(() => this.flush(), AGAIN_MS);
    this.flush();
  }

  get waiting() { return this.#list.length; }

  /** Whether a rating of this matter waits here. */
  holds(ticket, matter) { return this.#list.some(({ body }) => body.ticket === ticket && (body.matter ?? null) === matter); }

  /**
   * Hands `body` in, or keeps it until the link is back. The key is stored first, so a repeat is never a second rating.
   * @returns {Promise<"sent"|"kept">}
   * @throws {ApiError} when the hall refused it
   */
  async put(body) {
    const one = { key: newKey(), body };
    const isFirst = !this.waiting;
    this.#write([...this.#list, one].slice(-MOST));
    if (!isFirst) return "kept";
    try {
      await this.#hand(one);
      return "sent";
    } catch (error) {
      if (later(error)) return "kept";
      throw error;
    }
  }

  /** Hands in what is kept, oldest first; stops at the first that does not get through. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#list.length) {
        try { await this.#hand(this.#list[0]); } catch (error) { if (later(error)) return; }
      }
    } finally {
      this.#sending = false;
    }
  }

  /* It leaves the list when the hall has said yes or no, whatever else is being handed in. */
  async #hand(one) {
    try {
      await api.post("ratings", one.body, { key: one.key });
    } catch (error) {
      if (!later(error)) this.#drop(one.key);
      throw error;
    }
    this.#drop(one.key);
  }

  #drop(key) { this.#write(this.#list.filter((one) => one.key !== key)); }

  #write(list) {
    this.#list = list;
    try { localStorage.setItem(this.#slot, JSON.stringify(list)); } catch { /* full or forbidden: kept until the page is left */ }
    this.#onChange(list.length);
  }
}

function stored(slot) {
  try {
    const list = JSON.parse(localStorage.getItem(slot) ?? "[]");
    return Array.isArray(list) ? list.filter((one) => one?.key && one?.body) : [];
  } catch { return []; }
}

/** No answer, a server that is busy or starting, or credentials that are just being renewed: worth trying again. A refusal is not. */
const later = (error) => !(error instanceof ApiError) || error.offline || !GONE.has(error.status);
