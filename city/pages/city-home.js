/** The city's start page: a door to each of its parts that is there. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import { dayOf } from "/static/numbers.js";
import { drawTop, whoAmI } from "./city-top.js";

const DOORS = { "/board": ["chart", "board"], "/halls": ["building", "halls"], "/desk": ["desk", "desk"], "/catalogue": ["list", "catalogue"], "/supervision": ["shield", "supervision"], "/neighbours": ["transfer", "neighbours"] };
let place = null;
let me = null;
let failure = null;

await loadTexts();
try {
  [place, me] = await Promise.all([api.get("hall"), whoAmI()]);
  syncClock(place.now);
} catch (error) { failure = error; }
draw();
onLang(draw);

function draw() {
  document.title = `${named(place) || t("city.title")} · OneDoor`;
  $("#demo").hidden = !place?.demo;
  fill($("#demo"), icon("alert"), el("span", {}, t("city.demo")));
  drawTop($("#top"), { place, me, here: "/" });
  if (!place) { fill($("#view"), el("div.page.empty", {}, icon("wifi-off"), el("p.empty__title", {}, t("city.unreachable")), el("p", {}, errorText(failure)))); return; }
  fill($("#view"), hero(), el("section.page.s-section", {}, el("h2", {}, t("city.home.staff")), el("div.grid.s-doors", {}, staffDoors())),
    place.doors.includes("/progress") && el("section.page.s-section", {}, el("h2", {}, t("city.home.visitors")), el("div.grid.s-doors", {}, door("/progress", "search", "progress"))));
}

function hero() {
  return el("section.s-hero", {}, el("div.page.s-hero__in", {}, el("div", {}, el("p", {}, dayOf(place.now)), el("h1", {}, named(place)), el("p.s-hero__lead", {}, t("city.home.lead")))));
}

function staffDoors() {
  return Object.entries(DOORS).filter(([path]) => place.doors.includes(path)).map(([path, [name, key]]) => door(path, name, key));
}

function door(href, name, key) {
  return el("a.card.s-door", { href }, icon(name), el("span.s-door__text", {}, el("strong", {}, t(`city.door.${key}`)), el("span.muted.small", {}, t(`city.door.${key}_text`))), icon("arrow-right"));
}
