/** What is read: notices, policies, the fee list. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { dayOf } from "/static/numbers.js";
import { choices, nothing } from "/static/visitor/steps.js";

const ZOOMS = [1, 1.4, 2];
const PAGE = 50;

export function noticesView(app) {
  app.load({ title: t("enquiry.notices"), class: "en-read" }, (signal) => api.get("notices", { signal }), ({ notices, emergency }) => ({
    body: !notices.length && !emergency ? nothing("bell", t("enquiry.no_notices")) : [
      emergency && el("article.notice.notice--bad", {}, icon("alert"), el("div", {}, el("p.strong", {}, text(emergency)), el("p", {}, (isChinese() ? emergency.do_zh : emergency.do_en) || ""))),
      notices.map((one) => el("article.card.en-notice", { id: `notice-${one.id}` }, el("span.en-notice__sign", {}, icon("bell")), el("div", {}, el("p.en-notice__text", {}, text(one)), el("p.muted", {}, [one.zones?.length ? one.zones.map((zone) => named(zone)).join("、") : t("enquiry.whole_hall"), one.until && t("enquiry.until", { day: dayOf(one.until) })].filter(Boolean).join(" · "))))),
    ],
  }));
}

const text = (one) => (isChinese() ? one.zh : one.en || one.zh);

export function policiesView(app, at) {
  const wanted = at.pages ?? 1;
  const pages = async (signal) => {
    const found = [];
    for (let n = 0; n < wanted; n += 1) found.push(await app.get(`/policies?limit=${PAGE}&offset=${n * PAGE}`, signal));
    return { policies: found.flatMap((one) => one.policies), total: found.at(-1).total };
  };
  app.load({ title: t("enquiry.policies"), hint: t("enquiry.policies_hint"), class: "en-list" }, pages, ({ policies, total }) => ({
    body: policies.length ? choices(policies.map((one) => ({ id: `policy-${one.id}`, icon: "document", name: named(one, "title"), note: [one.source, named(one, "department_name"), dayOf(one.at)].filter(Boolean).join(" · "), act: () => app.go({ name: "policy", id: one.id }) })), { columns: 2, label: t("enquiry.policies") }) : nothing("document", t("enquiry.no_policies")),
    next: total > policies.length && { text: t("common.more_n", { n: total - policies.length }), icon: "plus", act: () => app.turn({ ...at, pages: wanted + 1 }) },
  }));
}

export function policyView(app, at) {
  const zoom = at.zoom ?? 0;
  app.load({ title: t("enquiry.policies"), class: "en-read" }, (signal) => app.get(`/policies/${encodeURIComponent(at.id)}`, signal), ({ about, text: zh, text_en, pages }) => ({
    title: named(about, "title"), over: t("enquiry.policies"), hint: [about.source, named(about, "department_name"), dayOf(about.at)].filter(Boolean).join(" · "),
    body: el("article.en-policy", { style: { "--zoom": ZOOMS[zoom] } },
      paragraphs(isChinese() ? zh : text_en || zh),
      pages.map((page, place) => el("img.en-policy__page", { src: page.src, width: page.width, height: page.height, loading: "lazy", draggable: "false", alt: t("enquiry.page_n", { n: place + 1, of: pages.length, title: named(about, "title") }) }))),
    next: pages.length > 0 && { text: t(zoom < ZOOMS.length - 1 ? "enquiry.larger" : "enquiry.smaller"), icon: zoom < ZOOMS.length - 1 ? "plus" : "minus", act: () => app.turn({ ...at, zoom: (zoom + 1) % ZOOMS.length }) },
  }));
}

const paragraphs = (said) => said.split(/\n+/).filter((line) => line.trim()).map((line) => el("p", {}, line));

export function feesView(app, at) {
  app.load({ title: t("enquiry.fees"), hint: t("enquiry.fees_hint"), class: "en-list" }, (signal) => app.get("/fees", signal), ({ matters, unwritten }) => {
    const charged = matters.filter((one) => one.fees.length);
    const free = matters.filter((one) => !one.fees.length);
    const list = el("div.stack");
    const draw = () => fill(list, (at.free ? free : charged).length ? (at.free ? el("ul.en-free", {}, free.map((one) => el("li", {}, icon("check"), el("span", {}, el("strong", {}, named(one)), el("span.muted", {}, ` ${named(one, "department_name")}`))))) : table(charged)) : nothing("coin", t("enquiry.none")));
    draw();
    return {
      body: [el("div.cluster.en-filter", { role: "group", "aria-label": t("enquiry.fees"), dataset: { scanGroup: "" } }, [[false, "enquiry.charged", charged], [true, "enquiry.free", free]].map(([is, key, which]) => el("button.chip", { "aria-pressed": String(Boolean(at.free) === is), on: { click: () => app.turn({ ...at, free: is }) } }, t(key, { n: which.length })))),
        list, el("p.muted", {}, t("enquiry.fees_foot", { n: unwritten }))],
    };
  });
}

function table(matters) {
  const head = el("tr", {}, ["enquiry.fee_matter", "enquiry.fee_for", "enquiry.fee_basis"].map((key) => el("th", { scope: "col" }, t(key))), el("th.end", { scope: "col" }, t("enquiry.fee_amount")));
  const rows = matters.flatMap((one) => one.fees.map((fee, place) => el("tr", {},
    place === 0 && el("th", { scope: "row", rowspan: one.fees.length }, el("span.strong", {}, named(one)), el("span.muted.en-block", {}, named(one, "department_name"))),
    el("td", {}, fee.name), el("td", {}, fee.basis ? `${fee.basis.name}${fee.basis.article ? ` ${fee.basis.article}` : ""}` : t("enquiry.no_basis")), el("td.end.num", {}, yuan(fee.amount_fen)))));
  return el("div.table-wrap", { tabindex: "0", role: "region", "aria-label": t("enquiry.fees") }, el("table.table.en-fees", {}, el("thead", {}, head), el("tbody", {}, rows)));
}

const yuan = (fen) => `¥ ${(fen / 100).toFixed(fen % 100 ? 2 : 0)}`;
