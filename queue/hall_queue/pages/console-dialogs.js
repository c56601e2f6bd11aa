/** The console's questions. Each resolves to the body to send, or to null when left with Escape. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { ACTIONS, HOLD_MINUTES, OUTCOMES, PAUSE_REASONS, REQUEUE_MODES } from "./console-actions.js";
import { setHall, theHall } from "./console-words.js";

const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const SEARCH_MS = 150;
const MOST = 30;

export const askPause = () => pick({ title: t("console.dialog.pause"), hint: t("console.dialog.pause_hint"), choices: PAUSE_REASONS.map((reason) => ({ title: t(`console.reason.${reason}`), body: { reason } })) });
export const askHold = (number) => pick({ title: t("console.dialog.hold", { number }), hint: t("console.dialog.hold_hint"), first: 1, choices: HOLD_MINUTES.map((minutes) => ({ title: t("console.minutes", { n: minutes }), body: { minutes } })) });
export const askRequeue = (number) => pick({ title: t("console.dialog.requeue", { number }), choices: REQUEUE_MODES.map((mode) => ({ title: t(`console.requeue.${mode}`), hint: t(`console.requeue.${mode}_hint`), body: { mode } })) });
export const askOutcome = (ticket) => (ticket.matters?.length > 1 ? askOutcomes(ticket) : pick({ title: t("console.dialog.outcome", { number: ticket.number }), choices: OUTCOMES.map((outcome) => ({ title: t(`console.outcome.${outcome}`), body: { outcome } })) }));
export const askClose = async () => ((await ask({ title: t("console.dialog.close"), text: t("console.dialog.close_hint"), yes: t("console.act.close") })) ? {} : null);

/** What became of each matter of the visit. */
function askOutcomes({ number, matters }) {
  return open(t("console.dialog.outcome", { number }), (done) => {
    const selects = matters.map(({ matter, outcome }, i) => el("select.select", { name: matter, autofocus: i === 0 }, OUTCOMES.map((one) => el("option", { value: one, selected: one === (outcome ?? OUTCOMES[0]) }, t(`console.outcome.${one}`)))));
    const send = (event) => { event.preventDefault(); done({ outcomes: Object.fromEntries(selects.map((select) => [select.name, select.value])) }); };
    const form = el("form.outcomes", { on: { submit: send } }, matters.map((one, i) => el("label.field", {}, el("span.field__label", {}, named(one)), selects[i])),
      el("div.dialog__actions", {}, el("button.btn", { on: { click: () => done(null) } }, t("console.cancel")), el("button.btn.btn--primary", { type: "submit" }, t("console.act.finish"))));
    const onKey = (event) => { if (event.key === "Enter" && event.target.matches("select")) { event.preventDefault(); form.requestSubmit(); } };
    return { body: [el("p.muted", {}, t("console.dialog.outcomes_hint")), form], onKey };
  });
}

/** One of a few things: a digit or arrow keys and Enter choose. */
function pick({ title, hint, choices, first = 0 }) {
  return open(title, (done) => {
    const buttons = choices.map((choice, i) => el("button.choice", { autofocus: i === first, on: { click: () => done(choice.body) } },
      el("kbd.key", {}, i + 1), el("span.choice__text", {}, el("span.choice__title", {}, choice.title), choice.hint && el("span.choice__hint", {}, choice.hint))));
    const onKey = (event) => {
      const chosen = buttons[Number(event.key) - 1];
      if (chosen) { event.preventDefault(); chosen.click(); } else if (step(event)) move(buttons, step(event), event);
    };
    return { body: [hint && el("p.muted", {}, hint), el("div.choices", {}, buttons)], onKey };
  });
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
    return { body: el("form.stack", { on: { submit: send } }, el("p.muted", {}, t("console.dialog.call_hint", { n: before })), el("label.field", {}, el("span.field__label", {}, t("console.call_reason")), input, error), el("div.dialog__actions", {}, el("button.btn", { on: { click: () => done(null) } }, t("console.cancel")), el("button.btn.btn--primary", { type: "submit" }, t("console.confirm")))) };
  });
}

/** One more matter for the visit. */
export const askMatter = (number) => search({ title: t("console.dialog.matter", { number }), kinds: ["matter"] });

/** To which window or matter. Windows are at hand, matters are searched at the server. */
export const askTransfer = ({ number, from }) => search({ title: t("console.dialog.transfer", { number }), kinds: ["window", "matter"], from });

