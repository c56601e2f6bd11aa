/** The side of the page: the exact list of materials as it stands now, the days it leads to, fees, and cases of this visit. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { findingOf } from "./accept-materials.js";
import { partsAhead } from "/pages/cases_packages/accept-package.js";
import { clockRows, inWords, yuan } from "./accept-words.js";

const SIGNS = { sound: "check", wrong: "alert", missing: "close", open: "document" };

export function drawAside(place, store) {
  const { edition, needs, content, desk } = store;
  if (!edition) { fill(place, el("div.side__none.muted", {}, icon("list"), el("p", {}, t("accept.aside.none")))); return; }
  fill(place,
    el("section.side", {}, el("h2.side__title", {}, inWords(edition)), el("p.muted.small", {}, [inWords(edition, "department_name"), t(`accept.case_type.${edition.case_type}`)].join(" · "))),
    edition.isPackage && el("section.side", {}, el("h3.side__sub", {}, t("accept.package.parts_title"), el("span.num.muted", {}, (edition.needed?.length ? edition.needed : edition.parts).length)), partsAhead(edition)),
    el("section.side", {}, el("h3.side__sub", {}, t("accept.aside.materials"), el("span.num.muted", {}, needs.materials.length)),
      el("ol.sidelist", { id: "material-list" }, needs.materials.map((one) => { const finding = findingOf(content.materials[one.id]), pages = content.materials[one.id]?.pages.length ?? 0; return el(`li.sidelist__one.sidelist__one--${finding}`, { title: t(`accept.found.${finding}`) }, icon(SIGNS[finding], { label: t(`accept.found.${finding}`) }), el("span.grow", {}, inWords(one), needs.later.includes(one.id) && el("span.muted.small", {}, ` ${t("accept.later")}`)), pages > 0 && el("span.num.muted.small", {}, t("accept.pages", { n: pages }))); }))),
    el("section.side", {}, el("h3.side__sub", {}, t("accept.clocks")), clockRows(needs.clocks)),
    edition.fees.length > 0 && el("section.side", {}, el("h3.side__sub", {}, t("accept.fees")), el("ul.sidelist", {}, edition.fees.map((one) => el("li.sidelist__one", {}, icon("coin"), el("span.grow", {}, one.name), el("span.num", {}, yuan(one.amount_fen)))))),
    needs.conditions.length > 0 && el("section.side", {}, el("h3.side__sub", {}, t("accept.conditions")), el("ul.conditions", {}, needs.conditions.map((one) => el("li", {}, one)))),
    desk.here.length > 0 && el("section.side", {}, el("h3.side__sub", {}, t("accept.aside.here")), el("ul.sidelist", {}, desk.here.map((one) => el("li.sidelist__one", {}, icon("check"), el("span.grow", {}, inWords(one), el("span.muted.small.num.side__number", {}, one.number)))))));
}
