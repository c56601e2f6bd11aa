/** One order over the board: what the visitor said, the whole history, and what may be done with it now. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { deedForm } from "./review-forms.js";
import { column, levelBadge, lightBadge, marks, moment, stateBadge, when, where } from "./review-words.js";

/** What is asked for first. */
const MAIN = ["answer", "contact", "decide", "fix", "categorise", "revisit", "close", "publish"];
const ORDER = ["contact", "decide", "fix", "categorise", "revisit", "close", "publish", "withhold", "answer", "extend", "phone", "take", "appeal"];

export class ReviewCard {
  #id; #card = null; #deed = ""; #drafts = {}; #box; #phone = ""; #onClose;

  constructor(id, onClose) {
    this.#id = id;
    this.#onClose = onClose;
    this.#box = el("dialog.dialog.rcard", { id: "card", "aria-label": t("reviews.card"), on: { close: () => { this.#box.remove(); this.#onClose(); }, keydown: (event) => this.#key(event) } });
    document.body.append(this.#box);
    this.#box.showModal();
    this.load();
  }

  get id() { return this.#id; }

  close() { this.#box.close(); }

  /** The board has moved on: what stands here is fetched anew where it is older. */
  seen(line) { if (this.#card && (!line || line.step !== this.#card.order.step || line.level !== this.#card.order.level || line.named !== this.#card.order.named)) this.load(); }

  async load() {
    try {
      this.#card = await api.get(`reviews/${encodeURIComponent(this.#id)}`);
      this.draw();
    } catch (error) {
      if (this.#card) toast(errorText(error), "bad"); // what is being written stays
      else fill(this.#box, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.close() } }, t("reviews.close_card"))));
    }
  }

  draw() {
    if (!this.#card) return;
    const { deeds } = this.#card;
    if (!deeds.includes(this.#deed)) this.#deed = MAIN.find((deed) => deeds.includes(deed)) ?? "";
    const top = this.#box.querySelector(".rcard__history")?.scrollTop;
    fill(this.#box, this.#head(), el("div.rcard__body", {}, el("section.rcard__history", { tabindex: "-1" }, this.#rating(), this.#steps()), el("section.rcard__act", { id: "act" }, this.#act())));
    if (top) this.#box.querySelector(".rcard__history").scrollTop = top;
  }

  #head() {
    const { order } = this.#card;
    return el("header.rcard__head", {}, el("div.grow", {}, el("h2.rcard__title", {}, where(order) || t("reviews.card")), el("p.rcard__badges", {}, levelBadge(order.level), stateBadge(column(order)), lightBadge(order), marks(order))),
      el("button.btn.btn--quiet.btn--icon", { id: "close-card", "aria-label": t("reviews.close_card"), on: { click: () => this.close() } }, icon("close")));
  }

  #rating() {
    const { order, rating, phone, is_own } = this.#card;
    const said = rating && [...rating.aspects.map((one) => t(`reviews.aspect.${one}`)), ...rating.reasons.map((one) => t(`reviews.reason.${one}`))];
    const rows = [
      ["number", rating?.number], ["rated", order.staff?.name], ["department", named(order.department)], ["handler", order.handler?.name], ["case", rating?.case],
      ["given", rating && `${when(rating.at)} · ${t(`reviews.channel.${rating.channel}`)}`], ["phone", phone && (this.#phone || phone)], ["due", order.due && moment(order.due)],
    ];
    return el("div.rcard__rating", {}, rating?.text && el("blockquote.rcard__said", {}, rating.text), said?.length > 0 && el("p.rcard__badges", {}, said.map((one) => el("span.badge", {}, one))),
      rating && !rating.text && !said.length && el("p.muted", {}, t("reviews.said_nothing")), rating?.marks.length > 0 && el("p.rcard__badges", {}, rating.marks.map((one) => el("span.badge", {}, t(`reviews.mark.${one}`)))),
      el("dl.rcard__facts", {}, rows.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, t(`reviews.fact.${name}`)), el("dd.num", {}, value)])),
      is_own && el("p.notice.notice--warn", {}, icon("info"), t("reviews.is_own")));
  }

  #steps() {
    return el("ol.steps", { "aria-label": t("reviews.history") }, this.#card.steps.map(step));
  }

  #act() {
    const { deeds, order, published_text } = this.#card;
    const published = published_text && el("div.notice.notice--ok", {}, icon("check"), el("div", {}, el("strong", {}, t("reviews.published_text")), el("p", {}, published_text)));
    if (!deeds.length) return [published, el("p.muted", {}, t(this.#card.is_own ? "reviews.own_no_deed" : order.state === "review" ? "reviews.other_decides" : "reviews.no_deed"))];
    const shown = ORDER.filter((deed) => deeds.includes(deed));
    const keys = shown.map((deed, at) => el("button.chip", { id: `deed-${deed}`, "aria-pressed": String(deed === this.#deed), on: { click: () => { this.#deed = deed; this.draw(); } } }, el("kbd.key", {}, at + 1), t(`reviews.deed.${deed}`)));
    return [published, el("div.rcard__deeds", { role: "group", "aria-label": t("reviews.deeds") }, keys), this.#deed ? this.#form() : el("p.muted", {}, t("reviews.choose_deed"))];
  }

  #form() {
    const deed = this.#deed;
    const draft = (this.#drafts[deed] ??= {});
    return deedForm({
      deed, card: this.#card, draft,
      onDone: (reply) => {
        delete this.#drafts[deed];
        if (deed === "phone") this.#phone = reply.phone ?? "";
        toast(deed === "phone" ? this.#phone || t("reviews.phone_erased") : t(`reviews.done.${deed}`), "ok", { ms: deed === "phone" ? 20_000 : 2500 });
        this.#deed = "";
        this.load();
      },
      onRefused: (error) => { if (["review.moved_on", "review.not_now", "review.unknown"].includes(error.code)) { toast(errorText(error), "bad"); this.load(); } },
    });
  }

  /* 1 to 9 choose what to do, where nobody is writing. */
  #key(event) {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const chip = this.#box.querySelectorAll(".rcard__deeds .chip")[Number(event.key) - 1];
    if (!chip) return;
    event.preventDefault();
    chip.click();
    (this.#box.querySelector("form select, form textarea, form input") ?? this.#box.querySelector("#send"))?.focus();
  }
}

function step(one) {
  const kind = one.type.replace("order.", "");
  const yes = one.yes === null || one.yes === undefined ? "" : `.${one.yes ? "yes" : "no"}`;
  const about = [one.category && t(`reviews.category.${one.category}`), one.how && t(`reviews.how.${one.how}`), one.level && t(`reviews.level.${one.level}`), one.clock && t(`reviews.clock.${one.clock}`), one.due && t("reviews.due", { moment: moment(one.due) })].filter(Boolean);
  return el(`li.steps__one${["escalated", "reopened"].includes(kind) ? ".steps__one--bad" : ""}`, {}, el("p.steps__what", {}, el("strong", {}, t(`reviews.step.${kind}${yes}`)), about.length > 0 && el("span", {}, about.join(" · "))),
    el("p.muted.small.num", {}, [when(one.at), one.by?.name].filter(Boolean).join(" · ")), one.note && el("p.steps__note", {}, one.note),
    one.files.length > 0 && el("p.rcard__badges", {}, one.files.map((file) => el("a.badge.badge--accent", { href: file.href, download: file.name }, icon("document", { size: "1.1em" }), `${file.name} · ${Math.ceil(file.bytes / 1024)} KB`))));
}
