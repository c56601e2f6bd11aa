/** A plain map: halls where they lie towards each other, without a picture of the land. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { tone, urgentFirst } from "./city-words.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 560;
const EDGE = 110;
const GRID = 8;

/** @param {object[]} halls  cards of the board */
export function map(halls) {
  const placed = halls.filter((hall) => Number.isFinite(hall.latitude) && Number.isFinite(hall.longitude));
  if (!placed.length) return el("div.card.card--flat.empty", {}, icon("map-pin"), el("p.empty__title", {}, t("city.map.none")), el("p", {}, t("city.map.none_hint")));
  const at = scale(placed);
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": t("city.board.map") });
  for (let i = 1; i < GRID; i += 1) {
    svg.append(node("path", { d: `M${(i * WIDTH) / GRID} 0V${HEIGHT}` }), node("path", { d: `M0 ${(i * HEIGHT) / GRID}H${WIDTH}` }));
  }
  const taken = [];
  for (const hall of urgentFirst(placed)) svg.append(spot(hall, at(hall), taken));
  return el("section.b-map", {}, svg);
}

/* A name that would cover another's is left out; it is said when one points at the spot. */
function spot(hall, [x, y], taken) {
  const link = node("a", { href: `/halls/${encodeURIComponent(hall.id)}`, "aria-label": named(hall) });
  const size = 11 + Math.min(17, Math.sqrt(hall.now?.waiting ?? 0) * 2);
  const title = node("title", {});
  title.textContent = named(hall);
  link.append(title, node("circle", { cx: x, cy: y, r: size, class: tone(hall) }));
  const half = Math.max(40, (named(hall).length * (isChinese() ? 15 : 8)) / 2);
  const box = { left: x - half, right: x + half, top: y - size - 26, bottom: y + size + 22 };
  if (taken.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom)) {
    taken.push({ left: x - size, right: x + size, top: y - size, bottom: y + size });
    return link;
  }
  taken.push(box);
  const name = node("text", { x, y: y - size - 8, "text-anchor": "middle" });
  name.textContent = named(hall);
  const sub = node("text", { x, y: y + size + 18, "text-anchor": "middle", class: "sub" });
  sub.textContent = hall.now ? t("city.map.waiting", { n: count(hall.now.waiting) }) : t(`city.state.${hall.state}`);
  link.append(name, sub);
  return link;
}

/** Degrees → places in the picture; a degree of longitude is as long as it is at that latitude. */
function scale(placed) {
  const lats = placed.map((one) => one.latitude);
  const lons = placed.map((one) => one.longitude);
  const middle = [(Math.min(...lats) + Math.max(...lats)) / 2, (Math.min(...lons) + Math.max(...lons)) / 2];
  const narrow = Math.max(0.05, Math.cos((middle[0] * Math.PI) / 180));
  const wide = Math.max(...lons.map((one) => Math.abs(one - middle[1]) * narrow), 1e-6);
  const high = Math.max(...lats.map((one) => Math.abs(one - middle[0])), 1e-6);
  const factor = Math.min((WIDTH / 2 - EDGE) / wide, (HEIGHT / 2 - EDGE / 2 - 20) / high);
  return ({ latitude, longitude }) => [WIDTH / 2 + (longitude - middle[1]) * narrow * factor, HEIGHT / 2 - (latitude - middle[0]) * factor];
}

function node(tag, attributes) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
