/** Several matters on one number: the list with its remove buttons, and the view in which one more is chosen. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { waitLabel } from "./kiosk-parts.js";

/** The matters of a sheet; the first decides the line. */
export const mattersOf = (view) => (view.matter ? [view.matter, ...(view.more ?? [])] : []);

/** What a tapped matter leads to: its sheet, or, while one more is chosen, the sheet of them all. */
export function chosen(kiosk, matter) {
  const { adding } = kiosk;
  return adding ? { matter: adding.matter, more: [...(adding.more ?? []), matter], choice: adding.choice } : { matter };
}

/** Whether the visit being put together has this matter already. */
export const isChosen = (kiosk, matter) => Boolean(kiosk.adding) && mattersOf(kiosk.adding).some((one) => one.id === matter.id);

/** The matters one below the other, each with where it waits and a way to take it out. */
export function matterList(kiosk, view) {
  const all = mattersOf(view);
  return el("ol.k-matters", { "aria-label": t("kiosk.visit_n", { n: all.length }) }, all.map((matter, i) => el("li.k-matter", {},
    el("span.k-guide__n.num", {}, String(i + 1)),
    el("div.k-matter__text", {}, el("span.k-matter__name", {}, named(matter)), waitLabel(kiosk, matter.line)),
    el("button.btn.btn--lg.k-matter__remove", { "aria-label": t("kiosk.remove_matter", { matter: named(matter) }), on: { click: () => remove(i) } }, icon("trash"), el("span", {}, t("kiosk.remove"))))));

  function remove(i) {
    const [matter, ...more] = all.filter((_, j) => j !== i);
    kiosk.turn("sheet", { ...view, matter, more, stop: null });
  }
}

/** The button for one more, while there is room on the number. */
export function addButton(kiosk, view) {
  const most = kiosk.hall.several_matters ?? 1;
  if (!view.matter || mattersOf(view).length >= most) return null;
  return el("button.btn.btn--lg.k-add", { id: "add", on: { click: () => kiosk.go("more", { visit: view }) } }, icon("plus"), el("span", {}, t("kiosk.add_matter")));
}

/** The line over the lists while one more is chosen. */
export function addingNote(kiosk) {
  return kiosk.adding && el("p.notice.k-adding", {}, icon("plus"), el("span", {}, t("kiosk.adding", { matters: mattersOf(kiosk.adding).map((one) => named(one)).join(t("common.comma")) })));
}
