/** <efficiency-board>: 效能公示 on a wall. Today beside the week and the month, lists that turn their pages, the roll of honour. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { timeOfDay } from "/static/numbers.js";
import { both, namesOf, pair } from "/pages/displays/both.js";
import { fitTexts } from "/pages/displays/fit-texts.js";
import "/pages/displays/screen-head.js";
import { isPortrait } from "/pages/displays/shape.js";
import { columnName, figureName, large, narrow, short } from "./efficiency-figures.js";
import "./efficiency-roll.js";
import { nextScene, sameScene, scenesOf } from "./efficiency-scenes.js";

const SCENE_MS = 12_000; // time to read seven rows
const ROOM = { lying: 5, upright: 7 };

class EfficiencyBoard extends HTMLElement {
  #head = el("screen-head"); #tiles = el("section.eff__tiles"); #table = el("section.eff__table"); #roll = el("efficiency-roll.eff__roll"); #foot = el("footer.eff__foot"); #main = el("div.eff__main");
  #view = null; #scenes = []; #key = ""; #timer = null;

  connectedCallback() {
    this.classList.add("eff");
    fill(this, this.#head, this.#tiles, this.#main, this.#foot);
    this.#timer = setInterval(() => this.#turn(), SCENE_MS);
  }

  disconnectedCallback() { clearInterval(this.#timer); }

  /** @param {object} view  of efficiency/hall */
  show(found, layout) {
    const view = found.at === null && this.#view ? this.#view : found; // a server that has just begun counts first
    this.#view = view;
    this.#head.show({ title: both("efficiency.title"), hall: view.hall, layout });
    const room = ROOM[isPortrait(this) ? "upright" : "lying"];
    this.#scenes = scenesOf(view, room);
    this.#drawTiles(view);
    this.#drawMain(view);
    this.#drawFoot(view);
  }

  titleOf() { const { zh, en } = both("efficiency.title"); return { name: zh, name_en: en }; }

  /* -- drawing */

  #drawTiles(view) {
    const [day, ...longer] = view.periods;
    const known = [...new Set(view.periods.flatMap((period) => period.figures.map((figure) => figure.id)))];
    const ids = known.length || !view.at ? known : view.published.map(({ id }) => id);
    this.#tiles.hidden = !ids.length;
    this.#tiles.dataset.count = ids.length;
    fill(this.#tiles, ids.map((id) => el("article.eff-tile", { dataset: { figure: id } },
      el("h2.eff-tile__name", {}, pair(figureName(id, view))),
      el("p.eff-tile__now.num", { dataset: { fit: "" } }, large(day.figures, id)),
      el("dl.eff-tile__longer", {}, longer.map((period) => el("div", { dataset: { span: period.span } }, el("dt", {}, pair(both(`efficiency.period.${period.span}`))), el("dd.num", {}, narrow(period.figures, id))))))));
  }

  #drawMain(view) {
    const isNothing = !this.#scenes.length && !view.roll;
    this.#main.dataset.parts = [this.#scenes.length && "table", view.roll && "roll"].filter(Boolean).join(" ");
    fill(this.#main, this.#scenes.length > 0 && this.#table, view.roll && this.#roll,
      isNothing && el("p.eff__none", {}, icon(view.at ? "info" : "clock"), pair(both(`efficiency.${why(view)}`))));
    if (view.roll) this.#roll.show(view.roll);
    this.#drawScene(sameScene(this.#scenes, this.#key));
  }

  #turn() {
    this.#roll.turn();
    if (this.#scenes.length > 1) this.#drawScene(nextScene(this.#scenes, this.#key));
    fitTexts(this.#main);
  }

  #drawScene(scene) {
    if (!scene) return;
    this.#key = scene.key;
    this.#table.dataset.kind = scene.kind;
    this.#table.dataset.span = scene.span;
    this.#table.style.setProperty("--columns", scene.columns.length);
    this.#table.style.setProperty("--room", Math.max(4, scene.each));
    fill(this.#table, el("div.eff-list__in", {},
      el("header.eff-list__head", {}, el("h2.eff-list__title", {}, pair(both(`efficiency.${scene.kind}`))), this.#spans(scene), scene.pages > 1 && el("p.eff-list__page.num", {}, `${scene.page + 1} / ${scene.pages}`)),
      el("div.eff-list", {}, el("div.eff-row.eff-row--head", {}, el("span.eff-row__name"), scene.columns.map((id) => pair(columnName(id, this.#view), "span.eff-row__of.pair"))),
        scene.rows.map((row) => el("div.eff-row", { dataset: { key: row.key } }, el("span.eff-row__name", {}, row.number && el("span.eff-row__number.num", {}, row.number), pair(namesOf(row))), scene.columns.map((id) => el("span.eff-row__value.num", { dataset: { figure: id } }, short(row.figures, id))))))));
  }

  #spans(scene) {
    const found = [...new Set(this.#scenes.map(({ span }) => span))];
    return el("p.eff-list__spans", {}, found.map((span) => el("span.eff-span", { "aria-current": String(span === scene.span) }, pair(both(`efficiency.period.${span}`)))));
  }

  #drawFoot(view) {
    fill(this.#foot, view.at && pair(both("efficiency.as_of", { time: timeOfDay(view.at) }), "span.pair.eff__at"), pair(both("efficiency.rule.foot", { least: view.least }), "span.pair.eff__rule"));
  }
}

function why({ at, periods }) {
  if (!at) return "loading";
  return periods.every((period) => period.is_empty) ? "none_yet" : "nothing";
}

customElements.define("efficiency-board", EfficiencyBoard);
