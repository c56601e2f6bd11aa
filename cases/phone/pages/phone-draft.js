/** An application on this phone: its parts, what each still needs, and how the hall's copy of it is taken in. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { drafts, keepDraft, newId, pagesOf } from "./phone-store.js";

const KEEP_MS = 300;
export const PAGES_MOST = 120; // as at the hall

/** Begins an application, or finds the unsent one of the same matter. @returns {Promise<{draft: object, isNew: boolean}>} */
export async function beginning(matter, answers = {}) {
  const known = (await drafts()).find((one) => one.matter === matter.id && one.mode === "file");
  if (known) return { draft: known, isNew: false };
  const draft = await keepDraft({
    id: newId(), mode: "file", matter: matter.id, matter_name: matter.name, matter_name_en: matter.name_en, answers, needs: null, applicant: null, agent: null, form: {}, delivery: "window",
    server: null, view: null, owner: "", sending: false, lacks: null, key: newId(), serves: matter.serves ?? "person",
  });
  return { draft, isNew: true };
}

/** Corrections of what was sent: what the notice asks for, and nothing else. */
export async function correcting(id) {
  const known = (await drafts()).find((one) => one.mode === "supply" && one.server?.id === id);
  const { masked } = await api.get("applicant/session");
  const view = await api.get(`applications/${encodeURIComponent(id)}`);
  if (!view.open_parts) return null;
  const notice = JSON.stringify(view.case.gaps); // a further notice begins anew
  const fresh = known?.notice === notice ? known : {
    id: known?.id ?? newId(), mode: "supply", matter: view.edition.matter, matter_name: view.edition.name, matter_name_en: view.edition.name_en, answers: view.answers, delivery: view.delivery, owner: "", sending: false, lacks: null, key: newId(), needs: null, serves: "person", form: {}, applicant: null, agent: null,
  };
  return keepDraft(taken({ ...fresh, owner: masked, notice, gaps: view.case.gaps }, view));
}

/** The draft with what the hall knows: what was typed here stays, what is empty here is filled in. */
export function taken(draft, view) {
  const typed = (one) => Object.fromEntries(Object.entries(one ?? {}).filter(([, value]) => value !== undefined && value !== ""));
  const needs = view.needs;
  return Object.assign(draft, {
    server: { id: view.id, seen: view.seen },
    view: { edition: view.edition, later: needs.later, licences: view.licences, left_out: view.left_out, closed: view.closed, open_parts: view.open_parts },
    needs: { materials: needs.materials, stop: needs.stop, stop_en: needs.stop_en, isAnswered: needs.is_answered, later: needs.later },
    applicant: { ...view.applicant, ...typed(draft.applicant) }, agent: draft.agent ?? view.agent,
    form: { ...view.form, ...typed(draft.form) },
  });
}

/** Materials that are photographed, and why the others are not. */
export function materialsOf(draft) {
  const all = draft.needs?.materials ?? [];
  const open = draft.mode === "supply" ? all.filter((one) => draft.view.open_parts.includes(`materials.${one.id}`)) : all;
  return open.map((one) => ({ ...one, how: howOf(draft, one), isLater: (draft.needs.later ?? []).includes(one.id) || one.later === true }));
}

function howOf(draft, { id, supplies }) {
  if (draft.view?.licences?.[id]) return "licence";
  if (supplies.includes("scan")) return "photo";
  if (supplies.includes("form")) return "form";
  return supplies.includes("shared") ? "shared" : supplies.includes("licence") ? "register" : "paper";
}

/** What the departments have already: sent so, unless there is a photo of it. */
export const sharedOf = (draft) => materialsOf(draft).filter((one) => one.supplies.includes("shared")).map((one) => one.id);

/** The parts of an application with their state: "done", "todo", "part" (some of it), "none" (there is nothing to do). */
export async function partsOf(draft) {
  const pages = await pagesOf(draft.id);
  const shot = new Set(pages.map((one) => one.material));
  const lacking = materialsOf(draft).filter((one) => (one.how === "photo" || one.how === "register") && !one.isLater && !shot.has(one.id));
  const all = [
    { name: "situation", state: draft.needs ? (draft.needs.isAnswered && !draft.needs.stop ? "done" : "todo") : "todo" },
    { name: "who", state: draft.owner ? "done" : "todo" },
    { name: "form", state: !draft.view ? "todo" : missingFields(draft).length ? "part" : "done", n: missingFields(draft).length },
    { name: "photos", state: !draft.needs ? "todo" : lacking.length ? "part" : "done", n: lacking.length },
    { name: "delivery", state: "done" },
  ];
  if (draft.mode !== "supply") return all;
  return all.filter(({ name }) => name === "who" || (name === "photos" && materialsOf(draft).length) || (name === "form" && draft.view.open_parts.includes("form")));
}

/** Names of what must be filled in and is not. */
export function missingFields(draft) {
  const { applicant } = draft;
  const empty = (value) => value === undefined || value === "" || value === null;
  const own = ["name", "phone"].filter((name) => empty((applicant?.kind === "organisation" ? draft.agent : applicant)?.[name]));
  const organisation = applicant?.kind === "organisation" ? ["name", "id_number", "represented_by"].filter((name) => empty(applicant[name])) : [];
  return [...own, ...organisation, ...(draft.view?.edition.form.required ?? []).filter((name) => empty(draft.form[name]))];
}

/** Keeps a draft a moment after the last change; `now()` at once. */
export function keeper(draft) {
  let timer = 0;
  const now = () => { clearTimeout(timer); timer = 0; return keepDraft(draft); };
  addEventListener("pagehide", () => { if (timer) now(); });
  return { soon: () => { clearTimeout(timer); timer = setTimeout(now, KEEP_MS); }, now };
}

/** The line that always says where the words are: in the phone and, once they were checked, at the hall too; filed they are not. */
export function keptNote(draft) {
  const key = !navigator.onLine ? "kept_offline" : draft.lacks ? "kept_checked" : "kept";
  return el("p.m-kept", { role: "status" }, icon("phone"), el("span", {}, t(`mobile.${key}`)));
}

/** What the answers lead to, asked of the hall; null without a link. */
export async function needsOf(draft) {
  const found = await api.post(`guidance/matters/${encodeURIComponent(draft.matter)}/needs`, { answers: draft.answers });
  draft.needs = { materials: found.materials, stop: found.stop, stop_en: found.stop_en, isAnswered: found.next === null, later: found.materials.filter((one) => one.later).map((one) => one.id) };
  return found;
}
