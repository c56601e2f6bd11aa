/** One's own applications and cases: go on, see how far it is, pay, print, fetch from the locker, rate, take back. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { choices, nothing } from "/static/visitor/steps.js";
import { leavingView } from "./self-home.js";
import { printSlip } from "./self-slip.js";

const ENDED = new Set(["withdrawn", "terminated", "not_accepted", "closed"]);
const LEVELS = [1, 2, 3, 4, 5];
/* what somebody came for → which of their cases may serve it */
const FITS = {
  open: (one) => one.stage !== "sent" || one.state === "correction",
  sent: (one) => one.stage === "sent",
  pay: (one) => one.stage === "sent" && !ENDED.has(one.state),
  papers: (one) => one.stage === "sent",
  collect: (one) => one.state === "made",
  rate: (one) => one.state === "delivered" || one.state === "closed",
};

export async function mineView(terminal, at, signal) {
  terminal.loading(t("self.loading"));
  const found = await terminal.trying(() => terminal.get("applications?limit=200"), { again: () => terminal.draw(), signal });
  if (!found) return;
  const items = found.items.filter(FITS[at.of] ?? (() => true));
  const open = (one) => (one.stage !== "sent" || (at.of === "open" && one.state === "correction") ? { name: "apply", id: one.id } : at.of === "pay" ? { name: "pay", id: one.id } : { name: "case", id: one.id, of: at.of });
  terminal.show({
    title: t(`self.mine_${at.of}`), hint: items.length ? t("self.mine_hint") : "",
    body: items.length ? choices(items.map((one) => ({ id: `one-${one.id}`, icon: one.stage === "sent" ? "document" : "edit", name: named(one), note: noteOf(one), act: () => terminal.go(open(one)) }))) : [nothing("document", t("self.mine_none"), t("self.mine_none_hint")), choices([{ id: "file", icon: "plus", name: t("self.way_file"), act: () => terminal.root({ name: "matters" }) }])],
  }, signal);
}

const noteOf = (one) => (one.stage === "sent" ? `${one.number} · ${stateOf(one.state)}` : t("self.not_sent"));
const stateOf = (state) => (has(`progress.state.${state}`) ? t(`progress.state.${state}`) : state);

export async function caseView(terminal, at, signal) {
  terminal.loading(t("self.loading"));
  const application = await terminal.trying(() => terminal.get(`applications/${at.id}`), { again: () => terminal.draw(), signal });
  if (!application) return;
  terminal.take(application);
  const { case: one, edition } = application;
  const seen = one.progress;
  const owed = one.payments.filter((pay) => pay.state === "asked");
  const said = el("div", { role: "status" });
  const ways = [
    application.open_parts && { id: "supply", icon: "edit", name: t("self.supply_now"), act: () => terminal.go({ name: "apply", id: application.id }) },
    owed.length > 0 && { id: "pay", icon: "coin", name: t("self.pay_now"), act: () => terminal.go({ name: "pay", id: application.id }) },
    one.box && { id: "box", icon: "lock", name: t("self.open_box"), note: t("self.open_box_hint", { box: one.box.box }), act: () => collect() },
    { id: "slip", icon: "printer", name: t("self.print_receipt"), act: () => printSlip(terminal, { title: named(edition), number: one.number, code: one.code, path: one.path, check: checkOf(one, "receipt") }) },
    { id: "pages", icon: "document", name: t("self.print_pages"), note: t("self.print_pages_hint"), act: () => terminal.go({ name: "print", id: application.id }) },
    one.has_licence && { id: "licence", icon: "star", name: t("self.licence_code"), note: t("self.licence_code_hint"), act: () => printSlip(terminal, { title: t("self.licence_of", { name: named(edition) }), number: one.number, code: one.code, path: one.path, check: one.checks.licence }) },
    one.can_rate && { id: "rate", icon: "star", name: t("self.way_rate"), act: () => rate() },
    seen.can_withdraw && { id: "withdraw", icon: "close", name: t("self.withdraw"), act: () => withdraw() },
  ].filter(Boolean);
  terminal.show({
    over: named(edition), title: stateOf(one.state), hint: t(has(`progress.expects.${seen.expects}`) ? `progress.expects.${seen.expects}` : "self.number_is", { number: one.number }),
    body: [said, el("div.card.s-receipt", { dataset: { number: one.number } }, el("div", {}, el("p.muted", {}, t("self.number")), el("p.s-receipt__number.num", {}, one.number), seen.due && el("p", {}, t("self.due", { day: seen.due })))),
      seen.lacks.length > 0 && el("ul.s-lacks", {}, seen.lacks.map((lack) => el("li.s-lack", {}, icon("alert"), el("span", {}, el("strong", {}, named(lack)), " ", lack.what)))),
      one.result_needs && el("p.notice", { id: "result-needs" }, icon("lock"), el("span", {}, t("applying.result_needs_card"))),
      choices(ways, { columns: 2 })],
  }, signal);
  if (at.of === "rate" && one.can_rate) rate();
  else if (at.of === "collect" && one.box) collect();

  async function withdraw() {
    if (!await ask({ title: t("self.withdraw"), text: t("self.withdraw_text"), yes: t("self.withdraw_yes"), no: t("common.cancel"), danger: true })) return;
    const now = await terminal.trying(() => api.post(`applications/${application.id}/withdraw`, {}), { signal });
    if (now) terminal.draw();
  }

  function rate() {
    terminal.show({
      over: named(edition), title: t("self.rate_title"), hint: t("self.rate_hint"), back: () => terminal.draw(),
      body: [said, choices(LEVELS.map((level) => ({ id: `level-${level}`, icon: "star", name: t(`pad.level.${level}`), act: () => give(level) })))],
    }, signal);
  }

  async function give(level) {
    try {
      await api.post(`applications/${application.id}/rating`, { level });
      if (!signal.aborted) leavingView(terminal, { title: t("self.rated"), hint: t("self.rated_hint") });
    } catch (error) { if (!signal.aborted) fill(said, el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, errorText(error)))); }
  }

  function collect() {
    const input = el("input.input.num.s-input", { id: "box-code", maxlength: 8, autocomplete: "off", dataset: { keys: "digits" }, "aria-label": t("self.box_code"), on: { keydown: (event) => { if (event.key === "Enter") open(); } } });
    terminal.show({ over: named(edition), title: t("self.box_title", { box: one.box.box }), hint: t("self.box_hint"), back: () => terminal.draw(), next: { text: t("self.open_box"), icon: "lock", act: open }, body: [said, el("div.field.s-field", {}, el("label.field__label", { for: "box-code" }, t("self.box_code")), input)] }, signal);
    input.focus();
    async function open() {
      try {
        const box = await api.post(`applications/${application.id}/collect`, { code: input.value.trim() });
        if (!signal.aborted) leavingView(terminal, { title: t("self.box_open", { box: box.box }), hint: t("self.box_open_hint") });
      } catch (error) { if (!signal.aborted) fill(said, el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, errorText(error)))); }
    }
  }
}

/** Where a document of a case is verified. */
const checkOf = (one, kind) => one.checks[one.progress.papers.find((paper) => paper.kind === kind)?.document] ?? "";
