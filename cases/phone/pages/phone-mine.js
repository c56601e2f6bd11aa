/** What this phone knows of its owner's business: secrets of tickets, appointments and cases, in this browser alone. */

import { api } from "/static/api.js";
import { dropAll, drafts } from "./phone-store.js";

const TICKET = "onedoor.ticket."; // as the ticket's own page keeps it
const APPOINTMENT = "onedoor.appointment."; // as the appointment's
const CASES = "onedoor.cases";
const LISTS = "onedoor.lists";
const MOST = 50;
const DAY_MS = 86_400_000;
const TICKETS_KEPT_MS = 8 * DAY_MS; // a visit may be rated for some days
const TOKEN = /^[\w-]{22}$/;

/** Puts a ticket among the phone's things; its page fills in what it looks like. */
export function keepTicket(token, number) {
  if (stored(TICKET + token) === null) store(TICKET + token, JSON.stringify({ view: { number, state: "waiting", issued_at: new Date().toISOString() }, told: {} }));
}

export const cases = () => listed(CASES);
export const lists = () => listed(LISTS);

/** @param {{number: string, code: string, matter_name: string, matter_name_en: string}} one */
export const keepCase = (one) => store(CASES, JSON.stringify([{ ...one, at: new Date().toISOString() }, ...cases().filter((other) => other.number !== one.number)].slice(0, MOST)));
export const dropCase = (number) => store(CASES, JSON.stringify(cases().filter((one) => one.number !== number)));

/** A list of what to bring, with everything that stands on it, so that it can be read anywhere. */
export const keepList = (one) => store(LISTS, JSON.stringify([{ ...one, at: new Date().toISOString() }, ...lists().filter((other) => other.matter !== one.matter)].slice(0, MOST)));
export const dropList = (matter) => store(LISTS, JSON.stringify(lists().filter((one) => one.matter !== matter)));

export const tickets = () => tokens(TICKET).map(({ token, value }) => ({ token, view: value?.view ?? null }));
export const appointments = () => tokens(APPOINTMENT).map(({ token, value }) => ({ token, view: value }));

/** Tickets of this phone that wait for their owner to come. */
export const awaited = () => tickets().filter(({ view }) => view?.here_by && view.state === "waiting");

/** Everything as it is now, as far as the link gives it; what it does not give is shown as it was. */
export async function look() {
  const [ticketsNow, appointmentsNow, casesNow, kept] = await Promise.all([
    Promise.all(tickets().map(ticketNow)), Promise.all(appointments().map(appointmentNow)), Promise.all(cases().map(caseNow)), drafts().catch(() => []),
  ]);
  return { tickets: ticketsNow.filter(Boolean), appointments: appointmentsNow.filter(Boolean), cases: casesNow, drafts: kept, lists: lists() };
}

/** Whether anything at all is here: said at once, without asking anybody. */
export async function hasAny() {
  return tickets().length + appointments().length + cases().length + lists().length + (await drafts().catch(() => [])).length > 0;
}

/** Forgets everything that this page has kept: secrets, lists, drafts with their photos, the session. The chosen language and type stay. */
export async function forgetPhone() {
  for (const prefix of [TICKET, APPOINTMENT, CASES, LISTS]) for (const key of keys(prefix)) drop(key);
  for (const one of await drafts().catch(() => [])) await dropAtTheHall(one);
  await dropAll().catch(() => { /* nothing was kept */ });
  try { sessionStorage.clear(); } catch { /* there is none */ }
  await api.del("applicant/session").catch(() => { /* it ends by itself */ });
}

/** What a check has taken to the hall goes too; without a link, or once it is filed, it stays there until the hall sweeps it. */
export async function dropAtTheHall({ server, mode }) {
  if (server && mode === "file") await api.del(`applications/${encodeURIComponent(server.id)}`).catch(() => { /* swept by the hall */ });
}

async function ticketNow({ token, view }) {
  try {
    const now = await api.get(`tickets/${token}`);
    store(TICKET + token, JSON.stringify({ told: {}, ...JSON.parse(stored(TICKET + token) ?? "{}"), view: now }));
    return { token, view: now, isOld: false };
  } catch (error) {
    if (error.status === 404 && (!view || Date.now() - Date.parse(view.issued_at ?? 0) > TICKETS_KEPT_MS)) { drop(TICKET + token); return null; }
    return view && { token, view: error.status === 404 && view.state !== "done" ? { ...view, state: "past" } : view, isOld: true };
  }
}

async function appointmentNow({ token, view }) {
  try {
    const now = await api.get(`appointments/${token}`);
    store(APPOINTMENT + token, JSON.stringify(now));
    return { token, view: now, isOld: false };
  } catch (error) {
    if (error.status === 404) { drop(APPOINTMENT + token); return null; }
    return view && { token, view, isOld: true };
  }
}

async function caseNow(one) {
  try {
    return { ...one, view: await api.post("progress", { number: one.number, code: one.code }), isOld: false };
  } catch (error) {
    return { ...one, view: null, isOld: true, isUnknown: error.status === 404 };
  }
}

function tokens(prefix) {
  return keys(prefix).map((key) => key.slice(prefix.length)).filter((token) => TOKEN.test(token)).map((token) => ({ token, value: parsed(stored(prefix + token)) }));
}

function keys(prefix) {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; }
}

const listed = (name) => { const found = parsed(stored(name)); return Array.isArray(found) ? found : []; };
function parsed(text) { try { return JSON.parse(text); } catch { return null; } }
function stored(name) { try { return localStorage.getItem(name); } catch { return null; } }
function store(name, value) { try { localStorage.setItem(name, value); return true; } catch { return false; } }
function drop(name) { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } }
