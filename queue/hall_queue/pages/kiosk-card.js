/** The card on the reader: shown masked while it lies there, and forgotten when it is taken away, its time is over, or somebody else's comes. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const NEWS_MS = 8000;
const TROUBLE = new Set(["unreadable", "wrong_kind", "refused"]);
const BUSY = new Set(["ticket", "offline_ticket", "booked"]);

export class Card {
  #held = null; #isSeen = false; #news = null; #timers = {}; #kiosk; #place;

  /** @param {HTMLElement} place  where it is shown, whatever the kiosk shows besides */
  constructor(kiosk, place) {
    this.#kiosk = kiosk;
    this.#place = place;
    kiosk.beside.listen({ card: (told) => this.#laid(told), reader: (state) => this.#reader(state) });
  }

  /** The word that stands for the card, for one number; null: there is none. */
  get word() { return this.#held?.card ?? null; }

  get masked() { return this.#held?.masked ?? ""; }

  /** What is wrong with what lies on the reader, as a key of the texts; "" where nothing is. */
  get trouble() { return this.#news?.isTrouble ? `kiosk.card_${this.#news.name}` : ""; }

  /** Forgets the card; `news` says why. */
  wipe(news = "") {
    clearTimeout(this.#timers.over);
    this.#held = null;
    this.#say(news);
  }

  /** Forgets the person too: the next card is anybody's. */
  leave() {
    this.#isSeen = false;
    this.wipe();
  }

  draw() {
    const shown = this.#held ? this.#read() : this.#news ? this.#told(this.#news) : null;
    this.#place.hidden = !shown;
    fill(this.#place, shown);
    this.#place.classList.toggle("k-card--read", Boolean(this.#held));
    this.#place.classList.toggle("k-card--trouble", !this.#held && Boolean(this.#news?.isTrouble));
  }

  #laid({ card, masked, valid_s, same }) {
    if (this.#isSeen && !same) this.#kiosk.home(); // somebody else: nothing of the one before stays
    clearTimeout(this.#timers.over);
    this.#isSeen = true;
    this.#held = { card, masked };
    this.#timers.over = setTimeout(() => this.wipe("over"), valid_s * 1000);
    this.#kiosk.tell(t("kiosk.card_read_told"));
    this.#say("", { isLaid: true });
  }

  #reader(state) {
    if (state === "reading") this.#say("reading");
    else if (TROUBLE.has(state)) { this.wipe(state); this.#kiosk.tell(t(`kiosk.card_${state}`)); }
    else if (state === "away") { if (this.#held || this.#news) this.wipe("away"); }
    else if (state === "ready" && this.#held) this.wipe("gone");
    else if (state === "ready" && this.#news?.name === "reading") this.#say("gone");
  }

  #say(name, detail = {}) {
    clearTimeout(this.#timers.news);
    this.#news = name ? { name, isTrouble: TROUBLE.has(name) || name === "away" } : null;
    if (name && name !== "reading") this.#timers.news = setTimeout(() => this.#say(""), NEWS_MS);
    this.draw();
    dispatchEvent(new CustomEvent("card", { detail }));
  }

  #read() {
    const { view, hall } = this.#kiosk;
    const next = view === "ticket" || view === "offline_ticket";
    return [
      icon("user"),
      el("p.k-card__text", {}, el("strong", {}, t("kiosk.card_read")), el("span.num.k-card__number", {}, this.masked), el("span.k-card__stay", {}, t("kiosk.card_stay"))),
      next && el("button.btn.btn--lg", { id: "card-next", on: { click: () => this.#next() } }, icon("ticket"), t("kiosk.card_next")),
      view === "home" && hall?.books && el("button.btn.btn--lg", { id: "card-booked", on: { click: () => this.#kiosk.go("booked") } }, icon("calendar"), t("kiosk.booked")),
      !BUSY.has(view) && el("button.btn.btn--lg", { id: "card-wipe", on: { click: () => this.wipe() } }, icon("close"), t("kiosk.card_wipe")),
    ];
  }

  /* One more number with the same card. */
  #next() {
    const held = this.#held;
    this.#kiosk.home();
    this.#held = held;
    this.#isSeen = true;
    this.#say("", { isLaid: true });
  }

  #told({ name, isTrouble }) {
    return [icon(isTrouble ? "alert" : name === "reading" ? "hold" : "info"), el("p.k-card__text", { role: "status" }, el("strong", {}, t(`kiosk.card_${name}`)), el("span", {}, t(`kiosk.card_${name}_todo`)))];
  }
}

/**
 * Asks for the card, with a picture of where it goes.
 * @returns {Promise<"card"|"type"|"left">}  "type": the visitor would rather type the number
 */
export function askCard(kiosk, { isRequired = false } = {}) {
  return new Promise((resolve) => {
    let answer = "left";
    const over = new AbortController();
    const told = el("p.k-askcard__told", { role: "status" });
    const close = (how) => { answer = how; box.close(); };
    const box = el("dialog.dialog.k-askcard", { "aria-label": t("kiosk.card_ask"), on: { close: () => { over.abort(); box.remove(); resolve(answer); } } },
      el("div.dialog__body", {},
        el("h2.dialog__title", {}, t("kiosk.card_ask")),
        el("img.k-askcard__picture", { src: "/pages/hall_queue/kiosk-card.svg", alt: t("kiosk.card_picture") }),
        el("p", {}, t(isRequired ? "kiosk.id_needed_why" : "kiosk.card_ask_why")), told,
        el("div.k-id__ways", {},
          el("button.btn.btn--xl", { on: { click: () => close("left") } }, t("common.cancel")),
          el("button.btn.btn--xl", { id: "card-type", on: { click: () => close("type") } }, icon("keyboard"), t("kiosk.card_type")))));
    addEventListener("card", ({ detail }) => { if (detail.isLaid) close("card"); else draw(); }, { signal: over.signal });
    document.body.append(box);
    box.showModal();
    draw();

    function draw() {
      const { trouble } = kiosk.card;
      told.classList.toggle("k-askcard__told--trouble", Boolean(trouble));
      fill(told, trouble ? [el("strong", {}, t(trouble)), el("br"), t(`${trouble}_todo`)] : t(kiosk.beside.reader === "reading" ? "kiosk.card_reading" : "kiosk.card_waiting"));
    }
  });
}
