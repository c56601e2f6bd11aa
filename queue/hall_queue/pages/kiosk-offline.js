/** The kiosk without its server: fetches numbers ahead, gives them while the link is lost, hands the tickets in afterwards. */

import { api } from "/static/api.js";
import { hallNow, syncClock } from "/static/clock.js";
import { Doubts } from "./kiosk-doubt.js";
import { OfflineStore } from "./kiosk-offline-store.js";

const RESERVE_MS = 300_000;
const UPDATE_MS = 600_000;
const AT_ONCE = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const NAME_MOST = 40;
const ANSWER_MS = 8000;
/* Answers that will not change by asking again: this browser may not give numbers. */
const NEVER = new Set([401, 403, 404]);

export class Offline {
  /** line id → numbers left; empty where this kiosk cannot go on alone. */
  left = new Map();
  /** What was asked of the server without an answer. */
  doubts;
  #store = new OfflineStore(); #ready; #pause_ms = FIRST_PAUSE_MS; #timer = 0; #busy = false; #reserved_ms = 0; #isRefused = false; #onChange; #named;

  /**
   * @param {() => void} onChange  told when the numbers left have changed
   * @param {string} [name]  what people call this kiosk, where it is no registered device
   */
  constructor(onChange, name = "") {
    this.#named = name ? { kiosk: name.slice(0, NAME_MOST) } : {};
    this.#onChange = onChange;
    this.#ready = this.#store.open().then(() => true, () => false); // a browser that keeps nothing has no offline numbers
    this.doubts = new Doubts(this.#store, this.#ready);
  }

  /** Whether this kiosk has had numbers for today at all; where it keeps none, it only says that the link is lost. */
  get isPrepared() { return this.left.size > 0; }

  get canGive() { return [...this.left.values()].some((count) => count > 0); }

  /** The link is there: give up what nobody has got, hand in what there is, then fill the numbers up. Never throws. */
  async linked(hall) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.doubts.giveUp(hall.business_day);
      if (!(await this.#ready)) return;
      await this.#store.keepHall(hall);
      if (await this.#alone(() => this.#handIn()) === false) return;
      if (Date.now() - this.#reserved_ms > RESERVE_MS && !this.#isRefused) await this.#reserve();
      this.#pause_ms = FIRST_PAUSE_MS;
    } catch (error) {
      if (NEVER.has(error.status)) this.#isRefused = true;
      else this.#again(hall);
    } finally {
      this.#busy = false;
      await this.count();
    }
  }

  /** The link is lost. */
  async lost() {
    clearTimeout(this.#timer);
    await this.count();
  }

  async count() {
    if (!(await this.#ready)) return;
    this.left = await this.#store.left(hallNow());
    this.#onChange();
  }

  /** The hall as last seen, for a page that was loaded without the server; puts the clock right as far as it can. */
  async lastHall() {
    if (!(await this.#ready)) return null;
    const kept = await this.#store.hall();
    if (!kept) return null;
    const zone = kept.hall.now.match(/([+-]\d\d:\d\d)$/)?.[1] ?? "Z";
    const minutes = zone === "Z" ? 0 : (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
    const now = new Date(Date.parse(kept.hall.now) + Date.now() - kept.at_ms + minutes * 60_000);
    syncClock(now.toISOString().replace("Z", zone));
    return kept.hall;
  }

  /** A number, already on the disk; null where none is left. */
  async take({ line, matter = null }) {
    const ticket = (await this.#ready) ? await this.#store.take({ line, matter, now_ms: hallNow() }) : null;
    await this.count();
    return ticket;
  }

  async #reserve() {
    const session = await this.#store.session();
    const given = await api.post("kiosk/numbers", { session, ...this.#named }, { timeout_ms: ANSWER_MS });
    await this.#store.reserved(session, given);
    this.#reserved_ms = Date.now();
  }

  async #handIn() {
    for (let tickets = await this.#store.pending(); tickets.length; tickets = await this.#store.pending()) {
      const session = await this.#store.session();
      const body = { session, ...this.#named, now: new Date().toISOString(), tickets: tickets.slice(0, AT_ONCE).map(({ key, day, line, serial, taken_at, matter }) => ({ key, day, line, serial, taken_at, matter })) };
      const answer = await api.post("kiosk/hand-in", body, { timeout_ms: ANSWER_MS });
      await this.#store.settled(answer.tickets.map((one) => one.key));
      this.#reserved_ms = 0; // the server knows what is used: it may fill up
    }
    return true;
  }

  /* One tab hands in, where tabs can agree (https or localhost); elsewhere both may, and the server takes each ticket once. */
  #alone(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request("onedoor-hand-in", { ifAvailable: true }, (lock) => (lock ? work() : false));
  }

  #again(hall) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.linked(hall), this.#pause_ms * (0.5 + Math.random() / 2));
    this.#pause_ms = Math.min(2 * this.#pause_ms, LONGEST_PAUSE_MS);
  }
}

/**
 * Lets a reload work without the server, where the browser allows it (https or localhost); a plain-http kiosk must stay loaded.
 * @param {() => void} onNewer  the server has another version of the page, and it is kept by now
 */
export async function keepPage(onNewer) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let isKept = Boolean(workers.controller);
  workers.addEventListener("controllerchange", () => { if (isKept) onNewer(); isKept = true; });
  try {
    const registration = await workers.register("/kiosk-worker.js", { scope: "/kiosk" });
    const look = () => registration.update().catch(() => {}); // no server just now: at the next look
    setInterval(look, UPDATE_MS);
    addEventListener("linkback", look);
  } catch { /* forbidden by the browser's policy: as on plain http */ }
}
