/** Lines and windows opened and closed by a manager, from any tab: the question with its reason, and what the hall asks back. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { named, t } from "/static/i18n.js";
import { form } from "./manager-ask.js";
import { askQuickReason, deed, TO_BEGIN, TO_STOP } from "./manager-hand-ask.js";
import { windowName } from "./manager-words.js";

/** What a manager may do with a window in each state, with its sign; how a state looks. */
export const DEEDS = { closed: ["open"], idle: ["pause", "close"], paused: ["resume", "close"], calling: ["pause", "close"], serving: ["pause", "close"] };
export const SIGNS = { open: "power", pause: "pause", resume: "play", close: "close" };
export const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const THEN = { calling: ["hold", "requeue"], serving: ["hold", "finish"] };
const ALONE = ["leave", "stop"];
const WHY = ["break", "meeting", "equipment"];

export async function switchLine(line) {
  const to = line.open ? "close" : "open";
  const body = await askQuickReason({ title: t(line.open ? "manager.line_close" : "manager.hand.line_open_ask", { name: named(line) }), hint: line.open ? t("manager.line_close_hint") : "", yes: t(`manager.hand.line_${to}`), quick: line.open ? TO_STOP : TO_BEGIN });
  if (body) await deed(`hand/lines/${encodeURIComponent(line.id)}`, { open: !line.open, ...body });
}

/** @param {() => {windows: object[]}} hall  the newest picture, for what has changed while the manager was asked */
export async function switchWindow(window, to, hall) {
  const question = { title: t(`manager.hand.window_${to}`, { name: windowName(window) }), yes: t(`manager.do.${to}`), quick: ["pause", "close"].includes(to) ? TO_STOP : TO_BEGIN, fields: [] };
  if (to === "open") {
    const { people, problem } = await peopleOf(window);
    if (!people.length) { await form({ title: question.title, hint: problem || t("manager.window_open_none"), yes: null, fields: [] }); return; }
    question.fields.push(staffField(people));
  }
  if (to === "pause") Object.assign(question, { fields: [choice("why", WHY, "manager.reason.")], onQuick: outsideToo });
  if (question.quick === TO_STOP && THEN[window.state]) question.fields.push(thenField(window.state));
  const body = await askQuickReason(question);
  if (body) await send(window, { to, ...body }, hall);
}

/** Sends it; where somebody is there by now, or waits for this window alone, the hall asks what becomes of them. */
async function send(window, body, hall) {
  try {
    await api.post(`hand/windows/${encodeURIComponent(window.id)}`, body);
  } catch (error) {
    const asked = !(error.code in ASKED_BACK) || body[ASKED_BACK[error.code]];
    const more = asked ? null : await askBack(window, body.to, error, hall());
    if (more) await send(window, { ...body, ...more }, hall);
    else if (asked) toast(errorText(error), "bad", { ms: 8000 });
  }
}

const ASKED_BACK = { "window.alone": "alone", "window.busy": "then", "window.pause_alone": "anyway" };

async function askBack(window, to, error, hall) {
  if (error.code === "window.pause_alone") return (await form({ title: t(`manager.hand.window_${to}`, { name: windowName(window) }), hint: errorText(error), yes: t("manager.hand.pause_anyway"), fields: [] })) && { anyway: true };
  const newest = hall?.windows.find((one) => one.id === window.id) ?? window;
  const fields = error.code === "window.alone" ? aloneFields(window, hall) : [thenField(newest.state)];
  const hint = error.code === "window.alone" ? t("manager.hand.alone_hint", { n: error.fields?.waiting ?? "" }) : t("manager.hand.busy_hint", { number: error.fields?.number ?? "" });
  return form({ title: t(`manager.hand.window_${to}`, { name: windowName(window) }), hint, yes: t(`manager.do.${to}`), fields });
}

function aloneFields(window, hall) {
  const others = hall?.windows.filter((one) => one.id !== window.id && one.state !== "closed") ?? [];
  const successor = el("select.select", { name: "reassign_to", disabled: true }, others.map((one) => el("option", { value: one.id }, windowName(one))));
  const field = el("label.field", { hidden: true }, el("span.field__label", {}, t("manager.hand.field.reassign_to")), successor);
  const how = choice("alone", others.length ? [...ALONE, "reassign"] : ALONE, "manager.hand.alone.");
  how.addEventListener("change", ({ target }) => { successor.disabled = field.hidden = target.value !== "reassign"; });
  return [how, field];
}

const thenField = (state) => choice("then", THEN[state] ?? ["hold"], "manager.hand.then.");

function choice(name, values, words) {
  return el("label.field", {}, el("span.field__label", {}, t(`manager.hand.field.${name}`)), el("select.select", { name }, values.map((value) => el("option", { value }, t(words + value)))));
}

/** A fault is shown outside as one, unless something else was chosen for outside. */
function outsideToo(name, { elements: { why } }) {
  if (name === "fault" && why.value === WHY[0]) why.value = "equipment";
}

/** Who may sit down: those the window is assigned to. */
async function peopleOf(window) {
  try {
    const { items } = await api.get("staff?limit=500");
    return { people: items.filter((one) => one.active !== false && one.windows?.includes(window.id)), problem: "" };
  } catch (error) {
    return { people: [], problem: errorText(error) };
  }
}

const staffField = (people) => el("label.field", {}, el("span.field__label", {}, t("manager.window_open_staff")), el("select.select", { name: "staff", required: true }, people.map((one) => el("option", { value: one.id }, `${one.display_name || one.name} ${one.number ?? ""}`))));
