/** How lights and cards are written. */

import { el } from "/static/dom.js";
import { lang, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";

export const LIGHTS = ["green", "yellow", "red", "double_red"];

export const light = (name) => el("span.w-light", {}, el(`span.w-dot.w-dot--${name}`), t(`watch.light.${name}`));

/** "12月4日" / "4 Dec" of a day; of a moment the day by the hall's clock, with its weekday. */
export function shortDay(iso) {
  if (iso.length > 10) return dayOf(iso);
  return new Intl.DateTimeFormat(lang(), { month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** @param {{card: object, tell: string[], deeds: string[], is_late: boolean}} shown */
export function cardBox(shown, page, { department, act }) {
  const { card } = shown;
  const rule = page.rules.find((one) => one.id === card.rule);
  const name = (lang() === "en" ? rule?.name_en : rule?.name) ?? card.rule;
  const done = card.history.map((step) => el("li", {}, `${dayOf(step.at)} ${timeOfDay(step.at)} ${t(`supervision.deed.${step.deed}`)}${step.words ? `：${step.words}` : ""}`));
  return el(`article.card.w-card.w-card--${card.severity}`, { dataset: { card: card.id } },
    el("div.w-card__head", {}, el("span.w-card__name", {}, name), el("span.cluster", {}, el(`span.badge.badge--${card.severity === "red" ? "bad" : "warn"}`, {}, t(`supervision.severity.${card.severity}`)), el("span.badge", {}, t(`supervision.card.${card.state}`)))),
    el("div.w-card__facts", {}, el("span.num", {}, card.number), el("span", {}, department(card.department)), card.hall && el("span", {}, card.hall), rule?.source && el("span", {}, rule.source)),
    el("div.w-card__facts", {}, card.state === "raised" && (shown.is_late ? el("strong", {}, t("watch.late")) : el("span", {}, t("watch.reply_due", { day: dayOf(card.reply_due) }))), shown.tell.length > 0 && el("span", {}, t("watch.tells", { who: shown.tell.map((one) => t(`supervision.tell.${one}`)).join(lang() === "en" ? ", " : "、") }))),
    done.length > 0 && el("ol", { "aria-label": t("watch.history") }, done),
    shown.deeds.length > 0 && el("div.w-card__deeds", {}, shown.deeds.map((deed) => el(`button.btn.btn--sm${["uphold", "lapse"].includes(deed) ? ".btn--danger" : ""}`, { dataset: { deed }, on: { click: () => act(shown, deed) } }, t(`supervision.deed.${deed}`)))));
}

/** Ask whether a deed shall be done, and why where it needs words. @returns the words, or null where it shall not */
export function askWords({ title, text, needs }) {
  const box = el("textarea.input", { rows: 4, maxlength: 1000, id: "words", required: needs });
  const yes = el("button.btn.btn--primary", { type: "submit", value: "yes" }, title);
  const no = el("button.btn", { type: "button", on: { click: () => dialog.close() } }, t("common.cancel"));
  const dialog = el("dialog.dialog", { "aria-label": title }, el("form.dialog__body", { method: "dialog" }, el("h2.dialog__title", {}, title), el("p.muted", {}, text),
    needs && el("div.field", {}, el("label.field__label", { for: "words" }, t("watch.words")), box, el("p.field__hint", {}, t("watch.words_hint"))), el("div.dialog__actions", {}, no, yes)));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes" ? box.value.trim() : null); });
  });
}
