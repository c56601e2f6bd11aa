/** The hall's notices in a band at the foot of the page: one at a time, in the page's own language order. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { isChinese } from "./i18n.js";

const EACH_MS = 9000;
const root = document.documentElement;

export class NoticeBand {
  #node = null; #all = []; #at = 0; #timer = null; #sizes = null;

  constructor() {
    // A page that stands somewhere says so: <html data-zone="a"> shows only what concerns that zone.
    new MutationObserver(() => this.#draw()).observe(root, { attributes: true, attributeFilter: ["data-zone", "lang"] });
  }

  show(notices) {
    if (JSON.stringify(notices) === JSON.stringify(this.#all)) return;
    this.#all = notices;
    this.#at = 0;
    this.#draw();
  }

  get #here() {
    const zone = root.dataset.zone;
    return this.#all.filter((one) => !zone || !one.zones.length || one.zones.some((place) => place.id === zone));
  }

  #draw() {
    const notices = this.#here;
    clearInterval(this.#timer);
    if (!notices.length) { this.#leave(); return; }
    if (notices.length > 1) this.#timer = setInterval(() => { this.#at += 1; this.#one(); }, EACH_MS);
    this.#node ??= this.#made();
    this.#one();
  }

  #one() {
    const notices = this.#here;
    const notice = notices[this.#at % notices.length];
    const where = root.dataset.zone ? [] : notice.zones;
    const pair = [line("zh-CN", notice.zh, where.map((zone) => zone.name)), notice.en && notice.en !== notice.zh && line("en", notice.en, where.map((zone) => zone.name_en || zone.name))];
    this.#node.dataset.kind = notice.kind;
    fill(this.#node, icon(notice.kind === "warning" ? "alert" : "info"), el("p.notice-band__text", {}, isChinese() ? pair : pair.reverse()),
      notices.length > 1 && el("span.notice-band__count.num", {}, `${(this.#at % notices.length) + 1}/${notices.length}`));
  }

  #made() {
    const node = el("aside.notice-band", { id: "notice-band", role: "status" });
    root.append(node);
    this.#sizes = new ResizeObserver(() => root.style.setProperty("--notices-bottom", `${node.offsetHeight}px`));
    this.#sizes.observe(node);
    root.dataset.band = "";
    return node;
  }

  #leave() {
    this.#sizes?.disconnect();
    this.#node?.remove();
    this.#node = null;
    delete root.dataset.band;
    root.style.removeProperty("--notices-bottom");
  }
}

function line(lang, text, places) {
  return el("span.notice-band__line", { lang }, places.length > 0 && el("b", {}, `${places.join(lang === "en" ? ", " : "、")} `), text);
}
