/** The ways to a matter: frequent ones, by department, by line. */

import { api } from "/static/api.js";
import { el, fill, say, set } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { count } from "/static/numbers.js";
import { paged, tile, title, waitLabel } from "./kiosk-parts.js";
import { closedNow, knownStop } from "./kiosk-stop.js";
import { addingNote, chosen, isChosen } from "./kiosk-visit.js";

const MOST_MATTERS = 500;

export function homeView(kiosk) {
  kiosk.adding = null;
  return start(kiosk, title(t("kiosk.welcome"), t("kiosk.welcome_hint")));
}

/** The same ways to one more matter for the number that is being put together. @param {{visit: object}} view  the sheet's */
export function moreView(kiosk, { visit }) {
  kiosk.adding = visit;
  return start(kiosk, el("div.k-title", {}, el("h1", { tabindex: "-1", "data-first": true }, t("kiosk.add_matter")), addingNote(kiosk)));
}

function start(kiosk, head) {
  const { hall, adding } = kiosk;
  const frequent = hall.frequent.map((matter) => matterTile(kiosk, matter));
  const way = (name, text, hint, view) => el("button.k-way", { on: { click: typeof view === "function" ? view : () => kiosk.go(view) } }, icon(name), el("span.k-way__text", {}, el("span.k-way__name", {}, text), el("span.k-way__hint", {}, hint)));
  return el("div.k-home", {},
    el("div.k-home__side", {},
      head, adding ? null : closedNote(kiosk),
      el("div.k-ways", {},
        way("search", t("kiosk.by_search"), t("kiosk.by_search_hint"), "search"),
        hall.departments.length > 0 && way("building", t("kiosk.by_department"), t("kiosk.by_department_hint", { n: count(hall.departments.length) }), "departments"),
        hall.lines.length > 0 && !adding && way("users", t("kiosk.by_line"), t("kiosk.by_line_hint"), "lines"),
        !adding && set(way("calendar", t("kiosk.booked"), t("kiosk.booked_hint"), "booked"), { id: "booked", class: "k-way--booked" }),
        !adding && kiosk.ways.map((one) => set(way(one.icon, one.name(), one.hint(), one.act), { id: one.id })))),
    el("section.k-home__main", { "aria-label": t("kiosk.frequent") },
      frequent.length > 0 && el("h2", {}, t("kiosk.frequent")),
      frequent.length > 0 ? paged(frequent, { row_rem: 6.6, column_rem: 15, most: 2 }) : nothing("ticket", t("kiosk.none_frequent"), t(hall.lines.length ? "kiosk.none_frequent_hint" : "kiosk.none_at_all"))));
}

/* Whether numbers are given at all, said before anything is tapped; follows the hall. */
function closedNote(kiosk) {
  const text = el("span.num");
  const note = el("p.notice.notice--warn.k-closednow", { role: "status" }, icon("clock"), text);
  const draw = () => { const said = closedNow(kiosk.hall); say(text, said); note.hidden = !said; };
  addEventListener("hall", draw, { signal: kiosk.signal });
  draw();
  return note;
}

export function departmentsView(kiosk) {
  const tiles = kiosk.hall.departments.map((one) => tile({
    name: named(one), note: el("span.num", {}, t("kiosk.matters_n", { n: count(one.matters) })), click: () => kiosk.go("department", { department: one }),
  }));
  return list(title(t("kiosk.by_department"), t("kiosk.choose_department")), tiles, { row_rem: 5.2, column_rem: 14 });
}

export function departmentView(kiosk, { department }) {
  const place = el("div.k-list__place", {}, el("p.k-loading.muted", {}, t("common.loading")));
  load();
  const search = el("button.btn.btn--lg", { on: { click: () => kiosk.go("search", { department }) } }, icon("search"), t("kiosk.search_here"));
  return el("div.k-list", {}, el("div.spread", {}, title(named(department), t("kiosk.choose_matter")), search), place);

  async function load() {
    const query = new URLSearchParams({ department: department.id, limit: MOST_MATTERS });
    try {
      const { matters } = await api.get(`matters?${query}`, { signal: kiosk.signal });
      const tiles = matters.map((matter) => matterTile(kiosk, matter, true));
      fill(place, tiles.length ? paged(tiles, { row_rem: 5.8, column_rem: 24 }) : nothing("document", t("kiosk.none_here"), t("kiosk.ask_desk")));
    } catch (error) {
      if (place.isConnected) kiosk.turn("error", { error, again: () => kiosk.turn("department", { department }) });
    }
  }
}

export function linesView(kiosk) {
  const tiles = kiosk.hall.lines.map((line) => tile({ name: named(line), note: waitLabel(kiosk, line.id), click: () => kiosk.go("sheet", { line }) }));
  return list(title(t("kiosk.by_line"), t("kiosk.choose_line")), tiles, { row_rem: 6.6, column_rem: 18 });
}

/** A matter to tap; `wide` ones show their department too. */
export function matterTile(kiosk, matter, wide = false) {
  const note = wide && matter.department_name ? [el("span", {}, named(matter, "department_name")), waitLabel(kiosk, matter.line)] : waitLabel(kiosk, matter.line);
  if (kiosk.adding && knownStop(kiosk, kiosk.line(matter.line))) return tile({ name: named(matter), note, wide, click: null });
  if (isChosen(kiosk, matter)) return tile({ name: named(matter), note: el("span.badge.badge--ok", {}, t("kiosk.chosen")), wide, click: null });
  return tile({ name: named(matter), note, wide, click: () => kiosk.go("sheet", chosen(kiosk, matter)) });
}

export function nothing(name, text, hint) {
  return el("div.empty", {}, icon(name), el("p.empty__title", {}, text), el("p", {}, hint));
}

function list(head, tiles, size) {
  return el("div.k-list", {}, head, el("div.k-list__place", {}, paged(tiles, size)));
}
