/**
 * Sends an application over a link that may break anywhere, once. Before each step the phone writes down what it knows; after a
 * break it first asks the hall what has arrived, and goes on from there: a page whose answer was lost is found, not sent again.
 */

import { ApiError, api } from "/static/api.js";
import { lang } from "/static/i18n.js";
import { xsrfHeader } from "/static/xsrf.js";
import { sharedOf, taken } from "./phone-draft.js";
import { keepCase } from "./phone-mine.js";
import { bytesOf, dropDraft, keepDraft, keepPage, pagesOf } from "./phone-store.js";

const PAGE_MS = 90_000;
const TRIES = 3;
const WAIT_MOST_S = 120;

/** Somebody must say who they are first. */
export class NeedsWho extends Error { code = "needs_who"; }
/** The draft is somebody else's. */
export class OtherPerson extends Error { code = "other_person"; }
/** Things are missing: `lacks`, all of them. */
export class Lacking extends Error {
  code = "lacking";
  constructor({ missing, left_out }) { super("lacking"); Object.assign(this, { lacks: missing, left_out }); }
}
/** The matter cannot be applied for any more. */
export class Stopped extends Error {
  constructor(code) { super(code); this.code = code; }
}

/**
 * @param {object} draft @param {(step: string, n?: number, of?: number) => void} onStep
 * @returns {Promise<object>} what the hall made of it: {number, code, receipt, path, …}
 */
export async function send(draft, onStep, { only = "" } = {}) {
  draft.sending = only !== "check";
  await keepDraft(draft);
  onStep("begin");
  await whoIsThere(draft);
  const view = await atTheHall(draft);
  if (view.stage === "sent" && draft.mode === "file") return finish(draft, await api.post(`applications/${view.id}/submit`, {}, { key: draft.key }));
  if (view.stage === "sent" && !view.open_parts) return finish(draft, await api.post(`applications/${view.id}/supply`, {}, { key: draft.key }));
  onStep("words");
  let now = await words(draft, view);
  now = await pages(draft, now, onStep);
  onStep("check");
  const found = await api.get(`applications/${now.id}/check`);
  if (found.missing.length) { draft.sending = false; draft.lacks = found.missing; await keepDraft(draft); throw new Lacking(found); }
  if (only === "check") { draft.lacks = []; await keepDraft(draft); return found; }
  onStep("submit");
  return finish(draft, await api.post(`applications/${now.id}/${draft.mode === "supply" ? "supply" : "submit"}`, {}, { key: draft.key }));
}

/** Whoever is signed in, asked anew: the answer brings the token that writes need. */
export async function whoIsThere(draft) {
  try {
    const who = await api.get("applicant/session");
    if (draft.owner && draft.owner !== who.masked) throw new OtherPerson();
    draft.owner = who.masked;
    return who;
  } catch (error) {
    if (error.status === 401) { draft.owner = draft.owner || ""; throw new NeedsWho(); }
    throw error;
  }
}

/** The hall's copy of the draft: the one it has, or a fresh one where it has none. */
export async function atTheHall(draft) {
  let view = null;
  if (draft.server) {
    try { view = await api.get(`applications/${draft.server.id}`); } catch (error) { if (error.status !== 404) throw error; }
    if (!view) for (const page of await pagesOf(draft.id)) await keepPage({ ...page, sha256: "" });
  }
  try {
    view ??= await api.post("applications", { matter: draft.matter, answers: draft.answers }, { key: `${draft.key}-begin` });
  } catch (error) {
    if (["applying.not_here", "case_desk.no_edition"].includes(error.code)) throw new Stopped(error.code);
    throw error;
  }
  if (view.closed) throw new Stopped(view.closed);
  const { answers, delivery } = draft;
  taken(draft, view);
  Object.assign(draft, { answers: Object.keys(answers).length ? answers : view.answers, delivery });
  await keepDraft(draft);
  return view;
}

/* The phone's words win over the hall's copy of them: this is where they were typed last. */
async function words(draft, view, tries = TRIES) {
  if (draft.mode === "supply" && !view.open_parts.includes("form")) return view;
  const body = draft.mode === "supply"
    ? { seen: view.seen, form: fitting(draft), applicant: draft.applicant, agent: draft.agent }
    : { seen: view.seen, answers: draft.answers, form: fitting(draft), applicant: draft.applicant, agent: draft.agent, shared: sharedOf(draft), delivery: draft.delivery };
  try {
    const now = await api.put(`applications/${view.id}`, body);
    draft.server = { id: now.id, seen: now.seen };
    draft.needs = { ...draft.needs, materials: now.needs.materials, later: now.needs.later, stop: now.needs.stop, stop_en: now.needs.stop_en, isAnswered: now.needs.is_answered };
    await keepDraft(draft);
    return now;
  } catch (error) {
    if (error.code !== "applying.changed" || tries <= 1) throw error;
    return words(draft, await api.get(`applications/${view.id}`), tries - 1);
  }
}

