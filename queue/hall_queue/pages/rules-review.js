/** The two dialogs of the page: what a rule means at length, and what will change before it is saved. */

import { el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { hoursText, lineName, prioritiesText, valueText } from "./rules-words.js";

/** Says at length what a rule does. @param {object} rule  of the picture */
export function showHelp(rule, lines) {
  const { about } = rule;
  const choices = about.choices.map((one) => el("li", {}, t(`rules.choice.${about.name}.${one}`)));
  const box = el("dialog.dialog", { "aria-labelledby": "help-title", on: { close: () => box.remove() } },
    el("div.dialog__body", {}, el("h2.dialog__title", { id: "help-title" }, t(`rules.${about.name}`)), el("p", {}, t(`rules.${about.name}_hint`)), el("p", {}, t(`rules.${about.name}_more`)), choices.length > 0 && el("ul.help__choices", {}, choices),
      el("p.small.muted", {}, `${t("rules.default", { value: valueText(about, rule.default, lines) })} · ${t("rules.rule_n", { n: about.rule })}`), el("div.dialog__actions", {}, el("button.btn.btn--primary", { autofocus: true, on: { click: () => box.close() } }, t("rules.close")))));
  document.body.append(box);
  box.showModal();
}

/** Shows every change, old and new, and asks for the reason. Resolves to the reason, or null when it is left. */
export function askReason(draft, reason = "") {
  return new Promise((resolve) => {
    let result = null;
    const error = el("p.field__error", { id: "e-reason", role: "alert" });
    const input = el("textarea.textarea", { id: "reason", maxlength: 200, rows: 2, value: reason, "aria-describedby": "h-reason e-reason", autofocus: true });
    const send = (event) => {
      event.preventDefault();
      if (!input.value.trim()) { say(error, t("rules.reason_missing")); input.setAttribute("aria-invalid", "true"); input.focus(); return; }
      result = input.value.trim();
      box.close();
    };
    const box = el("dialog.dialog.review", { "aria-labelledby": "review-title", on: { close: () => { box.remove(); resolve(result); } } },
      el("form.dialog__body", { id: "review", novalidate: true, on: { submit: send } }, el("h2.dialog__title", { id: "review-title" }, t("rules.review_title")), table(draft),
        el("div.field", {}, el("label.field__label", { for: "reason" }, t("rules.reason")), input, el("p.field__hint", { id: "h-reason" }, t("rules.reason_hint")), error),
        el("p.small.muted", {}, t("rules.takes_effect")),
        el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("rules.cancel")), el("button.btn.btn--primary", { id: "save", type: "submit" }, t("rules.save")))));
    document.body.append(box);
    box.showModal();
    input.focus();
  });
}

function table(draft) {
  const head = ["what", "old", "new"].map((name) => el("th", { scope: "col" }, t(`rules.review_${name}`)));
  return el("div.table-wrap.review__table", {}, el("table.table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, draft.changes.map((change) => row(draft, change)))));
}

function row(draft, { line, name, value }) {
  const { rules, lines } = draft.view;
  if (name === "priorities") return cells(t("rules.group.priorities"), prioritiesText(draft.saved(null, name)), prioritiesText(value));
  if (name === "hours") return cells(t("rules.group.hours"), ...differing(draft.saved(null, name), value));
  const { about, value: hall } = rules.find((one) => one.about.name === name);
  const words = (one) => (line !== null && (one === null || one === undefined) ? t("rules.follows") : valueText(about, one, lines));
  const owner = lines.find((one) => one.id === line);
  const title = owner ? t("rules.value_for", { rule: t(`rules.${name}`), line: lineName(owner) }) : t(`rules.${name}`);
  const old = draft.saved(line, name);
  return cells(title, line !== null && old === undefined ? `${words(old)} (${valueText(about, hall, lines)})` : words(old), words(value));
}

/** Only the days that are not the same before and after. */
function differing(before, after) {
  const [old, now] = [before, after].map((hours) => hoursText(hours).split("\n"));
  const kept = (rows, others) => rows.filter((one) => !others.includes(one)).join("\n");
  return [kept(old, now), kept(now, old)];
}

const cells = (what, old, now) => el("tr", {}, el("th.review__what", { scope: "row" }, what), el("td.review__old", {}, el("del", {}, old)), el("td.review__new", {}, el("ins", {}, now)));
