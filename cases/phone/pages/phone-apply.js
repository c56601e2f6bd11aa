/** Filing on the phone: one sheet with the parts of the application, in any order, kept here until it is sent. */

import { el } from "/static/dom.js";
import { toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { choices, nothing } from "/static/visitor/steps.js";
import { nameOfPart } from "./phone-case.js";
import { checkView, sendView } from "./phone-check.js";
import { beginning, correcting, keeper, keptNote, needsOf, partsOf } from "./phone-draft.js";
import { formView } from "./phone-form.js";
import { photosView } from "./phone-photos.js";
import { canKeep, draft as draftOf, keepDraft } from "./phone-store.js";
import { whoView } from "./phone-who.js";

const PARTS = { situation: situationView, who: whoView, form: formView, photos: photosView, delivery: deliveryView, check: checkView, send: sendView };
const SIGNS = { situation: "help", who: "user", form: "edit", photos: "document", delivery: "transfer" };
const DELIVERIES = ["window", "courier", "electronic"];

/** From a matter's page, with the answers that were given there. */
export async function beginDraft(phone, guide, answers = {}) {
  if (!await canKeep()) { toast(t("mobile.cannot_keep"), "bad"); return; }
  const { draft, isNew } = await beginning({ ...guide.matter, serves: guide.edition?.serves }, answers);
  if (!isNew) toast(t("mobile.another_draft"));
  phone.go(`apply/${draft.id}`);
}

/** `#/apply/DRAFT/PART`; `#/apply/APPLICATION` of something that was sent leads to its corrections. */
export async function applyView(phone, place, id, part = "", ...rest) {
  let draft = await draftOf(id);
  if (!draft) {
    phone.loading(place, t("mobile.supply_title"));
    draft = /^[0-9a-f]{32}$/.test(id) ? null : await corrections(phone, place, id);
    if (!draft) { if (place.isHere()) phone.show(place, { title: t("mobile.draft_gone"), body: [nothing("document", "", t("mobile.draft_gone_hint")), el("a.btn.btn--lg.btn--block", { href: "#/mine" }, t("mobile.mine_title"))] }); return; }
    phone.go(`apply/${draft.id}`, { replace: true });
    return;
  }
  await (PARTS[part] ?? hubView)(phone, place, draft, ...rest);
}

async function corrections(phone, place, id) {
  try { return await correcting(id); } catch (error) {
    if (error.status !== 401) throw error;
    await whoView(phone, place, { id: "", owner: "", key: "", matter_name: "" }, "", () => phone.draw());
    return new Promise(() => { /* the view goes on once somebody has said who they are */ });
  }
}

async function hubView(phone, place, draft) {
  const parts = await partsOf(draft);
  const next = parts.find((one) => one.state === "todo" || one.state === "part");
  const go = (name) => phone.go(`apply/${draft.id}/${name}`);
  phone.show(place, {
    over: t(draft.mode === "supply" ? "mobile.supply_title" : "mobile.apply_title"), title: named(draft, "matter_name"), back: () => phone.go("mine"),
    next: next ? { text: t("mobile.next_part", { part: t(`mobile.part_${next.name}`) }), act: () => go(next.name) } : { text: t("mobile.check_send"), icon: "check", act: () => go("check") },
    body: [
      keptNote(draft),
      draft.sending && el("div.notice.notice--warn", { role: "status" }, icon("wifi-off"), el("div", {}, el("strong", {}, t("mobile.cut")), el("p", {}, t("mobile.cut_hint")), el("button.btn.btn--primary.btn--block", { id: "go-on", on: { click: () => go("send") } }, t("mobile.go_on")))),
      draft.mode === "supply" && gapsOf(draft),
      choices(parts.map((one) => ({ id: `part-${one.name}`, icon: SIGNS[one.name], name: t(`mobile.part_${one.name}`), note: noteOf(draft, one), act: () => go(one.name) }))),
    ],
  });
  if (!draft.needs && navigator.onLine) needsOf(draft).then(() => keepDraft(draft)).then(() => { if (place.isHere()) phone.draw(); }).catch(() => { /* asked again when its part is opened */ });
}

function noteOf(draft, { name, state, n }) {
  if (name === "who" && draft.owner) return t("mobile.who_known", { masked: draft.owner });
  if (name === "delivery") return t(`mobile.delivery_${draft.delivery}`);
  return state === "part" ? t("mobile.is_part", { n }) : t(`mobile.is_${state}`);
}

const gapsOf = (draft) => el("ul.m-lacks", {}, (draft.gaps ?? []).map((one) => el("li.m-lack", {}, el("strong", {}, nameOfPart(draft.view?.edition, one.part)), one.what && el("span", {}, one.what))));

/* The questions of the matter, as far as they are not answered; the last answer leads back to the sheet. */
async function situationView(phone, place, draft, again = "") {
  phone.loading(place, t("mobile.part_situation"));
  if (again) { draft.answers = {}; draft.needs = null; await keepDraft(draft); phone.go(`apply/${draft.id}/situation`, { replace: true }); return; }
  const needs = await needsOf(draft);
  const question = needs.ask.find((one) => one.id === needs.next);
  await keepDraft(draft);
  const to = (path) => phone.go(`apply/${draft.id}${path}`);
  if (question) {
    const step = needs.ask.indexOf(question) + 1;
    const answer = async (option) => { draft.answers = { ...draft.answers, [question.id]: [option.id] }; await keepDraft(draft); phone.draw(); };
    phone.show(place, { over: t("mobile.part_situation"), title: named(question, "text"), step, of: needs.ask.length, back: () => to(""), body: choices(question.options.map((one) => ({ id: `option-${one.id}`, name: named(one), act: () => answer(one) }))) });
    return;
  }
  const rows = needs.ask.map((one) => el("div", {}, el("dt", {}, named(one, "text")), el("dd", {}, one.options.filter((option) => one.chosen.includes(option.id)).map((option) => named(option)).join("、"))));
  phone.show(place, {
    over: named(draft, "matter_name"), title: t(needs.stop ? "mobile.not_accepted" : "mobile.part_situation"), hint: named(needs, "stop"), back: () => to(""), next: needs.stop ? null : { text: t("kit.next"), act: () => to("") },
    body: [rows.length ? el("dl.card.m-sum", {}, rows) : el("p.muted", {}, t("mobile.is_done")), rows.length > 0 && el("button.btn.btn--lg.btn--block", { id: "answer-again", on: { click: () => to("/situation/again") } }, icon("refresh"), t("kit.start_over"))],
  });
}

async function deliveryView(phone, place, draft) {
  const pick = async (name) => { draft.delivery = name; await keeper(draft).now(); phone.go(`apply/${draft.id}`); };
  phone.show(place, { over: named(draft, "matter_name"), title: t("mobile.part_delivery"), back: () => phone.go(`apply/${draft.id}`), body: choices(DELIVERIES.map((name) => ({ id: `delivery-${name}`, name: t(`mobile.delivery_${name}`), isOn: draft.delivery === name, act: () => pick(name) }))) });
}
