/** <efficiency-roll>: 光荣榜, who was best in the last closed week or month, with the rule by which it was found. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { both, namesOf, pair } from "/pages/displays/both.js";
import { isPortrait } from "/pages/displays/shape.js";
import { columnName, short } from "./efficiency-figures.js";

const KINDS = ["windows", "departments", "people"];
const ROOM = { lying: 4, upright: 3 }; // places that are read from five metres; more of them stand on further pages

/** The places in even pages. */
function paged(places, room) {
  const pages = Math.ceil(places.length / room);
  const each = Math.ceil(places.length / pages);
  return Array.from({ length: pages }, (_, page) => places.slice(page * each, (page + 1) * each));
}

class EfficiencyRoll extends HTMLElement {
  #roll = null; #at = 0;

  connectedCallback() { this.classList.add("eff-roll"); }

  /** @param {object} roll  of efficiency/hall, never null */
  show(roll) { this.#roll = roll; this.#draw(); }

  /** Another of its lists, where they do not all have room. */
  turn() { this.#at += 1; if (this.#roll) this.#draw(); }

  #draw() {
    const roll = this.#roll;
    const room = isPortrait(this) ? ROOM.upright : ROOM.lying;
    const lists = KINDS.flatMap((kind) => paged(roll[kind], room).map((found) => [kind, found]));
    const [kind, found] = lists[this.#at % lists.length] ?? [];
    this.style.setProperty("--rows", room + 1);
    fill(this, el("div.eff-roll__in", {},
      el("header.eff-roll__head", {}, icon("star"), el("h2.eff-roll__title", {}, pair(both("efficiency.roll"))),
        el("p.eff-roll__days", {}, pair(both(`efficiency.roll.${roll.of}`)), el("span.num", {}, days(roll)))),
      kind ? list(kind, found) : el("p.eff-roll__none", {}, pair(both("efficiency.roll.none"))),
      el("p.eff-roll__rule", {}, pair(both("efficiency.roll.rule", { served: roll.served_least, good: roll.good_least_percent, on_time: roll.on_time_least_percent })))));
  }
}

const days = ({ first, last }) => `${day(first)}–${day(last)}`;
const day = (iso) => `${Number(iso.slice(5, 7))}/${Number(iso.slice(8))}`;

function list(kind, found) {
  const hasFigures = found.some((one) => one.figures.length);
  return el("section.eff-roll__list", { dataset: { kind } },
    el("h3.eff-roll__kind", {}, pair(both(`efficiency.roll.${kind}`)), hasFigures && pair(columnName("good_rate", {}), "span.eff-roll__of.pair")),
    el("ol.eff-roll__places", {}, found.map((one) => el("li.eff-roll__one", { dataset: { key: one.key, place: one.place } },
      el("span.eff-roll__place.num", {}, one.place), pair(nameOf(kind, one), "span.eff-roll__name.pair"),
      one.figures.length > 0 && el("span.eff-roll__good.num", {}, short(one.figures, "good_rate"))))));
}

/* A window by its number, a person by name or number, as the hall has approved. */
function nameOf(kind, one) {
  if (kind === "windows") return both("efficiency.window_n", { n: one.number });
  return one.name ? namesOf(one) : both("efficiency.staff_n", { n: one.number });
}

customElements.define("efficiency-roll", EfficiencyRoll);
