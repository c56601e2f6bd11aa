/** A case that was filed from this phone: how far it is, and what its applicant can do now: put right, pay, fetch, rate. */

import { api, newKey } from "/static/api.js";
import { el } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { cases } from "./phone-mine.js";
import { whoView } from "./phone-who.js";

const FEN = 100;
const LEVELS = [1, 2, 3, 4, 5];
const FIRST_BAD = 4;
const BEFORE_DECISION = new Set(["received", "correction", "accepted", "examined", "suspended"]);

/** `#/case/NUMBER`: of the cases that this phone has filed. */
export async function caseView(phone, place, number, who = "") {
  const kept = cases().find((one) => one.number === number);
  if (!kept?.application) { location.replace(kept ? progressOf(kept) : "/progress"); return; }
  const nobody = { id: "", owner: "", matter_name: kept.matter_name, matter_name_en: kept.matter_name_en };
  if (who) { await whoView(phone, place, nobody, "", () => phone.go(`case/${encodeURIComponent(number)}`, { replace: true })); return; }
  phone.loading(place, named(kept, "matter_name"));
  let view = null;
  try {
    await api.get("applicant/session"); // brings the token that writes need
    view = await api.get(`applications/${encodeURIComponent(kept.application)}`);
  } catch (error) { if (error.status !== 401 && error.status !== 404) throw error; }
  if (!view) { unknown(phone, place, kept); return; }
  const { payments } = await api.get(`applications/${view.id}/pay`).catch(() => ({ payments: [] }));
  draw(phone, place, kept, view, payments);
}

const progressOf = ({ number, code }) => `/c/${encodeURIComponent(number)}#code=${encodeURIComponent(code)}`;

/* Nobody is signed in: the progress needs number and code alone, the rest needs the applicant. */
function unknown(phone, place, kept) {
  phone.show(place, {
    over: el("span.num", {}, kept.number), title: named(kept, "matter_name"), back: () => phone.back(), next: { text: t("mobile.to_progress"), icon: "document", act: () => location.assign(progressOf(kept)) },
    body: [el("p.notice", {}, icon("info"), el("span", {}, t("mobile.case_who"))), el("button.btn.btn--lg.btn--block", { id: "who", on: { click: () => phone.go(`case/${encodeURIComponent(kept.number)}/who`) } }, icon("user"), t("mobile.part_who"))],
  });
}

function draw(phone, place, kept, view, payments) {
  const one = view.case, state = `progress.state.${one.state}`;
  const again = () => phone.draw();
  const isPut = one.state === "correction" && view.open_parts;
  phone.show(place, {
    over: el("span.num", {}, one.number), title: named(kept, "matter_name"), back: () => phone.back(),
    next: isPut ? { text: t("mobile.supply_title"), icon: "edit", act: () => phone.go(`apply/${view.id}`) } : { text: t("mobile.to_progress"), icon: "document", act: () => location.assign(progressOf(kept)) },
    body: [
      el("p.m-state", { dataset: { state: one.state } }, icon(isPut ? "alert" : "info"), el("strong", {}, has(state) ? t(state) : one.state)),
      isPut && el("ul.m-lacks", {}, one.gaps.map((gap) => el("li.m-lack", {}, el("strong", {}, nameOfPart(view.edition, gap.part)), gap.what && el("span", {}, gap.what)))),
      payments.map((pay) => payment(pay)),
      payments.length === 0 && view.edition.fees.some((fee) => fee.amount_fen) && el("button.btn.btn--lg.btn--block", { id: "pay", on: { click: () => payNow(view, again) } }, icon("coin"), t("mobile.pay")),
      one.box && el("div.card.m-receipt", {}, icon("lock"), el("p", {}, t("mobile.box", { box: one.box.box })), el("p.m-receipt__code.num", {}, one.box.code)),
      one.has_licence && el("a.btn.btn--primary.btn--lg.btn--block", { id: "licence", href: `/api/v1/applications/${view.id}/licence.pdf`, download: "" }, icon("document"), t("mobile.licence")),
      one.result_needs && el("p.notice", { id: "result-needs" }, icon("lock"), el("span", {}, t("applying.result_needs_card"))),
      el("a.btn.btn--lg.btn--block", { id: "receipt", href: `/api/v1/applications/${view.id}/receipt.pdf`, download: `${one.number}.pdf` }, icon("document"), t("mobile.receipt")),
      one.can_rate ? rating(view, again) : one.rated && el("p.notice.notice--ok", {}, icon("star"), el("span", {}, t("phone.rated_text", { level: t(`phone.level.${one.rated}`) }))),
      BEFORE_DECISION.has(one.state) && el("button.btn.btn--quiet.btn--block", { id: "withdraw", on: { click: () => withdraw(view, again) } }, t("mobile.withdraw")),
    ],
  });
}

/** What a gap is called: a material, or a field of the form. */
export function nameOfPart(edition, part) {
  const material = edition?.materials.find((one) => one.id === part);
  if (material) return named(material);
  const field = edition?.form.properties?.[part.replace(/^form\./, "")];
  return field ? named({ name: field.title, name_en: field["x-title-en"] }) : part;
}

function payment({ state, names, amount_fen, pay_url }) {
  const sum = t("mobile.yuan", { n: (amount_fen / FEN).toFixed(2) });
  return el("div.card.m-pay", { dataset: { state } }, el("p", {}, names.join("、")), el("p.m-pay__sum.num", {}, sum),
    state === "paid" ? el("p.badge.badge--ok", {}, t("mobile.paid")) : pay_url ? el("a.btn.btn--primary.btn--lg.btn--block", { href: pay_url, rel: "noopener" }, icon("coin"), t("mobile.pay")) : el("p.muted", {}, t("mobile.pay_counter")));
}

async function payNow(view, again) {
  try { await api.post(`applications/${view.id}/pay`, {}); again(); } catch (error) { toast(errorText(error), error.code === "applying.nothing_due" ? "" : "bad"); }
}

/* Five levels; a bad one may be given a reason in words, which nobody has to. */
function rating(view, again) {
  const key = newKey();
  const text = el("textarea.textarea", { id: "rating-text", maxlength: 500, "aria-label": t("mobile.rate_why"), placeholder: t("mobile.rate_why") });
  const why = el("div.stack", { hidden: true }, text, el("button.btn.btn--primary.btn--lg.btn--block", { id: "rate-send", on: { click: () => send(chosen) } }, t("mobile.rate_send")));
  let chosen = 0;
  const send = async (level) => {
    try { await api.post(`applications/${view.id}/rating`, { level, ...(text.value.trim() && { text: text.value.trim() }) }, { key }); toast(t("mobile.rate_thanks"), "ok"); again(); } catch (error) { toast(errorText(error), "bad"); }
  };
  const pick = (level) => { chosen = level; if (level < FIRST_BAD) { send(level); return; } why.hidden = false; text.focus(); };
  return el("section.card.m-rate", { "aria-labelledby": "rate-title" }, el("h2.m-over", { id: "rate-title" }, t("mobile.rate")), LEVELS.map((level) => el("button.btn.btn--lg.btn--block.m-rate__level", { id: `level-${level}`, on: { click: () => pick(level) } }, icon(`face-${level}`), t(`phone.level.${level}`))), why);
}

async function withdraw(view, again) {
  if (!await ask({ title: t("mobile.withdraw"), text: t("mobile.withdraw_sure"), yes: t("mobile.withdraw"), danger: true })) return;
  try { await api.post(`applications/${view.id}/withdraw`, {}); again(); } catch (error) { toast(errorText(error), "bad"); }
}
