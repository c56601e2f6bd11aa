/** An input for a time of day, as people type it and as it is stored. */

import { el } from "/static/dom.js";

/** A time of day as people type it ("9:00", "0900") in the form it is stored in, or as it stands. */
export function clockText(text) {
  const found = text.trim().replace("：", ":").match(/^(\d{1,2}):?(\d{2})$/);
  return found ? `${found[1].padStart(2, "0")}:${found[2]}` : text.trim();
}

/** An input for a time of day. */
export function clockInput(props, value, onText) {
  const node = el("input.input.num.clock", { ...props, inputmode: "numeric", autocomplete: "off", maxlength: 5, placeholder: "09:00", value, on: { input: () => onText(clockText(node.value)), change: () => { node.value = clockText(node.value); } } });
  return node;
}
