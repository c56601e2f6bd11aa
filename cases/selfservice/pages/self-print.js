/** Certificates and documents of one's case on A4, from the printer beside this machine: what it lacks is said, nothing counts before it is out. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { choices } from "/static/visitor/steps.js";
import { leavingView } from "./self-home.js";

const LOOK_MS = 700;
const BAD = new Set(["out", "jam", "away"]);
const BY_REASON = { paper_out: "out", jam: "jam" };

/** What can be printed; where nothing can, why not and what to do instead. */
export async function printView(terminal, at, signal) {
  terminal.loading(t("self.loading"));
  const found = await terminal.trying(async () => ({ application: await terminal.get(`applications/${at.id}`, signal), prints: await terminal.get(`applications/${at.id}/prints`, signal) }), { again: () => terminal.draw(), signal });
  if (!found) return;
  const { application, prints } = found;
  terminal.take(application);
  const title = t(prints.printer ? "self.print_which" : "self.print_none");
  terminal.show({
    over: named(application.edition), title, hint: t(prints.printer ? "self.print_which_hint" : "self.print_none_hint", { n: prints.most }),
    body: [
      BAD.has(prints.printer) && el("p.notice.notice--warn", { role: "status", dataset: { printer: prints.printer } }, icon("alert"), el("span", {}, t(`self.printer_${prints.printer}`))),
      prints.needs && el("p.notice", { id: "print-needs" }, icon("lock"), el("span", {}, t("self.print_needs_card"))),
      prints.printer && choices(prints.documents.map((one) => documentChoice(terminal, at, one))),
    ],
  }, signal);
}

function documentChoice(terminal, at, one) {
  const note = one.left ? t(one.hands_out ? "self.print_hands_out" : "self.print_left", { n: one.left }) : t("self.print_left_none");
  return { id: `print-${one.kind}`, icon: one.kind === "licence" ? "star" : "document", name: nameOf(one), note, disabled: !one.left, act: () => terminal.turn({ name: "printing", id: at.id, document: one.document, kind: one.kind }) };
}

const nameOf = ({ kind }) => (kind === "licence" ? t("self.print_licence") : has(`progress.paper.${kind}`) ? t(`progress.paper.${kind}`) : kind);

/** Sends one to the printer and follows it until it is out, or has failed. */
export async function printingView(terminal, at, signal) {
  const over = named(terminal.application.edition);
  const back = () => terminal.turn({ name: "print", id: at.id });
  terminal.show({ over, title: t("self.print_now"), hint: t("self.print_now_hint"), home: false, back: null, body: [el("p.notice", { role: "status" }, icon("printer"), el("span", {}, nameOf(at)))] }, signal);
  let print = await terminal.trying(() => api.post(`applications/${at.id}/prints`, { document: at.document }), { again: () => terminal.draw(), signal });
  while (print && (print.state === "sent" || print.state === "printing")) {
    await new Promise((done) => { setTimeout(done, LOOK_MS); });
    if (signal.aborted) return;
    print = await followed(terminal, at.id, print, signal);
  }
  if (!print || signal.aborted) return;
  if (print.state === "printed") { printed(terminal, at, print); return; }
  failed(terminal, at, { print, over, back }, signal);
}

/* A link that breaks changes nothing at the printer: asked again until the hall answers. */
async function followed(terminal, id, print, signal) {
  try { return await terminal.get(`applications/${id}/prints/${print.id}`, signal); } catch (error) {
    if (signal.aborted || error.offline) return print;
    terminal.failed(error, { signal });
    return null;
  }
}

function printed(terminal, at, print) {
  leavingView(terminal, {
    title: t("self.print_done"), hint: t(print.is_handed_out && at.kind === "licence" ? "self.print_done_collected" : "self.print_done_hint"),
    body: [choices([{ id: "print-more", icon: "printer", name: t("self.print_more"), act: () => terminal.turn({ name: "print", id: at.id }) }])],
  });
}

function failed(terminal, at, { print, over, back }, signal) {
  const why = BY_REASON[print.reason] ?? "away";
  terminal.show({
    over, title: t("self.print_failed"), hint: t(`self.printer_${why}`), back, class: "s-print-failed",
    next: print.left > 0 ? { text: t("common.retry"), icon: "refresh", act: () => terminal.draw() } : { text: t("self.to_start"), icon: "home", act: () => terminal.root({ name: "home" }) },
    body: [
      el("p.notice.notice--warn", { role: "alert", dataset: { reason: print.reason } }, icon("alert"), el("span", {}, t(print.is_begun ? "self.print_failed_begun" : "self.print_failed_nothing"))),
      el("p.notice", {}, icon("info"), el("span", {}, t("self.print_failed_todo"))),
    ],
  }, signal);
}
