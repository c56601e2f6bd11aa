/** The editor of a playlist: rows that are dragged or moved by keys into their order, each with its time, days and hours. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { freshItem, freshModule, freshText, moved } from "./screens-draft.js";
import { area, check, field, number, text, time } from "./screens-fields.js";
import { kindName, kindOf } from "./screens-kinds.js";
import { uploadButton } from "./screens-upload.js";

const ACCEPT = "image/jpeg,image/png,image/webp,video/mp4,video/webm";

export class PlaylistEditor {
  node = el("div.list"); #items; #limits; #modules; #onChange; #open = new Set(); #dragged = -1;

  constructor({ items, limits, modules, onChange }) {
    this.#items = items;
    this.#limits = limits;
    this.#modules = modules;
    this.#onChange = onChange;
    this.#draw();
  }

  #draw(focus = "") {
    const files = uploadButton({ accept: ACCEPT, text: t("screens.upload"), limits: this.#limits, isMany: true, onMedia: (media) => this.#set([...this.#items, freshItem(media)]) });
    fill(this.node, el("span.field__label", {}, t("screens.playlist")), el("span.field__error", { dataset: { error: "playlist" }, role: "alert" }),
      el("ol.list__rows", { id: "playlist-rows" }, this.#items.map((item, at) => this.#row(item, at))),
      el("div.list__drop", { on: { dragover: (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); }, drop: (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); files.send([...event.dataTransfer.files]); } } } },
        files, el("button.btn.btn--sm", { id: "add-text", on: { click: () => { this.#open.add(this.#items.length); this.#set([...this.#items, freshText()]); } } }, icon("plus"), t("screens.add_text")),
        this.#modules.map((module) => el("button.btn.btn--sm", { id: `add-module-${module}`, on: { click: () => this.#set([...this.#items, freshModule(module)]) } }, icon("plus"), kindName(`module.${module}`))),
        el("span.small.muted", {}, t("screens.upload_hint", { picture: this.#limits.picture_mb, video: this.#limits.video_mb }))));
    if (focus) this.node.querySelector(focus)?.focus();
  }

  #set(items, focus) {
    this.#items = items;
    this.#onChange(items);
    this.#draw(focus);
  }

  #row(item, at) {
    const title = item.kind === "module" ? kindName(kindOf({ content: "module", module: item.module })) : item.kind === "text" ? item.zh || item.en || t("screens.kind.text") : item.media?.name ?? "?";
    const row = el("li.list__row", { draggable: "true", dataset: { at, kind: item.kind } },
      el("span.list__grip", { "aria-hidden": true }, icon("menu")),
      el("span.list__picture", {}, picture(item)),
      el("details.list__more.grow", { open: this.#open.has(at), on: { toggle: (event) => { if (event.target.open) this.#open.add(at); else this.#open.delete(at); } } },
        el("summary.list__title", {}, el("span.truncate", {}, title), el("span.small.muted.num", {}, this.#when(item))), this.#fields(item, at)),
      el("span.list__deeds", {},
        el("button.btn.btn--sm.btn--quiet", { class: "up", "aria-label": `${t("screens.up")} ${title}`, disabled: at === 0, on: { click: () => this.#move(at, at - 1, "up") } }, "↑"),
        el("button.btn.btn--sm.btn--quiet", { class: "down", "aria-label": `${t("screens.down")} ${title}`, disabled: at === this.#items.length - 1, on: { click: () => this.#move(at, at + 1, "down") } }, "↓"),
        el("button.btn.btn--sm.btn--quiet", { class: "away", "aria-label": `${t("screens.item_remove")} ${title}`, on: { click: () => { this.#open.clear(); this.#set(this.#items.filter((_, one) => one !== at)); } } }, icon("trash"))));
    row.addEventListener("dragstart", (event) => { this.#dragged = at; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", title); row.classList.add("list__row--dragged"); });
    row.addEventListener("dragend", () => { this.#dragged = -1; row.classList.remove("list__row--dragged"); });
    row.addEventListener("dragover", (event) => { if (this.#dragged >= 0) { event.preventDefault(); row.classList.add("list__row--over"); } });
    row.addEventListener("dragleave", () => row.classList.remove("list__row--over"));
    row.addEventListener("drop", (event) => { if (this.#dragged < 0) return; event.preventDefault(); this.#move(this.#dragged, at); });
    return row;
  }

  #move(from, to, way = "") {
    if (from === to) return;
    this.#open.clear();
    this.#set(moved(this.#items, from, to), way && `[data-at="${to}"] .${way}:not(:disabled), [data-at="${to}"] .btn:not(:disabled)`);
  }

  #when(item) {
    const days = item.days.length === 7 ? t("screens.every_day") : item.days.map((day) => t(`screens.day.${day}`)).join(" ");
    return `${item.seconds} s · ${days}${item.begin === "00:00" && item.end === "24:00" ? "" : ` · ${item.begin}–${item.end}`}`;
  }

  #fields(item, at) {
    const part = (name, set = (value) => value) => ({ name: `playlist.${at}.${name}`, value: item[name], set: (value) => { item[name] = set(value); this.#onChange(this.#items); } });
    const isText = item.kind === "text";
    const isModule = item.kind === "module";
    const days = new Set(item.days);
    return el("div.list__fields", {},
      !isText && el("span.field__error", { dataset: { error: `playlist.${at}.${isModule ? "module" : "media"}` } }),
      !isModule && el("div.form__row", {}, field(`playlist.${at}.zh`, text(part("zh"), { lang: "zh-CN", maxlength: 60 }), { label: t(isText ? "screens.heading_zh" : "screens.caption_zh") }), field(`playlist.${at}.en`, text(part("en"), { lang: "en", maxlength: 120 }), { label: t(isText ? "screens.heading_en" : "screens.caption_en") })),
      isText && el("div.form__row", {}, field(`playlist.${at}.body_zh`, area(part("body_zh"), { lang: "zh-CN", maxlength: 400 }), { label: t("screens.body_zh") }), field(`playlist.${at}.body_en`, area(part("body_en"), { lang: "en", maxlength: 800 }), { label: t("screens.body_en") })),
      el("div.form__row", {}, field(`playlist.${at}.seconds`, number(part("seconds"), { min: 3, max: 3600 })), field(`playlist.${at}.begin`, time(part("begin"))), field(`playlist.${at}.end`, time(part("end")))),
      field(`playlist.${at}.days`, el("div.cluster", {}, [1, 2, 3, 4, 5, 6, 7].map((day) => check({ name: `playlist.${at}.day-${day}`, value: days.has(day), set: (on) => { if (on) days.add(day); else days.delete(day); item.days = [...days].sort(); this.#onChange(this.#items); } }, t(`screens.day.${day}`))))));
  }
}

function picture(item) {
  if (item.kind === "text") return icon("type");
  if (item.kind === "module") return icon("screen");
  if (item.kind === "video") return el("video", { src: `/api/v1/media/${item.media.id}#t=0.5`, muted: true, preload: "metadata" });
  return el("img", { src: `/api/v1/media/${item.media.id}`, alt: "", loading: "lazy" });
}
