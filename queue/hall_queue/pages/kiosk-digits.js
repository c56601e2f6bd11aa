/** A keypad for a number of digits in a dialog: a phone number, or the six digits of an appointment. */

import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "Backspace"];

/**
 * Asks for digits; resolves to them, or to null when it is left.
 * @param {{title: string, hint?: string, groups: number[], wrong: string, yes: string, fault?: string}} options  groups: how the digits stand together; their sum is the length
 */
export function askDigits({ title, hint = "", groups, wrong, yes, fault = "" }) {
  const length = groups.reduce((sum, one) => sum + one, 0);
  return new Promise((resolve) => {
    let answer = null;
    let digits = "";
    const shown = el("output.k-id__number.num", { tabindex: "-1", autofocus: true, "aria-label": title });
    const told = el("p.field__error", { role: "alert" }, fault);
    const enter = el("button.btn.btn--primary.btn--xl.btn--block", { id: "digits-done", on: { click: agree } }, icon("check"), yes);
    const box = el("dialog.dialog.k-id", { "aria-label": title, on: { keydown: pressed, close: () => { box.remove(); resolve(answer); } } },
      el("div.dialog__body", {},
        el("div.spread", {}, el("h2.dialog__title", {}, title), el("button.btn.btn--icon", { "aria-label": t("common.close"), on: { click: () => box.close() } }, icon("close"))),
        hint && el("p.muted", {}, hint), el("div.k-id__display", {}, shown), told,
        el("div.keypad", {}, KEYS.map(key)), enter));
    document.body.append(box);
    box.showModal();
    draw();

    function key(name) {
      const label = name === "Backspace" ? t("kiosk.erase") : name === "clear" ? t("kiosk.clear") : name;
      return el(`button.keypad__key${name === "clear" ? ".k-digits__clear" : ""}`, { "aria-label": label, dataset: { key: name }, on: { click: () => press(name) } }, name === "Backspace" ? icon("backspace") : name === "clear" ? label : name);
    }

    function press(name) {
      digits = name === "clear" ? "" : name === "Backspace" ? digits.slice(0, -1) : (digits + name).slice(0, length);
      say(told, "");
      draw();
    }

    function pressed(event) {
      if (/^\d$/.test(event.key) || event.key === "Backspace") { event.preventDefault(); press(event.key); }
      else if (event.key === "Enter" && event.target.tagName !== "BUTTON") { event.preventDefault(); agree(); } // else the closing dialog hands the key to the button below
    }

    function agree() {
      if (digits.length !== length) { say(told, wrong); return; }
      answer = digits;
      box.close();
    }

    function draw() {
      let at = 0;
      const parts = groups.map((size) => digits.slice(at, (at += size))).filter(Boolean);
      fill(shown, parts.join(" ") || el("span.k-id__none", {}, "–"));
      enter.disabled = !digits;
    }
  });
}
