/** A choice of matters out of a catalogue too long for a list: searched at the server, the chosen ones above. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const TYPING_MS = 200;
const FOUND = 8;

/**
 * @param {object} field  its name is the input's
 * @param {string[]|null} value  ids of matters
 * @param {() => void} onChange  told of every change, since a press of a button is no input event
 * @returns {{node: HTMLElement, read: () => string[]}}
 */
export function picksInput(field, value, _choices, onChange) {
  let ids = [...(value ?? [])];
  let turn = 0;
  let timer = null;
  const known = new Map();
  const chosen = el("ul.picks__chosen");
  const found = el("ul.picks__found", { "aria-live": "polite" });
  const search = el("input.input", { type: "search", autocomplete: "off", placeholder: t("manager.matters_search"), "aria-label": t("manager.matters_search"), on: { input: (event) => { event.stopPropagation(); clearTimeout(timer); timer = setTimeout(find, TYPING_MS); }, keydown: (event) => { if (event.key === "Enter") event.preventDefault(); } } });
  const node = el("div.picks", { id: `f-${field.name}`, tabindex: -1, "aria-describedby": `e-${field.name}` }, chosen, search, found);
  const nameOf = (id) => named(known.get(id)) || id;

  const change = (next) => { ids = next; drawChosen(); onChange(); };
  const drawChosen = () => fill(chosen, ids.length ? ids.map((id) => el("li.picks__one", {}, el("span.grow.clamp-2", {}, nameOf(id)),
    el("button.btn.btn--quiet.btn--sm.order__btn", { "aria-label": t("manager.remove", { name: nameOf(id) }), on: { click: () => { change(ids.filter((one) => one !== id)); search.focus(); } } }, icon("close")))) : el("li.muted.small", {}, t("manager.matters_all")));
  const add = (matter) => { known.set(matter.id, matter); search.value = ""; fill(found); change([...ids, matter.id]); search.focus(); };
  const drawFound = (matters) => fill(found, matters.length ? matters.map((one) => el("li", {}, el("button.picks__add", { id: `pick-${one.id}`, on: { click: () => add(one) } }, icon("plus"), el("span.clamp-2", {}, named(one), " ", el("span.muted.small", {}, one.department_name ?? ""))))) : el("li.muted.small", {}, t("manager.none_found", { q: search.value.trim() })));

  async function find() {
    const mine = ++turn;
    const q = search.value.trim();
    if (!q) { fill(found); return; }
    try {
      const { matters } = await api.get(`matters?${new URLSearchParams({ q, limit: FOUND + ids.length })}`);
      if (mine === turn) drawFound(matters.filter((one) => !ids.includes(one.id)).slice(0, FOUND));
    } catch (error) {
      if (mine === turn) fill(found, el("li.field__error", {}, errorText(error)));
    }
  }

  drawChosen();
  Promise.all(ids.map(async (id) => known.set(id, await api.get(`matters/${encodeURIComponent(id)}`)))).then(drawChosen, () => { /* their ids stand in for names that cannot be had */ });
  return { node, read: () => [...ids] };
}
