/** Search by words, pinyin, initials or code, with letters on the screen or a real keyboard. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { matterTile, nothing } from "./kiosk-home.js";
import { paged, title } from "./kiosk-parts.js";

const WAIT_MS = 200;
const MOST = 40;
const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** @param {{department?: object}} view  department: search in this one only */
export function searchView(kiosk, { department }) {
  const input = el("input.input.k-search__input", {
    type: "search", inputmode: "none", autocomplete: "off", spellcheck: "false", maxlength: "40", "data-first": true,
    "aria-label": t("kiosk.by_search"), placeholder: t("kiosk.search_placeholder"), on: { input: typed },
  });
  const found = el("div.k-list__place", { "aria-live": "polite" });
  let timer = 0;
  let asked = new AbortController();
  hint();
  return el("div.k-search", {}, title(department ? named(department) : t("kiosk.by_search")), el("div.k-search__bar", {}, icon("search"), input), found, letters(input, typed));

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

/** A keyboard on the screen that types into `input`. */
function letters(input, onTyped) {
  const type = (change) => () => { input.value = change(input.value).slice(0, input.maxLength); input.focus(); onTyped(); };
  const key = (label, change, props = {}) => el("button.k-key", { tabindex: "-1", on: { pointerdown: (event) => event.preventDefault(), click: type(change) }, ...props }, label);
  const rows = ROWS.map((row) => [...row].map((letter) => key(letter.toUpperCase(), (value) => value + letter)));
  rows[2].push(key(icon("backspace"), (value) => value.slice(0, -1), { "aria-label": t("kiosk.erase"), class: "k-key--wide" }));
  rows[3].push(key(t("kiosk.clear"), () => "", { class: "k-key--wide" }));
  return el("div.k-keys", { role: "group", "aria-label": t("kiosk.keyboard") }, rows.map((row) => el("div.k-keys__row", {}, row)));
}
