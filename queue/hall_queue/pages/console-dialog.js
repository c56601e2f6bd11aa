/** How the console asks: a dialog left with Escape, and the choice of one thing by digit, arrow keys or click. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

/** A dialog whose `build(done)` gives its body and key listener; resolves to what `done` was told, null on Escape. */
export function open(title, build) {
  return new Promise((resolve) => {
    let result = null;
    const box = el("dialog.dialog", { "aria-label": title });
    const { body, onKey = () => {} } = build((value) => { result = value; box.close(); });
    box.append(el("div.dialog__body", {}, el("div.spread", {}, el("h2.dialog__title", {}, title), el("button.btn.btn--quiet.btn--icon", { "aria-label": t("console.close_dialog"), on: { click: () => box.close() } }, icon("close"))), ...[body].flat(Infinity).filter(Boolean)));
    box.addEventListener("keydown", (event) => { event.stopPropagation(); onKey(event); });
    box.addEventListener("close", () => { box.remove(); resolve(result); });
    document.body.append(box);
    box.showModal();
    box.querySelector("[autofocus]")?.focus();
  });
}

/** One of a few things: a digit or arrow keys and Enter choose; `keys` choose the first. @param {{choices: {title: string, hint?: string, body: object}[]}} question */
export function pick({ title, hint, choices, first = 0, keys = [] }) {
  return open(title, (done) => {
    const buttons = choices.map((choice, i) => el("button.choice", { autofocus: i === first, on: { click: () => done(choice.body) } },
      el("kbd.key", {}, i + 1), el("span.choice__text", {}, el("span.choice__title", {}, choice.title), choice.hint && el("span.choice__hint", {}, choice.hint))));
    const onKey = (event) => {
      if (event.repeat) return;
      const chosen = keys.includes(event.key.toLowerCase()) ? buttons[0] : buttons[Number(event.key) - 1];
      if (chosen) { event.preventDefault(); chosen.click(); } else if (step(event)) move(buttons, step(event), event);
    };
    return { body: [hint && el("p.muted", {}, hint), el("div.choices", {}, buttons)], onKey };
  });
}

export const step = (event) => ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 })[event.key] ?? 0;

/** Moves the focus among buttons; from outside to the first, or backwards to the last. */
export function move(buttons, by, event) {
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length]?.focus();
}

/** The two buttons at a form's foot. */
export const formActions = (done, yes) => el("div.dialog__actions", {}, el("button.btn", { on: { click: () => done(null) } }, t("console.cancel")), el("button.btn.btn--primary", { type: "submit" }, yes));
