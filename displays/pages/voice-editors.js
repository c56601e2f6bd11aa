/** The editors of the voice's rules, one per kind of value: each gives {node, focus(fields)} and tells of every change. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";

const CLOCK = { maxlength: 5, inputmode: "numeric", placeholder: "09:00", autocomplete: "off" };
const focusOn = (node) => () => { node.setAttribute("aria-invalid", "true"); node.focus(); };

/**
 * @param {object} rule  of the picture
 * @param {any} value
 * @param {{id: string, label: string, view: object, template: (language: string) => string, onValue: (value: any) => void}} place
 */
export function editor(rule, value, place) {
  const make = MAKERS[rule.name] ?? (rule.least !== null ? number : yesNo);
  return make(rule, value, place);
}

function yesNo(_rule, value, { id, onValue }) {
  const input = el("input", { type: "checkbox", id, checked: value, on: { change: () => onValue(input.checked) } });
  return { node: el("label.check", {}, input, t("voice.yes")), focus: () => input.focus() };
}

function number(rule, value, { id, onValue }) {
  const input = el("input.input.num.v__number", { id, type: "number", min: rule.least, max: rule.most, step: 1, value: String(value), on: { input: () => onValue(input.value === "" ? null : Number(input.value)) } });
  return { node: el("div.v__row", {}, input, el("span.muted", {}, t(`voice.unit.${rule.unit}`)), el("span.small.muted", {}, t("voice.from_to", { least: rule.least, most: rule.most }))), focus: focusOn(input) };
}

function templates(_rule, value, { id, view, template, onValue }) {
  let now = { ...value };
  const inputs = {};
  const rows = view.languages.map((language) => {
    const input = inputs[language] = el("textarea.textarea.v__template", { id: `${id}-${language}`, rows: 2, maxlength: 200, placeholder: template(language), value: now[language] ?? "", lang: language === "en" ? "en" : "zh", on: { input: () => take(language, input.value) } });
    const chips = view.template_places.map((name) => el("button.chip.v__chip", { title: t(`voice.place.${name}`), on: { click: () => { input.value ||= template(language); input.setRangeText(`{${name}}`, input.selectionStart, input.selectionEnd, "end"); take(language, input.value); input.focus(); } } }, `{${name}}`, el("span.muted", {}, t(`voice.place.${name}`))));
    return el("div.v__language", {}, el("label.field__label", { for: input.id }, t(`voice.language.${language}`)), input, el("div.cluster.v__chips", {}, chips));
  });
  const take = (language, text) => {
    const { [language]: _old, ...others } = now;
    now = text.trim() ? { ...others, [language]: text } : others;
    onValue(now);
  };
  return { node: el("div.stack", {}, rows), focus: ({ language } = {}) => focusOn(inputs[language] ?? inputs.zh)() };
}

/** An order of choices: those taken, which can be moved and taken away, and those left. */
function ordered(all, value, { id, label, word, onValue }) {
  let now = [...value];
  const node = el("div.order", { role: "group", "aria-label": label });
  const change = (next, focus) => { now = next; draw(); onValue(now); node.querySelector(`#${CSS.escape(focus)}`)?.focus(); };
  const swap = (at) => [...now.slice(0, at - 1), now[at], now[at - 1], ...now.slice(at + 1)];
  const taken = (one, at) => el("li.order__one", {}, el("span.order__n.num", {}, at + 1), el("span.grow", {}, word(one)),
    el("button.btn.btn--quiet.btn--sm", { id: `${id}-up-${one}`, disabled: at === 0, "aria-label": t("voice.order_up", { name: word(one) }), on: { click: () => change(swap(at), `${id}-up-${one}`) } }, icon("chevron-down", { size: "1.1em" })),
    el("button.btn.btn--quiet.btn--sm", { id: `${id}-off-${one}`, disabled: now.length === 1, "aria-label": t("voice.order_off", { name: word(one) }), on: { click: () => change(now.filter((other) => other !== one), `${id}-on-${one}`) } }, icon("close", { size: "1.1em" })));
  const draw = () => fill(node, el("ol.order__list", {}, now.map(taken)), el("div.cluster", {}, all.filter((one) => !now.includes(one)).map((one) => el("button.chip", { id: `${id}-on-${one}`, on: { click: () => change([...now, one], `${id}-up-${one}`) } }, icon("plus", { size: "1em" }), word(one)))));
  draw();
  return { node, focus: () => node.querySelector("button:not([disabled])")?.focus() };
}

const languages = (_rule, value, place) => ordered(place.view.languages, value, { ...place, word: (one) => t(`voice.language.${one}`) });

function engines(_rule, value, place) {
  let now = { ...value };
  const names = place.view.engines.map((one) => one.name);
  const parts = place.view.languages.map((language) => {
    const known = language === "zh" ? names : names.filter((name) => name !== "clips");
    const order = now[language] ?? place.view.orders[language];
    const part = ordered(known, order, { id: `${place.id}-${language}`, label: t(`voice.language.${language}`), word: (one) => t(`voice.engine.${one}`), onValue: (next) => { now = { ...now, [language]: next }; place.onValue(now); } });
    return { language, part };
  });
  return { node: el("div.v__orders", {}, parts.map(({ language, part }) => el("div.stack", {}, el("p.field__label", {}, t(`voice.language.${language}`)), part.node))), focus: ({ language } = {}) => (parts.find((one) => one.language === language) ?? parts[0]).part.focus() };
}