function search({ title, kinds, from }) {
  return open(title, (done) => {
    let [kind] = kinds;
    let wanted = 0;
    let timer;
    const list = el("div.choices.choices--scroll", { role: "listbox" });
    const input = el("input.input", { autofocus: true, autocomplete: "off", on: { input: () => { clearTimeout(timer); timer = setTimeout(find, kind === "matter" ? SEARCH_MS : 0); } } });
    const tabs = kinds.map((one) => el("button.tab", { role: "tab", on: { click: () => choose(one) } }, t(`console.transfer.${one}`)));
    const choose = (one) => {
      kind = one;
      tabs.forEach((tab, i) => tab.setAttribute("aria-selected", String(kinds[i] === one)));
      input.placeholder = t(`console.transfer.search_${one}`);
      input.focus();
      find();
    };
    const draw = (items, empty) => fill(list, items.length ? items.map((item) => el("button.choice", { on: { click: () => done(item.body) } }, item.number ? el("span.choice__number.num", {}, item.number) : icon("document"), el("span.choice__text", {}, el("span.choice__title", {}, item.title), item.hint && el("span.choice__hint", {}, item.hint)), item.state && el(`span.badge.badge--dot${TONES[item.state] ? `.${TONES[item.state]}` : ""}`, {}, t(`console.state.${item.state}`)))) : el("p.empty", {}, empty));
    const find = async () => {
      const turn = ++wanted;
      const q = input.value.trim();
      if (kind === "window") { draw(windows(q, from), t("console.transfer.none")); return; }
      if (!q) { draw([], t("console.transfer.type")); return; }
      try {
        const found = await matters(q);
        if (turn === wanted) draw(found, t("console.transfer.none"));
      } catch (error) {
        if (turn === wanted) draw([], errorText(error));
      }
    };
    const onKey = (event) => {
      const choices = [...list.querySelectorAll("button")];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") move(choices, step(event), event);
      else if (event.key === "Enter" && event.target === input) { event.preventDefault(); choices[0]?.click(); }
    };
    queueMicrotask(() => choose(kind));
    if (kinds.includes("window")) lookAround().then(() => { if (kind === "window" && list.isConnected) find(); });
    return { body: [tabs.length > 1 && el("div.tabs", { role: "tablist" }, tabs), input, list], onKey };
  });
}

/** The windows as they are now; those of the sign-in where the hall does not answer. */
async function lookAround() {
  try { setHall(await api.get("hall")); } catch { /* the transfer itself tells what is wrong */ }
}

/** Windows one may send to, found by number or name. */
function windows(q, from) {
  const wanted = q.toLowerCase();
  const fits = (w) => (/^\d+$/.test(wanted) ? String(w.number).startsWith(wanted) : `${w.name} ${w.name_en ?? ""}`.toLowerCase().includes(wanted));
  return theHall().windows.filter((w) => w.id !== from && w.state !== "closed" && fits(w)).sort((a, b) => a.number - b.number).slice(0, MOST)
    .map((w) => ({ number: w.number, title: named(w), state: w.state, body: { window: w.id } }));
}

async function matters(q) {
  const { matters: found } = await api.get(`matters?${new URLSearchParams({ q, limit: MOST })}`);
  return found.map((m) => ({ title: named(m), hint: m.department_name, body: { matter: m.id } }));
}

/** Every key, in words. */
export function showKeys() {
  return open(t("console.dialog.keys"), () => ({
    body: [el("dl.keys", {}, ACTIONS.map((action) => el("div.keys__row", {}, el("dt", {}, action.keys.map((key) => el("kbd.key", {}, keyName(key)))), el("dd", {}, t(`console.act.${action.id}`)))),
      el("div.keys__row", {}, el("dt", {}, el("kbd.key", {}, "?")), el("dd", {}, t("console.keys")))), el("p.muted.small", {}, t("console.keys.dialogs"))],
  }));
}

const keyName = (key) => ({ " ": t("console.key.space"), enter: t("console.key.enter") })[key] ?? key.toUpperCase();

/** A dialog whose `build(done)` gives its body and key listener; resolves to what `done` was told, null on Escape. */
function open(title, build) {
  return new Promise((resolve) => {
    let result = null;
    const box = el("dialog.dialog", { "aria-label": title });
    const { body, onKey = () => {} } = build((value) => { result = value; box.close(); });
    box.append(el("div.dialog__body", {}, el("div.spread", {}, el("h2.dialog__title", {}, title), el("button.btn.btn--quiet.btn--icon", { "aria-label": t("console.close_dialog"), on: { click: () => box.close() } }, icon("close"))), ...[body].flat().filter(Boolean)));
    box.addEventListener("keydown", (event) => { event.stopPropagation(); onKey(event); });
    box.addEventListener("close", () => { box.remove(); resolve(result); });
    document.body.append(box);
    box.showModal();
    box.querySelector("[autofocus]")?.focus();
  });
}

const step = (event) => ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 })[event.key] ?? 0;

function move(buttons, by, event) {
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length]?.focus();
}
