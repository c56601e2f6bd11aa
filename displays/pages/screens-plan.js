/** The editor of a floor plan: windows, zones and signs are laid on the grid with the mouse or the arrow keys. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { clearErrors, field, number, placeError, select, text } from "./screens-fields.js";
import { uploadButton } from "./screens-upload.js";

const SIGNS = ["entrance", "exit", "kiosk", "desk", "toilet", "label"];
const SIZES = { window: [2, 2], zone: [8, 5], entrance: [3, 2], exit: [3, 2], kiosk: [2, 2], desk: [3, 2], toilet: [2, 2], label: [5, 1] };
/** What visitors stand before, at one of its sides. */
const STANDS = new Set(["window", "kiosk", "desk", "toilet"]);
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class PlanEditor {
  address; #view; #plan; #before; #onDone; #chosen = -1; #board = null; #side = null; #bar = null; #busy = false; #form = null;

  constructor({ view, plan, address, onDone }) {
    this.#view = view;
    this.#plan = plan ? structuredClone(plan) : { id: "", name: "", name_en: "", picture: null, columns: 32, rows: 18, places: [], revision: 0 };
    this.#before = JSON.stringify(this.#plan);
    this.address = address;
    this.#onDone = onDone;
  }

  get isDirty() { return JSON.stringify(this.#plan) !== this.#before; }

  get title() { return this.#plan.name || t("screens.plan_new"); }

  take(view) { this.#view = view; }

  open(main, bar) {
    this.#bar = bar;
    this.#board = el("div.plan__board", { id: "plan-board", on: { pointerdown: (event) => { if (event.target === this.#board) this.#choose(-1); } } });
    this.#side = el("div.plan__side");
    this.#form = el("form.plan", { novalidate: true, on: { submit: (event) => { event.preventDefault(); this.save(); } } }, this.#side, el("div.plan__frame", {}, this.#board, el("p.small.muted", {}, t("screens.plan_keys"))));
    fill(main, this.#form);
    this.#drawSide();
    this.#drawBoard();
    this.#drawBar();
  }

  async save() {
    if (this.#busy) return;
    this.#busy = true;
    clearErrors(this.#form);
    const { id, picture, ...rest } = this.#plan;
    const body = { ...rest, picture: picture?.id ?? null };
    try {
      const saved = id ? await api.put(`floor-plans/${id}`, body) : await api.post("floor-plans", body);
      this.#before = JSON.stringify(this.#plan);
      this.#onDone(saved);
    } catch (error) {
      if (!placeError(this.#form, error, { focus: true })) toast(errorText(error), "bad");
    } finally { this.#busy = false; }
  }

  #drawSide() {
    const part = (name) => ({ name, value: this.#plan[name], set: (value) => { this.#plan[name] = value; this.#drawBoard(); this.#drawBar(); } });
    const placed = new Set(this.#plan.places.map((place) => `${place.kind} ${place.ref}`));
    const free = (kind, all) => all.filter((one) => !placed.has(`${kind} ${one.id}`));
    const windows = free("window", this.#view.windows);
    const zones = free("zone", this.#view.zones);
    fill(this.#side,
      field("name", text(part("name"), { maxlength: 60 })), field("name_en", text(part("name_en"), { maxlength: 60 })),
      field("picture", el("div.cluster", {}, uploadButton({ accept: "image/jpeg,image/png,image/webp", text: t(this.#plan.picture ? "screens.picture_other" : "screens.picture_add"), limits: this.#view.limits, onMedia: (media) => { this.#plan.picture = media; this.#fitGrid(media); this.#drawSide(); this.#drawBoard(); this.#drawBar(); } }),
        this.#plan.picture && el("button.btn.btn--sm.btn--quiet", { on: { click: () => { this.#plan.picture = null; this.#drawSide(); this.#drawBoard(); this.#drawBar(); } } }, t("screens.picture_none"))), { hint: t("screens.picture_hint") }),
      el("div.form__row", {}, field("columns", number(part("columns"), { min: 4, max: 120 })), field("rows", number(part("rows"), { min: 4, max: 120 }))),
      field("width_m", number({ ...part("width_m"), set: (value) => { this.#plan.width_m = value || null; this.#drawBar(); } }, { min: 2, max: 2000 }), { hint: t("screens.width_m_hint") }),
      el("span.field__error", { dataset: { error: "places" }, role: "alert" }),
      this.#adders(t("screens.plan_windows"), windows.map((one) => ["window", one.id, `${one.number}`, named(one)]), windows.length > 1 && el("button.btn.btn--sm", { id: "all-windows", on: { click: () => this.#addAll(windows) } }, t("screens.plan_all_windows", { n: windows.length }))),
      this.#adders(t("screens.plan_zones"), zones.map((one) => ["zone", one.id, named(one), ""])),
      this.#adders(t("screens.plan_signs"), SIGNS.map((kind) => [kind, "", t(`plan.kind.${kind}`), ""])),
      this.#chosenForm(), this.#plan.id && el("button.btn.btn--sm.btn--danger", { id: "plan-remove", on: { click: () => this.#remove() } }, t("screens.plan_remove")));
  }

  #adders(title, all, more = null) {
    if (!all.length && !more) return null;
    return el("section.plan__adders", {}, el("h2.small.strong", {}, title), more, el("div.cluster", {}, all.map(([kind, ref, words, hint]) => el("button.chip", { title: hint, dataset: { add: `${kind} ${ref}`.trim() }, on: { click: () => this.#add(kind, ref) } }, words))));
  }

  #chosenForm() {
    const place = this.#plan.places[this.#chosen];
    if (!place) return null;
    const label = place.kind !== "window" && place.kind !== "zone";
    const part = (name) => ({ name: `places.${this.#chosen}.${name}`, value: place[name], set: (value) => { place[name] = value; this.#drawBoard(); this.#drawBar(); } });
    return el("section.plan__chosen", {}, el("h2.small.strong", {}, this.#wordsOf(place)), el("span.field__error", { dataset: { error: `places.${this.#chosen}` }, role: "alert" }),
      label && field(`places.${this.#chosen}.zh`, text(part("zh"), { maxlength: 60 }), { label: t("screens.caption_zh") }), label && field(`places.${this.#chosen}.en`, text(part("en"), { maxlength: 60 }), { label: t("screens.caption_en") }),
      place.kind === "kiosk" && field(`places.${this.#chosen}.ref`, text(part("ref"), { maxlength: 60 }), { label: t("screens.place_device"), hint: t("screens.place_device_hint") }),
      STANDS.has(place.kind) && field(`places.${this.#chosen}.front`, select({ ...part("front"), set: (value) => { place.front = value || null; this.#drawBar(); } }, ["", "top", "right", "bottom", "left"].map((side) => [side, t(`screens.front.${side || "auto"}`)])), { label: t("screens.place_front"), hint: t("screens.place_front_hint") }),
      el("button.btn.btn--sm", { id: "place-remove", on: { click: () => this.#drop() } }, icon("trash"), t("screens.place_remove")));
  }

  #drawBoard() {
    const { picture, columns, rows, places } = this.#plan;
    const style = { "aspect-ratio": picture ? `${picture.width} / ${picture.height}` : `${columns} / ${rows}`, "--columns": columns, "--rows": rows };
    for (const [name, value] of Object.entries(style)) this.#board.style.setProperty(name, value);
    this.#board.style.setProperty("background-image", picture ? `url("/api/v1/media/${picture.id}")` : "none");
    this.#board.classList.toggle("plan__board--grid", !picture);
    fill(this.#board, places.map((place, at) => this.#node(place, at)));
  }

  #node(place, at) {
    const style = { left: `${place.x * 100}%`, top: `${place.y * 100}%`, width: `${place.w * 100}%`, height: `${place.h * 100}%` };
    const node = el(`button.plan__place.plan__place--${place.kind}`, { id: `place-${at}`, style, "aria-pressed": String(at === this.#chosen), "aria-label": this.#wordsOf(place), dataset: { ref: place.ref, kind: place.kind }, on: { keydown: (event) => this.#key(event, at), focus: () => { if (this.#chosen !== at) this.#choose(at, { redraws: false }); }, pointerdown: (event) => this.#grab(event, at) } },
      el("span.plan__word", {}, place.kind === "window" ? this.#window(place.ref)?.number ?? "?" : this.#wordsOf(place)), el("span.plan__corner", { dataset: { corner: at } }));
    return node;
  }

  #window(id) { return this.#view.windows.find((one) => one.id === id); }

  #wordsOf(place) {
    if (place.kind === "window") { const one = this.#window(place.ref); return one ? `${one.number} ${named(one)}` : place.ref; }
    if (place.kind === "zone") return named(this.#view.zones.find((one) => one.id === place.ref)) || place.ref;
    return named({ name: place.zh, name_en: place.en }) || t(`plan.kind.${place.kind}`);
  }

  #choose(at, { redraws = true } = {}) {
    this.#chosen = at;
    for (const node of this.#board.children) node.setAttribute("aria-pressed", node.id === `place-${at}`);
    this.#drawSide();
    if (redraws && at >= 0) $(`#place-${at}`)?.focus();
  }

  /* One cell of the grid, as shares of the plan. */
  get #cell() { return [1 / this.#plan.columns, 1 / this.#plan.rows]; }

  #add(kind, ref, at = null) {
    const [w, h] = this.#cell;
    const [columns, rows] = SIZES[kind];
    const size = { w: Math.min(1, columns * w), h: Math.min(1, rows * h) };
    const spot = at ?? this.#freeSpot(size);
    this.#plan.places.push({ kind, ref, zh: kind === "label" ? t("plan.kind.label") : "", en: "", ...spot, ...size });
    this.#drawBoard();
    this.#drawBar();
    if (!at) this.#choose(this.#plan.places.length - 1);
  }

  #addAll(windows) {
    const [w, h] = this.#cell;
    const perRow = Math.max(1, Math.floor((this.#plan.columns - 1) / 3));
    windows.forEach((one, at) => this.#add("window", one.id, { x: Math.min(1 - 2 * w, (1 + (at % perRow) * 3) * w), y: Math.min(1 - 2 * h, (1 + Math.floor(at / perRow) * 3) * h) }));
    this.#choose(-1);
  }

  #freeSpot({ w, h }) {
    const [cw, ch] = this.#cell;
    for (let y = ch; y + h <= 1; y += ch) for (let x = cw; x + w <= 1; x += cw) if (!this.#plan.places.some((one) => one.kind !== "zone" && x < one.x + one.w && one.x < x + w && y < one.y + one.h && one.y < y + h)) return { x, y };
    return { x: 0, y: 0 };
  }

  #moveTo(at, x, y, w, h) {
    const place = this.#plan.places[at];
    const [cw, ch] = this.#cell;
    place.w = Math.max(cw, Math.min(1, w));
    place.h = Math.max(ch, Math.min(1, h));
    place.x = Math.max(0, Math.min(1 - place.w, x));
    place.y = Math.max(0, Math.min(1 - place.h, y));
    const node = $(`#place-${at}`);
    for (const [name, value] of [["left", place.x], ["top", place.y], ["width", place.w], ["height", place.h]]) node.style.setProperty(name, `${value * 100}%`);
    this.#drawBar();
  }

  /* Arrows move by a cell, with Shift they change the size; Delete takes away. */
  #key(event, at) {
    if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.#chosen = at; this.#drop(); return; }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const place = this.#plan.places[at];
    const [dx, dy] = [step[0] * this.#cell[0], step[1] * this.#cell[1]];
    if (event.shiftKey) this.#moveTo(at, place.x, place.y, place.w + dx, place.h + dy);
    else this.#moveTo(at, place.x + dx, place.y + dy, place.w, place.h);
  }

  #grab(event, at) {
    const place = this.#plan.places[at];
    const isSizing = "corner" in event.target.dataset;
    const { width, height } = this.#board.getBoundingClientRect();
    const from = { x: event.clientX, y: event.clientY, ...place, px: place.x, py: place.y };
    const [cw, ch] = this.#cell;
    const snap = (value, cell) => Math.round(value / cell) * cell;
    const node = event.currentTarget;
    node.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const dx = (moved.clientX - from.x) / width;
      const dy = (moved.clientY - from.y) / height;
      if (isSizing) this.#moveTo(at, from.px, from.py, snap(from.w + dx, cw), snap(from.h + dy, ch));
      else this.#moveTo(at, snap(from.px + dx, cw), snap(from.py + dy, ch), from.w, from.h);
    };
    node.addEventListener("pointermove", move);
    node.addEventListener("pointerup", () => node.removeEventListener("pointermove", move), { once: true });
  }

  #drop() {
    this.#plan.places.splice(this.#chosen, 1);
    this.#drawBoard();
    this.#drawBar();
    this.#choose(-1);
  }

  /* A grid of about square cells over the picture. */
  #fitGrid({ width, height }) { this.#plan.rows = Math.max(4, Math.min(120, Math.round((this.#plan.columns * height) / width))); }

  #drawBar() {
    fill(this.#bar, el("span.muted.small", { role: "status" }, t(this.isDirty ? "screens.unsaved" : "screens.no_changes")),
      el("span.se__bar-deeds", {}, el("a.btn", { href: "#", id: "cancel" }, t("common.cancel")), el("button.btn.btn--primary", { id: "save", on: { click: () => this.save() } }, t("screens.save"), el("kbd.key", {}, "Ctrl S"))));
  }

  async #remove() {
    if (!(await ask({ title: t("screens.plan_remove_ask", { name: this.#plan.name }), danger: true, yes: t("screens.remove") }))) return;
    try { await api.del(`floor-plans/${this.#plan.id}`); this.#before = JSON.stringify(this.#plan); this.#onDone(null); } catch (error) { toast(errorText(error), "bad"); }
  }
}
