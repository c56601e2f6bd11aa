/** The console's short questions. Each resolves to the body to send, or to null when left with Escape. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { ask } from "/static/feedback.js";
import { named, t } from "/static/i18n.js";
import { ACTIONS, holdMinutes, PAUSE_REASONS, passing, REQUEUE_MODES, thenFor, UNDO, WHY } from "./console-actions.js";
import { formActions, open, pick } from "./console-dialog.js";
import { lineName, setHall, theHall } from "./console-words.js";

/** Why the window pauses, and first what becomes of whoever is there. */
export async function askPause(desk) {
  const then = await askThen(desk, "console.dialog.pause_with");
  if (!then) return null;
  const why = await pick({ title: t("console.dialog.pause"), hint: t("console.dialog.pause_hint"), choices: PAUSE_REASONS.map((reason) => ({ title: t(`console.reason.${reason}`), body: { reason } })) });
  return why && { ...why, ...then };
}

export function askHold({ ticket, hold_s }) {
  const { own, choices } = holdMinutes(hold_s);
  const hint = (minutes) => (minutes === own ? t("console.hold_own") : "");
  return pick({ title: t("console.dialog.hold", { number: ticket.number }), hint: t("console.dialog.hold_hint"), first: choices.indexOf(own), choices: choices.map((minutes) => ({ title: t("console.minutes", { n: minutes }), hint: hint(minutes), body: { minutes } })) });
}

export function askRequeue({ ticket, requeues_left }) {
  const hint = requeues_left > 0 ? t("console.dialog.requeue_left", { n: requeues_left }) : t("console.dialog.requeue_none");
  return pick({ title: t("console.dialog.requeue", { number: ticket.number }), hint, first: 2, choices: REQUEUE_MODES.map((mode) => ({ title: t(`console.requeue.${mode}`), hint: t(`console.requeue.${mode}_hint`), body: { mode } })) });
}

/** Whether the window closes; with somebody there, what becomes of them. */
export async function askClose(desk) {
  if (desk.ticket) return askThen(desk, "console.dialog.close_with");
  return (await ask({ title: t("console.dialog.close"), text: t("console.dialog.close_hint"), yes: t("console.act.close") })) ? {} : null;
}

async function askThen({ ticket, window }, title) {
  if (!ticket) return {};
  return pick({ title: t(title, { number: ticket.number }), choices: thenFor(window.state).map((then) => ({ title: t(`console.then.${then}`), hint: t(`console.then.${then}_hint`), body: { then } })) });
}

/**
 * What becomes of those whom only this window serves.
 * @param {{lines: {line: string, waiting: number}[], waiting: number}} alone  the server's words
 */
export async function askAlone({ lines, waiting }, { window, mayReassign }) {
  const ways = ["leave", "stop", ...(mayReassign ? ["reassign"] : [])];
  const how = await pick({ title: t("console.dialog.alone"), hint: t("console.dialog.alone_hint", { lines: linesWaiting(lines), n: waiting }), choices: ways.map((alone) => ({ title: t(`console.alone.${alone}`), hint: t(`console.alone.${alone}_hint`), body: { alone } })) });
  return how?.alone === "reassign" ? askSuccessor(window) : how;
}

/**
 * Whether the window pauses although nobody else serves those who wait; the pause key again says yes.
 * @param {{lines: {line: string, waiting: number}[], waiting: number}} alone  the server's words
 */
export function askPauseAlone({ lines, waiting }) {
  const pause = ACTIONS.find((action) => action.id === "pause");
  return pick({ title: t("console.dialog.pause_alone"), hint: t("console.dialog.pause_alone_hint", { lines: linesWaiting(lines), n: waiting, key: pause.cap }), keys: pause.keys, choices: [{ title: t("console.pause_anyway"), hint: t("console.pause_anyway_hint"), body: { anyway: true } }] });
}

const linesWaiting = (lines) => lines.map((one) => t("console.alone.line", { line: lineName(one.line), n: one.waiting })).join(t("common.comma"));

async function askSuccessor(from) {
  try { setHall(await api.get("hall")); } catch { /* the closing itself tells what is wrong */ }
  const others = theHall().windows.filter((one) => one.id !== from && one.state !== "closed").sort((a, b) => a.number - b.number);
  if (!others.length) return pick({ title: t("console.dialog.successor"), hint: t("console.dialog.successor_none"), choices: [{ title: t("console.alone.leave"), body: { alone: "leave" } }] });
  return pick({ title: t("console.dialog.successor"), hint: t("console.dialog.successor_hint"), choices: others.map((one) => ({ title: t("console.window_n", { n: one.number }), hint: named(one), body: { alone: "reassign", reassign_to: one.id } })) });
}

/** Why a ticket is called before its turn. */
export function askReason({ number, before }) {
  return open(t("console.dialog.call", { number }), (done) => {
    const input = el("input.input", { name: "reason", maxlength: 120, autocomplete: "off", autofocus: true, "aria-label": t("console.call_reason") });
    const error = el("p.field__error");
    const send = (event) => {
      event.preventDefault();
      if (input.value.trim()) done({ reason: input.value.trim() }); else { error.textContent = t("console.call_reason_missing"); input.setAttribute("aria-invalid", "true"); }
    };
    return { body: el("form.stack", { on: { submit: send } }, el("p.muted", {}, t("console.dialog.call_hint", { n: before })), el("label.field", {}, el("span.field__label", {}, t("console.call_reason")), input, error), formActions(done, t("console.confirm"))) };
  });
}

/** Every key, in words; the pass says what it does at this desk. */
export function showKeys(desk) {
  const name = (action) => (action.id === "pass" ? t(`console.pass.${passing(desk)}`, { n: desk.pass_places }) : t(`console.act.${action.id}`));
  const rows = [...ACTIONS, { ...UNDO, keys: [...UNDO.keys, "ctrl+z"] }, WHY];
  return open(t("console.dialog.keys"), () => ({
    body: [el("dl.keys", {}, rows.map((action) => el("div.keys__row", {}, el("dt", {}, action.keys.map((key) => el("kbd.key", {}, keyName(key)))), el("dd", {}, name(action)))),
      el("div.keys__row", {}, el("dt", {}, el("kbd.key", {}, "?")), el("dd", {}, t("console.keys")))), el("p.muted.small", {}, t("console.keys.dialogs"))],
  }));
}

const keyName = (key) => ({ " ": t("console.key.space"), enter: t("console.key.enter"), "ctrl+z": "Ctrl+Z" })[key] ?? key.toUpperCase();
