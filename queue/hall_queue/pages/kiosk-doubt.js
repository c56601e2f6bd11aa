/** Requests whose answer was lost: the number that the server may have given is found again and given up, so that nobody is called for nothing. */

import { api } from "/static/api.js";

const ANSWER_MS = 8000;
/** The server cannot say just now; anything else it says is its last word. */
const mayChange = (error) => error.status === 0 || error.status >= 500 || error.status === 429;

export class Doubts {
  /** Whether the visitor who asked with this key is still here and may ask again with it. */
  isHeld = () => false;
  #open = new Map(); #spent = new Set(); #store; #ready; #isRead = false;

  /** @param {OfflineStore} store  @param {Promise<boolean>} ready  whether the store keeps anything */
  constructor(store, ready) {
    this.#store = store;
    this.#ready = ready;
  }

  /** No answer came. On the disk only what says nothing of a person. @param {{key: string, day: string, body: object}} asked */
  add(asked) {
    this.#open.set(asked.key, asked);
    return this.#keep();
  }

  /** The answer came after all, and the visitor has seen it. */
  settle(key) {
    return this.#open.delete(key) ? this.#keep() : null;
  }

  /** Whether a key's number has been given up: whoever asks again needs a new key. */
  isSpent(key) { return this.#spent.has(key); }

  /**
   * Asks again with each key, so that a late first request can make no number either, and gives the number up.
   * @param {string} day  business day; what was asked on another one has ended with it
   * Throws where the server cannot say now: to be called again.
   */
  async giveUp(day) {
    await this.#read();
    for (const asked of [...this.#open.values()]) {
      if (this.isHeld(asked.key)) continue;
      this.#spent.add(asked.key);
      if (asked.day === day) await this.#giveUpOne(asked);
      await this.settle(asked.key);
    }
  }

  async #giveUpOne({ key, body }) {
    try {
      const { token } = await api.post("tickets", body, { key, timeout_ms: ANSWER_MS });
      await api.del(`tickets/${encodeURIComponent(token)}`, { timeout_ms: ANSWER_MS });
    } catch (error) {
      if (mayChange(error)) throw error; // else there is no number, or it is called by now and will be passed
    }
  }

  async #read() {
    if (this.#isRead || !(await this.#ready)) return;
    for (const asked of await this.#store.doubts()) if (!this.#open.has(asked.key)) this.#open.set(asked.key, asked);
    this.#isRead = true;
  }

  /* A disk that takes nothing is no reason to stop: the page itself still knows. */
  async #keep() {
    if (await this.#ready) await this.#store.keepDoubts([...this.#open.values()].filter(({ body }) => !body.person)).catch(() => {});
  }
}
