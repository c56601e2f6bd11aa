/** Takes a number at the kiosk, and turns every refusal into the sheet that says what to do instead. */

import { api, newKey } from "/static/api.js";
import { errorText } from "/static/feedback.js";
import { lang } from "/static/i18n.js";
import { needsId } from "./kiosk-choices.js";
import { isStop } from "./kiosk-stop.js";

const ANSWER_MS = 3000; // of a kiosk that can give a number without the server

/** Worth another try with the same wish: no answer, a fault, or too often. */
const mayHelp = (error) => error.status === 0 || error.status >= 500 || error.status === 429;

/**
 * Takes the ticket: a double tap or a repeated answer uses the same key, so it never makes two.
 * @param {{matter?: object, line?: object, more?: object[], choice: object, isPaperless?: boolean}} view  isPaperless: without a slip, as the kiosk cannot print
 */
export async function take(kiosk, view, button) {
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const body = wanted(kiosk, view);
  const attempt = JSON.stringify(body);
  const { doubts } = kiosk.offline;
  if (view.attempt?.body !== attempt || doubts.isSpent(view.attempt.key)) view.attempt = { body: attempt, sent: { ...body, language: lang() }, key: newKey() };
  const { signal } = kiosk;
  const asked = { key: view.attempt.key, day: kiosk.hall.business_day, body: view.attempt.sent };
  try {
    const ticket = await api.post("tickets", asked.body, { key: view.attempt.key, timeout_ms: kiosk.offline.isPrepared ? ANSWER_MS : undefined });
    if (signal.aborted) doubts.add(asked); // nobody is here to see the number
    else doubts.settle(asked.key);
    kiosk.refresh();
    if (!signal.aborted && body.person?.card) kiosk.card.wipe();
    if (!signal.aborted) kiosk.go("ticket", { ticket, matter: view.matter, more: view.more, line: kiosk.line(ticket.line) ?? view.line, isPaperless: view.isPaperless });
  } catch (error) {
    if (error.offline) doubts.add(asked);
    else doubts.settle(asked.key);
    if (!signal.aborted) refused(kiosk, view, error);
  }
}

function wanted(kiosk, { choice, matter, line, more = [], isPaperless }) {
  const body = { ...(matter ? { matter: matter.id } : { line: line.id }), channel: isPaperless ? "phone" : "kiosk" };
  if (more.length) body.more = more.map((one) => one.id);
  if (kiosk.card.word) body.person = { card: kiosk.card.word };
  else if (choice.id_number) body.person = { id_number: choice.id_number };
  if (choice.priority) body.priority = choice.priority;
  return body;
}

function refused(kiosk, view, error) {
  if (!error.offline) view.attempt = null;
  const fields = error.fields ?? {};
  const isIdWrong = error.code === "person.id_number" || "person.id_number" in fields;
  if (error.code === "ticket.duplicate") kiosk.turn("ticket", { held: { number: fields.number, token: fields.token ?? null }, matter: view.matter, line: view.line });
  else if (error.code.startsWith("identity.")) { kiosk.card.wipe("again"); kiosk.turn("sheet", { ...view, asks: needsId(kiosk, view) }); }
  else if (error.code === "person.needed") kiosk.turn("sheet", { ...view, needsId: true, asks: true });
  else if (isStop(error)) kiosk.turn("sheet", { ...view, stop: { code: error.code, fields } });
  else if (isIdWrong) kiosk.turn("sheet", { ...view, fault: errorText(error), asks: true });
  else kiosk.turn("error", { error, attempt: view.attempt, again: mayHelp(error) ? () => kiosk.turn("sheet", view) : null });
}
