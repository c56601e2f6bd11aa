/** The form of an application: who applies, then the fields of the matter; every stroke is kept on the phone. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { prefill, schemaForm } from "/pages/cases_desk/accept-form.js";
import { keeper, keptNote } from "./phone-draft.js";
import { NeedsWho, atTheHall, whoIsThere } from "./phone-send.js";

const OWN = { name: { maxlength: 60, autocomplete: "name" }, phone: { type: "tel", inputmode: "tel", maxlength: 20, autocomplete: "tel" }, address: { maxlength: 200, autocomplete: "street-address" } };
const ORGANISATION = { name: { maxlength: 120 }, id_number: { maxlength: 18, autocapitalize: "characters" }, represented_by: { maxlength: 60 }, phone: { type: "tel", maxlength: 20 }, address: { maxlength: 200 } };

export async function formView(phone, place, draft) {
  const to = (path = "") => phone.go(`apply/${draft.id}${path}`);
  if (!draft.view) {
    phone.loading(place, t("mobile.part_form"));
    try { await whoIsThere(draft); await atTheHall(draft); } catch (error) {
      if (error instanceof NeedsWho) { to("/who"); return; }
      throw error;
    }
  }
  draft.applicant ??= { kind: "person", name: "", phone: "", address: "" };
  const keep = keeper(draft);
  const { schema, hasOwn } = askedFor(draft);
  const lacks = new Map((draft.lacks ?? []).filter((one) => /^(form|applicant|agent)\./.test(one.part)).map((one) => [one.part, named(one, "text")]));
  const body = el("div.m-form"), fields = el("div.m-form");
  const filled = new Map();
  draw();
  phone.show(place, { over: named(draft, "matter_name"), title: t("mobile.part_form"), hint: t("mobile.form_hint"), back: () => leave(), next: { text: t("mobile.save_back"), icon: "check", act: () => leave() }, body: [keptNote(draft), body] });
  copyDown();
  mark();

  async function leave() { await keep.now(); to(); }

  function draw() {
    const isOrganisation = draft.applicant.kind === "organisation";
    const own = isOrganisation ? (draft.agent ??= { kind: "person", name: draft.applicant.person_name ?? "", phone: "" }) : draft.applicant;
    fill(body,
      hasOwn && draft.serves !== "person" && draft.mode === "file" && el("div.yesno", { role: "radiogroup", "aria-label": t("mobile.for_whom") }, ["person", "organisation"].map((kind) => el("label.option", {}, el("input", { type: "radio", name: "kind", checked: draft.applicant.kind === kind, on: { change: () => choose(kind) } }), t(`mobile.for_${kind}`)))),
      hasOwn && isOrganisation && group("applicant", draft.applicant, ORGANISATION, t("mobile.organisation")),
      hasOwn && group(isOrganisation ? "agent" : "applicant", own, isOrganisation ? { name: OWN.name, phone: OWN.phone } : OWN, t("mobile.myself")),
      fields);
    fill(fields, Object.keys(schema.properties ?? {}).length ? schemaForm(schema, draft.form, { path: "form", onChange: (path) => { filled.delete(path.replace("form", "fields")); clear(path); keep.soon(); } }) : el("p.muted", {}, t("mobile.form_none")));
  }

  /* What was typed of oneself need not be typed again below. */
  function copyDown() {
    if (draft.mode === "supply") return; // nothing is changed that was not asked for
    const sources = Object.fromEntries(["applicant", "agent"].flatMap((who) => Object.entries(draft[who] ?? {}).filter(([, value]) => value).map(([name, value]) => [`${who}.${name}`, value])));
    const now = prefill(schema, draft.form, sources, filled);
    for (const [path, from] of now) {
      filled.set(path, from);
      const name = path.replace("fields.", "");
      const [input] = document.getElementsByName(`form.${name}`); // in its place: a redraw would take the focus that is just coming
      if (input) input.value = draft.form[name];
    }
    if (now.size) keep.soon();
  }

  function choose(kind) {
    const { applicant } = draft;
    if (kind === applicant.kind) return;
    if (kind === "organisation") { draft.agent = { kind: "person", name: applicant.name, phone: applicant.phone }; draft.applicant = { kind, name: "", id_kind: "001", id_number: "", phone: "", address: "", represented_by: "" }; } else { draft.applicant = { kind, name: draft.agent?.name ?? "", phone: draft.agent?.phone ?? "", address: "" }; draft.agent = null; }
    keep.soon();
    draw();
  }

  function group(who, held, fields, title) {
    return el("fieldset.sgroup", {}, el("legend", {}, title), Object.entries(fields).map(([name, how]) => el("div.field", {}, el("label.field__label", { for: `${who}.${name}` }, label(who, name), name !== "address" && el("span.sfield__must", {}, "*")),
      el("input.input", { id: `${who}.${name}`, name: `${who}.${name}`, value: held[name] ?? "", ...how, on: { input: (event) => { held[name] = event.target.value.trim(); clear(`${who}.${name}`); keep.soon(); }, change: () => copyDown() } }),
      el("p.field__error", { role: "alert", dataset: { error: `${who}.${name}` } }))));
  }

  function label(who, name) {
    const own = draft.applicant.kind === "organisation" && who === "applicant" ? `mobile.organisation_${name}` : "";
    return t(has(own) ? own : { name: "mobile.who_name", phone: "mobile.phone", address: "mobile.address" }[name] ?? name);
  }

  function clear(part) {
    lacks.delete(part);
    draft.lacks = draft.lacks?.filter((one) => one.part !== part) ?? null;
    const node = document.querySelector(`[data-error="${CSS.escape(part)}"]`);
    if (node) node.textContent = "";
  }

  function mark() {
    for (const [part, text] of lacks) {
      const node = document.querySelector(`[data-error="${CSS.escape(part)}"]`);
      if (node) fill(node, icon("alert"), text);
      document.getElementById(part)?.setAttribute("aria-invalid", "true");
    }
    if (place.isHere()) document.querySelector("[aria-invalid=true]")?.focus();
  }
}

/* All of the form; of corrections only the fields that the notice names, where it names some. */
function askedFor({ mode, gaps, view }) {
  const schema = view.edition.form;
  if (mode !== "supply") return { schema, hasOwn: true };
  const parts = gaps.map((one) => one.part);
  const names = parts.filter((part) => part.startsWith("form.")).map((part) => part.split(".")[1]);
  const properties = names.length ? Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => names.includes(name))) : schema.properties;
  return { schema: { ...schema, properties }, hasOwn: !names.length || parts.some((part) => /^(applicant|agent)/.test(part)) };
}
