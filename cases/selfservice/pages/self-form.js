/** The form, some fields at a time; what the hall knows is filled in, and every page is kept as soon as it is left. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { modes } from "/static/visitor/modes.js";
import { choices } from "/static/visitor/steps.js";
import { schemaForm } from "/pages/cases_desk/accept-form.js";
import { STEPS, saved } from "./self-apply.js";

const AT_ONCE = 5, AT_ONCE_LARGE = 2;
const OWN = { name: { maxlength: 60, keys: "pinyin" }, phone: { maxlength: 11, keys: "digits" }, address: { maxlength: 200, keys: "pinyin" } };
const ORGANISATION = { name: { maxlength: 120, keys: "pinyin" }, id_number: { maxlength: 18, keys: "letters" }, represented_by: { maxlength: 60, keys: "pinyin" }, phone: { maxlength: 20, keys: "digits" }, address: { maxlength: 200, keys: "pinyin" } };

export async function formView(terminal, at, signal) {
  const { application } = terminal;
  if (at.draft?.id !== application.id) at.draft = { id: application.id, applicant: structuredClone(application.applicant), agent: structuredClone(application.agent), form: structuredClone(application.form) };
  const { draft } = at;
  const pages = pagesOf(application, draft, at);
  const number = Math.min(at.page ?? 0, pages.length - 1);
  const lacks = new Map((at.lacks ?? []).map((one) => [one.part, named(one, "text")]));
  const save = () => saved(terminal, application.open_parts ? { form: draft.form, applicant: draft.applicant, agent: draft.agent } : draftOf(draft));
  const on = async () => {
    if (!await save()) return;
    if (at.back) terminal.turn(at.back);
    else if (number + 1 < pages.length) { at.page = number + 1; terminal.draw(); } else terminal.go({ name: "materials" });
  };
  const back = async () => {
    await saved(terminal, draftOf(draft), { quietly: true });
    if (signal.aborted) return;
    if (number > 0) { at.page = number - 1; terminal.draw(); } else terminal.back();
  };
  terminal.show({
    over: named(application.edition), title: pages[number].title, hint: pages.length > 1 ? t("self.page_n", { n: number + 1, of: pages.length }) : t("self.form_hint"), step: 2, of: STEPS, back, next: { act: on },
    body: [reuseWays(terminal, application, number), el("div.s-form", {}, pages[number].draw())],
  }, signal);
  mark(lacks);
}

const draftOf = ({ applicant, agent, form }) => ({ applicant, agent, form });

function pagesOf(application, draft, at) {
  const many = modes.isLarge() ? AT_ONCE_LARGE : AT_ONCE;
  const isOrganisation = draft.applicant.kind === "organisation";
  const own = isOrganisation ? draft.agent : draft.applicant;
  const people = [];
  if (application.edition.serves !== "person" && !application.open_parts) people.push({ title: t("self.for_whom"), draw: () => forWhom(draft, at) });
  if (isOrganisation) people.push(...group("applicant", draft.applicant, ORGANISATION, t("self.organisation"), many));
  people.push(...group(isOrganisation ? "agent" : "applicant", own, isOrganisation ? { name: OWN.name, phone: OWN.phone } : OWN, t("self.yourself"), many));
  const { form: schema } = application.edition;
  const names = Object.keys(schema.properties ?? {});
  for (let from = 0; from < names.length; from += many) {
    const some = Object.fromEntries(names.slice(from, from + many).map((name) => [name, schema.properties[name]]));
    people.push({ title: t("self.form"), parts: Object.keys(some).map((name) => `form.${name}`), draw: () => schemaForm({ ...schema, properties: some }, draft.form, { path: "form", onChange: clear }) });
  }
  return people;
}

function group(who, held, fields, title, many) {
  const names = Object.keys(fields);
  const pages = [];
  for (let from = 0; from < names.length; from += many) pages.push({ title, parts: names.map((name) => `${who}.${name}`), draw: () => el("div.sform", {}, names.slice(from, from + many).map((name) => input(who, held, name, fields[name]))) });
  return pages;
}

function input(who, held, name, { keys, ...how }) {
  const id = `${who}.${name}`;
  return el("div.field", {}, el("label.field__label", { for: id }, t(who === "applicant" && held.kind === "organisation" ? `self.organisation_${name}` : `self.${name}`), name !== "address" && el("span.sfield__must", {}, "*")),
    el("input.input", { id, name: id, value: held[name] ?? "", autocomplete: "off", dataset: { keys }, ...how, on: { input: (event) => { held[name] = event.target.value.trim(); clear(id); } } }), el("p.field__error", { role: "alert", dataset: { error: id } }));
}

function forWhom(draft, at) {
  const choose = (kind) => {
    if (kind === draft.applicant.kind) return;
    const { applicant, agent } = draft;
    if (kind === "organisation") { at.self = applicant; draft.agent = { kind: "person", name: applicant.name, phone: applicant.phone }; draft.applicant = { kind, name: "", id_kind: "001", id_number: "", phone: applicant.phone, address: "", represented_by: "" }; } else { draft.applicant = at.self ?? { kind: "person", name: agent?.name ?? "", phone: agent?.phone ?? "", address: "" }; draft.agent = null; }
    fill(place, options());
  };
  const options = () => choices(["person", "organisation"].map((kind) => ({ id: `for-${kind}`, icon: kind === "person" ? "user" : "building", name: t(`self.for_${kind}`), isOn: draft.applicant.kind === kind, act: () => choose(kind) })), { columns: 2, label: t("self.for_whom") });
  const place = el("div", {}, options());
  return place;
}

/* What the register or an earlier application knows: only after a yes. */
function reuseWays(terminal, application, number) {
  if (number > 0 || application.open_parts) return null;
  return el("button.btn.btn--lg.s-reuse", { id: "reuse", on: { click: () => terminal.go({ name: "materials", reuse: true }) } }, icon("shield"), t("self.reuse"));
}

function clear(part) {
  const node = document.querySelector(`[data-error="${CSS.escape(part)}"]`);
  if (node) node.textContent = "";
  document.getElementById(part)?.removeAttribute("aria-invalid");
}

function mark(lacks) {
  for (const [part, text] of lacks) {
    const node = document.querySelector(`[data-error="${CSS.escape(part)}"]`);
    if (!node) continue;
    fill(node, icon("alert"), text);
    document.getElementById(part)?.setAttribute("aria-invalid", "true");
  }
}

/** On which page of the form a part is asked for. */
export function pageOf(application, part) {
  const at = { draft: null };
  const pages = pagesOf(application, { applicant: application.applicant, agent: application.agent, form: application.form }, at);
  return Math.max(0, pages.findIndex((one) => one.parts?.includes(part.split(".").slice(0, 2).join("."))));
}
