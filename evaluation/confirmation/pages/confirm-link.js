/** The way of a visitor's screen to the hall: what it says and asks, what it loads, and the signature it may not lose. */

import { ApiError, api, newKey } from "/static/api.js";
import { deviceHeader } from "/static/device-key.js";
import { sha256, sha256OfText } from "./sha256.js";

const ANSWER_MS = 9000; // the hall holds a question for four seconds
const AGAIN_MS = [500, 1000, 2000];
const REFUSED_MS = 30_000;
const FORGET = new Set([400, 403, 404, 409, 410, 413, 422]);

/** Asks the hall again and again what to show. */
export class ScreenLink {
  #path; #say; #onOrders; #onState; #page = newKey(); #held = null; #tries = 0; #wake = () => {};

  /**
   * @param {string} window @param {{say: () => object, onOrders: (orders: object) => void, onState: (state: "live"|"lost"|"refused") => void}} how
   *   say: kind, sheet, step, seen, touched of the screen now
   */
  constructor(window, { say, onOrders, onState }) {
    this.#path = `windows/${encodeURIComponent(window)}/confirmations`;
    this.#say = say;
    this.#onOrders = onOrders;
    this.#onState = onState;
    addEventListener("online", () => this.hurry());
    this.#talk();
  }

  /** Says at once how the screen is. */
  hurry() {
    this.#held?.abort();
    this.#wake();
  }

  async #talk() {
    for (;;) {
      const held = this.#held = new AbortController();
      try {
        const orders = await api.post(`${this.#path}/screen`, { page: this.#page, ...this.#say() }, { signal: held.signal, timeout_ms: ANSWER_MS });
        this.#tries = 0;
        this.#onState("live");
        this.#onOrders(orders);
      } catch (error) {
        if (held.signal.aborted) continue;
        await this.#pause(error);
      }
    }
  }

  async #pause(error) {
    const isRefused = error instanceof ApiError && (error.status === 401 || error.status === 403 || error.status === 404);
    this.#onState(isRefused ? "refused" : "lost");
    const wait = isRefused ? REFUSED_MS : AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)] * (0.5 + Math.random());
    this.#tries += 1;
    await new Promise((resolve) => { this.#wake = resolve; setTimeout(resolve, wait); });
  }

  /**
   * What a sheet says and the pictures of its pages, each byte as it was hashed.
   * @throws {Error} "hash": what came is not what is signed
   */
  async load({ id, hash }) {
    const { content: text } = await api.get(`${this.#path}/${id}/sheet`);
    if (sha256OfText(text) !== hash) throw new Error("hash");
    const content = JSON.parse(text);
    const pages = content.document?.pages ?? [];
    const pictures = [];
    for (const [at, page] of pages.entries()) pictures.push(await this.#picture(content.document.id, at, page.sha256));
    return { content, pictures };
  }

  async #picture(document, at, hash) {
    const device = deviceHeader();
    const response = await fetch(`/api/v1/${this.#path}/documents/${document}/pages/${at}`, { cache: "no-store", credentials: "same-origin", headers: device ? { Authorization: device } : {} });
    if (!response.ok) throw new ApiError({ code: `http.${response.status}`, status: response.status });
    const blob = await response.blob();
    if (sha256(new Uint8Array(await blob.arrayBuffer())) !== hash) throw new Error("hash");
    return dataAddress(blob);
  }

  shown({ id, hash }) { return api.post(`${this.#path}/${id}/shown`, { hash }); }

  refuse({ id, hash }) { return api.post(`${this.#path}/${id}/refuse`, { hash }); }

  dispute({ id, hash }, said) { return api.post(`${this.#path}/${id}/dispute`, { hash, ...said }); }

  sign(id, body, key) { return api.post(`${this.#path}/${id}/sign`, body, { key }); }
}

/** A signature that is not handed in yet: kept on this device until the hall has it or does not want it. */
export class Pending {
  #slot; #one = null;

  constructor(window) {
    this.#slot = `onedoor.confirm.${window}`;
    try { this.#one = JSON.parse(localStorage.getItem(this.#slot)); } catch { /* a closed store: only this page has it */ }
  }

  get one() { return this.#one; }

  keep(id, body) {
    this.#one = { id, key: newKey(), body };
    try { localStorage.setItem(this.#slot, JSON.stringify(this.#one)); } catch { /* as above, or it is full */ }
  }

  drop() {
    this.#one = null;
    try { localStorage.removeItem(this.#slot); } catch { /* there was none */ }
  }
}

/** Does the hall not want it, however often it is handed in? */
export const isFinal = (error) => error instanceof ApiError && FORGET.has(error.status);

function dataAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** Is somebody signed in with this browser, as far as a page can tell? */
export const isSignedIn = () => /(?:^|;\s*)_xsrf=/.test(document.cookie);
