/** The editor of one screen: what and where, how it hangs, its look, its playlist; beside it the screen itself, at once. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { bodyOf, copyOf } from "./screens-draft.js";
import { check, choice, clearErrors, colour, field, number, placeError, select, text, time } from "./screens-fields.js";
import { framed, shapeOf, sized } from "./screens-frame.js";
import { kindName, kindOf, kindsOf } from "./screens-kinds.js";
import { PlaylistEditor } from "./screens-playlist.js";
import { uploadButton } from "./screens-upload.js";

const PREVIEW_MS = 350;
const DEVICE_KINDS = { window: ["window-screen", "board"], led: ["led"] };

/** Of the picture beside the form, in CSS pixels; on a phone as wide as there is room. */
const previewWidth = () => Math.min(560, document.documentElement.clientWidth - 48);

export class ScreenForm {
  address; #view; #draft; #before; #onDone; #isNew; #frame = null; #timer = null; #layout = null; #form = null; #bar = null; #busy = false; #shape = "";

  constructor({ view, draft, address, onDone, isNew = false }) {
    this.#view = view;
    this.#draft = draft;
    this.#before = isNew ? "" : JSON.stringify(draft);
    this.#isNew = isNew;
    this.address = address;
    this.#onDone = onDone;
    addEventListener("message", this.#ready);
  }

  get isDirty() { return this.#isNew ? Boolean(this.#draft.name || this.#draft.playlist.some((item) => item.media)) : JSON.stringify(this.#draft) !== this.#before; }

  get title() { return this.#isNew ? `${t("screens.new")} · ${kindName(kindOf(this.#draft))}` : this.#draft.name; }

  close() { removeEventListener("message", this.#ready); clearTimeout(this.#timer); }

  /** The hall changed meanwhile; what is being typed stays, the server refuses to overwrite others. */
  take(view) { this.#view = view; }

  open(main, bar) {
    this.#bar = bar;
    this.#form = el("form.form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); this.save(); } } });
    this.#shape ||= shapeOf(this.#draft);
    const frame = framed("/screen-preview", { shape: this.#shape, width: previewWidth(), title: t("screens.preview") });
    this.#frame = frame.firstElementChild;
    fill(main, el("div.edit", {}, this.#form, el("aside.preview", {}, el("div.preview__head", {}, el("h2", {}, t("screens.preview")), this.#shapes(frame)), frame, el("p.preview__why", { role: "status", id: "preview-why" }), el("p.preview__why", { role: "alert", id: "meanwhile" }), !this.#isNew && el("p.small.muted", {}, t("screens.address"), " ", el("code", {}, `${location.origin}/screen/${this.#draft.id}`)))));
    this.#draw();
    this.#drawBar();
    this.#try();
  }

  async save() {
    if (this.#busy) return;
    this.#busy = true;
    this.#drawBar();
    clearErrors(this.#form);
    try {
      const body = bodyOf(this.#draft);
      const saved = this.#isNew ? await api.post("screens", body) : await api.put(`screens/${this.#draft.id}`, body);
      this.#before = JSON.stringify(this.#draft);
      this.#isNew = false;
      this.#onDone(saved);
    } catch (error) {
      if (!placeError(this.#form, error, { focus: true })) toast(errorText(error), "bad");
      if (error.code === "screen.changed_meanwhile") this.#offerNewest();
    } finally {
      this.#busy = false;
      this.#drawBar();
    }
  }

  /* -- drawing */

  #draw() {
    const { content, arrangement } = this.#draft;
    const isLed = content === "led";
    fill(this.#form,
      this.#section("place", [
        field("name", text(this.#at("name"), { maxlength: 60, autofocus: this.#isNew }), { hint: t("screens.name_hint") }),
        field("content", select({ name: "content", value: kindOf(this.#draft), set: (kind) => this.#become(kind) }, kindsOf(this.#view).map((kind) => [kind, kindName(kind)]))),
        (content === "board" || content === "playlist" || isLed) && field("zone", select(this.#at("zone"), [...(content === "board" ? [] : [["", t(isLed ? "screens.by_window" : "screens.no_zone")]]), ...this.#view.zones.map((zone) => [zone.id, named(zone)])]), { hint: content === "playlist" ? t("screens.playlist_zone_hint") : "" }),
        (content === "window" || isLed) && field("window", select(this.#at("window"), [...(isLed ? [["", t("screens.hall_wall")]] : []), ...this.#view.windows.map((one) => [one.id, `${one.number} ${named(one)}`])])),
        content === "map" && field("plan", select(this.#at("plan"), [["", t("screens.choose")], ...this.#view.plans.map((plan) => [plan.id, named(plan)])]), { hint: this.#view.plans.length ? "" : t("screens.plans_hint") }),
        content === "map" && this.#here(),
        field("device", select(this.#at("device"), [["", t("screens.no_device")], ...this.#devices().map((id) => [id, id])]), { hint: t("screens.device_hint") }),
      ]),
      isLed && this.#section("led", [field("led_chars", choice(this.#at("led_chars", { isNumber: true }), this.#view.limits.led_chars.map((n) => [n, t("screens.n_chars", { n })]))), field("led_rows", number(this.#at("led_rows"), { min: 1, max: 8 })), field("languages", this.#languages())]),
      !isLed && this.#section("look", [
        field("look", choice(this.#at("look"), Object.keys(this.#view.looks).map((one) => [one, t(`screens.look.${one}`)]), { swatches: this.#view.looks })),
        field("accent", colour(this.#at("accent"), { usual: this.#view.looks[this.#draft.look].accent, usual_text: t("screens.accent_usual") }), { hint: t("screens.accent_hint") }),
        field("logo", this.#logo(), { hint: t("screens.logo_hint") }),
        field("languages", this.#languages()),
        content !== "window" && field("size", choice(this.#at("size"), ["near", "hall", "far"].map((one) => [one, t(`screens.size.${one}`)]))),
        content !== "window" && field("orientation", choice(this.#at("orientation", { then: () => this.#reshape() }), ["auto", "landscape", "portrait"].map((one) => [one, t(`screens.orientation.${one}`)])), { hint: t("screens.orientation_hint") }),
        this.#dimming(),
        el("button.btn.btn--sm", { id: "look-all", on: { click: () => this.#lookForAll() } }, t("screens.look_all")),
      ]),
      !isLed && this.#section("media", [
        content !== "playlist" && field("arrangement", choice(this.#at("arrangement", { redraws: true }), ["plain", "split", "full"].map((one) => [one, t(`screens.arrangement.${one}`)]))),
        arrangement !== "plain" && field("call_s", number(this.#at("call_s"), { min: 5, max: 120 }), { hint: t("screens.call_s_hint") }),
        arrangement !== "plain" && new PlaylistEditor({ items: this.#draft.playlist, limits: this.#view.limits, modules: this.#view.modules, onChange: (items) => { this.#draft.playlist = items; this.#changed(); } }).node,
      ]));
  }

  #section(name, fields) { return el("fieldset.form__part", { id: `part-${name}` }, el("legend.form__name", {}, t(`screens.part.${name}`)), fields); }

  /* What an input reads and writes. */
  #at(name, { redraws = false, then = () => {}, isNumber = false } = {}) {
    return { name, value: this.#draft[name], set: (value) => { this.#draft[name] = isNumber ? Number(value) : value === "" && name !== "name" ? null : value; then(); if (redraws) this.#draw(); this.#changed(); } };
  }

  #languages() {
    const chosen = new Set(this.#draft.languages);
    return el("div.cluster", {}, ["zh", "en"].map((one) => check({ name: `language-${one}`, value: chosen.has(one), set: (on) => { if (on) chosen.add(one); else chosen.delete(one); this.#draft.languages = ["zh", "en"].filter((lang) => chosen.has(lang)); this.#changed(); } }, t(`screens.language.${one}`))));
  }

  #dimming() {
    const on = this.#draft.dimming !== null;
    const part = (name) => ({ name: `dimming.${name}`, value: this.#draft.dimming?.[name], set: (value) => { this.#draft.dimming = { ...this.#draft.dimming, [name]: value }; this.#changed(); } });
    return el("div.field", {}, check({ name: "dims", value: on, set: (wanted) => { this.#draft.dimming = wanted ? { begin: "19:00", end: "07:00", percent: 50 } : null; this.#draw(); this.#changed(); } }, t("screens.dimming")),
      on && el("div.form__row", {}, field("dimming.begin", time(part("begin"))), field("dimming.end", time(part("end"))), field("dimming.percent", number(part("percent"), { min: 5, max: this.#view.limits.darkest_percent }))));
  }

  #here() {
    const part = (axis) => ({ name: `here.${axis}`, value: Math.round((this.#draft.here?.[axis] ?? 0.5) * 100), set: (value) => { this.#draft.here = { x: 0.5, y: 0.5, ...this.#draft.here, [axis]: Number(value) / 100 }; this.#changed(); } });
    return el("div.form__row", {}, field("here", el("span.strong", {}, t("map.here")), { label: "", hint: t("screens.here_hint") }), field("here.x", number(part("x"), { min: 0, max: 100 })), field("here.y", number(part("y"), { min: 0, max: 100 })));
  }

  #logo() {
    const { logo } = this.#draft;
    return el("div.cluster", {}, logo && el("img.form__logo", { src: `/api/v1/media/${logo.id}`, alt: logo.name }),
      uploadButton({ accept: "image/png,image/webp,image/jpeg", text: t(logo ? "screens.logo_other" : "screens.logo_add"), limits: this.#view.limits, onMedia: (media) => { this.#draft.logo = media; this.#draw(); this.#changed(); } }),
      logo && el("button.btn.btn--sm.btn--quiet", { on: { click: () => { this.#draft.logo = null; this.#draw(); this.#changed(); } } }, t("screens.logo_none")));
  }

  #devices() { return (DEVICE_KINDS[this.#draft.content] ?? ["board"]).flatMap((kind) => this.#view.devices[kind] ?? []); }

  #become(kind) {
    const draft = this.#draft;
    [draft.content, draft.module = null] = kind.split(".");
    if (draft.content === "playlist") draft.arrangement = "full";
    if (draft.content === "led") { draft.arrangement = "plain"; draft.playlist = []; }
    if (draft.content === "board") draft.zone ??= this.#view.zones[0]?.id ?? null;
    if (draft.content === "window") draft.window ??= this.#view.windows[0]?.id ?? null;
    if (draft.content === "map") { draft.plan ??= this.#view.plans[0]?.id ?? null; draft.here ??= { x: 0.5, y: 0.9 }; }
    draft.device = null;
    this.#reshape();
    this.#draw();
    this.#changed();
  }

  #drawBar() {
    fill(this.#bar, el("span.muted.small", { role: "status" }, t(this.isDirty || this.#isNew ? "screens.unsaved" : "screens.no_changes")),
      el("span.se__bar-deeds", {}, el("a.btn", { href: "#", id: "cancel" }, t("common.cancel")), el("button.btn.btn--primary", { id: "save", disabled: this.#busy, "aria-busy": this.#busy, on: { click: () => this.save() } }, t("screens.save"), el("kbd.key", {}, "Ctrl S"))));
  }

  /* -- the preview */

  #shapes(frame) {
    const shapes = ["landscape", "portrait", "window"];
    return el("div.cluster", { role: "radiogroup", "aria-label": t("screens.preview") }, shapes.map((shape) => el("button.chip", { id: `shape-${shape}`, role: "radio", "aria-checked": String(shape === this.#shape), on: { click: (event) => { this.#shape = shape; sized(frame, { shape, width: previewWidth() }); for (const one of event.target.parentElement.children) one.setAttribute("aria-checked", one === event.target); } } }, t(`screens.shape.${shape}`))));
  }

  #reshape() { this.#shape = shapeOf(this.#draft); sized(this.#frame.parentElement, { shape: this.#shape, width: previewWidth() }); }

  #changed() {
    this.#drawBar();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#try(), PREVIEW_MS);
  }

  /* The server says what the screen would be, or at which field it cannot be. */
  async #try() {
    const asked = JSON.stringify(this.#draft);
    try {
      const layout = await api.post("screens/preview", { ...bodyOf(this.#draft), id: this.#draft.id, name: this.#draft.name || "–" });
      if (asked !== JSON.stringify(this.#draft)) return;
      clearErrors(this.#form);
      $("#preview-why")?.replaceChildren();
      this.#layout = layout;
      this.#tell();
    } catch (error) {
      if (asked !== JSON.stringify(this.#draft) || !this.#form.isConnected) return;
      clearErrors(this.#form);
      placeError(this.#form, error, {});
      fill($("#preview-why"), icon("alert"), errorText(error));
    }
  }

  #tell() { if (this.#layout) this.#frame?.contentWindow?.postMessage({ layout: this.#layout }, location.origin); }

  #ready = (event) => { if (event.origin === location.origin && event.source === this.#frame?.contentWindow && event.data?.ready) this.#tell(); };

  /* -- more */

  /** The same colours, logo, languages and night for every other screen. */
  async #lookForAll() {
    const { look, accent, logo, languages, dimming } = this.#draft;
    let n = 0;
    try {
      for (const screen of this.#view.screens.filter((one) => one.id !== this.#draft.id && one.content !== "led")) {
        await api.put(`screens/${screen.id}`, bodyOf({ ...copyOf(screen), look, accent, logo, languages, dimming }));
        n += 1;
      }
      toast(t("screens.look_all_done", { n }), "ok");
    } catch (error) { toast(errorText(error), "bad"); }
  }

  #offerNewest() {
    const newest = this.#view.screens.find((one) => one.id === this.#draft.id);
    if (!newest) return;
    fill($("#meanwhile"), icon("alert"), t("screens.meanwhile"), " ", el("button.btn.btn--sm", { id: "newest", on: { click: () => { this.#draft = copyOf(newest); this.#before = JSON.stringify(this.#draft); fill($("#meanwhile")); this.#draw(); this.#changed(); } } }, t("screens.take_newest")));
  }
}
