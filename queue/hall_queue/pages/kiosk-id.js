/** The keypad for an identity number, optional or, in lines that give numbers by name, needed; a real keyboard works too. */

import { el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { faultOf, grouped, masked, typed } from "./id-number.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0", "Backspace"];

/**
 * Asks for a number. Resolves to it, to "" when it is taken back, to null when left as it was.
 * @param {{number?: string, fault?: string, isRequired?: boolean}} start  fault: a text to show at once; isRequired: there is no leaving it out
 */
export function askIdNumber({ number = "", fault = "", isRequired = false } = {}) {
  return new Promise((resolve) => {
    let answer = null;
    let isShown = false;
    const over = new AbortController();
    const shown = el("output.k-id__number.num", { tabindex: "-1", autofocus: true, "aria-label": t("kiosk.id_number") });
    const wrong = el("p.field__error", { role: "alert" }, fault);
    const eye = el("button.btn.btn--quiet", { on: { click: () => { isShown = !isShown; draw(); } } }, icon("eye"), t("kiosk.id_show"));
    const enter = el("button.btn.btn--primary.btn--xl", { on: { click: agree } }, icon("check"), t("kiosk.id_done"));
    const box = el("dialog.dialog.k-id", { "aria-label": t("kiosk.id_number"), on: { keydown: pressed, close: () => { over.abort(); box.remove(); resolve(answer); } } },
      el("div.dialog__body", {},
        el("div.spread", {}, el("h2.dialog__title", {}, t("kiosk.id_number")), el("button.btn.btn--icon", { "aria-label": t("common.close"), on: { click: () => box.close() } }, icon("close"))),
        el("p.muted", {}, t(isRequired ? "kiosk.id_needed_why" : "kiosk.id_why")), el("div.k-id__display", {}, shown, eye), wrong, keypad(),
        el("div.k-id__ways", {}, isRequired ? el("button.btn.btn--xl", { on: { click: () => box.close() } }, t("common.cancel")) : el("button.btn.btn--xl", { on: { click: () => { answer = ""; box.close(); } } }, t("kiosk.id_skip")), enter)));
    document.body.append(box);
    box.showModal();
    addEventListener("card", ({ detail }) => { if (detail.isLaid) box.close(); }, { signal: over.signal }); // a card says it better
    draw();

    function keypad() {
      return el("div.keypad", {}, KEYS.map((key) => el("button.keypad__key", { "aria-label": key === "Backspace" ? t("kiosk.erase") : key, on: { click: () => press(key) } }, key === "Backspace" ? icon("backspace") : key)));
    }

    function press(key) {
      number = typed(number, key);
      say(wrong, "");
      draw();
    }

    function pressed(event) {
      if (/^[\dxX]$/.test(event.key) || event.key === "Backspace") { event.preventDefault(); press(event.key); }
      else if (event.key === "Enter" && event.target.tagName !== "BUTTON") { event.preventDefault(); agree(); } // else the closing dialog hands the key to the button below
    }

    function agree() {
      const found = faultOf(number);
      if (found) { say(wrong, t(`kiosk.id_wrong_${found}`)); return; }
      answer = number;
      box.close();
    }

    function draw() {
      const text = grouped(isShown ? number : masked(number));
      fill(shown, text || el("span.k-id__none", {}, t("kiosk.id_empty")));
      eye.setAttribute("aria-pressed", String(isShown));
      enter.disabled = !number;
    }
  });
}
