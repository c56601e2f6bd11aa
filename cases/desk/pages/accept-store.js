/** What the page knows: who is served, the matter in full, and what is typed, which the server keeps sealed every few seconds. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { errorText, toast } from "/static/feedback.js";
import { askKind, contentOf, openKind } from "/pages/cases_packages/accept-package.js";
import { partyOf, SUPPLIES } from "./accept-words.js";

const SAVE_MS = 2000;
const AGAIN_MS = 4000;

const empty = () => ({ step: 1, matter: null, kind: null, edition: null, answers: {}, applicant: partyOf(), agent: null, fields: {}, materials: {}, decision: { then: "accept", mode: "normal" } });

export class Store {
  window; desk = null; edition = null; needs = null; known = null; saved = "none";
  #content = empty(); #revision = 0; #dirty = false; #timer = null; #saving = null; #listeners = new Set();

  constructor(window) { this.window = window; }

  get base() { return `cases/desk/${encodeURIComponent(this.window)}`; }
  get content() { return this.#content; }
  get ticket() { return this.desk?.ticket ?? null; }
  get scans() { return this.desk?.draft?.scans ?? []; }

  onChange(listener) { this.#listeners.add(listener); }
  tell(what) { for (const listener of this.#listeners) listener(what); }

  /** Reads everything anew; what was typed comes back with it. */
  async load() {
    this.desk = await api.get(this.base);
    syncClock(this.desk.now);
    const draft = this.desk.draft;
    this.#revision = draft?.revision ?? 0;
    this.#content = { ...empty(), ...(draft?.content ?? {}) };
    this.#dirty = false;
    this.saved = this.#revision ? "saved" : "none";
    this.edition = this.needs = this.known = null;
    const wished = this.#content.matter ?? this.#wished();
    if (this.#content.kind) await this.#openKind(this.#content.kind);
    else if (wished) await this.#open(wished);
    this.tell("all");
  }

  #wished() {
    const ticket = this.ticket;
    return [ticket?.matter, ...(ticket?.matters ?? [])].find((one) => one && this.desk.matters.includes(one)) ?? null;
  }

  async #open(matter) {
    try { this.edition = await api.get(`cases/editions/${encodeURIComponent(matter)}`); } catch (error) { toast(errorText(error), "bad"); this.#content.matter = null; return; }
    this.#content.matter = matter;
    this.#content.edition = this.edition.key;
    await this.ask();
  }

  async #openKind(kind) {
    try { this.edition = await openKind(kind); } catch (error) { toast(errorText(error), "bad"); this.#content.kind = null; return; }
    Object.assign(this.#content, { kind, matter: null, edition: this.edition.key });
    await this.ask();
  }

  /** Chooses a package (一件事): all of its parts with one set of questions, one form and one list. */
  async chooseKind(kind) {
    const { applicant, agent } = this.#content;
    this.#content = { ...empty(), applicant, agent, step: 2 };
    await this.#openKind(kind);
    this.changed("all");
  }

  /** Goes on with a package that lacked something: everything that was filled in and handed in comes back. */
  async takeIntake(taken) {
    this.#content = { ...empty(), ...contentOf(taken), step: 4 };
    await this.#openKind(taken.kind);
    this.changed("all");
    await this.save();
  }

  /** Chooses another matter; what was filled in for the applicant stays. */
  async choose(matter) {
    const { applicant, agent } = this.#content;
    this.#content = { ...empty(), applicant, agent, step: 2 };
    await this.#open(matter);
    if (!this.edition?.questions.length) this.#content.step = 3;
    this.changed("all");
  }

  /** What the answers so far lead to. */
  async ask() {
    const picture = this.edition.isPackage ? await askKind(this.edition, this.#content.answers)
      : await api.post(`cases/editions/${encodeURIComponent(this.edition.matter)}/needs`, { answers: this.#content.answers });
    this.needs = picture;
    const asked = new Set(picture.asked);
    for (const id of Object.keys(this.#content.answers)) if (!asked.has(id)) delete this.#content.answers[id];
    for (const one of picture.materials) this.#content.materials[one.id] ??= { supply: firstSupply(one), pages: [], is_sound: null, gap: "" };
  }

  async answer(question, option) {
    this.#content.answers[question] = [option];
    try { await this.ask(); } catch (error) { toast(errorText(error), "bad"); }
    this.changed("needs");
  }

  /** Something was typed or chosen. */
  changed(what = "typed") {
    this.#dirty = true;
    this.saved = "waiting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), SAVE_MS);
    this.tell(what);
  }

  /** Keeps what is typed, now. */
  async save() {
    clearTimeout(this.#timer);
    if (!this.#dirty || !this.ticket) return;
    if (this.#saving) { await this.#saving; return this.save(); }
    this.#dirty = false;
    this.saved = "saving";
    this.tell("saved");
    this.#saving = this.#put();
    await this.#saving;
    this.#saving = null;
    this.tell("saved");
  }

  async #put() {
    try {
      const reply = await api.put(`${this.base}/draft`, { ticket: this.ticket.id, revision: this.#revision, content: this.#content });
      this.#revision = reply.revision;
      this.saved = this.#dirty ? "waiting" : "saved";
    } catch (error) {
      if (error.code === "case_desk.draft_changed") { toast(errorText(error), "bad", { ms: 8000 }); await this.load(); return; }
      this.#dirty = true;
      this.saved = error.offline ? "offline" : "failed";
      if (error.offline) this.#timer = setTimeout(() => this.save(), AGAIN_MS);
      else toast(errorText(error), "bad");
    }
  }

  takeScans(pages) { this.desk.draft.scans = [...this.scans, ...pages]; }

  dropScan(sha, other = null) {
    this.desk.draft.scans = other ? this.scans.map((one) => (one.sha256 === sha ? other : one)) : this.scans.filter((one) => one.sha256 !== sha);
    for (const one of Object.values(this.#content.materials)) one.pages = one.pages.flatMap((page) => (page === sha ? (other ? [other.sha256] : []) : [page]));
  }

  /** What is told of the materials when something is decided: every one that is needed, as it was found. */
  get given() {
    return (this.needs?.materials ?? []).flatMap((one) => {
      const held = this.#content.materials[one.id] ?? { pages: [] };
      if (held.is_sound === null || held.is_sound === undefined) return [];
      if (!held.is_sound && held.gap === MISSING) return [];
      const copies = held.pages.map((sha256, at) => ({ sha256, size: 0, media: "image/png", page: at + 1 }));
      return [{ material: one.id, supply: held.supply, copies, is_sound: held.is_sound, gap: held.is_sound ? "" : held.gap, reused: held.reused ?? "" }];
    });
  }
}

/** Said of a material that was not handed in at all: it is among the gaps without having been given. */
export const MISSING = "\u2014";

const firstSupply = (material) => SUPPLIES.find((one) => material.supplies.includes(one)) ?? material.supplies[0];
