/** The manager's dialog with a form. */

import { el } from "/static/dom.js";
import { t } from "/static/i18n.js";

/** A small dialog with a form; empty values are left out of the body. `yes` null: it can only be left. */
export function form({ title, hint = "", yes, fields }) {
  return new Promise((resolve) => {
    let result = null;
    const send = (event) => {
      event.preventDefault();
      result = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ""));
      box.close();
    };
    const box = el("dialog.dialog", { "aria-label": title, on: { close: () => { box.remove(); resolve(result); } } },
      el("form.dialog__body", { on: { submit: send } }, el("h2.dialog__title", {}, title), hint && el("p.muted", {}, hint), fields,
        el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("manager.cancel")), yes && el("button.btn.btn--primary", { type: "submit" }, yes))));
    document.body.append(box);
    box.showModal();
  });
}
