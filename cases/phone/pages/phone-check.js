/** The check, everything at once; the sending, which may be cut and goes on; the receipt. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { qrCode } from "/pages/hall_queue/kiosk-qr.js";
import { choices } from "/static/visitor/steps.js";
import { keptNote } from "./phone-draft.js";
import { Lacking, NeedsWho, OtherPerson, Stopped, send } from "./phone-send.js";
import { keepDraft } from "./phone-store.js";

const PARTS = { answers: "situation", applicant: "form", agent: "form", form: "form", materials: "photos", delivery: "delivery" };

/** What is missing, or that nothing is. The words and photos go to the hall for it, but nothing is filed yet. */
export async function checkView(phone, place, draft) {
  const progress = sendingPage(phone, place, draft, t("mobile.check_title"));
  try {
    const { left_out } = await send(draft, progress, { only: "check" });
    if (!place.isHere()) return;
    phone.show(place, {
      over: named(draft, "matter_name"), title: t("mobile.check_ok"), hint: t("mobile.check_ok_hint"), back: () => phone.go(`apply/${draft.id}`),
      next: { text: t(draft.mode === "supply" ? "mobile.supply_send" : "mobile.send"), icon: "check", act: () => phone.go(`apply/${draft.id}/send`) },
      body: [keptNote(draft), leftOut(left_out), summary(draft)],
    });
  } catch (error) { failed(phone, place, draft, error, () => phone.draw()); }
}

/** Sends it; a link that comes back goes on by itself. */
export async function sendView(phone, place, draft) {
  const progress = sendingPage(phone, place, draft, t("mobile.sending"));
  try {
    const made = await send(draft, progress);
    if (place.isHere()) { history.replaceState(null, "", "#/mine"); await doneView(phone, place, made); }
  } catch (error) { failed(phone, place, draft, error, () => phone.draw()); }
}

function sendingPage(phone, place, draft, title) {
  const step = el("p.strong.num", { role: "status" }), bar = el("progress", { max: 100, "aria-label": title });
  phone.show(place, { over: named(draft, "matter_name"), title, hint: t("mobile.sending_keep"), home: false, body: el("div.card.m-progress", { style: { padding: "var(--s-5)" } }, step, bar) });
  const SHARES = { begin: 5, words: 10, check: 92, submit: 96 };
  return (name, n = 0, of = 0) => { step.textContent = t(`mobile.sending_step_${name}`, { n, of }); bar.value = name === "pages" ? 10 + (80 * n) / of : SHARES[name]; };
}

function failed(phone, place, draft, error, again) {
  const isCut = error.offline || !navigator.onLine || !error.code;
  if (!isCut) { draft.sending = false; keepDraft(draft); }
  if (!place.isHere()) return;
  const back = () => phone.go(`apply/${draft.id}`);
  if (error instanceof Lacking) { lacking(phone, place, draft, error); return; }
  if (error instanceof NeedsWho || error.status === 401) { phone.go(`apply/${draft.id}/who/expired`, { replace: true }); return; }
  if (error instanceof OtherPerson) { phone.show(place, { title: t("mobile.part_who"), back, body: el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, t("mobile.who_mismatch"))), next: { text: t("mobile.who_other"), act: () => phone.go(`apply/${draft.id}/who/expired`) } }); return; }
  if (error instanceof Stopped) { stopped(phone, place, draft); return; }
  if (!error.code) reportError(error);
  if (isCut) addEventListener("online", again, { once: true, signal: place.signal });
  phone.show(place, {
    over: named(draft, "matter_name"), title: t(isCut ? "mobile.cut" : "mobile.failed"), hint: isCut ? t("mobile.cut_hint") : errorText(error), back,
    next: { text: t(isCut ? "mobile.go_on" : "common.retry"), icon: "refresh", act: again }, body: [keptNote(draft)],
  });
}

