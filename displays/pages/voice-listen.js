/** The listen card: has the server render what the hall would say, as it stands in the draft, and plays it as a board does. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { SoundQueue, ownVoice } from "/static/sound.js";

export class ListenCard {
  #draft; #onError; #line = ""; #language = ""; #number = ""; #serial = 0; #busy = false;
  #sounds = new SoundQueue({ onSpeaking: (one) => { this.node.dataset.speaking = one ? "true" : "false"; } });
  node = el("section.card.listen", { "aria-labelledby": "listen-title" });

  constructor({ draft, onError }) { this.#draft = draft; this.#onError = onError; }

  draw(line) {
    const { view } = this.#draft;
    this.#line = line ?? (this.#line || view.lines.find((one) => one.active)?.id) ?? "";
    const select = el("select.select", { id: "listen-line", on: { change: () => { this.#line = select.value; } } }, view.lines.filter((one) => one.active).map((one) => el("option", { value: one.id, selected: one.id === this.#line }, `${one.prefix} · ${named(one)}`)));
    const language = el("select.select", { id: "listen-language", on: { change: () => { this.#language = language.value; } } }, el("option", { value: "" }, t("voice.listen_all")), view.languages.map((one) => el("option", { value: one, selected: one === this.#language }, t(`voice.language.${one}`))));
    const number = el("input.input.num", { id: "listen-number", maxlength: 12, value: this.#number, placeholder: t("voice.listen_number"), autocomplete: "off", on: { input: () => { this.#number = number.value; } } });
    fill(this.node, el("h2.card__title", { id: "listen-title" }, t("voice.listen_title")), el("p.small.muted", {}, t("voice.listen_hint")),
      el("div.listen__form", {}, el("label", { for: "listen-line" }, t("voice.listen_line")), select, el("label", { for: "listen-language" }, t("voice.listen_language")), language, el("label", { for: "listen-number" }, t("voice.listen_of")), number),
      el("button.btn.btn--primary.btn--block", { id: "listen", disabled: !view.speaks || !this.#line, on: { click: () => this.#listen() } }, icon("speaker"), t("voice.listen")),
      !view.speaks && el("p.notice.notice--warn", {}, icon("speaker-off"), t("voice.off")),
      el("div.listen__said", { id: "heard", role: "status" }));
  }

  async #listen() {
    if (this.#busy) return;
    this.#busy = true;
    $("#listen").setAttribute("aria-busy", "true");
    this.#sounds.clear();
    await this.#sounds.unlock();
    try {
      const languages = this.#language ? [this.#language] : [];
      const heard = await api.post("voice/listen", { line: this.#line, number: this.#number, languages, changes: this.#draft.changes }, { timeout_ms: 35000 });
      await this.#show(heard);
      this.#serial += 1;
      this.#sounds.say({ ...heard, id: `listen-${this.#serial}`, volume: heard.volume ?? 1 });
    } catch (error) {
      fill($("#heard"), el("p.field__error", {}, errorText(error)));
      this.#onError(error);
    } finally {
      this.#busy = false;
      $("#listen").removeAttribute("aria-busy");
    }
  }

  async #show(heard) {
    const rows = await Promise.all(Object.entries(heard.texts).map(async ([language, text]) => {
      const own = (await ownVoice(language))?.name;
      const by = heard.by[language];
      return el("li.heard", {}, el("p.heard__text", { lang: language === "en" ? "en" : "zh" }, text), el("p.small.muted", {}, by ? t("voice.heard_by", { engine: t(`voice.engine.${by}`) }) : t("voice.heard_by_none"), heard.own[language] === "first" && ` · ${own ? t("voice.heard_own", { voice: own }) : t("voice.heard_no_own")}`));
    }));
    const volume = heard.volume === null ? t("voice.heard_quiet") : t("voice.heard_volume", { n: Math.round(heard.volume * 100) });
    fill($("#heard"), el("ul.stack", {}, rows), el("p.small", { dataset: { quiet: String(heard.volume === null) } }, volume), heard.error && el("p.field__error", {}, t("voice.heard_error")));
  }
}
