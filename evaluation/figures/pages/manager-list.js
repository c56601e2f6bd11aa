/** Ratings one by one, the newest first: all, only bad ones, only marked ones, of all windows or one. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, lang, named, t } from "/static/i18n.js";
import { count, timeOfDay } from "/static/numbers.js";
import { markButton } from "/pages/evaluation/rating-marks.js";
import { shortDay } from "./figure-words.js";

const PAGE = 50;
const ONLY = ["all", "bad", "marked"];

export class ListPart {
  #node; #page; #only = "all"; #window = ""; #asked = 0; #items = []; #total = 0; #staff = new Map(); #matters = new Map();

  constructor(node, page) {
    this.#node = node;
    this.#page = page;
  }

  async load(limit = Math.max(PAGE, Math.min(200, this.#items.length))) {
    const asked = (this.#asked += 1);
    const { from, to } = this.#page.period();
    try {
      const [found, people] = await Promise.all([api.get(`ratings?from=${from}&to=${to}${this.#query()}&limit=${limit}`), api.get(`ratings/figures?from=${from}&to=${to}&by=staff&raw=1`)]);
      if (asked !== this.#asked) return;
      this.#items = found.items;
      this.#total = found.total;
      this.#staff = new Map(people.groups.map((one) => [one.key, [one.number, one.name].filter(Boolean).join(" ")]));
      await this.#nameMatters();
      if (asked === this.#asked) this.#draw();
    } catch (error) {
      if (asked === this.#asked) this.#page.failed(error);
    }
  }

  async #more() {
    const { from, to } = this.#page.period();
    try {
      const found = await api.get(`ratings?from=${from}&to=${to}${this.#query()}&limit=${PAGE}&offset=${this.#items.length}`);
      const known = new Set(this.#items.map((one) => one.id));
      this.#items.push(...found.items.filter((one) => !known.has(one.id)));
      this.#total = found.total;
      await this.#nameMatters();
      this.#draw();
    } catch (error) {
      this.#page.failed(error);
    }
  }

  #query() {
    return `${this.#only === "all" ? "" : `&${this.#only}=1`}${this.#window ? `&window=${encodeURIComponent(this.#window)}` : ""}`;
  }

  /* The names of matters that are shown; one that is gone has none. */
  async #nameMatters() {
    const wanted = [...new Set(this.#items.map((one) => one.matter).filter((id) => id && !this.#matters.has(id)))];
    await Promise.all(wanted.map(async (id) => this.#matters.set(id, await api.get(`matters/${encodeURIComponent(id)}`).catch(() => null))));
  }

  #draw() {
    const { from, to } = this.#page.period();
    const only = (name) => el("button.chip", { id: `only-${name}`, "aria-pressed": String(name === this.#only), on: { click: () => { this.#only = name; this.load(PAGE); } } }, t(`figures.only.${name}`));
    const windows = el("select.select", { id: "only-window", "aria-label": t("figures.by.window"), style: { width: "auto" }, on: { change: (event) => { this.#window = event.target.value; this.load(PAGE); } } },
      el("option", { value: "" }, t("figures.only.windows")), this.#page.hall.windows.map((one) => el("option", { value: one.id, selected: one.id === this.#window }, t("figures.window_n", { n: one.number }))));
    const bad = this.#only === "bad" ? "&bad=1" : "";
    const file = `/api/v1/ratings/list.csv?from=${from}&to=${to}${bad}${this.#window ? `&window=${encodeURIComponent(this.#window)}` : ""}&lang=${lang()}`;
    fill(this.#node, el("div.box__head", {}, el("div.chips", {}, ONLY.map(only), windows), el("span.num.muted", { id: "total" }, t("figures.count", { n: count(this.#total) })), el("a.btn.btn--sm", { href: file, download: true, id: "list-csv" }, icon("document"), t("figures.list_csv")), el("a.btn.btn--sm", { href: "/telephone-rating", id: "by-telephone" }, icon("phone"), t("telephone.title"))),
      this.#items.length ? el("div.list", { id: "list" }, this.#items.map((one) => this.#entry(one))) : this.#none(),
      this.#items.length < this.#total && el("button.btn.btn--block", { id: "more", on: { click: () => this.#more() } }, t("figures.more")));
  }

  #none() {
    const isFiltered = this.#only !== "all" || this.#window;
    return el("div.empty", {}, icon("star"), el("p.empty__title", {}, t(isFiltered ? "figures.empty_filtered" : "figures.empty")), !isFiltered && el("p", {}, t("figures.empty_hint")));
  }

  #entry(one) {
    const window = this.#page.hall.windows.find((each) => each.id === one.window);
    const word = (kind, name) => (has(`figures.${kind}.${name}`) ? t(`figures.${kind}.${name}`) : name);
    const about = [`${shortDay(one.business_day)} ${timeOfDay(one.at)}`, window ? t("figures.window_n", { n: window.number }) : one.window, this.#staff.get(one.staff), named(this.#matters.get(one.matter)), word("channel", one.channel), one.case];
    return el(`article.entry${one.level >= 4 ? ".entry--bad" : ""}${one.marks.length ? ".entry--marked" : ""}`, { "data-rating": one.id },
      el("span.entry__face", { "aria-hidden": "true" }, icon(`face-${one.level}`)),
      el("div", {}, el("div.entry__line", {}, el("strong", {}, t(`figures.level.${one.level}`)), one.marks.map((mark) => el("span.badge.badge--warn", {}, word("mark", mark))), one.changed_at && el("span.badge", {}, t("figures.changed")), one.level >= 4 && el("span.badge", {}, t(one.has_phone ? "figures.with_phone" : "figures.anonymous")), [...one.reasons.map((name) => word("reason", name)), ...one.aspects.map((name) => word("aspect", name))].map((text) => el("span.badge.badge--accent", {}, text))),
        el("div.entry__about.num", {}, about.filter(Boolean).join(" · "), markButton(one, () => this.load())), one.text && el("p.entry__text", {}, one.text)));
  }
}
