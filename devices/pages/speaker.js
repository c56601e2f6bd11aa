/** A browser with loudspeakers: says the calls of its zone, one after another; shows what it says. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { device } from "/static/device.js";
import { showTest } from "/static/device-test.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { live } from "/static/live.js";
import { SoundQueue } from "/static/sound.js";

const zone = decodeURIComponent(location.pathname.split("/").pop());

class Speaker {
  #now = null; #isAllowed = false; #state = "connecting"; #waiting = new Map();
  #queue = new SoundQueue({ onSpeaking: (one) => this.#speaking(one) });

  async start() {
    onLang(() => this.#draw());
    this.#isAllowed = await this.#queue.unlock();
    addEventListener("click", async () => { this.#isAllowed = await this.#queue.unlock(); this.#draw(); });
    device?.on("speak", (args) => this.#spoken(args.announcement ?? args.text, args));
    device?.on("test", async (args) => { await showTest({ ...args, seconds: 5 }); await this.#spoken(`test-${Date.now()}`, args); return { sound: this.#isAllowed }; });
    live([`board/${zone}`, `voice/${zone}`], { onView: (topic, view) => this.#take(topic, view), onState: (state) => { this.#state = state; this.#draw(); } });
    this.#draw();
  }

  /* A paired speaker is told each call as a command, which it reports; others listen to the feed. */
  #take(topic, view) {
    if (topic.startsWith("board/")) { if (view.now) syncClock(view.now); return; }
    if (!device && view.type === "announcement") this.#queue.say(view);
  }

  #spoken(id, { texts = {}, audio = null, until = null }) {
    if (!this.#isAllowed) throw new Error("sound_not_allowed");
    return new Promise((resolve) => { this.#waiting.set(id, resolve); this.#queue.say({ id, texts, audio, until }); });
  }

  #speaking(one) {
    if (one === null && this.#now) { this.#waiting.get(this.#now.id)?.({}); this.#waiting.delete(this.#now.id); }
    this.#now = one;
    this.#draw();
  }

  #draw() {
    document.title = t("manager.kind.speaker");
    const text = this.#now ? [this.#now.texts?.zh, this.#now.texts?.en].filter(Boolean) : [t(this.#state === "lost" ? "common.offline" : "speaker.quiet")];
    fill($("#main"), el("p.pair__ok", {}, icon(this.#isAllowed ? "speaker" : "speaker-off")), text.map((line) => el("p.pair__title", {}, line)),
      !this.#isAllowed && el("button.btn.btn--primary.btn--xl", { id: "allow" }, t("speaker.allow")));
  }
}

await loadTexts();
api.get("hall").then((hall) => say($("#hall"), [named(hall), named(hall.zones.find((one) => one.id === zone))].filter(Boolean).join(" · "))).catch(() => {});
await new Speaker().start();
