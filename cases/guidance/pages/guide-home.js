/** "What do you come for?": a field for one's own words, and what people come for most; a theme leads by questions to matters. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { isChinese, named, t } from "/static/i18n.js";
import { icon } from "/static/icons.js";
import { modes } from "/static/visitor/modes.js";
import { choices, nothing } from "/static/visitor/steps.js";
import { themeIcon } from "./guide-icons.js";

const WAIT_MS = 200;
const MOST = 12;
const AT_ONCE = 6; // themes of a page in large type
const FRESH_MS = 300000; // a table stands for weeks, and the catalogue changes
let themes = null; let since = 0;

async function loaded(guide) {
  if (themes && Date.now() - since < FRESH_MS) return themes;
  try {
    themes = (await guide.get("themes")).themes;
    since = Date.now();
  } catch (error) { if (!themes || error.name === "AbortError") throw error; }
  return themes;
}

export async function homeView(guide, at, signal) {
  const place = el("div.g-found");
  const input = el("input.input.g-search__input", { id: "search", type: "search", autocomplete: "off", spellcheck: "false", maxlength: "40", enterkeyhint: "search", "aria-label": t("guide.search"), placeholder: t("guide.search_placeholder"), value: at.q ?? "", on: { input: typed } });
  let timer = 0;
  guide.show({ title: t("guide.what"), hint: t("guide.what_hint"), home: Boolean(guide.own), body: [el("form.g-search", { role: "search", on: { submit: (event) => { event.preventDefault(); input.blur(); } } }, icon("search"), input), place], class: "g-home" }, signal);
  try {
    await loaded(guide);
    if (!signal.aborted) begin();
  } catch (error) { guide.failed(error, signal, () => guide.draw()); }

  function typed() {
    clearTimeout(timer);
    at.q = input.value;
    timer = setTimeout(begin, WAIT_MS);
  }

  function begin() {
    const words = input.value.trim();
    if (words) find(words);
    else fill(place, themeList(guide, at));
  }

  async function find(words) {
    try {
      const { matters } = await api.get(`matters?${new URLSearchParams({ q: words, limit: MOST })}`, { signal });
      if (signal.aborted || input.value.trim() !== words) return;
      const fitting = themes.filter((one) => isMeant(one, words)).slice(0, 2);
      const packages = themes.flatMap((one) => one.packages).filter((one) => isMeant(one, words));
      const found = [
        ...packages.map((one) => ({ icon: "list", name: named(one), note: t("guide.package_note"), act: () => guide.go(packageAt(one)), id: `package-${one.id}` })),
        ...fitting.map((one) => ({ picture: one.icon, name: named(one), note: t("guide.theme_leads", { n: one.matters.length }), act: () => guide.go(themeAt(one)), id: `theme-${one.id}`, theme: one })),
        ...[...plain(words), ...matters].filter(isFirst).slice(0, MOST).map((one) => ({ name: named(one), note: one.note ?? named(one, "department_name"), act: () => guide.go({ name: "matter", id: one.id, answers: {}, ...(one.plain && { plain: one.plain }) }), id: `matter-${one.id}` })),
      ];
      fill(place, el("p.visually-hidden", { role: "status" }, t("guide.found_n", { n: found.length })),
        found.length ? withPictures(choices(found, { label: t("guide.found") }), found) : nothing("search", t("guide.none_found", { q: words }), t("guide.none_found_hint")));
    } catch (error) {
      if (!signal.aborted) fill(place, nothing("wifi-off", t("guide.no_link"), t("guide.ask_desk")));
    }
  }
}

/* Matters that the themes call by just these words, before what the catalogue's own names say. */
function plain(words) {
  const led = themes.flatMap((theme) => theme.matters).filter((one) => one.plain.includes(words) || (words.length > 3 && one.plain_en.toLowerCase().includes(words.toLowerCase())));
  return led.map((one) => ({ id: one.id, name: one.plain, name_en: one.plain_en, note: one.name, plain: { name: one.plain, name_en: one.plain_en } }));
}

