/** What is wrong with an edition, in words. */

import { el } from "/static/dom.js";
import { has, t } from "/static/i18n.js";

/** "材料 第 3 行 名称" of a fault's field and row. */
export function faultPlace(fault) {
  const [first, ...inner] = fault.field.split(".");
  const word = (name) => (has(`catalogue.field.${name}`) ? t(`catalogue.field.${name}`) : name);
  return [word(first), fault.row && !fault.place ? t("catalogue.row", { n: fault.row }) : "", first === "form" ? inner.join(".") : inner.map(word).join(" ")].filter(Boolean).join(" ");
}

/** A line of the list. @param {(fault: object) => void} [go] leads to the field */
export function faultLine(fault, go) {
  const text = [el("span.strong", {}, fault.place ? `${fault.place} · ${faultPlace(fault)}` : faultPlace(fault)), " ", t(`catalogue.fault.${fault.code}`, { value: fault.value })];
  return el(`li.cat__fault.cat__fault--${fault.weight}`, { dataset: { code: fault.code, about: fault.field } }, go ? el("button.cat__go", { on: { click: () => go(fault) } }, ...text) : el("span", {}, ...text));
}
