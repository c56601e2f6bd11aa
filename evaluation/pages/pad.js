/** The rating pad of one window: shows who is served, asks after the finish, and loses no rating. */

import { api } from "/static/api.js";
import { hallNow, secondsUntil, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { live } from "/static/live.js";
import { Outbox } from "./outbox.js";
import { RATING, faceOf, onFaces } from "./pad-hooks.js";
import { BAD_FROM, askFace, blankFace, idleFace, servingFace, thanksFace, whyFace } from "./pad-faces.js";

const AGAIN_MS = 30_000;
const THANKS_MS = 6000;
const WHY_S = 45;
const window_id = decodeURIComponent(location.pathname.split("/").pop());

class Pad {
  #view = null; #link = "connecting"; #own = null; #rated = new Set(); #timer = null;
  #outbox = new Outbox(`onedoor.pad.${window_id}`, () => this.#drawHead());

  start() {
    live([`window/${window_id}`], { onView: (_topic, view) => this.#take(view), onState: (state) => this.#linked(state) });
    setInterval(() => this.#tick(), 500);
    onLang(() => this.#draw());
    onFaces(() => this.#draw());
    this.#draw();
  }

  #linked(state) {
    this.#link = state;
    if (state === "refused") setTimeout(() => location.reload(), AGAIN_MS);
    this.#draw();
  }

  /** The next visitor ends what the last one left open. */
  #take(view) {
    document.documentElement.dataset.zone = view.window.zone;
    this.#view = view;
    if (this.#own && view.ticket && view.ticket.number !== this.#own.number) this.#leave();
    this.#draw();
  }

  #draw() {
    this.#drawHead();
    const face = this.#face();
    if ($("#face").firstElementChild !== face) fill($("#face"), face);
  }

  #face() {
    if (!this.#view) return blankFace(this.#link);
    const other = faceOf(this.#view, { above: RATING });
    if (other) return other;
    if (this.#own?.step === "why") return whyFace({ ...this.#own, left_s: this.#left(), onReason: (r) => this.#toggle(r), onText: (text) => this.#typed(text), onSend: (send) => this.#finishWhy(send) });
    if (this.#own?.step === "thanks") return thanksFace(this.#own);
    const rating = this.#asked();
    if (rating) return askFace({ number: rating.number, left_s: this.#left(), onLevel: (level) => this.#rate(rating, level) });
    return faceOf(this.#view, { upTo: RATING }) ?? (this.#view.ticket ? servingFace(this.#view) : idleFace(this.#view));
  }

  /** The rating asked for now: open, not given here yet, and nobody else called. */
  #asked() {
    const { rating, ticket } = this.#view;
    return rating && !ticket && !this.#rated.has(rating.ticket) && secondsUntil(rating.until) > 0 ? rating : null;
  }

  #left() {
    const until = this.#own?.step === "why" ? this.#own.until : Date.parse(this.#asked()?.until ?? "");
    return Number.isFinite(until) ? Math.ceil(Math.max(0, until - hallNow()) / 1000) : 0;
  }

  async #rate(rating, level) {
    this.#rated.add(rating.ticket);
    const base = { ticket: rating.ticket, level, channel: "pad" };
    this.#own = level >= BAD_FROM ? { step: "why", base, number: rating.number, chosen: new Set(), text: "", until: hallNow() + WHY_S * 1000 } : { step: "thanks", kind: "thanks", number: rating.number };
    this.#draw();
    const shown = this.#own;
    const how = await this.#hand(base);
    if (this.#own !== shown) return;
    if (how.kind === "refused" || (how.kind === "saved" && shown.step === "thanks")) this.#thank(how, rating.number);
    else if (shown.step === "thanks") this.#thank({ kind: "thanks" }, rating.number);
  }

  /** @returns {Promise<{kind: "thanks"|"saved"|"refused", message?: string}>} */
  async #hand(body) {
    try {
      return { kind: (await this.#outbox.put(body)) === "kept" ? "saved" : "thanks" };
    } catch (error) {
      return { kind: "refused", message: errorText(error) };
    }
  }

  #toggle(reason) {
    const { chosen } = this.#own;
    if (!chosen.delete(reason)) chosen.add(reason);
    this.#touch();
    this.#draw();
  }

  #typed(text) {
    this.#own.text = text;
    this.#touch();
    $("#why-send").disabled = !this.#own.chosen.size && !text.trim();
  }

  #touch() { this.#own.until = hallNow() + WHY_S * 1000; }

  async #finishWhy(send) {
    const { base, chosen, text, number } = this.#own;
    const given = send && (chosen.size > 0 || text.trim() !== "");
    this.#thank({ kind: given ? "thanks_more" : "thanks" }, number);
    if (!given) return;
    const how = await this.#hand({ ...base, reasons: [...chosen], ...(text.trim() ? { text: text.trim() } : {}) });
    if (how.kind !== "thanks" && this.#own?.number === number) this.#thank(how, number);
  }

  #thank(how, number) {
    clearTimeout(this.#timer);
    this.#own = { step: "thanks", ...how, number };
    this.#timer = setTimeout(() => { this.#own = null; this.#draw(); }, THANKS_MS);
    this.#draw();
  }

  /** What was chosen on the reasons page is not thrown away when time is up or the next visitor comes. */
  #leave() {
    if (this.#own?.step === "why") this.#finishWhy(true);
    else this.#own = null;
    if (this.#view?.ticket) this.#own = null;
  }

  #tick() {
    if (!this.#view) return;
    const left = $("[data-left]");
    if (left) say(left, t("pad.left", { n: this.#left() }));
    if (this.#own?.step === "why" && this.#left() <= 0) this.#leave();
    else if (!this.#own && $(".ask") && !this.#asked()) this.#draw();
  }

  #drawHead() {
    const window = this.#view?.window;
    fill($("#window"), window && el("span.pad__number.num", {}, t("pad.window", { n: window.number })), window && el("span.pad__name", {}, named(window)));
    const staff = $("#staff");
    staff.hidden = !window?.staff || window.state === "closed";
    if (!staff.hidden) fill(staff, icon("user"), el("span.pad__staff-name.truncate", {}, window.staff.name), el("span.num.muted", {}, t("pad.staff_number", { n: window.staff.number })));
    const waiting = this.#outbox?.waiting ?? 0;
    const link = $("#link");
    link.hidden = (this.#link === "live" || this.#link === "connecting") && !waiting;
    fill(link, icon("wifi-off"), el("span", {}, waiting ? t("pad.pending", { n: waiting }) : t("pad.link_lost")));
  }
}

await loadTexts();
document.title = t("pad.title");
api.get("hall").then((hall) => { syncClock(hall.now); $("#demo").hidden = !hall.demo; }).catch(() => {});
new Pad().start();