/* Only fields that the matter has now: one that was taken out of the form meanwhile is not sent. */
function fitting({ form, view }) {
  const known = view.edition.form.properties ?? {};
  return Object.fromEntries(Object.entries(form).filter(([name]) => name in known));
}

async function pages(draft, view, onStep) {
  const mine = await pagesOf(draft.id);
  const wanted = new Set(view.needs.materials.filter((one) => one.supplies.includes("scan")).map((one) => one.id).filter((id) => !view.open_parts || view.open_parts.includes(`materials.${id}`)));
  const all = mine.filter((one) => wanted.has(one.material));
  let now = view, sent = 0;
  for (const material of wanted) now = await pagesOfMaterial(all.filter((one) => one.material === material), now, material, () => onStep("pages", ++sent, all.length));
  return now;
}

/* One material: what the hall has of it must be the beginning of what is here, in this order; else it is sent anew. */
async function pagesOfMaterial(mine, view, material, onPage) {
  let now = await matched(mine, view, material);
  for (const page of mine) {
    onPage();
    if (page.sha256) continue;
    const before = there(now, material).length;
    now = await upload(now.id, material, page, before);
    page.sha256 = there(now, material)[before] ?? "";
    await keepPage(page);
  }
  return now;
}

const there = (view, material) => view.pages.filter((one) => one.material === material).map((one) => one.sha256);

async function matched(mine, view, material) {
  let now = view;
  const known = there(now, material);
  const lost = mine.findIndex((one) => !one.sha256);
  // The page after the last one that is known here is the one whose answer was lost: the hall has it, and nobody told us.
  if (lost >= 0 && known.length === lost + 1 && mine[lost].isOnWay && mine.slice(0, lost).every((one, at) => one.sha256 === known[at])) {
    mine[lost].sha256 = known[lost];
    await keepPage(mine[lost]);
  }
  const fits = known.length <= mine.length && known.every((sha256, at) => mine[at].sha256 === sha256) && mine.slice(known.length).every((one) => !one.sha256);
  if (fits) return now;
  for (const sha256 of known) now = await api.del(`applications/${now.id}/pages/${sha256}`);
  for (const page of mine) { page.sha256 = ""; page.isOnWay = false; await keepPage(page); }
  return now;
}

async function upload(id, material, page, before) {
  page.isOnWay = true;
  await keepPage(page);
  for (let tries = TRIES; ; tries -= 1) {
    try {
      return await post(`/api/v1/applications/${id}/pages?${new URLSearchParams({ material })}`, page);
    } catch (error) {
      if (tries <= 1 || (error.status !== 429 && !error.offline)) throw error;
      await new Promise((done) => { setTimeout(done, error.status === 429 ? Math.min(WAIT_MOST_S, error.fields.retry_s ?? 2) * 1000 : 500); });
      const now = await api.get(`applications/${id}`); // it may have arrived
      if (there(now, material).length > before) return now;
    }
  }
}

async function post(address, { id }) {
  const bytes = await bytesOf(id);
  const headers = { Accept: "application/json", "Accept-Language": lang(), "Content-Type": "image/jpeg", "Idempotency-Key": id, ...xsrfHeader(address) };
  let response, text;
  try {
    response = await fetch(address, { method: "POST", headers, body: bytes, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PAGE_MS) });
    text = await response.text();
  } catch { throw new ApiError({ code: "network.unreachable", message: "", status: 0 }); }
  let body = null;
  try { body = JSON.parse(text); } catch { body = null; }
  if (!response.ok) throw new ApiError({ ...(body?.error ?? { code: `http.${response.status}`, message: "" }), status: response.status });
  return body;
}

async function finish(draft, made) {
  keepCase({ number: made.number, code: made.code, matter_name: draft.matter_name, matter_name_en: draft.matter_name_en, application: draft.server.id });
  await dropDraft(draft.id);
  return { ...made, mode: draft.mode };
}
