/** Speaks announcements one after another: the server's audio, or the browser's own voice where there is none. */

import { hallNow } from "./clock.js";

const LONGEST_MS = 20000;
const MOST = 20;
const SILENCE = "/static/silence.wav";

export class SoundQueue {
  #waiting = []; #busy = false; #heard = new Set(); #languages; #onSpeaking; #audio = new Audio();

  /** @param {{languages?: string[], onSpeaking?: (announcement: object|null) => void}} [options]  languages the browser's voice speaks, in order */
  constructor({ languages = ["zh", "en"], onSpeaking = () => {} } = {}) {
    this.#languages = languages;
    this.#onSpeaking = onSpeaking;
  }

  /** Puts {id, texts: {zh, en}, audio: url|null, until: ISO} in the queue; the same id is spoken once. */
  say(announcement) {
    if (this.#heard.has(announcement.id)) return;
    this.#heard.add(announcement.id);
    if (this.#heard.size > 500) this.#heard.delete(this.#heard.values().next().value);
    this.#waiting.push(announcement);
    if (this.#waiting.length > MOST) this.#waiting.shift();
    this.#next();
  }

  /** Browsers allow sound only after a touch: call this in a click listener. Resolves to whether sound is allowed. */
  async unlock() {
    this.#audio.src = SILENCE;
    try { await this.#audio.play(); return true; } catch (error) { return error.name !== "NotAllowedError"; }
  }

  clear() {
    this.#waiting = [];
    this.#audio.pause();
    globalThis.speechSynthesis?.cancel();
  }

  async #next() {
    if (this.#busy) return;
    this.#busy = true;
    for (let one = this.#waiting.shift(); one; one = this.#waiting.shift()) {
      if (one.until && Date.parse(one.until) < hallNow()) continue;
      this.#onSpeaking(one);
      if (!(one.audio && await this.#play(one.audio))) await this.#speak(one.texts ?? {});
      this.#onSpeaking(null);
    }
    this.#busy = false;
  }

  #play(url) {
    return new Promise((resolve) => {
      const audio = this.#audio;
      const end = (spoken) => () => { clearTimeout(timer); audio.onended = audio.onerror = null; resolve(spoken); };
      const timer = setTimeout(() => { audio.pause(); end(true)(); }, LONGEST_MS);
      audio.onended = end(true);
      audio.onerror = end(false);
      audio.src = url;
      audio.play().catch(end(false));
    });
  }

  async #speak(texts) {
    if (!globalThis.speechSynthesis) return;
    for (const language of this.#languages) if (texts[language]) await utter(texts[language], language === "zh" ? "zh-CN" : "en-GB");
  }
}

function utter(text, language) {
  return new Promise((resolve) => {
    const one = new SpeechSynthesisUtterance(text);
    const timer = setTimeout(() => { speechSynthesis.cancel(); resolve(); }, LONGEST_MS);
    one.lang = language;
    one.rate = 0.9;
    one.voice = speechSynthesis.getVoices().find((v) => v.lang.replace("_", "-").startsWith(language.slice(0, 2))) ?? null;
    one.onend = one.onerror = () => { clearTimeout(timer); resolve(); };
    speechSynthesis.speak(one);
  });
}

/** Two tones from the browser itself, for a phone's call: needs no file and no network. */
export function chime() {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return;
  chime.context ??= new Context();
  const { context } = chime;
  context.resume?.();
  [[0, 880], [0.35, 660], [0.9, 880], [1.25, 660]].forEach(([at, hertz]) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + at;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.5, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.6);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.65);
  });
}
