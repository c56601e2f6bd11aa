/** Which window serves which line, in which order, and which matters; before it is saved, what it does to the waits. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { fieldsText, reasonField } from "./manager-hand-ask.js";
import { LineCarrier } from "./manager-hand-drag.js";
import { picksInput } from "./manager-picks.js";
import { windowName } from "./manager-words.js";

const ALL = 500;
const SETTLE_MS = 250;

export class HandSkills {
  #place; #table = el("div.table-wrap.edit__scroll.hand__matrix"); #side = el("aside.hand__side"); #windows = []; #lines = []; #states = new Map(); #waiting = new Map();
  #chosen = null; #draft = null; #matters = null; #preview = null; #timer = null; #turn = 0; #busy = false; #carrier;

  constructor(place) {
    this.#place = place;
    this.#carrier = new LineCarrier(this.#table, { foresee: (line, window) => this.#ifCarried(line, window), drop: (line, window) => this.#carried(line, window) });
  }

  get dirty() { return this.#draft !== null && !same(this.#draft, this.#chosen); }

  async open() {
    fill(this.#place, el("div.hand__skills", {}, this.#table, this.#side));
    fill(this.#table, el("p.muted.edit__wait", {}, t("manager.loading")));
    await this.#load();
    this.#drawSide();
  }

  close() {
    this.#carrier.end();
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  /** Somebody else may have reassigned a window. */
  changed() { if (!this.dirty && !this.#busy) this.#load(); }

  take(hall) {
    const states = new Map(hall.windows.map((window) => [window.id, window.state]));
    this.#waiting = new Map(hall.lines.map((line) => [line.id, line.waiting]));
    for (const line of this.#lines) { const node = this.#table.querySelector(`#waits-${CSS.escape(line.id)}`); if (node) node.textContent = this.#waiting.get(line.id) ?? ""; }
    const differs = [...states].some(([id, state]) => this.#states.get(id) !== state);
    this.#states = states;
    if (differs && this.#windows.length) this.#draw();
  }

  async #load() {
    try {
      const [windows, lines] = await Promise.all([api.get(`windows?limit=${ALL}`), api.get(`lines?limit=${ALL}`)]);
      this.#windows = windows.items.filter((one) => one.active !== false).sort((a, b) => a.number - b.number);
      this.#lines = lines.items.filter((one) => one.active !== false);
      const wasDirty = this.dirty;
      const chosen = this.#windows.find((one) => one.id === this.#chosen?.id) ?? null;
      if (chosen && !wasDirty && !same(this.#draft, chosen)) { this.#begin(chosen); return; }
      this.#draw();
    } catch (error) {
      fill(this.#table, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.open() } }, t("manager.retry"))));
    }
  }

  #draw() {
    if (this.#carrier.isBusy) { setTimeout(() => this.#draw(), SETTLE_MS); return; }
    const at = [this.#table.scrollLeft, this.#table.scrollTop];
    const head = el("tr", {}, el("th.hand__corner", { scope: "col" }, t("manager.windows")), this.#lines.map((line) => el("th.hand__col", { scope: "col", title: named(line) }, this.#carrier.chip(line, () => this.#windows, [el("span.prefix.num", {}, line.prefix), el("span.hand__col-name", {}, named(line))]), el("span.num.muted.small", { id: `waits-${line.id}`, title: t("manager.hand.effect_waiting") }, this.#waiting.get(line.id) ?? ""))));
    fill(this.#table, el("table.table.hand__grid", {}, el("thead", {}, head), el("tbody", {}, this.#windows.map((window) => this.#row(window)))));
    this.#table.scrollTo(...at);
  }

  #row(window) {
    const own = window.id === this.#chosen?.id;
    const { lines, matters } = this.#standing(window);
    return el("tr", { "aria-selected": String(own), dataset: { window: window.id }, class: (this.#states.get(window.id) ?? "closed") === "closed" ? "off" : "" },
      el("th.hand__window", { scope: "row" }, el("button.edit__open", { id: `skill-${window.id}`, on: { click: () => this.#choose(window) } }, windowName(window)), matters.length > 0 && el("span.small.muted", {}, t("manager.hand.some_matters", { n: matters.length }))),
      this.#lines.map((line) => {
        const place = lines.indexOf(line.id) + 1;
        return el("td.hand__cell", {}, el("button.hand__tick.num", { id: `cell-${window.id}-${line.id}`, "aria-pressed": String(place > 0), "aria-label": `${windowName(window)} · ${named(line)}${place ? ` · ${place}` : ""}`, on: { click: () => this.#toggle(window, line.id) } }, place || ""));
      }));
  }

  async #choose(window) {
    if (window.id === this.#chosen?.id) return true;
    if (this.dirty && !(await ask({ title: t("manager.unsaved"), text: t("manager.unsaved_hint"), yes: t("manager.discard"), no: t("manager.keep_editing"), danger: true }))) return false;
    this.#begin(window);
    return true;
  }

  #begin(window) {
    this.#chosen = window;
    this.#draft = window && { lines: [...window.lines], matters: [...window.matters] };
    this.#preview = null;
    this.#draw();
    this.#drawSide();
  }

  async #toggle(window, line) {
    if (!(await this.#choose(window))) return;
    const { lines } = this.#draft;
    this.#change({ lines: lines.includes(line) ? lines.filter((one) => one !== line) : [...lines, line] });
  }

  /** What a line would do to the waits if this window served it too. */
  async #ifCarried(line, window) {
    const { lines, matters } = this.#standing(window);
    if (lines.includes(line.id)) return t("manager.hand.carry_has");
    try {
      const found = await api.post(`windows/${encodeURIComponent(window.id)}/preview`, { lines: [...lines, line.id], matters });
      const effect = found.lines.find((one) => one.id === line.id);
      return found.is_open ? t("manager.hand.carry_wait", { now: waits(effect.wait_s, effect.windows_open), then: waits(effect.wait_then_s, effect.windows_open_then) }) : t("manager.hand.effect_closed");
    } catch (error) {
      return fieldsText(error);
    }
  }

  /** A line was let go over a window: it comes last there, and the reason is what is missing. */
  async #carried(line, window) {
    if (!(await this.#choose(window))) return;
    const { lines } = this.#draft;
    if (!lines.includes(line.id)) this.#change({ lines: [...lines, line.id] });
    this.#side.scrollIntoView({ block: "nearest" });
    this.#side.querySelector("[name=reason]")?.focus();
  }

  #standing(window) { return window.id === this.#chosen?.id && this.#draft ? this.#draft : window; }

  #change(part) {
    this.#draft = { ...this.#draft, ...part };
    this.#draw();
    this.#drawOrder();
    this.#foresee();
  }

  #drawSide() {
    if (!this.#chosen) { fill(this.#side, el("div.empty", {}, icon("desk"), el("p.empty__title", {}, t("manager.hand.pick_window")), el("p", {}, t("manager.hand.pick_window_hint")))); return; }
    this.#matters = picksInput({ name: "matters" }, this.#draft.matters, [], () => { this.#draft = { ...this.#draft, matters: this.#matters.read() }; this.#draw(); this.#foresee(); });
    const send = (event) => { event.preventDefault(); this.#save(new FormData(event.target).get("reason")); };
    fill(this.#side, el("header.edit__head", {}, el("h2.edit__title", {}, windowName(this.#chosen))),
      el("form.hand__form", { id: "skills-form", on: { submit: send } }, el("section.field", {}, el("span.field__label", {}, t("manager.hand.order")), el("ol.hand__order", { id: "order" })),
        el("section.field", {}, el("span.field__label", {}, t("manager.hand.matters")), this.#matters.node), el("section.hand__effect", { id: "effect", "aria-live": "polite" }), reasonField()),
      el("footer.edit__foot", {}, el("button.btn", { id: "skills-cancel", on: { click: () => this.#begin(this.#windows.find((one) => one.id === this.#chosen.id) ?? null) } }, t("manager.cancel")), el("button.btn.btn--primary", { id: "skills-save", type: "submit", form: "skills-form" }, t("manager.save"))));
    this.#side.querySelector("[autofocus]")?.removeAttribute("autofocus");
    this.#drawOrder();
    this.#drawEffect();
  }

  #drawOrder() {
    const { lines } = this.#draft;
    const swap = (at, by) => { const next = [...lines]; [next[at], next[at + by]] = [next[at + by], next[at]]; this.#change({ lines: next }); };
    fill(this.#side.querySelector("#order"), lines.length ? lines.map((id, at) => {
      const line = this.#lines.find((one) => one.id === id);
      return el("li.hand__order-one", {}, el("span.num.muted", {}, at + 1), el("span.prefix.num", {}, line?.prefix ?? "?"), el("span.grow.clamp-2", {}, named(line) || id),
        el("button.btn.btn--quiet.btn--sm.btn--icon", { id: `up-${id}`, disabled: at === 0, "aria-label": t("manager.hand.up"), on: { click: () => swap(at, -1) } }, icon("chevron-down")),
        el("button.btn.btn--quiet.btn--sm.btn--icon", { id: `down-${id}`, disabled: at === lines.length - 1, "aria-label": t("manager.hand.down"), on: { click: () => swap(at, 1) } }, icon("chevron-down")));
    }) : el("li.field__error", {}, t("manager.hand.no_line")));
    const save = this.#side.querySelector("#skills-save");
    save.disabled = this.#busy || !this.dirty || !lines.length;
  }

  #foresee() {
    clearTimeout(this.#timer);
    this.#side.querySelector("#skills-save").disabled = this.#busy || !this.dirty || !this.#draft.lines.length;
    if (!this.dirty) { this.#preview = null; this.#drawEffect(); return; }
    this.#timer = setTimeout(async () => {
      const turn = ++this.#turn;
      try {
        const found = await api.post(`windows/${encodeURIComponent(this.#chosen.id)}/preview`, this.#draft);
        if (turn === this.#turn) this.#preview = found;
      } catch (error) {
        if (turn === this.#turn) this.#preview = { error: fieldsText(error) };
      }
      if (turn === this.#turn) this.#drawEffect();
    }, SETTLE_MS);
  }

  #drawEffect() {
    const place = this.#side.querySelector("#effect");
    if (!place) return;
    const found = this.#preview;
    const title = el("h3.hand__effect-title", {}, t("manager.hand.effect"));
    if (!found) { fill(place, title, el("p.muted.small", {}, t("manager.hand.effect_hint"))); return; }
    if (found.error) { fill(place, title, el("p.notice.notice--bad", {}, icon("alert"), found.error)); return; }
    const changed = found.lines.filter((line) => line.is_changed);
    const lost = changed.filter((line) => line.unserved || line.matters_unserved);
    fill(place, title, !found.is_open && el("p.notice", {}, icon("info"), t("manager.hand.effect_closed")),
      lost.map((line) => el("p.notice.notice--bad", { dataset: { lost: line.id } }, icon("alert"), t("manager.hand.effect_lost", { line: named(line), n: line.unserved, matters: line.matters_unserved }))),
      changed.length ? el("table.table.hand__effects", {}, el("thead", {}, el("tr", {}, ["line", "waiting", "windows", "wait"].map((name) => el("th", { scope: "col" }, t(`manager.hand.effect_${name}`))))), el("tbody", {}, changed.map(effectRow))) : el("p.muted.small", {}, t("manager.hand.effect_none")));
  }

  async #save(reason) {
    if (this.#busy) return;
    this.#busy = true;
    this.#side.querySelector("#skills-save").disabled = true;
    try {
      const saved = await api.post(`windows/${encodeURIComponent(this.#chosen.id)}/reassign`, { ...this.#draft, reason });
      toast(t("manager.hand.reassigned"), "ok", { ms: 4000 });
      this.#windows = this.#windows.map((one) => (one.id === saved.id ? saved : one));
      this.#begin(saved);
    } catch (error) {
      toast(fieldsText(error), "bad", { ms: 8000 });
    } finally {
      this.#busy = false;
      if (this.#draft) this.#drawOrder();
    }
  }
}

function effectRow(line) {
  const [now, then] = [shownWait(line.wait_s, line.windows_open), shownWait(line.wait_then_s, line.windows_open_then)];
  const better = then < now;
  const worse = then > now;
  return el("tr", { dataset: { effect: line.id } }, el("td", {}, el("span.line-name", {}, el("span.prefix.num", {}, line.prefix), el("span.clamp-2", {}, named(line)))), el("td.num.end", {}, line.waiting),
    el("td.num.end", {}, `${line.windows_open} → ${line.windows_open_then}`),
    el("td.num.end", { class: better ? "hand__better" : worse ? "late" : "" }, el("span.nowrap", {}, `${waits(line.wait_s, line.windows_open)} → ${waits(line.wait_then_s, line.windows_open_then)}`)));
}

/* With no window open the wait has no end; the estimate speaks of one that would open. */
const shownWait = ({ p50 }, windows) => (windows ? p50 : Infinity);
const waits = (wait, windows) => (windows ? minutes(wait) : t("manager.hand.effect_nobody"));
const minutes = ({ p50, p90 }) => `${Math.ceil(p50 / 60)}/${Math.ceil(p90 / 60)}`;
const same = (draft, window) => window !== null && String(draft.lines) === String(window.lines) && String(draft.matters) === String(window.matters);