const isFirst = (one, at, all) => all.findIndex((other) => other.id === one.id) === at;

/* In large type fewer at once, the others behind a button. */
function themeList(guide, at) {
  const isShort = modes.isLarge() && !at.all;
  const shown = isShort ? themes.slice(0, AT_ONCE) : themes;
  const options = shown.map((one) => ({ id: `theme-${one.id}`, name: named(one), note: modes.isLarge() ? null : named(one, "hint"), act: () => guide.go(themeAt(one)), theme: one }));
  return [
    el("h2.g-sub", {}, t("guide.often")),
    withPictures(choices(options, { columns: 3, label: t("guide.often") }), options),
    isShort && themes.length > AT_ONCE && el("button.btn.btn--lg.btn--block", { id: "more", on: { click: () => { at.all = true; guide.draw(); } } }, icon("more"), t("guide.more_themes")),
  ];
}

/* The themes' own pictures before their words. */
function withPictures(group, options) {
  options.forEach((one, i) => { if (one.theme) group.children[i].prepend(themeIcon(one.theme.icon)); });
  return group;
}

const packageAt = (one) => ({ name: "package", id: one.id, answers: {}, part_answers: {} });
const themeAt = (theme) => ({ name: "theme", id: theme.id, answers: {} });

function isMeant(theme, words) {
  const said = words.toLowerCase();
  const own = [theme.name, theme.name_en.toLowerCase(), ...theme.words];
  return own.some((one) => one.includes(said) || (one.length > 1 && said.includes(one)));
}

/** One question of a theme at a time, then what it leads to. @param {{id: string, answers: object}} at */
export async function themeView(guide, at, signal) {
  try {
    const theme = (await loaded(guide)).find((one) => one.id === at.id);
    if (!theme) { guide.over(); return; }
    const asked = theme.asks.filter((one) => holds(one.asked_if ?? {}, at.answers));
    const next = asked.find((one) => !at.answers[one.id]);
    if (next) question(guide, at, signal, theme, asked, next);
    else leads(guide, at, signal, theme);
  } catch (error) { guide.failed(error, signal, () => guide.draw()); }
}

function question(guide, at, signal, theme, asked, next) {
  const options = next.options.map((one) => ({ id: `option-${one.id}`, name: named(one), act: () => guide.go({ ...at, answers: { ...at.answers, [next.id]: one.id } }) }));
  guide.show({ title: named(next, "text"), over: named(theme), step: asked.indexOf(next) + 1, of: asked.length + 1, body: choices(options, { columns: options.length > 4 ? 2 : 1, label: named(next, "text") }) }, signal);
}

function leads(guide, at, signal, theme) {
  const packages = theme.packages.filter((one) => holds(one.when, at.answers)).map((one) => ({
    id: `package-${one.id}`, icon: "list", name: named(one), note: t("guide.package_note"), act: () => guide.go(packageAt(one)),
  }));
  const matters = theme.matters.filter((one) => holds(one.when, at.answers)).map((one) => ({
    id: `matter-${one.id}`, icon: "document", name: named(one, "plain") || one.name, note: (isChinese() || !one.name_en) && one.plain !== one.name ? one.name : null, act: () => guide.go({ name: "matter", id: one.id, plain: { name: one.plain, name_en: one.plain_en }, answers: {} }),
  }));
  const all = [...packages, ...matters];
  if (all.length === 1) { guide.skip(all[0].act); return; } // nothing to choose
  guide.show({
    title: t("guide.choose"), over: named(theme), hint: t("guide.choose_hint"),
    body: all.length ? choices(all, { columns: all.length > 5 ? 2 : 1, label: named(theme) }) : nothing("search", t("guide.theme_empty"), t("guide.none_found_hint")),
  }, signal);
}

const holds = (when, answers) => Object.entries(when).every(([id, options]) => options.includes(answers[id]));
