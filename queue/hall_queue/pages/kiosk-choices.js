/** What a visitor may or must say before the number: the identity number, and a class that the law serves first. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { askCard } from "./kiosk-card.js";
import { askIdNumber } from "./kiosk-id.js";
import { masked } from "./id-number.js";

/* The classes of 优先办理 as halls usually name them; others get a star. */
const CLASS_ICONS = { military: "soldier", veteran: "soldier", disabled: "accessible", pregnant: "pregnant", elderly: "elder" };

/** Whether one of the lines gives numbers by name only. */
export const needsId = (kiosk, view) => Boolean(view.needsId) || [view.matter, ...(view.more ?? [])].some((one) => one && kiosk.line(one.line)?.needs_id) || Boolean(kiosk.line(view.line?.id)?.needs_id);

/** Whether it is known who takes the number: by a card that lies on the reader, or by what was typed. */
export const isIdentified = (kiosk, view) => Boolean(kiosk.card.word || view.choice.id_number);

/** Asks for the card, or for the identity number; true where there is one afterwards. Keeps what was typed while the view is shown. */
export async function askFor(kiosk, view, fault = "") {
  if (kiosk.beside.canRead && !fault && !view.choice.id_number) {
    const how = await askCard(kiosk, { isRequired: needsId(kiosk, view) });
    if (how !== "type") return how === "card" && Boolean(kiosk.card.word);
  }
  const number = await askIdNumber({ number: view.choice.id_number, fault, isRequired: needsId(kiosk, view) });
  if (number !== null && !kiosk.signal.aborted) view.choice.id_number = number;
  return Boolean(kiosk.card.word) || (number !== null && Boolean(view.choice.id_number));
}

/** The row that shows and changes the number. `onChange` is called when it may be another one. */
export function person(kiosk, view, onChange) {
  const isNeeded = needsId(kiosk, view);
  const shown = el("span.num.k-idrow__value");
  const action = el("span.k-idrow__do");
  const row = el(`button.k-idrow${isNeeded ? ".k-idrow--needed" : ""}`, { id: "id-number", on: { click: pressed } },
    icon("user"), el("span.k-idrow__text", {}, el("span", {}, t("kiosk.id_number")), shown), action, icon("chevron-right"));
  addEventListener("card", () => { draw(); onChange(); }, { signal: kiosk.signal });
  draw();
  return [row, isNeeded && el("p.k-idwhy", {}, icon("shield"), el("span", {}, t("kiosk.id_needed_why")))];

  async function pressed() {
    if (kiosk.card.word) kiosk.card.wipe();
    else await askFor(kiosk, view);
    draw();
    onChange();
  }

  function draw() {
    const { word, masked: onCard } = kiosk.card;
    const number = view.choice.id_number;
    fill(shown, word ? onCard : number ? masked(number) : t(isNeeded ? "kiosk.id_needed" : "kiosk.id_optional"));
    action.textContent = t(word ? "kiosk.card_wipe" : number ? "kiosk.change" : kiosk.beside.canRead ? "kiosk.card_or_type" : "kiosk.enter");
  }
}

/** The classes as large buttons, each with its sign; nothing in lines without priority. */
export function priorities(kiosk, view, line) {
  const all = kiosk.hall.priorities ?? [];
  const { choice } = view;
  if (!all.length || line?.priority === false) { choice.priority = null; return null; }
  const cards = all.map((one) => el("button.k-class", { role: "radio", "aria-checked": String(choice.priority === one.id), on: { click: () => pick(one.id) } },
    icon(CLASS_ICONS[one.id] ?? "star"), el("span.k-class__name", {}, named(one)), el("span.k-class__mark", {}, icon("check"))));
  return el("div.k-priority", {},
    el("div.k-priority__head", {}, el("p.strong", { id: "priority" }, t("kiosk.priority")), el("p.muted", {}, t("kiosk.priority_hint"))),
    el("div.k-classes", { role: "radiogroup", "aria-labelledby": "priority" }, cards));

  function pick(id) {
    choice.priority = choice.priority === id ? null : id;
    cards.forEach((card, i) => card.setAttribute("aria-checked", String(all[i].id === choice.priority)));
  }
}
