/** The manager's questions before a switch; each resolves to the body to send, or null. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { t } from "/static/i18n.js";
import { windowName } from "./manager-words.js";

const PAUSE_REASONS = ["break", "meeting", "equipment"];

export const askCloseLine = (name) => form({
  title: t("manager.line_close", { name }), hint: t("manager.line_close_hint"), yes: t("manager.do.close"),
  fields: [el("label.field", {}, el("span.field__label", {}, t("manager.reason")), el("input.input", { name: "reason", maxlength: 120, autocomplete: "off", autofocus: true }))],
});

export const askPause = (window) => form({
  title: t("manager.window_pause", { name: windowName(window) }), yes: t("manager.do.pause"),
  fields: [el("label.field", {}, el("span.field__label", {}, t("manager.reason")), el("select.select", { name: "reason" }, PAUSE_REASONS.map((reason) => el("option", { value: reason }, t(`manager.reason.${reason}`)))))],
});

export async function askCloseWindow(window) {
  const agreed = await ask({ title: t("manager.window_close", { name: windowName(window) }), text: t("manager.window_close_hint"), yes: t("manager.do.close"), danger: true });
  return agreed ? {} : null;
}

/** Who shall sit at the window: those it is assigned to. */
export async function askOpen(window) {
  let people = [];
  let problem = "";
  try {
    const { items } = await api.get("staff?limit=500");
    people = items.filter((one) => one.active !== false && one.windows?.includes(window.id));
  } catch (error) {
    problem = errorText(error);
  }
  const select = el("select.select", { name: "staff" }, people.map((one) => el("option", { value: one.id }, `${one.display_name || one.name} ${one.number ?? ""}`)));
  return form({ title: t("manager.window_open", { name: windowName(window) }), hint: people.length ? "" : problem || t("manager.window_open_none"), yes: people.length ? t("manager.do.open") : null, fields: people.length ? [el("label.field", {}, el("span.field__label", {}, t("manager.window_open_staff")), select)] : [] });
}

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
