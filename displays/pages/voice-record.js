/** The announcer's page: reads one prompt after another; each is judged by the server and spoken by the hall at once. */

import { api } from "/static/api.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { dayOf } from "/static/numbers.js";
import { Microphone, base64Of, canRecord } from "./voice-capture.js";
import { signedIn } from "./voice-door.js";
import { Meter, drawWave } from "./voice-wave.js";

const ANNOUNCER = "onedoor.voice.announcer";
const AFTER_MS = 250; // the word's end is still on its way through the microphone

class Studio {
  #view = null; #at = 0; #all = false; #busy = false; #said = null; #audio = new Audio(); #meter = null;
  #announcer = localStorage.getItem(ANNOUNCER) ?? "";
  #microphone = new Microphone({ onLevel: (peak) => this.#meter?.set(peak), onFull: () => this.#stop() });

  async start() {
    onLang(() => this.#draw());
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pagehide", () => this.#microphone.close());
    await this.#load();
    const first = this.#shown().findIndex((one) => !isDone(one));
    this.#at = Math.max(0, first);
    this.#draw();
  }

  async #load() { this.#view = await api.get("voice/prompts"); }

  #shown() { return this.#view.prompts.filter((one) => one.needed || one.take || this.#all); }
  get #prompt() { return this.#shown()[this.#at]; }

  #draw() {
    document.title = t("voice.record_title");
    this.#top();
    this.#list();
    this.#main();
  }

