/** The rating pad of one window: shows who serves and who is served, asks after the finish, and loses no rating. */

import { api } from "/static/api.js";
import { hallNow, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import "/static/visitor/modes-bar.js";
import { modes } from "/static/visitor/modes.js";
import { readPage } from "/static/visitor/read-aloud.js";
import { Outbox } from "./outbox.js";
import { BAD_FROM, askFace, blankFace, idleFace, moreFace, saysAnything, servingFace, thanksFace } from "./pad-faces.js";
import { RATING, faceOf, onFaces } from "./pad-hooks.js";
import { Question } from "./pad-question.js";

const AGAIN_MS = 30_000;
const THANKS_MS = 6000;
const MORE_MS = 20_000;
const WHY_MS = 45_000;
const PHONE = /^(\+?86)?[\s-]*[0-9][0-9\s-]{5,14}$/;
const window_id = decodeURIComponent(location.pathname.split("/").pop());
const CHANNEL = new URLSearchParams(location.search).get("channel") === "tablet" ? "tablet" : "pad";

class Pad {
  #view = null; #link = "connecting"; #question = null; #own = null; #timer = null;
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
    if (view.ticket && view.ticket.number !== this.#view?.ticket?.number) modes.wipe();
    this.#view = view;
    if (view.ticket && view.ticket.number !== (this.#own ?? this.#question)?.number) this.#leave();
    this.#ask(view);
    this.#draw();
  }

  /** What the hall asks for now; a visitor who has begun here may finish, also where the hall's own time is over. */
  #ask({ rating, ticket }) {
    if (rating && !ticket) {
      if (this.#question?.ticket === rating.ticket) this.#question.take(rating);
      else {
        if (this.#own?.step === "more") this.#send(this.#own);
        this.#question = new Question(rating);
        for (const { matter } of rating.matters ?? []) if (this.#outbox.holds(rating.ticket, matter)) this.#question.done(matter);
      }
    } else if (ticket || !this.#question?.isOurs) this.#question = null;
  }

  #draw() {
    this.#drawHead();
    const face = this.#face();
    if ($("#face").firstElementChild === face) return;
    fill($("#face"), face);
    if (modes.readsAloud()) readPage();
  }

  #face() {
    if (!this.#view) return blankFace(this.#link);
    const other = faceOf(this.#view, { above: RATING });
    if (other) return other;
    if (this.#own?.step === "more") return moreFace({ ...this.#own, left_s: this.#left(), onChip: (kind, one) => this.#toggle(kind, one), onText: (text) => this.#typed("text", text), onPhone: (phone) => this.#typed("phone", phone), onSend: (send) => this.#finishMore(send) });
    if (this.#own?.step === "thanks") return thanksFace(this.#own);
    if (this.#question?.isOpen) return askFace({ question: this.#question, onLevel: (level) => this.#rate(level), onSkip: () => this.#skip() });
    return faceOf(this.#view, { upTo: RATING }) ?? (this.#view.ticket ? servingFace(this.#view) : idleFace(this.#view));
  }

  #left() {
    const until = this.#own?.step === "more" ? this.#own.until : this.#question?.until;
    return Number.isFinite(until) ? Math.ceil(Math.max(0, until - hallNow()) / 1000) : 0;
  }

  /** The level is recorded at once; what else is said is optional and follows. */
  async #rate(level) {
    const question = this.#question;
    const { matter } = question.matter;
    const base = { ticket: question.ticket, level, channel: CHANNEL, tapped_at: new Date(hallNow()).toISOString(), ...(matter ? { matter } : {}) };
    question.done(matter);
    const own = { step: "more", base, level, number: question.number, said: { aspects: new Set(), reasons: new Set(), text: "", phone: "" } };
    this.#own = own;
    this.#touch();
    this.#draw();
    const how = await this.#hand(base);
    if (how.kind === "thanks" || this.#own !== own) return;
    if (how.kind === "refused") this.#thank(how, own.number);
    else own.kept = true;
  }

  #skip() {
    this.#question.done(this.#question.matter.matter);
    if (!this.#question.matter) this.#question = null;
    this.#draw();
  }

  /** @returns {Promise<{kind: "thanks"|"saved"|"refused", message?: string}>} */
  async #hand(body) {
    try {
      return { kind: (await this.#outbox.put(body)) === "kept" ? "saved" : "thanks" };
    } catch (error) {
      return { kind: "refused", message: errorText(error) };
    }
  }

  #toggle(kind, one) {
    const chosen = this.#own.said[kind];
    if (!chosen.delete(one)) chosen.add(one);
    this.#touch();
    this.#draw();
  }

  #typed(kind, value) {
    this.#own.said[kind] = value;
    this.#touch();
    $("#why-send").disabled = !saysAnything(this.#own.said);
    if (kind === "phone") say($("#why-error"), "");
  }

  #touch() { this.#own.until = hallNow() + (this.#own.level >= BAD_FROM ? WHY_MS : MORE_MS); }

  #finishMore(send) {
    const own = this.#own;
    if (send && own.said.phone.trim() && !PHONE.test(own.said.phone.trim())) {
      say($("#why-error"), t("pad.phone_wrong"));
      $("#why-phone").focus();
      return;
    }
    const isSaid = send && this.#send(own);
    this.#question?.again();
    this.#own = null;
    if (this.#question?.matter) this.#draw();
    else this.#thank({ kind: own.kept ? "saved" : isSaid ? "thanks_more" : "thanks" }, own.number);
  }

  /** Hands in what was said beside the level; a phone that cannot be one is left out. @returns {boolean} whether anything was */
  #send({ base, said, number }) {
    const phone = PHONE.test(said.phone.trim()) ? said.phone.trim() : "";
    if (!saysAnything({ ...said, phone })) return false;
    const more = { ...(said.aspects.size ? { aspects: [...said.aspects] } : {}), ...(said.reasons.size ? { reasons: [...said.reasons] } : {}), ...(said.text.trim() ? { text: said.text.trim() } : {}), ...(phone ? { phone } : {}) };
    this.#hand({ ...base, ...more }).then((how) => { if (how.kind !== "thanks" && this.#own?.step === "thanks" && this.#own.number === number) this.#thank(how, number); });
    return true;
  }

  #thank(how, number) {
    clearTimeout(this.#timer);
    const own = { step: "thanks", ...how, number };
    this.#own = own;
    this.#timer = setTimeout(() => { if (this.#own === own) { this.#own = null; this.#draw(); } }, THANKS_MS);
    this.#draw();
  }

  /** What was chosen beside the level is not thrown away when the next visitor comes. */
  #leave() {
    if (this.#own?.step === "more") this.#send(this.#own);
    this.#own = this.#question = null;
  }

  #tick() {
    if (!this.#view) return;
    const left = $("[data-left]");
    if (left) say(left, t("pad.left", { n: this.#left() }));
    if (this.#own?.step === "more" && this.#left() <= 0) this.#timeIsUp();
    else if (!this.#own && this.#question && !this.#question.isOpen) { this.#question = null; this.#draw(); }
  }

  /** Nobody answered the second page: the level stays as it was given, with what was chosen. */
  #timeIsUp() {
    const own = this.#own;
    const isSaid = this.#send(own);
    this.#question?.again();
    this.#own = null;
    if (this.#question?.matter) this.#draw();
    else this.#thank({ kind: own.kept ? "saved" : isSaid ? "thanks_more" : "thanks" }, own.number);
  }

  #drawHead() {
    const window = this.#view?.window;
    fill($("#window"), window && el("span.pad__number.num", {}, t("pad.window", { n: window.number })), window && el("span.pad__name", {}, named(window)));
    const staff = $("#staff");
    staff.hidden = !window?.staff || window.state === "closed";
    if (!staff.hidden) fill(staff, icon("user"), window.staff.name && el("span.pad__staff-name.truncate", {}, window.staff.name), window.staff.number && el("span.num.muted", {}, t("pad.staff_number", { n: window.staff.number })));
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
