/** A joint package (一件事) at the window: its questions, its one form and its one list, as the page of acceptance knows a matter's. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";

/** The package's own questions stand among those of its parts under this prefix. */
const OWN = "package-";
export const CHOICES = ["accept", "gap", "notice"];

const words = (thing, field = "name") => (isChinese() ? thing[field] : thing[`${field}_en`] || thing[field]) ?? "";

/** Kinds whose words fit; none where no city goes on with them. */
export async function kindsFor(q) {
  const { items, can_open } = await api.get(`packages/kinds?q=${encodeURIComponent(q)}`);
  return can_open ? items : [];
}

/** A kind as the page knows an edition of a matter. */
export async function openKind(id) {
  const kind = await api.get(`packages/kinds/${encodeURIComponent(id)}`);
  return { ...kind, isPackage: true, key: `package:${kind.id}`, matter: null, department_name: kind.lead_name, department_name_en: kind.lead_name_en, flow: "package", case_type: "package", form: {}, fees: [],
    questions: ownQuestions(kind) };
}

const ownQuestions = (kind) => kind.asks.map((one) => ({ ...one, id: OWN + one.id }));

/** Answers of the page, taken apart: the package's own, and the merged ones of its parts. */
export function answersOf(kind, answers) {
  const own = new Set(kind.asks.map((one) => OWN + one.id));
  const taken = (holds, name) => Object.fromEntries(Object.entries(answers).filter(([id]) => own.has(id) === holds).map(([id, value]) => [name(id), value]));
  return { answers: taken(true, (id) => id.slice(OWN.length)), part_answers: taken(false, (id) => id) };
}

/** What the answers so far lead to; the kind takes the parts' questions, form and fees on. */
export async function askKind(kind, answers) {
  const open = answersOf(kind, answers);
  let needs = await api.post(`packages/kinds/${encodeURIComponent(kind.id)}/needs`, open);
  const known = new Set(needs.questions.map((one) => one.id));
  if (Object.keys(open.part_answers).some((id) => !known.has(id))) {
    open.part_answers = Object.fromEntries(Object.entries(open.part_answers).filter(([id]) => known.has(id)));
    needs = await api.post(`packages/kinds/${encodeURIComponent(kind.id)}/needs`, open);
  }
  const own = ownQuestions(kind);
  Object.assign(kind, { questions: [...own, ...needs.questions], form: needs.form, fees: needs.fees, needed: needs.parts });
  return { ...needs, asked: [...own, ...needs.questions].map((one) => one.id) };
}

/** What a package that lacked something holds so far, as the page's draft. */
export function contentOf({ intake, kind, content }) {
  const { applicant, agent, fields, given } = content;
  const own = Object.fromEntries(Object.entries(content.answers).map(([id, value]) => [OWN + id, value]));
  const materials = Object.fromEntries(given.map((one) => [one.material, { supply: one.supply, pages: one.copies.map((copy) => copy.sha256), is_sound: one.is_sound ? true : null, gap: "", reused: one.reused }]));
  return { kind, intake, applicant, agent, fields, materials, answers: { ...own, ...content.part_answers } };
}

/** What is sent when everything is opened at once. */
export function bodyOf(store, { owed_until, notice }) {
  const { content, edition, window, ticket, given } = store;
  return { kind: edition.id, window, ticket: ticket.id, applicant: content.applicant, agent: content.agent, fields: content.fields, given, owed_until, notice, intake: content.intake ?? null, ...answersOf(edition, content.answers) };
}

/** What the pad shows: the merged form, once. */
export function sheetOf(store, more) {
  const { content, edition, window, ticket } = store;
  return { window, ticket: ticket.id, applicant: content.applicant, fields: content.fields, ...answersOf(edition, content.answers), ...more };
}

/** A row of the list of matters. */
export function kindRow(kind, { isChosen, ...row }) {
  return el(`li.matter.matter--package${kind.is_ready ? "" : ".matter--thin"}`, { ...row, "aria-disabled": String(!kind.is_ready), dataset: { kind: kind.id } },
    el("div.matter__what", {}, el("span.matter__name", {}, el("span.badge.badge--ok", {}, t("accept.package.badge")), words(kind)), el("span.muted.small", {}, kind.parts.map((one) => words(one)).join(" · "))),
    kind.is_ready ? el(`span.badge${isChosen ? ".badge--ok" : ".badge--accent"}`, {}, icon(isChosen ? "check" : "list"), t(isChosen ? "accept.matter.chosen" : "accept.package.parts", { n: kind.parts.length })) : el("span.muted.small", {}, t("accept.package.thin")));
}

/** The parts in their turn, at the side of the page; those that are not in the catalogue are applied for by themselves. */
export function partsAhead(kind) {
  const parts = kind.needed?.length ? kind.needed : kind.parts;
  const named = Object.fromEntries(parts.map((one) => [one.id, words(one)]));
  return el("ol.sidelist", { id: "package-parts" }, parts.map((one) => el(`li.sidelist__one.part-ahead${one.edition ? "" : ".part-ahead--apart"}`, { dataset: { part: one.id } }, icon(one.edition ? (one.after.length ? "clock" : "check") : "transfer"),
    el("span.grow", {}, words(one), el("span.muted.small.part-ahead__after", {}, one.edition ? (one.after.length ? t("accept.package.after", { parts: one.after.map((id) => named[id] ?? id).join(t("common.comma")) }) : words(one, "department_name")) : t("accept.package.apart"))),
    one.edition && el("span.num.muted.small", {}, one.promise_workdays ? t("accept.workdays", { n: one.promise_workdays }) : t("accept.on_the_spot")))));
}

const TONES = { accepted: "ok", granted: "ok", decided: "ok", made: "ok", delivered: "ok", closed: "ok", correction: "warn", suspended: "warn", not_accepted: "bad", withdrawn: "bad", terminated: "bad" };

/** The parts of a package that was taken in, beside each other; a part with a case opens it. */
export function partsBeside(made, { onOpen, chosen = null } = {}) {
  return el("div.parts-beside", { role: "list", dataset: { package: made.id } }, made.parts.map((one) => {
    const inside = [el("span.part-tile__name", {}, words(one)), el("span.muted.small", {}, words(one, "department_name")),
      el(`span.badge${TONES[one.state] ? `.badge--${TONES[one.state]}` : ""}`, {}, t(one.state ? `accept.state.${one.state}` : "accept.package.waits")), el("span.muted.small.num", {}, one.number || "\u00a0")];
    return el(`div.part-tile${one.case && one.case === chosen ? ".part-tile--on" : ""}`, { role: "listitem", dataset: { part: one.id, state: one.state ?? "waits" } },
      one.state && onOpen ? el("button.part-tile__open", { on: { click: () => onOpen(one) } }, inside) : el("div.part-tile__open", {}, inside));
  }));
}

/** A package in a list: its number, and its parts beside each other. */
export function packageRow(made, { onOpen }) {
  return el("li.today__package", { dataset: { package: made.id } }, el("div.today__row.today__row--head", {}, el("span.badge.badge--ok", {}, t("accept.package.badge")), el("span.today__what", {}, el("span.truncate", {}, words(made)), el("span.muted.small.num", {}, made.number))), partsBeside(made, { onOpen }));
}
