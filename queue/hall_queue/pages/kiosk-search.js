/** Search by words, pinyin, initials or code, with the keyboard on the screen or a real one. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { matterTile, nothing } from "./kiosk-home.js";
import { paged, title } from "./kiosk-parts.js";

const WAIT_MS = 200;
const MOST = 40;

/** @param {{department?: object}} view  department: search in this one only */
export function searchView(kiosk, { department }) {
  const input = el("input.input.k-search__input", {
    type: "search", inputmode: "none", autocomplete: "off", spellcheck: "false", maxlength: "40", "data-first": true, "data-keys": "letters",
    "aria-label": t("kiosk.by_search"), placeholder: t("kiosk.search_placeholder"), on: { input: typed },
  });
  const found = el("div.k-list__place", { "aria-live": "polite" });
  let timer = 0;
  let asked = new AbortController();
  hint();
  return el("div.k-search", {}, title(department ? named(department) : t("kiosk.by_search")), el("div.k-search__bar", {}, icon("search"), input), found);

  function typed() {
    clearTimeout(timer);
    asked.abort();
    if (!input.value.trim()) { hint(); return; }
    timer = setTimeout(search, WAIT_MS);
  }

  function hint() { fill(found, nothing("keyboard", t("kiosk.search_hint"), t("kiosk.search_example"))); }

  async function search() {
    asked = new AbortController();
    const { signal } = asked;
    const query = new URLSearchParams({ q: input.value.trim(), limit: MOST, ...(department && { department: department.id }) });
    try {
      const { matters } = await api.get(`matters?${query}`, { signal });
      if (signal.aborted) return;
      fill(found, matters.length ? paged(matters.map((one) => matterTile(kiosk, one, true)), { row_rem: 5.8, column_rem: 24, most: 1.15 })
        : nothing("search", t("kiosk.none_found", { q: input.value.trim() }), t("kiosk.none_found_hint")));
    } catch (error) {
      if (!signal.aborted && found.isConnected) fill(found, nothing("wifi-off", t("common.offline"), t("kiosk.ask_desk")));
    }
  }
}
