/** The first step: a matter by search or from the frequent ones, or a line. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const WAIT_MS = 200;
const MOST = 30;

export function matterStep(booking) {
  const input = el("input.input.b-search__input", { id: "search", type: "search", maxlength: 40, autocomplete: "off", spellcheck: "false", enterkeyhint: "search", "aria-label": t("book.search_label"), placeholder: t("book.search"), on: { input: typed } });
  const found = el("div.b-found", { "aria-live": "polite" });
  let timer = 0;
  let asked = new AbortController();
  start();
  return [el("div.b-search", {}, icon("search"), input), found];

  function typed() {
    clearTimeout(timer);
    asked.abort();
    if (input.value.trim()) timer = setTimeout(search, WAIT_MS);
    else start();
  }

  function start() {
    const frequent = booking.hall.frequent.filter((matter) => offer(booking, matter.line));
    fill(found,
      frequent.length > 0 && [el("h2.b-over", {}, t("book.frequent")), list(booking, frequent)],
      booking.lines.length > 0 && [el("h2.b-over", {}, t("book.by_line")), el("div.b-list", {}, booking.lines.map((line) => entry(named(line), free(line), () => booking.choose({ line }))))],
      booking.lines.length === 0 && nothing("calendar", t("book.not_offered"), t("book.not_offered_hint")));
  }

  async function search() {
    asked = new AbortController();
    const { signal } = asked;
    const q = input.value.trim();
    try {
      const { matters } = await api.get(`matters?${new URLSearchParams({ q, limit: MOST })}`, { signal });
      if (!signal.aborted) fill(found, matters.length ? list(booking, matters) : nothing("search", t("book.none_found", { q }), t("book.none_found_hint")));
    } catch (error) {
      if (!signal.aborted) fill(found, nothing("wifi-off", t("book.offline"), ""));
    }
  }
}

const offer = (booking, id) => booking.lines.find((line) => line.id === id);

function list(booking, matters) {
  return el("div.b-list", {}, matters.map((matter) => {
    const line = offer(booking, matter.line);
    return entry(named(matter), [el("span", {}, named(matter, "department_name")), line ? free(line) : el("span", {}, t("book.not_offered"))], () => booking.choose({ matter }));
  }));
}

function entry(name, note, click) {
  return el("button.b-entry", { on: { click } }, el("span.grow", {}, el("span.b-entry__name", {}, name), el("span.b-entry__note.num", {}, note)), icon("chevron-right"));
}

const free = (line) => el(`span.b-free${line.free ? "" : ".b-free--none"}`, {}, line.free ? t("book.left", { n: line.free }) : t("book.full"));

export function nothing(name, text, hint) {
  return el("div.empty", {}, icon(name), el("p.empty__title", {}, text), hint && el("p", {}, hint));
}
