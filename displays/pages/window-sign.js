/** A window by its number, as the voice says it: "20 号窗口 / Window 20", the digits as large as the place allows. */

import { el } from "/static/dom.js";
import { fit } from "./board-choice.js";
import { both, pair } from "./both.js";

const DIGITS_ROOM = 1.16;

/** @param {number} number  1–999; three digits are drawn narrower, so that the sign keeps its width */
export function windowSign(number) {
  const digits = String(number ?? "");
  return el("span.sign", { dataset: { window: digits } },
    el("span.sign__digits.num", { style: { "--sign-fit": fit(digits, DIGITS_ROOM) } }, digits), pair(both("board.window_sign"), "span.sign__word.pair"));
}
