/** The check with everything that is missing at once, the sending, and the receipt. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { choices } from "/static/visitor/steps.js";
import { qrCode } from "/pages/hall_queue/kiosk-qr.js";
import { STEPS, closed } from "./self-apply.js";
import { pageOf } from "./self-form.js";
import { leavingView } from "./self-home.js";
import { printSlip } from "./self-slip.js";

const WAYS = { answers: "situation", applicant: "form", agent: "form", form: "form", materials: "material", delivery: "delivery" };

export async function checkView(terminal, at, signal) {
  const { id } = terminal.application;
  terminal.loading(t("self.checking"), named(terminal.application.edition));
  const found = await terminal.trying(async () => { const checked = await terminal.get(`applications/${id}/check`, signal); terminal.take(await terminal.get(`applications/${id}`, signal)); return checked; }, { again: () => terminal.draw(), signal });
  if (!found) return;
  const { application } = terminal;
  if (application.closed) { closed(terminal, application, signal); return; }
  if (found.missing.length) { lacking(terminal, found, signal); return; }
  terminal.show({
    over: named(application.edition), title: t("self.check_ok"), hint: t("self.check_ok_hint"), step: 5, of: STEPS,
    next: { text: t(application.open_parts ? "self.supply" : "self.send"), icon: "check", act: () => terminal.turn({ name: "send" }) },
    body: [leftOut(found.left_out), summary(application)],
  }, signal);
}

function lacking(terminal, { missing, left_out }, signal) {
  const { application } = terminal;
  const go = (one) => {
    const [part, id] = one.part.split(".");
    const way = WAYS[part];
    const back = { name: "check" };
    if (way === "form") terminal.turn({ name: "form", page: pageOf(application, one.part), lacks: missing, back });
    else if (way === "material") terminal.go({ name: "material", id });
    else terminal.turn({ name: way ?? "situation" });
  };
  terminal.show({
    over: named(application.edition), title: t("self.lacks_n", { n: missing.length }), hint: t("self.lacks_hint"), step: 5, of: STEPS,
    next: { text: t("self.put_right"), icon: "edit", act: () => go(missing[0]) },
    body: [leftOut(left_out), choices(missing.map((one) => ({ id: `lack-${one.part.replaceAll(".", "-")}`, icon: "alert", name: named(one, "text"), act: () => go(one) })))],
  }, signal);
}

const leftOut = (found) => found?.length > 0 && el("div.notice", { role: "status" }, icon("info"), el("div", {}, el("p", {}, t("self.changed_hint")), el("ul", {}, found.map((one) => el("li", {}, named(one, "text"))))));

function summary({ edition, applicant, agent, form, delivery, pages }) {
  const rows = [[t("self.name"), applicant.name], [t("self.phone"), (agent ?? applicant).phone], ...Object.entries(edition.form.properties ?? {}).filter(([name]) => form[name] !== undefined && form[name] !== "").map(([name, one]) => [named({ name: one.title, name_en: one["x-title-en"] }), valueOf(one, form[name])]), [t("self.pages"), t("self.pages_n", { n: pages.length })], [t("self.delivery_short"), t(`self.delivery_${delivery}`)]];
  return el("dl.card.s-facts", {}, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

const valueOf = (one, value) => (typeof value === "boolean" ? t(value ? "common.yes" : "self.no") : Array.isArray(value) ? String(value.length) : typeof value === "object" ? "…" : one.enum ? one["x-names"]?.[one.enum.indexOf(value)] ?? String(value) : String(value));

/** Sends it; the hall makes one case of it, however often it is asked. */
export async function sendView(terminal, at, signal) {
  const { application } = terminal;
  terminal.show({ over: named(application.edition), title: t("self.sending"), hint: t("self.sending_hint"), home: false, back: null, body: [] }, signal);
  const made = await terminal.trying(() => api.post(`applications/${application.id}/${application.open_parts ? "supply" : "submit"}`, {}), { again: () => terminal.draw(), signal });
  if (!made) return;
  terminal.root({ name: "done", made, isSupply: Boolean(application.open_parts) });
}

/** Number and code in large letters, on paper, and what comes next. */
export async function doneView(terminal, { made, isSupply }, signal) {
  const { application } = terminal;
  const fresh = await terminal.get(`applications/${application.id}`, signal).catch(() => null);
  if (signal.aborted) return;
  if (fresh) terminal.take(fresh);
  const owed = fresh?.case?.payments?.filter((one) => one.state === "asked") ?? [];
  const qr = qrCode(location.origin + made.path);
  qr?.setAttribute("aria-label", t("self.qr"));
  const print = () => printSlip(terminal, { title: named(application.edition), number: made.number, code: made.code, path: made.path, check: fresh?.case?.checks?.[fresh.case.progress.papers.find((one) => one.kind === "receipt")?.document] });
  leavingView(terminal, {
    title: t(isSupply ? "self.supplied" : "self.sent"), hint: t("self.sent_hint"),
    body: [
      el("div.card.s-receipt", { dataset: { number: made.number } }, el("div", {}, el("p.muted", {}, t("self.number")), el("p.s-receipt__number.num", {}, made.number), el("p.muted", {}, t("self.query_code")), el("p.s-receipt__code.num", {}, made.code)), qr),
      choices([
        { id: "print", icon: "printer", name: t("self.print_receipt"), act: print },
        ...(owed.length ? [{ id: "pay-now", icon: "coin", name: t("self.pay_now"), act: () => terminal.go({ name: "pay", id: application.id }) }] : []),
      ], { columns: 2 }),
    ],
  });
}
