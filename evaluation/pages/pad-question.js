/** What the visitor who was just served is asked: the matters of the visit one after the other, each once. */

import { hallNow } from "/static/clock.js";

const USUAL_MS = 30_000;

export class Question {
  ticket; number; until; #matters; #of; #place; #asked_ms; #over = new Set(); isOurs = false;

  /** @param {object} rating  of the window's picture: {ticket, number, until, matters, place, of, ended_at} */
  constructor(rating) {
    this.ticket = rating.ticket;
    this.number = rating.number;
    const span = Date.parse(rating.until) - Date.parse(rating.ended_at ?? "");
    this.#asked_ms = rating.place === 1 && span > 0 ? span : USUAL_MS;
    this.until = 0;
    this.take(rating);
  }

  /** A newer picture of the same visit; what was answered here stays answered. */
  take(rating) {
    this.#matters = rating.matters?.length ? rating.matters : [{ matter: null, name: "", name_en: "", case: null }];
    this.#of = rating.of ?? 1;
    this.#place = rating.place ?? 1;
    this.until = Math.max(this.until, Date.parse(rating.until));
  }

  /** The matter asked for now; null: nothing is left. */
  get matter() { return this.#matters.find((one) => !this.#over.has(one.matter)) ?? null; }
  get isOpen() { return this.matter !== null && hallNow() < this.until; }
  get left_s() { return Math.ceil(Math.max(0, this.until - hallNow()) / 1000); }
  get of() { return this.#of; }
  get place() { return Math.min(this.#of, this.#place + this.#matters.filter((one) => this.#over.has(one.matter)).length); }

  /** Answered or skipped here. The next one is asked as long as the first was. */
  done(matter) {
    this.#over.add(matter);
    this.isOurs = true;
    this.again();
  }

  again() { this.until = Math.max(this.until, hallNow() + this.#asked_ms); }
}
