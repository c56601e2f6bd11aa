/** The inputs of a form: each maker gives {node, read()}, where read() is the value as the record holds it. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { uploadButton } from "/pages/displays/screens-upload.js";
import { picksInput } from "./manager-picks.js";
import { recordName } from "./manager-words.js";

/**
 * @param {object} field  of manager-kinds.js
 * @param {*} value  what the record holds, undefined for a new one
 * @param {Array<{id, name, name_en?, label?}>} choices
 * @param {() => void} onChange  for inputs that send no input event
 */
export function makeInput(field, value, choices, onChange) {
  return MAKERS[field.type](field, value, choices, onChange);
}

const MAKERS = {
  text: (field, value) => {
    const node = el("input.input", { ...common(field), value: value ?? "", maxlength: field.maxlength ?? 200, autocomplete: field.autocomplete ?? "off", on: field.upper ? { input: () => { node.value = node.value.toUpperCase(); } } : {} });
    return { node, read: () => node.value.trim() };
  },
  password: (field) => {
    const node = el("input.input", { ...common(field), type: "password", autocomplete: "new-password", maxlength: 128 });
    return { node, read: () => node.value || undefined };
  },
  number: (field, value) => {
    const node = el("input.input.num", { ...common(field), type: "number", min: field.min, max: field.max, value: value ?? "" });
    return { node, read: () => (node.value === "" ? null : Number(node.value)) };
  },
  /** Several rows of text: a list of them, or one text where `plain`. */
  rows: (field, value) => {
    const node = el("textarea.textarea", { ...common(field), rows: field.rows, value: field.plain ? value ?? "" : (value ?? []).join("\n") });
    const list = () => node.value.split("\n").map((row) => row.trim()).filter(Boolean);
    return { node, read: () => (field.plain ? node.value.trim().replace(/\s*\n\s*/g, " ") : list()) };
  },
  select: (field, value, choices) => {
    const chosen = String(value ?? field.initial ?? "");
    const known = choices.some((one) => one.id === chosen);
    const node = el("select.select", common(field), !known && el("option", { value: "" }, chosen), choices.map((one) => el("option", { value: one.id, selected: one.id === chosen }, wording(one))));
    return { node, read: () => (node.value === "" ? null : field.number ? Number(node.value) : node.value) };
  },
  check: (field, value) => {
    const node = el("input", { ...common(field), type: "checkbox", checked: value ?? field.initial ?? false });
    return { node, read: () => node.checked };
  },
  checks: (field, value, choices) => {
    const boxes = choices.map((one) => el("input", { type: "checkbox", name: field.name, value: one.id, checked: (value ?? []).includes(one.id) }));
    const node = el("div.checks", { role: "group", id: common(field).id, tabindex: -1 }, choices.map((one, i) => el("label.check", {}, boxes[i], el("span", {}, wording(one)))));
    return { node, read: () => boxes.filter((box) => box.checked).map((box) => box.value) };
  },
  order: orderInput,
  photo: photoInput,
  picks: picksInput,
};

/** A picture in the media folder: shown small, put in and taken out. */
function photoInput(field, value, _choices, onChange) {
  let id = value ?? null;
  const node = el("div.photo-box", { id: common(field).id, tabindex: -1 });
  const change = (next) => { id = next; draw(); onChange(); };
  const draw = () => fill(node,
    id ? el("img.photo-box__shown", { src: `/api/v1/media/${id}`, alt: t("pad.field.photo") }) : el("span.photo-box__none", {}, icon("user")),
    uploadButton({ accept: "image/jpeg,image/png,image/webp", text: t(id ? "pad.field.photo_other" : "pad.field.photo_add"), limits: { picture_mb: 30 }, onMedia: (media) => change(media.id) }),
    id && el("button.btn.btn--quiet.btn--sm", { on: { click: () => change(null) } }, t("pad.field.photo_remove")));
  draw();
  return { node, read: () => id };
}

/** A list whose order counts: moved by buttons, so that it works without a mouse. */
function orderInput(field, value, choices, onChange) {
  let ids = [...(value ?? [])];
  const list = el("ol.order");
  const node = el("div.order-box", { id: common(field).id, tabindex: -1 }, list);
  const nameOf = (id) => { const one = choices.find((choice) => choice.id === id); return one ? wording(one) : id; };
  const change = (next, focus) => { ids = next; draw(); onChange(); if (focus) node.querySelector(focus)?.focus(); };
  const swap = (i, j) => change(ids.map((id, k) => (k === i ? ids[j] : k === j ? ids[i] : id)), `[data-at="${j}"][data-way="${j < i ? "up" : "down"}"]`);
  const draw = () => {
    const left = choices.filter((one) => !ids.includes(one.id));
    const row = (id, i) => el("li.order__row", {}, el("span.order__at.num", {}, i + 1), el("span.order__name.truncate", {}, nameOf(id)),
      step("up", id, i, i === 0, () => swap(i, i - 1)), step("down", id, i, i === ids.length - 1, () => swap(i, i + 1)),
      el("button.btn.btn--quiet.btn--sm.order__btn", { "aria-label": t("manager.remove", { name: nameOf(id) }), on: { click: () => change(ids.filter((one) => one !== id)) } }, icon("close")));
    const add = el("select.select", { "aria-label": t("manager.add_line"), on: { change: (event) => { event.stopPropagation(); if (event.target.value) change([...ids, event.target.value]); } } }, el("option", { value: "" }, t("manager.add_line")), left.map((one) => el("option", { value: one.id }, wording(one))));
    fill(list, ids.length ? ids.map(row) : el("li.muted.small", {}, t("manager.order_none")), left.length > 0 && el("li", {}, add));
  };
  const step = (way, id, i, disabled, click) => el(`button.btn.btn--quiet.btn--sm.order__btn.order__btn--${way}`, { disabled, dataset: { at: i, way }, "aria-label": t(`manager.${way}`, { name: nameOf(id) }), on: { click } }, icon("chevron-down"));
  draw();
  return { node, read: () => [...ids] };
}

const common = (field) => ({ id: `f-${field.name}`, name: field.name, "aria-describedby": `e-${field.name}` });
const wording = (one) => (one.label ? t(one.label) : recordName(one));
