/** Words and small pieces that several parts of the page share. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, lang, t } from "/static/i18n.js";

export const SUPPLIES = ["paper", "scan", "licence", "shared", "form"];
export const ID_KINDS = ["111", "414", "511", "553", "001", "990"];
export const PHRASES = ["missing", "expired", "copy", "unclear", "unsigned", "unsealed", "differs", "wrong_kind"];

export const partyOf = () => ({ kind: "person", name: "", id_kind: "111", id_number: "", phone: "", address: "", represented_by: "" });

/** The name in the page's language, Chinese where there is no other. */
export const inWords = (thing, field = "name") => (isChinese() ? thing[field] : thing[`${field}_en`] || thing[field]) ?? "";

/** A day as people read it. */
export function dayText(iso) {
  if (!iso) return "";
  const day = new Date(`${iso}T12:00:00Z`);
  return new Intl.DateTimeFormat(lang(), { month: "numeric", day: "numeric", weekday: "short", timeZone: "UTC" }).format(day);
}

export const working = (n) => t("accept.workdays", { n });

/** A heading of a part, with what it is about. */
export const heading = (title, hint = "") => el("div.part__head", {}, el("h2.part__title", {}, title), hint && el("p.muted.small", {}, hint));

export const keyed = (label, cap) => [el("span", {}, label), el("kbd.key", {}, cap)];

const LIGHTS = { green: "ok", yellow: "warn", red: "bad", double_red: "bad" };

/** Clocks as a small table: what, how long, until when. */
export function clockRows(clocks) {
  return el("dl.clocks", {}, clocks.map((one) => el(`div.clock${one.ended ? ".clock--ended" : `.clock--${LIGHTS[one.light]}`}`, {},
    el("dt", {}, inWords(one) || t(`accept.clock.${one.kind}`)), el("dd.num", {}, el("strong", {}, one.workdays ? dayText(one.due) : t("accept.on_the_spot")),
      one.workdays > 0 && el("span.muted.small", {}, working(one.workdays)), one.may_move && el("span.clock__move", { title: t("accept.may_move") }, icon("info", { label: t("accept.may_move") }))))));
}

/** Money in yuan of fen. */
export const yuan = (fen) => new Intl.NumberFormat(lang(), { style: "currency", currency: "CNY" }).format(fen / 100);
