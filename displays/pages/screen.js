/** A screen of the hall: takes its layout from the live feed, shows its pictures, and never goes dark. */

import { api } from "/static/api.js";
import { hallIso, hallNow, syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { live } from "/static/live.js";
import { SoundQueue } from "/static/sound.js";
import { boardAfterRestart } from "./board.js";
import { both, loadBoth, namesOf, pair } from "./both.js";
import { fitTexts } from "./fit-texts.js";
import "./hall-map.js";
import "./led-bar.js";
import "./overview.js";
import "./playlist.js";
import { keepMedia, keepPage, ScreenMemory } from "./screen-memory.js";
import { contentModule, isLoaded, loadModules } from "./screen-modules.js";
import { applyLook, isDark, turn } from "./screen-look.js";
import { windowAfterRestart } from "./window-screen.js";

const AGAIN_MS = 30_000;
const SYNC_MS = 10 * 60 * 1000;
const RELOAD_WITHIN_MS = 3000;
const RELOADED = "onedoor.screen.reloaded";
const TAGS = { board: "zone-board", window: "window-screen", led: "led-bar", map: "hall-map", overview: "queue-overview", playlist: "zone-board" };
const AFTER_RESTART = { "zone-board": boardAfterRestart, "window-screen": windowAfterRestart };
const FEED_OF = { "zone-board": "board", "window-screen": "window", "led-bar": "led", "hall-map": "plan", "queue-overview": "overview" };

class Screen {
  #key; #isPreview; #isQuiet; #feed = null; #topics = ""; #layout = null; #part = null; #view = null; #wanted = null; #state = "connecting"; #memory; #sounds = new SoundQueue();

  constructor({ key, isPreview, isQuiet }) {
    this.#key = key;
    this.#isPreview = isPreview;
    this.#isQuiet = isQuiet;
    this.#memory = new ScreenMemory(key, { isOff: isQuiet });
  }

  start() {
    this.#wait();
    new ResizeObserver(() => this.#sized()).observe(document.documentElement);
    setInterval(() => this.#tick(), 1000);
    setInterval(sync, SYNC_MS);
    if (this.#isPreview) { addEventListener("message", (event) => this.#told(event)); parent.postMessage({ ready: true }, location.origin); return; }
    const kept = this.#memory.read();
    if (kept) this.#showKept(kept);
    if (!this.#feed) this.#follow([]);
    if (this.#isQuiet) return;
    this.#offerSound();
    keepPage();
  }

  /* -- the feed */

  #follow(topics) {
    const all = this.#isPreview ? topics : [`screen/${this.#key}`, ...topics];
    const wanted = all.join(",");
    if (this.#feed && wanted === this.#topics) return;
    this.#feed?.close();
    this.#topics = wanted;
    this.#feed = all.length ? live(all, { onView: (topic, view, event) => this.#take(topic, view, event), onState: (state) => this.#link(state) }) : null;
  }

  #take(topic, view, event) {
    const [kind] = topic.split("/");
    if (kind === "screen") this.#laidOut(view);
    else if (kind === "voice") { if (event && !this.#isQuiet) this.#sounds.say({ ...event, ...view }); }
    else if (this.#part && (topic === contentModule(this.#layout)?.topic || kind === FEED_OF[this.#part.localName])) this.#shown(view);
    $("#playlist").take(topic, view, event);
  }

  /* An editor's draft: same origin only. */
  #told(event) {
    if (event.origin !== location.origin || !event.data?.layout) return;
    this.#laidOut(event.data.layout);
  }

  #link(state) {
    this.#state = state;
    if (state === "refused") setTimeout(() => location.reload(), AGAIN_MS);
    if (state === "live" && this.#layout) this.#checkVersion(this.#layout);
    this.#wait();
    this.#lost();
  }

  /* -- what is shown */

  #laidOut(layout) {
    this.#wanted = layout;
    if (!isLoaded(layout)) { loadModules(layout).then(() => { if (this.#wanted === layout) this.#laidOut(layout); }); return; }
    const before = this.#layout;
    this.#layout = layout;
    if (!this.#isPreview) { this.#memory.keepLayout(layout); this.#checkVersion(layout); }
    const hasContent = layout.content !== "playlist" || layout.zone;
    const tag = hasContent ? contentModule(layout)?.tag ?? TAGS[layout.content] ?? null : null;
    const isOther = (this.#part?.localName ?? null) !== tag || before?.topics.join() !== layout.topics.join();
    applyLook(layout);
    turn(layout);
    if (isOther) this.#makePart(tag);
    $("#playlist").show(layout, { part: $("#content") });
    this.#follow(layout.topics);
    if (!this.#isQuiet) keepMedia(layout);
    if (this.#view && !isOther) this.#draw();
    this.#wait();
    this.#tick();
  }

  #makePart(tag) {
    this.#view = null;
    this.#part = tag ? el(tag) : null;
    fill($("#content"), this.#part);
  }

  #shown(view) {
    this.#view = view;
    this.#memory.keepView(view, hallIso());
    this.#draw();
    this.#wait();
  }

  #draw() {
    if (!this.#view) return;
    this.#part.show(this.#view, this.#layout);
    fitTexts(this.#part);
    const place = namesOf(this.#part.titleOf?.(this.#view) ?? this.#layout);
    document.title = [place.zh, place.en].filter(Boolean).join(" ");
    document.documentElement.dataset.zone = this.#layout.zone?.id ?? "";
  }

  /* What stood here last, until the server answers; a number of then is not called as one of now. */
  async #showKept({ layout, view, at }) {
    const kept = { modules: [], ...layout };
    if (!isLoaded(kept)) await loadModules(kept);
    if (this.#layout) return; // the server was quicker
    this.#memory.seenAt = at;
    this.#laidOut(kept);
    if (view && this.#part) { this.#view = (AFTER_RESTART[this.#part.localName] ?? ((one) => one))(view); this.#draw(); }
    this.#wait();
  }

  #wait() {
    const isOver = Boolean(this.#view) || (this.#layout?.content === "playlist" && !this.#layout.zone);
    $("#wait").hidden = isOver || this.#isPreview;
    document.body.dataset.ready = String(isOver);
    const isRefused = this.#state === "refused";
    const kind = this.#key.startsWith("window.") ? "windowscreen" : this.#key.startsWith("board.") ? "board" : "screen";
    fill($("#wait"), icon(isRefused ? "alert" : "clock"), pair(both(isRefused ? `${kind}.missing` : "board.loading")));
  }

  /* A lost link is no reason for a dark screen: the last picture stays, with one small word. */
  #lost() {
    const node = $("#link");
    node.hidden = this.#isPreview || !this.#layout || this.#state === "live" || (this.#state === "connecting" && !this.#memory.seenAt);
    if (!node.hidden) fill(node, icon("wifi-off"), pair(both("screen.link_lost", { time: (this.#memory.seenAt || hallIso()).slice(11, 16) })));
  }

  #sized() {
    if (!this.#layout) return;
    turn(this.#layout);
    this.#draw();
  }

  #tick() {
    const dimming = this.#layout?.dimming;
    const isNow = Boolean(dimming) && isDark(dimming, hallIso().slice(11, 16));
    $("#dimmer").hidden = !isNow;
    if (isNow) $("#dimmer").style.opacity = String(dimming.percent / 100);
    $("#playlist").tick(hallNow());
  }

  /* The server has other pages than this one: load them, once, and not all screens in the same moment. */
  #checkVersion({ version }) {
    const own = document.documentElement.dataset.version;
    if (this.#state !== "live" || !version || version === own || reloaded() === version) return;
    remember(version);
    setTimeout(() => location.reload(), Math.random() * RELOAD_WITHIN_MS);
  }

  /* Browsers may forbid sound before a touch; the hint stands only then. */
  async #offerSound() {
    const hint = $("#sound");
    fill(hint, icon("speaker-off"), pair(both("board.sound_off")));
    const isAllowed = await this.#sounds.unlock();
    hint.hidden = isAllowed || !this.#layout?.topics.some((topic) => topic.startsWith("voice/"));
    addEventListener("click", async () => { hint.hidden = await this.#sounds.unlock(); });
  }
}

function reloaded() {
  try { return sessionStorage.getItem(RELOADED); } catch { return null; }
}

function remember(version) {
  try { sessionStorage.setItem(RELOADED, version); } catch { /* then a second load may follow the first */ }
}

async function sync() {
  try { syncClock((await api.get("hall")).now); } catch { /* the device's own clock serves until the hall answers */ }
}

/* /screen/{id} (with ?still it neither sounds nor keeps anything), the usual screens of a place: /board/{zone}, /window-screen/{window}, and pages whose screen the server names. */
function wanted() {
  const { screen } = document.documentElement.dataset;
  const [, page, id = ""] = location.pathname.split("/").map(decodeURIComponent);
  const prefix = { board: "board.", "window-screen": "window." }[page] ?? "";
  const isPreview = page === "screen-preview";
  return { key: screen || prefix + id, isPreview, isQuiet: isPreview || new URLSearchParams(location.search).has("still") };
}

await loadBoth();
await sync();
new Screen(wanted()).start();