  #top() {
    const done = this.#view.prompts.filter((one) => one.needed && isDone(one)).length;
    const needed = this.#view.prompts.filter((one) => one.needed).length;
    const name = el("input.input.studio__name", { id: "announcer", maxlength: 40, value: this.#announcer, placeholder: t("voice.announcer_hint"), autocomplete: "name", on: { input: () => { this.#announcer = name.value; localStorage.setItem(ANNOUNCER, name.value); } } });
    fill($("#top"), el("a.btn.btn--quiet.btn--sm", { href: "/manager/voice", id: "back" }, icon("arrow-left"), t("voice.title")), el("h1.top__title", {}, t("voice.record_title")),
      el("div.progress", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": needed, "aria-valuenow": done, "aria-label": t("voice.progress", { done, needed }), style: { "--done": needed ? done / needed : 0 } }), el("span.num.small", { id: "progress" }, t("voice.progress", { done, needed })),
      el("span.grow"), el("label.studio__who", {}, el("span.muted", {}, t("voice.announcer")), name), el("language-switch"));
  }

  #list() {
    const shown = this.#shown();
    const row = (one, at) => el("li", {}, el("button.prompt", { id: `p-${one.name}`, "aria-current": at === this.#at ? "true" : false, dataset: { done: String(isDone(one)) }, on: { click: () => this.#go(at) } }, el("span.prompt__text", { lang: "zh" }, one.text), el("span.prompt__state", {}, isDone(one) ? icon("check", { label: t("voice.recorded") }) : one.needed && icon("alert", { label: t("voice.needed") }))));
    fill($("#list"), el("ol.prompts", {}, shown.map(row)), !this.#all && this.#view.prompts.length > shown.length && el("button.btn.btn--quiet.btn--sm", { id: "all-prompts", on: { click: () => { this.#all = true; this.#list(); } } }, t("voice.all_prompts")));
    $(`#list [aria-current="true"]`)?.scrollIntoView({ block: "nearest" });
  }

  #main() {
    const one = this.#prompt;
    if (!one) { fill($("#main"), el("div.empty", {}, icon("speaker"), el("p.empty__title", {}, t("voice.no_prompts")))); return; }
    const isOpen = canRecord();
    const meter = el("div.meter", { "aria-hidden": "true" }, el("div.meter__bar"));
    this.#meter = new Meter(meter);
    const file = el("input.visually-hidden", { type: "file", id: "file", accept: ".wav,audio/wav,audio/x-wav", on: { change: () => this.#upload(file) } });
    fill($("#main"), el("section.take", {},
      el("p.take__why.muted", {}, one.needed ? (one.of.length ? t("voice.needed_by", { of: one.of.join(" ") }) : t("voice.needed_by_all")) : t("voice.not_needed")),
      el("p.take__text", { lang: "zh", id: "text" }, one.text),
      isOpen ? meter : el("p.notice.notice--warn", { id: "insecure" }, icon("alert"), t("voice.insecure", { address: location.origin })),
      el("div.cluster.take__keys", {}, isOpen && el("button.btn.btn--primary.btn--lg", { id: "record", disabled: this.#busy, on: { click: () => this.#toggle() } }, icon("record"), t("voice.record"), el("kbd.key", {}, t("voice.space"))),
        el("label.btn.btn--lg", { for: "file", tabindex: 0, on: { keydown: (event) => { if (event.key === "Enter") file.click(); } } }, icon("document"), t("voice.upload")), file),
      el("canvas.take__wave", { id: "wave", "aria-label": t("voice.wave") }),
      el("div", { id: "verdict", role: "status" }, this.#verdict(one)),
      one.take && this.#kept(one),
      el("ul.take__how.small.muted", {}, ["how_1", "how_2", "how_3"].map((key) => el("li", {}, t(`voice.${key}`))))));
    if (one.take) this.#wave(one.take.audio);
  }

  #verdict(one) {
    if (this.#said?.name !== one.name) return null;
    const { ok, text } = this.#said;
    return el(`p.notice.notice--${ok ? "ok" : "bad"}`, {}, icon(ok ? "check" : "alert"), text);
  }

  #kept(one) {
    const { take } = one;
    const noise = take.over_noise_db === null ? "" : t("voice.over_noise", { n: Math.round(take.over_noise_db) });
    return el("div.kept", {}, el("p.small", { id: "kept" }, t("voice.kept", { who: take.announcer || t("voice.somebody"), day: dayOf(take.at), length: take.length_s.toFixed(2), db: Math.round(take.heard_db) }), noise && " · ", noise),
      el("div.cluster", {}, el("button.btn", { id: "hear", on: { click: () => this.#play(take.audio) } }, icon("speaker"), t("voice.hear")),
        el("button.btn", { id: "undo", disabled: this.#busy, on: { click: () => this.#undo(one) } }, icon("repeat"), t(one.before ? "voice.undo_take" : "voice.drop_take")),
        el("button.btn.btn--primary", { id: "next", on: { click: () => this.#next() } }, t("voice.next_prompt"), icon("arrow-right"))));
  }

  #go(at) {
    this.#at = at;
    this.#said = null;
    this.#list();
    this.#main();
  }

  #next() {
    const shown = this.#shown();
    const order = [...shown.keys()].map((i) => (this.#at + 1 + i) % shown.length);
    this.#go(order.find((at) => !isDone(shown[at])) ?? order[0]);
    $("#record")?.focus();
  }

  #key(event) {
    if (event.target.closest("input, textarea, select, dialog") || event.repeat || event.ctrlKey || event.altKey) return;
    if (event.key === " " && $("#record")) { event.preventDefault(); this.#toggle(); }
    if (event.key === "ArrowRight" && this.#view) { event.preventDefault(); this.#next(); }
  }

  async #toggle() {
    if (this.#busy) return;
    if (this.#microphone.isRecording) { await this.#stop(); return; }
    try {
      await this.#microphone.open();
    } catch (error) {
      this.#tell(false, t(error.name === "NotAllowedError" ? "voice.mic_refused" : "voice.mic_missing"));
      return;
    }
    this.#audio.pause();
    this.#microphone.start();
    const button = $("#record");
    fill(button, icon("stop"), t("voice.stop"), el("kbd.key", {}, t("voice.space")));
    button.classList.add("btn--danger");
    button.setAttribute("aria-pressed", "true");
    $(".take").dataset.recording = "true";
  }

  async #stop() {
    if (this.#busy || !this.#microphone.isRecording) return;
    this.#busy = true;
    await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
    const { wav, samples } = this.#microphone.stop();
    drawWave($("#wave"), samples);
    await this.#send(wav);
  }

  async #upload(file) {
    const [wav] = file.files;
    if (wav && !this.#busy) await this.#send(wav);
  }

  async #send(wav) {
    const { name } = this.#prompt;
    this.#busy = true;
    try {
      const prompt = await api.post(`voice/prompts/${name}/take`, { wav: await base64Of(wav), announcer: this.#announcer });
      this.#replace(prompt);
      this.#tell(true, t("voice.take_good"));
    } catch (error) {
      this.#tell(false, errorText(error));
    }
  }

  async #undo(one) {
    this.#busy = true;
    try {
      this.#replace(await api.del(`voice/prompts/${one.name}/take`));
      this.#tell(true, t("voice.undone"));
    } catch (error) {
      this.#tell(false, errorText(error));
    }
  }

  #replace(prompt) { this.#view.prompts = this.#view.prompts.map((one) => (one.name === prompt.name ? prompt : one)); }

  #tell(ok, text) {
    this.#busy = false;
    const { name } = this.#prompt;
    this.#said = { name, ok, text };
    this.#top();
    this.#list();
    const wave = $("#wave");
    const drawn = ok || !wave?.width ? null : wave;
    this.#main();
    if (drawn && !this.#prompt.take) $("#wave").replaceWith(drawn);
    $("#record")?.focus();
  }

  async #wave(url) {
    try {
      const bytes = await (await fetch(url, { credentials: "same-origin" })).arrayBuffer();
      const words = new Int16Array(bytes.slice(44));
      const canvas = $("#wave");
      if (canvas && this.#prompt?.take?.audio === url) drawWave(canvas, Float32Array.from(words, (word) => word / 32768));
    } catch { say($("#verdict"), ""); /* no picture of it; the sound itself says why when it is played */ }
  }

  #play(url) {
    this.#audio.src = url;
    this.#audio.play().catch(() => toast(t("voice.hear_failed"), "bad"));
  }
}

const isDone = (one) => Boolean(one.take || one.from_folder);

if (await signedIn()) await new Studio().start();
