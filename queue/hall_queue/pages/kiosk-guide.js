/** What a matter needs: materials, fee, time limit, as its guide (办事指南) says. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";

const ZH = { lang: "zh-CN" }; // guides are published in Chinese only; a screen reader must know it

/** @param {object} matter  @param {{isNamed?: boolean}} options  isNamed: one of several, so it says whose guide it is */
export function guidance(matter, { isNamed = false } = {}) {
  const guide = matter.guidance;
  const head = el("h2", {}, icon("document"), el("span", {}, isNamed ? named(matter) : t("kiosk.materials")));
  if (!guide) return el("div", { class: isNamed ? "k-guide" : "" }, isNamed && head, el("p.notice", {}, icon("info"), el("span", {}, t("kiosk.no_guidance"))));
  return el("div.k-guide", {}, head,
    !isChinese() && el("p.muted", {}, t("kiosk.guidance_chinese")),
    guide.materials?.length ? el("ol.k-guide__list", ZH, guide.materials.map((one, i) => el("li", {}, el("span.k-guide__n.num", {}, String(i + 1)), el("span", {}, one)))) : el("p", {}, t("kiosk.no_materials")),
    el("div.k-facts", {},
      guide.fee && fact("coin", t("kiosk.fee"), el("span", ZH, guide.fee)),
      guide.limit_workdays !== null && guide.limit_workdays !== undefined && fact("calendar", t("kiosk.limit"), guide.limit_workdays ? t("kiosk.workdays", { n: guide.limit_workdays }) : t("kiosk.at_once"))),
    guide.note && el("p.notice", ZH, icon("info"), el("span", {}, guide.note)));
}

export const fact = (name, label, value) => el("div.k-fact", {}, icon(name), el("div", {}, el("p.k-fact__label", {}, label), el("div.k-fact__value", {}, value)));