function voices(_rule, value, { id, view, onValue }) {
  let now = { ...value };
  const inputs = view.languages.map((language) => {
    const input = el("input.input", { id: `${id}-${language}`, maxlength: 60, placeholder: t("voice.voice_usual"), value: now[language] ?? "", autocomplete: "off", on: { input: () => { const { [language]: _old, ...others } = now; now = input.value.trim() ? { ...others, [language]: input.value.trim() } : others; onValue(now); } } });
    return el("div.v__pair", {}, el("label", { for: input.id }, t(`voice.language.${language}`)), input);
  });
  return { node: el("div.stack", {}, inputs), focus: () => inputs[0].querySelector("input").focus() };
}

/** Rows of inputs that can be added and taken away. `cells(row, at, set)` → inputs by part. */
function rows(value, { id, label, onValue }, { fresh, cells, add, none, part }) {
  let now = value.map((row) => ({ ...row }));
  const list = el("div.stack");
  const give = () => onValue(now);
  const change = (next) => { now = next; draw(); give(); };
  const draw = () => fill(list, now.length ? now.map((row, at) => el("div.v__cells", {}, Object.entries(cells(row, (name, text) => { row[name] = text; give(); })).map(([name, node]) => { node.id = `${id}-${name}-${at}`; node.setAttribute("aria-label", `${label} ${at + 1}: ${t(`voice.part.${name}`)}`); return node; }),
    el("button.btn.btn--quiet.btn--sm", { "aria-label": t("voice.row_remove", { n: at + 1 }), on: { click: () => { change(now.filter((_one, i) => i !== at)); more.focus(); } } }, icon("close", { size: "1.1em" })))) : el("p.small.muted", {}, none));
  const more = el("button.btn.btn--sm", { id, on: { click: () => { change([...now, fresh(now)]); list.querySelector(`#${CSS.escape(`${id}-${part}-${now.length - 1}`)}`)?.focus(); } } }, icon("plus"), add);
  draw();
  return { node: el("div.stack", { role: "group", "aria-label": label }, list, el("div", {}, more)), focus: ({ row, part: at } = {}) => { const input = row === undefined ? null : list.querySelector(`#${CSS.escape(`${id}-${at || part}-${row}`)}`); if (input) focusOn(input)(); else more.focus(); } };
}

const input = (text, props, set) => el("input.input", { value: text, ...props, on: { input: (event) => set(event.target.value) } });
const clockText = (text) => { const found = text.trim().replace("：", ":").match(/^(\d{1,2}):?(\d{2})$/); return found ? `${found[1].padStart(2, "0")}:${found[2]}` : text.trim(); };
const clock = (row, name, set) => { const node = input(row[name], CLOCK, (text) => set(name, clockText(text))); node.classList.add("num", "v__clock"); node.addEventListener("change", () => { node.value = row[name]; }); return node; };

const quiet = (_rule, value, place) => rows(value, place, { part: "begin", fresh: () => ({ begin: "12:00", end: "13:30" }), add: t("voice.add_hours"), none: t("voice.no_quiet"), cells: (row, set) => ({ begin: clock(row, "begin", set), end: clock(row, "end", set) }) });
const volumes = (_rule, value, place) => rows(value, place, { part: "begin", fresh: (now) => ({ begin: now.at(-1)?.end ?? "12:00", end: "14:00", volume: 60 }), add: t("voice.add_hours"), none: t("voice.no_volumes"), cells: (row, set) => ({ begin: clock(row, "begin", set), end: clock(row, "end", set), volume: numberOf(row, set) }) });
const numberOf = (row, set) => { const node = input(String(row.volume), { type: "number", min: 5, max: 100 }, (text) => set("volume", Number(text))); node.classList.add("num", "v__number"); return node; };

const fixes = (_rule, value, place) => rows(value, place, {
  part: "word", fresh: () => ({ language: "zh", word: "", say: "" }), add: t("voice.add_fix"), none: t("voice.no_fixes"),
  cells: (row, set) => ({
    language: el("select.select", { on: { change: (event) => set("language", event.target.value) } }, place.view.languages.map((one) => el("option", { value: one, selected: one === row.language }, t(`voice.language.${one}`)))),
    word: input(row.word, { placeholder: "重庆", maxlength: 40, autocomplete: "off" }, (text) => set("word", text)),
    say: input(row.say, { placeholder: "chong2 qing4", maxlength: 80, autocomplete: "off" }, (text) => set("say", text)),
  }),
});

function card(_rule, value, { id, view, onValue }) {
  const select = el("select.select", { id, disabled: !view.card && value === null, on: { change: () => onValue(select.value || null) } }, el("option", { value: "" }, t("voice.card_none")), view.zones.filter((zone) => zone.active || zone.id === value).map((zone) => el("option", { value: zone.id, selected: zone.id === value }, named(zone))));
  return { node: el("div.stack", {}, select, !view.card && el("p.small.muted", {}, t("voice.card_absent"))), focus: focusOn(select) };
}

const MAKERS = { templates, languages, engines, voices, fixes, quiet_hours: quiet, volume_hours: volumes, sound_card: card };
