/** The inputs of single rules: each maker gives {node, focus(fields)}, and tells what is typed by onValue(value, fault). */

import { el } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { bandsEditor } from "./rules-bands.js";
import { amount, bestUnit, isNothing, lineName, NOTHING, secondsText, UNITS } from "./rules-words.js";

/**
 * @param {object} about  of the picture's rule
 * @param {*} value  what it holds; null where it is off, "none" where it is off for a line alone
 * @param {{id: string, label: string, describedby: string, isHall: boolean, lines: object[], onValue: (value: *, fault?: string) => void}} place
 */
export function makeEditor(about, value, place) {
  const made = about.may_be_none && about.kind === "whole" ? optional(about, value, place) : MAKERS[about.kind](about, value, place);
  return { focus: () => made.node.querySelector("input, select, button")?.focus(), ...made };
}

const named = (place) => ({ id: place.id, "aria-label": place.label, "aria-describedby": place.describedby });

const MAKERS = {
  choice(about, value, place) {
    const node = el("select.select", { ...named(place), on: { change: () => place.onValue(node.value) } }, about.choices.map((one) => el("option", { value: one, selected: one === value }, t(`rules.choice.${about.name}.${one}`))));
    return { node: el("div.value", {}, node) };
  },
  yes_no(about, value, place) {
    const node = el("input", { ...named(place), type: "checkbox", checked: value, on: { change: () => { place.onValue(node.checked); word(); } } });
    const said = el("span");
    const word = () => { said.textContent = t(node.checked ? "rules.yes" : "rules.no"); };
    word();
    return { node: el("label.check.value", {}, node, said) };
  },
  line(about, value, place) {
    const shown = place.lines.filter((line) => line.active || line.id === value);
    const node = el("select.select", { ...named(place), on: { change: () => place.onValue(node.value || null) } }, el("option", { value: "" }, t("rules.none")), shown.map((line) => el("option", { value: line.id, selected: line.id === value }, lineName(line))));
    return { node: el("div.value", {}, node) };
  },
  whole(about, value, place) {
    const node = numberInput(named(place), value, (text) => place.onValue(...whole(about, text)));
    return { node: el("div.value.value--number", {}, node, el("span.value__unit", {}, t(`rules.unit.${about.unit}`))) };
  },
  number: secondsEditor,
  ratio: ratioEditor,
  bands: bandsEditor,
};

/** Seconds, typed in the unit that fits; what is stored changes only by typing, never by choosing another unit. */
function secondsEditor(about, value, place) {
  let unit = bestUnit(value);
  const shown = (seconds) => String(Math.round((seconds / UNITS[unit]) * 1000) / 1000);
  const input = numberInput(named(place), shown(value), (text) => {
    const typed = text.trim() === "" ? NaN : Number(text) * UNITS[unit];
    const [seconds, fault] = inRange(about, Math.round(typed * 1000) / 1000, secondsText);
    if (!fault) value = seconds;
    place.onValue(seconds, fault);
  });
  const units = Object.keys(UNITS).filter((one) => UNITS[one] <= about.most);
  const choose = el("select.select.value__units", { id: `${place.id}-unit`, "aria-label": t("rules.unit_of", { name: place.label }), on: { change: () => { unit = choose.value; input.value = shown(value); place.onValue(value); } } }, units.map((one) => el("option", { value: one, selected: one === unit }, t(`rules.unit.${one}`))));
  return { node: el("div.value.value--number", {}, input, units.length > 1 ? choose : el("span.value__unit", {}, t("rules.unit.s"))) };
}

/** A whole number that may be without a value: a switch, and the number while it is on. For a line, off is a value of its own. */
function optional(about, value, place) {
  const input = numberInput(named(place), isNothing(value) ? "" : value, (text) => place.onValue(...whole(about, text)));
  const none = el("span.muted", {}, t("rules.no_limit"));
  const number = el("div.value--number", {}, input, el("span.value__unit", {}, t(`rules.unit.${about.unit}`)));
  const off = () => { input.disabled = !box.checked; none.hidden = place.isHall || box.checked; number.hidden = !none.hidden; };
  const box = el("input", { id: `${place.id}-on`, type: "checkbox", checked: !isNothing(value), "aria-label": `${place.label}: ${t("rules.limited")}`, on: { change: () => { off(); if (box.checked) { place.onValue(...whole(about, input.value)); input.focus(); } else place.onValue(place.isHall ? null : NOTHING); } } });
  off();
  return { node: el("div.value.value--optional", {}, el("label.check", {}, box, t("rules.limited")), number, none), focus: () => (box.checked ? input : box).focus() };
}

function ratioEditor(about, value, place) {
  const give = () => {
    const both = inputs.map((input) => (/^\d+$/.test(input.value.trim()) ? Number(input.value) : NaN));
    place.onValue({ favoured: both[0], oldest: both[1] }, both.some(Number.isNaN) ? t("rules.not_number") : "");
  };
  const field = (name, n) => numberInput({ id: `${place.id}-${name}`, "aria-label": `${place.label}: ${t(`rules.ratio_${name}`)}`, "aria-describedby": place.describedby }, n, give);
  const inputs = [field("favoured", value?.favoured ?? 2), field("oldest", value?.oldest ?? 1)];
  const off = () => { for (const input of inputs) input.disabled = !box.checked; };
  const box = el("input", { id: place.id, type: "checkbox", checked: value !== null, on: { change: () => { off(); if (box.checked) give(); else place.onValue(null); } } });
  off();
  const part = (name, i) => el("label.ratio__part", {}, el("span.small.muted", {}, t(`rules.ratio_${name}`)), inputs[i]);
  return { node: el("div.value.value--optional", {}, el("label.check", {}, box, t("rules.ratio_on")), el("div.ratio", {}, part("favoured", 0), el("span.ratio__colon", {}, ":"), part("oldest", 1))), focus: () => (box.checked ? inputs[1] : box).focus() };
}

function numberInput(props, value, onText) {
  const node = el("input.input.num.value__number", { ...props, inputmode: "decimal", autocomplete: "off", maxlength: 8, value: value ?? "", on: { input: () => onText(node.value) } });
  return node;
}

function whole(about, text) {
  if (!/^\d+$/.test(text.trim())) return [text, t("rules.not_number")];
  return inRange(about, Number(text), (n) => amount(n, about.unit));
}

function inRange(about, n, words) {
  if (!Number.isFinite(n)) return [null, t("rules.not_number")];
  if (n < about.least || n > about.most) return [n, t("rules.range", { least: words(about.least), most: words(about.most) })];
  return [n, ""];
}
