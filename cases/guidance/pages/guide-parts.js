/** Parts of the sheets: what to bring, where and how long, what it rests on. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { waitRange } from "/static/numbers.js";
import { windowNumbers } from "/pages/hall_queue/windows.js";

const ZH = { lang: "zh-CN" }; // the catalogue is published in Chinese; a screen reader must know it
const FEN = 100;

export const notice = (kind, text, hint) => el(`div.notice${kind === "warn" ? ".notice--warn" : ""}.g-notice`, { role: "status" }, icon(kind === "warn" ? "alert" : "info"), el("div", {}, el("strong", {}, text), hint && el("p", {}, hint)));

/** What to bring; what the hall has written where the catalogue says nothing; and plainly where nobody has said anything. */
export function materialList(guide, at, told, needs) {
  const head = el("h2.g-sub", {}, icon("document"), t("guide.bring"), needs && el("span.g-count.num", {}, t("guide.n_things", { n: needs.materials.length })));
  if (needs) return el("section.g-part", {}, head, needs.materials.length ? el("ol.g-things", {}, needs.materials.map((one, i) => thing(guide, at, told, one, i))) : notice("info", t("guide.bring_nothing")), needs.conditions?.length > 0 && conditions(needs.conditions));
  const own = told.guidance?.materials ?? [];
  if (own.length) return el("section.g-part", {}, head, el("ol.g-things", {}, own.map((one, i) => el("li.g-thing", {}, number(i), el("strong.g-thing__name", ZH, one)))), hallNote(told));
  return hallNote(told); // that nobody has written it stands above
}

export function partList(parts) {
  return el("section.g-part", {}, el("h2.g-sub", {}, icon("list"), t("guide.parts")), el("ul.g-parts", {}, parts.map((one) => el("li", {}, icon("check"), named(one), one.is_apart && el("span.badge", {}, t("guide.apart"))))));
}

const number = (i) => el("span.g-thing__n.num", { "aria-hidden": "true" }, i + 1);
const hallNote = (told) => told.guidance?.note && el("p.notice", ZH, icon("info"), el("span", {}, told.guidance.note));

function thing(guide, at, told, one, i) {
  const count = [one.originals > 0 && t("guide.originals", { n: one.originals }), one.copies > 0 && t("guide.copies", { n: one.copies })].filter(Boolean).join(t("guide.and"));
  const byData = one.supplies.includes("licence") || one.supplies.includes("shared");
  const foreign = !isChinese() && !one.name_en ? ZH : {};
  return el("li.g-thing", {}, number(i), el("div.g-thing__text", {},
    el("strong.g-thing__name", foreign, named(one)),
    el("p.g-thing__facts.num", {}, [count, one.issuer && t("guide.from", { issuer: one.issuer })].filter(Boolean).map((text) => el("span", {}, text))),
    (one.later || byData) && el("p.g-thing__marks", {}, one.later && el("span.badge.badge--ok", {}, t("guide.later")), byData && el("span.badge.badge--accent", {}, t("guide.by_data"))),
    one.note && el("p.g-thing__note", ZH, one.note),
    one.law && el("p.g-thing__law", ZH, t("guide.law", { law: lawText(one.law) })),
    one.is_form && told.edition?.has_form && el("button.btn.g-thing__sample", { id: `sample-${one.id}`, on: { click: () => guide.go({ name: "sample", id: at.id, title: named(told.matter) }) } }, icon("eye"), t("guide.see_sample"))));
}

const conditions = (list) => el("details.g-more", {}, el("summary", {}, t("guide.conditions")), el("ul", ZH, list.map((one) => el("li", {}, one))));

/** Where, how long, how much, and the law behind it. */
export function factList(told, needs) {
  const { edition, line, zone, windows, wait_s, ways } = told;
  const promise = needs?.promise_workdays ?? edition?.promise_workdays ?? told.guidance?.limit_workdays ?? null;
  const rows = [
    ["map-pin", t("guide.where"), [zone && named(zone), windows.length > 0 && windowNumbers(windows)].filter(Boolean).join(" · ") || t("guide.ask_desk")],
    ["clock", t("guide.wait_now"), line && (line.open ? (line.waiting ? `${t("guide.waiting_n", { n: line.waiting })} · ${line.windows_open ? waitRange(wait_s) : t("guide.no_window")}` : line.windows_open ? t("guide.no_wait") : t("guide.no_window")) : t("guide.line_closed"))],
    ["globe", t("guide.by"), edition && ways ? ["online", "phone", "terminal"].filter((one) => ways[one]).map((one) => t(`guide.by.${one}`)).join(t("guide.listing")) || t("guide.by.window_only") : ""],
    ["calendar", t("guide.promise"), promise === null ? (edition ? "" : t("guide.unknown")) : days(promise)],
    ["shield", t("guide.statute"), edition ? days(edition.statute_workdays) : ""],
    ["coin", t("guide.fee"), fees(edition, told.guidance)],
    ["document", t("guide.result"), edition?.results.map((one) => named(one)).join(t("guide.listing"))],
    ["phone", t("guide.phones"), edition ? edition.phones.join(t("guide.listing")) : t("guide.unknown")],
  ];
  return el("section.g-part", {}, el("h2.g-sub", {}, icon("info"), t("guide.facts")),
    el("dl.g-facts", {}, rows.filter(([, , value]) => value).map(([sign, label, value]) => el("div.g-fact", {}, el("dt", {}, icon(sign), el("span", {}, label)), el("dd.num", {}, value)))),
    edition?.laws.length > 0 && el("div.g-laws", {}, el("h3", {}, t("guide.laws")), el("ul", ZH, edition.laws.map((one) => el("li", {}, lawText(one))))));
}

const days = (n) => (n ? t("guide.workdays", { n }) : t("guide.at_once"));

/* Each fee on its own line, what it rests on in small print. */
function fees(edition, guidance) {
  if (!edition) return guidance?.fee || t("guide.unknown");
  if (!edition.fees.length) return t("guide.no_fee");
  return edition.fees.map((one) => el("span.g-fee", {}, el("span", {}, `${one.name} ${one.amount_fen ? t("guide.yuan", { n: (one.amount_fen / FEN).toFixed(2).replace(/\.00$/, "") }) : t("guide.free")}`), one.basis && el("small", ZH, lawText(one.basis))));
}

export const lawText = ({ name, article }) => `${name.startsWith("《") ? name : `《${name}》`}${article}`;
