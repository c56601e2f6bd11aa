/** A browser that is to become a device: shows its code until a manager lets it in, keeps its credential and opens its page. */

import { api, newKey } from "/static/api.js";
import { keep, kept } from "/static/device-key.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { ICONS } from "./devices-words.js";

const LOOK_MS = 2000;
const AGAIN_MS = 5000;
const BROWSERS = new Set(["kiosk", "board", "window-screen", "pad", "speaker", "enquiry", "selfservice"]);
const kind = location.pathname.split("/").pop();

class Pairing {
  #asked = null; #state = "asking"; #text = ""; #done = null;

  start() {
    onLang(() => this.#draw());
    setInterval(() => this.#tick(), 1000);
    this.#ask();
  }

  async #ask() {
    this.#be("asking");
    try {
      this.#asked = await api.post("pairing", { kind, model: "browser", firmware: navigator.userAgent.match(/(?:Firefox|Chrome|Version)\/(\d+)/)?.[1] ?? "" }, { key: newKey() });
      this.#be("waiting");
      setTimeout(() => this.#look(), LOOK_MS);
    } catch (error) {
      this.#be("trouble", errorText(error));
      setTimeout(() => this.#ask(), AGAIN_MS);
    }
  }

  async #look() {
    try {
      const response = await fetch(`/api/v1/pairing/${this.#asked.id}`, { cache: "no-store", credentials: "omit", headers: { "X-Pairing-Secret": this.#asked.secret } });
      if (response.status === 404) { this.#ask(); return; }
      const told = response.ok ? await response.json() : {};
      if (told.device) { this.#take(told); return; }
      if (this.#state === "trouble") this.#be("waiting");
    } catch {
      this.#be("trouble", t("common.offline"));
    }
    setTimeout(() => this.#look(), LOOK_MS);
  }

  #take({ device, credential, page }) {
    this.#done = { device, page };
    if (!keep(kind, { id: device, credential, page })) { this.#be("cannot_keep"); return; }
    this.#be("done");
    if (page) setTimeout(() => location.replace(page), 1500);
  }

  #be(state, text = "") { this.#state = state; this.#text = text; this.#draw(); }

  #draw() {
    document.title = t("pair.title");
    fill($("#main"), el("div.pair__kind", {}, icon(ICONS[kind] ?? "screen"), el("span", {}, has(`manager.kind.${kind}`) ? t(`manager.kind.${kind}`) : kind)), ...this.#body());
  }

  #body() {
    if (this.#state === "done") return [el("p.pair__ok", {}, icon("check")), el("h1.pair__title", {}, t("pair.done", { device: this.#done.device })), el("p.pair__hint", {}, t("pair.opening"))];
    if (this.#state === "cannot_keep") return [el("h1.pair__title", {}, t("pair.cannot_keep")), el("p.pair__hint", {}, t("pair.cannot_keep_hint"))];
    if (!this.#asked || this.#state === "asking") return [el("h1.pair__title", {}, this.#state === "trouble" ? this.#text : t("pair.asking"))];
    const { code } = this.#asked;
    return [
      el("h1.pair__title", {}, t("pair.show")),
      el("p.pair__code", { id: "code", "aria-label": [...code].join(" ") }, el("span", {}, code.slice(0, 3)), el("span", {}, code.slice(3))),
      el("p.pair__hint", {}, t("pair.hint")),
      el("p.pair__left", { role: "timer", "aria-live": "off" }, el("span.num", { id: "left" }, this.#left())),
      this.#state === "trouble" && el("p.pair__trouble", { role: "alert" }, icon("alert"), this.#text),
    ];
  }

  #left() {
    const left_s = Math.max(0, Math.round((Date.parse(this.#asked.until) - Date.now()) / 1000));
    return t("pair.left", { time: `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}` });
  }

  #tick() { if (this.#state === "waiting" && $("#left")) say($("#left"), this.#left()); }
}

async function start() {
  await loadTexts();
  api.get("hall").then((hall) => say($("#hall"), named(hall))).catch(() => {});
  const before = kept(kind);
  if (before?.page && new URLSearchParams(location.search).get("again") !== "1") { location.replace(before.page); return; }
  if (BROWSERS.has(kind)) new Pairing().start();
  else fill($("#main"), el("div.pair__kind", {}, icon(ICONS[kind] ?? "screen"), el("span", {}, has(`manager.kind.${kind}`) ? t(`manager.kind.${kind}`) : kind)), el("h1.pair__title", {}, t("pair.no_browser")), el("p.pair__hint", {}, t("pair.no_browser_hint")));
}

await start();
