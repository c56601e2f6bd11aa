/** <hall-map>: the floor plan with every window's state, where one stands, and the way to the window that calls. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { both, namesOf, pair } from "./both.js";
import { routeTo } from "./hall-route.js";
import "./screen-head.js";
import "./screen-notices.js";
import { sizeOf } from "./shape.js";
import { windowSign } from "./window-sign.js";

const NS = "http://www.w3.org/2000/svg";
const ICONS = { entrance: "arrow-right", exit: "exit", kiosk: "kiosk", desk: "desk", toilet: "users" };
const ROUTES = 1;
/** How unwillingly the way crosses a thing; a zone is walked through. */
const IN_THE_WAY = { window: 10, zone: 0.1 };
const IN_THE_WAY_ELSE = 2;
const CALLS = 5;

class HallMap extends HTMLElement {
  #head = el("screen-head"); #foot = el("screen-notices"); #frame = el("div.map__frame"); #plan = el("div.map__plan"); #side = el("ol.map__calls"); #seen = null;

  connectedCallback() {
    this.classList.add("map");
    this.#frame.append(this.#plan);
    fill(this, this.#head, el("div.map__main", {}, this.#frame, this.#side), this.#foot);
  }

  /** @param {object} view  of plan/{id} */
  show(view, layout) {
    this.#head.show({ title: namesOf(view), hall: view.hall, layout });
    this.#foot.show(view);
    const calls = view.places.filter((place) => place.called_at).sort((a, b) => (a.called_at < b.called_at ? 1 : -1));
    const fresh = new Set(this.#seen === null ? [] : calls.map(keyOf).filter((key) => !this.#seen.has(key)));
    this.#seen = new Set(calls.map(keyOf));
    this.#proportion(view);
    fill(this.#plan, view.picture && el("img.map__picture", { src: `/api/v1/media/${view.picture.id}`, alt: "" }),
      layout.here && wayLayer(layout.here, calls.slice(0, ROUTES), view),
      view.places.map((place) => placeNode(place, fresh.has(keyOf(place)))), layout.here && hereNode(layout.here));
    fill(this.#side, calls.length ? calls.slice(0, CALLS).map((place) => callNode(place, fresh.has(keyOf(place)))) : el("li.map__quiet", {}, icon("bell"), pair(both("board.empty"))));
    this.dataset.calls = calls.length;
  }

  titleOf(view) { return view; }

  /* As large as the frame allows in the plan's own proportions. */
  #proportion({ picture, columns, rows }) {
    const ratio = picture ? picture.width / picture.height : columns / rows;
    const { width, height } = sizeOf(this);
    this.style.setProperty("--ratio", ratio);
    this.dataset.shape = height > width ? "portrait" : "landscape";
  }
}

const keyOf = (place) => `${place.ref} ${place.number} ${place.calls}`;
const percent = (share) => `${(share * 100).toFixed(3)}%`;

function placeNode(place, isFresh) {
  const style = { left: percent(place.x), top: percent(place.y), width: percent(place.w), height: percent(place.h) };
  if (place.kind === "window") {
    const state = place.called_at ? "calling" : place.state;
    return el(`div.spot.spot--window.spot--${state}`, { style, class: isFresh ? "calling" : "", dataset: { window: place.ref } }, el("span.spot__no.num", {}, place.window_number), el("span.spot__ticket.num", {}, place.number ?? ""));
  }
  if (place.kind === "zone") return el("div.spot.spot--zone", { style }, pair(namesOf(place), "span.spot__zone.pair"));
  const names = place.name ? namesOf(place) : place.kind === "label" ? null : both(`plan.kind.${place.kind}`);
  return el(`div.spot.spot--thing.spot--${place.kind}`, { style }, ICONS[place.kind] && icon(ICONS[place.kind]), names && pair(names, "span.spot__name.pair"));
}

function hereNode({ x, y }) {
  return el("div.spot-here", { style: { left: percent(x), top: percent(y) } }, el("span.spot-here__dot"), pair(both("map.here"), "span.spot-here__word.pair"));
}

function wayLayer(here, calls, { picture, columns, rows, places }) {
  const ratio = picture ? picture.width / picture.height : columns / rows;
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("class", "map__ways");
  svg.setAttribute("viewBox", `0 0 ${1000 * ratio} 1000`);
  svg.setAttribute("aria-hidden", "true");
  const obstacles = places.map((place) => ({ ...place, place, weight: IN_THE_WAY[place.kind] ?? IN_THE_WAY_ELSE }));
  for (const place of calls) {
    const line = document.createElementNS(NS, "polyline");
    line.setAttribute("points", routeTo(here, place, obstacles.filter((one) => one.place !== place)).map(({ x, y }) => `${(x * 1000 * ratio).toFixed(1)},${(y * 1000).toFixed(1)}`).join(" "));
    line.setAttribute("class", "map__way");
    line.setAttribute("data-window", place.ref);
    svg.append(line);
  }
  return svg;
}

function callNode(place, isFresh) {
  return el("li.map__call", { class: isFresh ? "calling" : "", dataset: { number: place.number } }, el("span.map__number.num", {}, place.number), icon("arrow-right"), windowSign(place.window_number), pair(namesOf(place), "span.map__name.pair"));
}

customElements.define("hall-map", HallMap);
