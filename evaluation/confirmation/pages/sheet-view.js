/** Draws what a sheet says, and notes how much of it has been on the screen. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const SLACK_PX = 4;

/** The parts of a sheet, by id, each with its words for a choice of what is wrong. */
export function partsOf(content) {
  return [
    ...content.fields.map((one, at) => ({ id: `f${at}`, text: one.label, value: one.value })),
    ...content.materials.map((one, at) => ({ id: `m${at}`, text: one, value: "" })),
    ...(content.document ? [{ id: "d", text: content.document.name || t("confirm.document_part"), value: "" }] : []),
  ];
}

/** The sheet as elements; `pictures` are the data addresses of the document's pages. Blocks carry data-block. */
export function drawSheet(content, pictures) {
  return el("article.paper", {},
    el("div.paper__block", { dataset: { block: "0" } },
      el("p.paper__hall", {}, named(content, "hall_name")),
      el("h2.paper__title", {}, content.title || named(content, "matter_name") || t("confirm.title")),
      el("p.paper__about.num", {}, [t("confirm.number", { number: content.number }), content.title && named(content, "matter_name")].filter(Boolean).join(" · ")),
      content.fields.length > 0 && section("confirm.fields", el("dl.paper__fields", {}, content.fields.map(field))),
      content.materials.length > 0 && section("confirm.materials", el("ol.paper__materials", {}, content.materials.map((one) => el("li", {}, icon("check"), el("span", {}, one)))))),
    content.document?.pages.map((page, at) => el("figure.paper__block.paper__page", { dataset: { block: String(at + 1) } },
      el("figcaption", {}, at === 0 && el("strong", {}, content.document.name ? t("confirm.document", { name: content.document.name }) : t("confirm.document_plain")), el("span.num", {}, t("confirm.page", { n: at + 1, of: content.document.pages.length }))),
      el("img", { src: pictures[at], width: page.width, height: page.height, alt: t("confirm.page", { n: at + 1, of: content.document.pages.length }), draggable: "false" }))));
}

const section = (key, body) => el("section.paper__section", {}, el("h3", {}, t(key)), body);

const field = ({ label, value }) => el("div.paper__field", {}, el("dt", {}, label), el("dd", value ? {} : { class: "paper__none" }, value || t("confirm.empty_value")));

/**
 * Follows how far a scroller has been seen without a gap: a leap over what lies between does not count.
 * @param {Element} scroller  holds the blocks @param {number} seen  blocks seen before it was drawn anew
 * @param {(seen: number) => void} onSeen
 */
export class Reading {
  seen; #scroller; #covered = 0; #onSeen; #stop = new AbortController(); #watch;

  constructor(scroller, seen, onSeen) {
    this.#scroller = scroller;
    this.seen = seen;
    this.#onSeen = onSeen;
    scroller.addEventListener("scroll", () => this.look(), { signal: this.#stop.signal, passive: true });
    this.#watch = new ResizeObserver(() => this.#resized());
    this.#watch.observe(scroller);
  }

  get #blocks() { return [...this.#scroller.querySelectorAll("[data-block]")]; }

  get isDone() { return this.seen >= this.#blocks.length; }

  /** Shows the next part that has not been seen. */
  further() {
    const height = this.#scroller.clientHeight;
    this.#scroller.scrollTo({ top: Math.max(0, Math.min(this.#covered - 40, this.#scroller.scrollTop + height * 0.85)), behavior: "instant" });
    this.look();
  }

  look() {
    if (document.hidden || !this.#scroller.clientHeight) return;
    const top = this.#scroller.scrollTop, bottom = top + this.#scroller.clientHeight;
    if (top <= this.#covered + SLACK_PX) this.#covered = Math.max(this.#covered, bottom);
    const ends = this.#blocks.map((block) => this.#endOf(block));
    const now = ends.filter((end) => end <= this.#covered + SLACK_PX).length;
    if (now <= this.seen) return;
    this.seen = now;
    this.#onSeen(now);
  }

  close() {
    this.#stop.abort();
    this.#watch.disconnect();
  }

  #endOf(block) { return block.getBoundingClientRect().bottom - this.#scroller.getBoundingClientRect().top + this.#scroller.scrollTop; }

  #resized() {
    const last = this.#blocks[this.seen - 1];
    this.#covered = Math.min(this.#covered, this.#scroller.scrollHeight);
    if (last) this.#covered = Math.max(this.#covered, this.#endOf(last));
    this.look();
  }
}
