/**
 * Speaks announcements one after another: the server's audio, or a voice of the browser's own machine where there is no
 * audio, or where the hall wants that voice first (`own`) because the audio's is harder to understand.
 */

import { hallNow } from "./clock.js";

const LONGEST_MS = 20000;
const MOST = 20;
const SILENCE = "/static/silence.wav";
const CHIME_MS = 1900;
const PATIENT_MS = 1000; // voices come a moment after the page

/* What each language's voices call themselves, best first. Cantonese is no Mandarin, though both are "zh". */
const TAGS = { zh: ["zh-cn", "cmn-cn", "cmn-hans-cn", "zh-hans-cn", "zh-hans", "cmn", "zh-sg", "zh-tw", "cmn-tw", "cmn-hant-tw", "zh"], yue: ["zh-hk", "yue-hk", "yue-hant-hk", "yue"], en: ["en-gb", "en-us", "en-au", "en"] };

export class SoundQueue {
  #waiting = []; #busy = false; #heard = new Set(); #languages; #onSpeaking; #audio = new Audio();

  /** @param {{languages?: string[], onSpeaking?: (announcement: object|null) => void}} [options]  languages the browser's voice speaks, in order */
  constructor({ languages = ["zh", "en"], onSpeaking = () => {} } = {}) {
    this.#languages = languages;
    this.#onSpeaking = onSpeaking;
  }

  /**
   * Puts an announcement in the queue; the same id is spoken once.
   * {id, texts: {zh, en}, audio: url|null, until: ISO}, and where the hall says so: say (texts as other voices must be
   * given them), own (language → "first" | "last"; a language that is missing is not spoken by the browser), volume (0 to
   * 1), chime and repeat for the browser's voice.
   */
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
      if (!(await this.#speakFirst(one)) && !(one.audio && await this.#play(one.audio, one.volume ?? 1))) await this.#speak(one);
      this.#onSpeaking(null);
    }
    this.#busy = false;
  }

  #play(url, volume) {
    return new Promise((resolve) => {
      const audio = this.#audio;
      audio.volume = Math.min(1, Math.max(0, volume));
      const end = (spoken) => () => { clearTimeout(timer); audio.onended = audio.onerror = null; resolve(spoken); };
      const timer = setTimeout(() => { audio.pause(); end(true)(); }, LONGEST_MS);
      audio.onended = end(true);
      audio.onerror = end(false);
      audio.src = url;
      audio.play().catch(end(false));
    });
  }

  /** Speaks by itself before the audio, where the hall wants that and this machine has a voice for every language. */
  async #speakFirst(one) {
    if (!Object.values(one.own ?? {}).includes("first")) return false;
    const wanted = Object.keys(one.texts ?? {});
    const voices = await Promise.all(wanted.map((language) => ownVoice(language)));
    if (!voices.every(Boolean) || !wanted.every((language) => one.own[language])) return false;
    return this.#speak(one);
  }

  /** @returns {Promise<boolean>} whether a word was heard */
  async #speak({ texts = {}, say = {}, own, volume = 1, chime: withChime = false, repeat = 1 }) {
    if (!globalThis.speechSynthesis) return false;
    const order = own ? Object.keys(texts).filter((language) => own[language]) : this.#languages.filter((language) => texts[language]);
    const found = await Promise.all(order.map(async (language) => ({ text: say[language] ?? texts[language], voice: await ownVoice(language) })));
    const spoken = found.filter((one) => one.voice);
    if (!spoken.length) return false;
    if (withChime) { chime({ volume }); await new Promise((resolve) => setTimeout(resolve, CHIME_MS)); }
    for (let time = 0; time < repeat; time += 1) for (const { text, voice } of spoken) await utter(text, voice, volume);
    return true;
  }
}

/**
 * The voice of this machine that speaks a language, or null: an English voice never reads Chinese. espeak's Mandarin is
 * not understood by people, so it does not count; a voice of the machine comes before one of the network.
 */
export async function ownVoice(language) {
  const tags = TAGS[language] ?? [];
  const ranked = (await voices()).map((voice) => ({ voice, rank: tags.indexOf(voice.lang.replaceAll("_", "-").toLowerCase()) }))
    .filter(({ voice, rank }) => rank >= 0 && !(language !== "en" && /e-?speak/i.test(`${voice.name} ${voice.voiceURI}`)));
  ranked.sort((a, b) => Number(b.voice.localService) - Number(a.voice.localService) || a.rank - b.rank);
  return ranked[0]?.voice ?? null;
}

function voices() {
  const synthesis = globalThis.speechSynthesis;
  const found = synthesis?.getVoices() ?? [];
  if (!synthesis?.addEventListener || found.length) return Promise.resolve(found);
  voices.waiting ??= new Promise((resolve) => {
    const done = () => { clearTimeout(timer); synthesis.removeEventListener("voiceschanged", done); resolve(); };
    const timer = setTimeout(done, PATIENT_MS);
    synthesis.addEventListener("voiceschanged", done);
  });
  return voices.waiting.then(() => synthesis.getVoices());
}

function utter(text, voice, volume) {
  return new Promise((resolve) => {
    const one = new SpeechSynthesisUtterance(text);
    const timer = setTimeout(() => { speechSynthesis.cancel(); resolve(); }, LONGEST_MS);
    one.lang = voice.lang;
    one.rate = 0.9;
    one.voice = voice;
    one.volume = volume;
    one.onend = one.onerror = () => { clearTimeout(timer); resolve(); };
    speechSynthesis.speak(one);
  });
}

/** Two tones from the browser itself, for a phone's call: needs no file and no network. */
export function chime({ volume: loudness = 1 } = {}) {
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
    volume.gain.exponentialRampToValueAtTime(0.5 * Math.max(0.01, loudness), from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.6);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.65);
  });
}
