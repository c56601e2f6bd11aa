/** <screen-playlist>: pictures, films and words between the calls; a call interrupts at once, then the list goes on where it was. */

import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { pair } from "./both.js";
import { fitTexts } from "./fit-texts.js";
import { PlaylistModules } from "./playlist-modules.js";
import { callsOf, momentOf, nextDue } from "./playlist-choice.js";

const HELD_BYTES = 160 * 1024 * 1024;

class ScreenPlaylist extends HTMLElement {
  #items = []; #arrangement = "plain"; #call_s = 15; #at = -1; #node = null; #left_ms = 0; #last_ms = 0; #busyUntil_ms = 0; #calls = null; #part = null; #store = new MediaStore(); #modules = new PlaylistModules(); #now_ms = 0; #written = "";

  /** @param {object} layout  @param {{part: HTMLElement}} beside  what lies below or beside it */
  show(layout, { part }) {
    this.#part = part;
    document.querySelector("#stage").dataset.arrangement = layout.arrangement;
    this.#arrangement = layout.arrangement;
    this.#call_s = layout.call_s;
    this.#modules.hold(layout);
    this.hidden = layout.arrangement === "plain";
    const written = JSON.stringify(layout.playlist);
    if (written === this.#written && !this.hidden) return;
    this.#written = written;
    this.#items = layout.playlist;
    this.#store.hold(this.hidden ? [] : layout.playlist.map((item) => item.media).filter(Boolean));
    this.#at = -1;
    this.#left_ms = 0;
    if (this.hidden) fill(this);
  }

  /** A picture came: a call that was not there before interrupts, at once. */
  take(topic, view) {
    if (this.#modules.take(topic, view)) return;
    if (topic.startsWith("screen/") || topic.startsWith("voice/")) return;
    const calls = callsOf(topic, view);
    const isFresh = this.#calls !== null && calls.some((key) => !this.#calls.has(key));
    this.#calls = new Set(calls);
    if (!isFresh) return;
    this.#busyUntil_ms = performance.now() + this.#call_s * 1000;
    this.#step();
  }

  tick() { this.#step(); }

  #made(item) { return item.kind === "module" ? this.#modules.made(item) : this.#store.made(item); }

  #step() {
    if (this.hidden) return;
    const now_ms = performance.now();
    const isInterrupted = this.#arrangement === "full" && now_ms < this.#busyUntil_ms;
    this.classList.toggle("playlist--away", isInterrupted);
    const elapsed_ms = now_ms - (this.#last_ms || now_ms);
    this.#last_ms = now_ms;
    if (isInterrupted) { this.#node?.querySelector("video")?.pause(); return; }
    this.#left_ms -= elapsed_ms;
    const film = this.#node?.querySelector("video");
    if (film?.paused && !film.ended) film.play().catch(() => {});
    if (this.#left_ms <= 0 || film?.ended) this.#next();
  }

  #next() {
    const index = nextDue(this.#items, this.#at, momentOf(hallIso()));
    const isNothing = index < 0;
    this.classList.toggle("playlist--empty", isNothing);
    if (isNothing) { this.#left_ms = 1000; this.#at = -1; this.#node = null; fill(this); return; }
    const item = this.#items[index];
    if (index === this.#at && this.#node && item.kind !== "video") { this.#left_ms = item.seconds * 1000; return; }
    const node = this.#made(item);
    this.#at = index;
    if (!node) { this.#left_ms = 0; this.#skip(); return; }
    this.#left_ms = item.seconds * 1000;
    this.#node = frame(item, node);
    fill(this, this.#node);
    if (item.kind === "text") fitPage(this.#node);
    if (item.kind === "module") this.#modules.draw(item);
    fitTexts(this.#node);
    const film = this.#node.querySelector("video");
    if (film) { film.currentTime = 0; film.play().catch(() => { this.#left_ms = 0; }); }
  }

  /* A file that cannot be loaded is passed over; when none can, the screen shows what lies below. */
  #skip() {
    if (!this.#items.some((item) => this.#made(item))) { this.classList.add("playlist--empty"); this.#left_ms = 2000; this.#node = null; fill(this); }
  }
}

function frame(item, node) {
  const isText = item.kind === "text" || item.kind === "module";
  return el(`figure.media.media--${item.kind}`, { dataset: { item: item.media?.id ?? item.module ?? item.zh } }, node,
    !isText && (item.zh || item.en) && el("figcaption.media__words", {}, pair({ zh: item.zh || item.en, en: item.en }, "span.pair")));
}

/* The words of a page as large as they fit. */
function fitPage(figure) {
  const page = figure.querySelector(".page-text");
  for (let scale = 1; scale > 0.3; scale *= 0.94) {
    page.style.setProperty("--scale", scale);
    if (page.scrollHeight <= page.clientHeight && page.scrollWidth <= page.clientWidth) return;
  }
}

/** Keeps the files of the list in memory, so that they show on when the server is away. */
class MediaStore {
  #held = new Map();

  hold(media) {
    const wanted = new Map(media.map((one) => [one.id, one]));
    for (const [id, one] of this.#held) if (!wanted.has(id)) { one.release(); this.#held.delete(id); }
    let left = HELD_BYTES;
    for (const [id, one] of wanted) {
      left -= one.bytes;
      if (!this.#held.has(id)) this.#held.set(id, one.kind === "video" ? new Film(one, { isHeld: left > 0 }) : new Picture(one));
    }
  }

  /** The element of an item; null while its file is not there. */
  made(item) {
    if (item.kind === "text") return words(item);
    const held = item.media && this.#held.get(item.media.id);
    return held?.node() ?? null;
  }
}

const addressOf = (media) => `/api/v1/media/${media.id}`;

class Picture {
  #image; #again = null;
  constructor(media) {
    this.#image = el("img.media__file", { alt: "" });
    this.#image.addEventListener("error", () => { this.#again = setTimeout(() => { this.#image.src = addressOf(media); }, 5000); });
    this.#image.src = addressOf(media);
  }
  node() { return this.#image.complete && this.#image.naturalWidth ? this.#image : null; }
  release() { clearTimeout(this.#again); }
}

class Film {
  #film = el("video.media__file", { muted: true, playsinline: true, preload: "auto" }); #url = ""; #media; #again = null; #isGone = false;
  constructor(media, { isHeld }) {
    this.#media = media;
    this.#film.muted = true;
    if (isHeld) this.#load(); else this.#film.src = addressOf(media);
  }
  async #load() {
    try {
      const response = await fetch(addressOf(this.#media));
      if (!response.ok) throw new Error(String(response.status));
      const blob = await response.blob();
      if (this.#isGone) return;
      this.#url = URL.createObjectURL(blob);
      this.#film.src = this.#url;
    } catch { if (!this.#isGone) this.#again = setTimeout(() => this.#load(), 5000); }
  }
  node() { return this.#film.src && !this.#film.error && this.#film.readyState >= 2 ? this.#film : null; }
  release() { this.#isGone = true; clearTimeout(this.#again); this.#film.removeAttribute("src"); if (this.#url) URL.revokeObjectURL(this.#url); }
}

function words({ zh, en, body_zh, body_en }) {
  const has = { zh: zh || body_zh, en: en || body_en };
  return el("div.page-text", {},
    has.zh && el("div.page-text__one", { lang: "zh-CN", class: has.en ? "page-text__zh" : "" }, zh && el("h2", {}, zh), body_zh && el("p", {}, body_zh)),
    has.en && el("div.page-text__one", { lang: "en", class: has.zh ? "page-text__en" : "" }, en && el("h2", {}, en), body_en && el("p", {}, body_en)));
}

customElements.define("screen-playlist", ScreenPlaylist);