function lacking(phone, place, draft, { lacks, left_out }) {
  const to = (part) => PARTS[part.split(".")[0]];
  phone.show(place, {
    over: named(draft, "matter_name"), title: t("mobile.check_lacks", { n: lacks.length }), hint: t("mobile.check_lacks_hint"), back: () => phone.go(`apply/${draft.id}`),
    next: { text: t("mobile.next_part", { part: t(`mobile.part_${to(lacks[0].part) ?? "form"}`) }), act: () => phone.go(`apply/${draft.id}/${to(lacks[0].part) ?? "form"}`) },
    body: [keptNote(draft), leftOut(left_out), el("ul.m-lacks", {}, lacks.map((one) => el("li.m-lack", { dataset: { part: one.part } }, el("span", {}, named(one, "text")), to(one.part) && el("button.btn", { on: { click: () => phone.go(`apply/${draft.id}/${to(one.part)}`) } }, icon("edit"), t("mobile.put_right")))))],
  });
}

/* A matter that was cancelled or suspended while it was filled in: the words stay, and what may be done instead is said. */
async function stopped(phone, place, draft) {
  draft.sending = false;
  await keepDraft(draft);
  const guide = await api.get(`guidance/matters/${encodeURIComponent(draft.matter)}`).catch(() => null);
  phone.show(place, {
    over: named(draft, "matter_name"), title: t("mobile.gone"), hint: t("mobile.gone_hint"), back: () => phone.go("mine"),
    body: [keptNote(draft), guide?.successors.length > 0 && choices(guide.successors.map((one) => ({ name: named(one), act: () => phone.go(`matter/${encodeURIComponent(one.id)}`) }))), el("button.btn.btn--lg.btn--block", { on: { click: () => phone.go(`matter/${encodeURIComponent(draft.matter)}`) } }, icon("info"), t("mobile.to_matter"))],
  });
}

const leftOut = (found) => found?.length > 0 && el("div.notice", { role: "status" }, icon("info"), el("div", {}, el("p", {}, t("mobile.check_left_out")), el("ul", {}, found.map((one) => el("li", {}, named(one, "text"))))));

function summary(draft) {
  const fields = Object.entries(draft.view.edition.form.properties ?? {}).filter(([name]) => draft.form[name] !== undefined && draft.form[name] !== "");
  const rows = [[t("mobile.who_name"), draft.applicant?.name], [t("mobile.phone"), (draft.agent ?? draft.applicant)?.phone], ...fields.map(([name, one]) => [named({ name: one.title, name_en: one["x-title-en"] }), valueOf(draft.form[name])]), [t("mobile.part_delivery"), t(`mobile.delivery_${draft.delivery}`)]];
  return el("dl.card.m-sum", {}, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

const valueOf = (value) => (value === true ? t("common.yes") : value === false ? t("mobile.no") : Array.isArray(value) || typeof value === "object" ? "…" : String(value));

async function doneView(phone, place, made) {
  const qr = qrCode(location.origin + made.path);
  qr?.setAttribute("aria-label", t("mobile.done_qr"));
  phone.show(place, {
    title: t(made.mode === "supply" ? "mobile.supply_done" : "mobile.done_title"), hint: t("mobile.done_hint"), next: { text: t("mobile.to_progress"), icon: "document", act: () => location.assign(made.path) },
    body: [
      el("div.card.m-receipt", { dataset: { number: made.number } }, icon("check"), el("p.muted", {}, t("mobile.done_number")), el("p.m-receipt__number.num", {}, made.number), el("p.muted", {}, t("mobile.done_code")), el("p.m-receipt__code.num", {}, made.code), qr),
      el("button.btn.btn--lg.btn--block", { id: "receipt", on: { click: (event) => download(made, event.currentTarget) } }, icon("document"), t("mobile.receipt")),
      el("button.btn.btn--lg.btn--block", { id: "to-mine", on: { click: () => phone.go("mine") } }, icon("user"), t("mobile.mine_title")),
    ],
  });
}

/* Fetched, not linked: an installed page has no window for files, and a session that ended is told in words. */
async function download(made, button) {
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(made.receipt, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const address = URL.createObjectURL(await response.blob());
    const link = el("a", { href: address, download: `${made.number}.pdf` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch { toast(t("mobile.receipt_later"), "bad"); } finally { button.removeAttribute("aria-busy"); }
}
