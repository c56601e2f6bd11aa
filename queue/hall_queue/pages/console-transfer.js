/** Sending a visitor on: to a window, a matter or a person, to come back or not; and taking up one more matter. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { move, open } from "./console-dialog.js";
import { setHall, theHall } from "./console-words.js";

const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const SEARCH_MS = 150;
const MOST = 30;
const REASON_MOST = 120;

/** One more matter for the visit. */
export const askMatter = (number) => search({ title: t("console.dialog.matter", { number }), kinds: ["matter"] });

/** To which window, matter or person; whether the visitor comes back, and why they go. */
export const askTransfer = (desk) => search({ title: t("console.dialog.transfer", { number: desk.ticket.number }), kinds: ["window", "matter", "staff"], desk });

function search({ title, kinds, desk }) {
  return open(title, (done) => {
    let [kind] = kinds;
    let wanted = 0;
    let timer;
    const list = el("div.choices.choices--scroll", { role: "listbox" });
    const input = el("input.input", { name: "q", autofocus: true, autocomplete: "off", on: { input: () => { clearTimeout(timer); timer = setTimeout(find, kind === "matter" ? SEARCH_MS : 0); } } });
    const tabs = kinds.map((one) => el("button.tab", { role: "tab", tabindex: "-1", dataset: { kind: one }, on: { click: () => choose(one) } }, t(`console.transfer.${one}`)));
    const way = desk ? onTheWay() : { body: null, read: () => ({}) };
    const choose = (one) => {
      kind = one;
      tabs.forEach((tab, i) => tab.setAttribute("aria-selected", String(kinds[i] === one)));
      input.placeholder = t(`console.transfer.search_${one}`);
      input.focus();
      find();
    };
    const pickOne = (item) => done({ ...item.body, ...way.read() });
    const draw = (items, empty) => fill(list, items.length ? items.map((item) => choiceOf(item, pickOne)) : el("p.empty", {}, empty));
    const find = async () => {
      const turn = ++wanted;
      const q = input.value.trim();
      if (kind === "window") { draw(windows(q, desk.window.id), t("console.transfer.none")); return; }
      if (kind === "staff") { draw(people(q, desk), t("console.transfer.none")); return; }
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
      const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") move(choices, event.key === "ArrowDown" ? 1 : -1, event);
      else if (sideways && (event.target !== input || !input.value) && !event.target.matches("[name=reason]")) { event.preventDefault(); choose(kinds[(kinds.indexOf(kind) + sideways + kinds.length) % kinds.length]); }
      else if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); choices[0]?.click(); }
    };
    queueMicrotask(() => choose(kind));
    if (kinds.includes("window")) lookAround().then(() => { if (kind === "window" && list.isConnected) find(); });
    return { body: [tabs.length > 1 && el("div.tabs", { role: "tablist" }, tabs), input, list, way.body], onKey };
  });
}

/** What goes along with a transfer: the reason, and whether the visitor comes back. */
function onTheWay() {
  const returns = el("input", { type: "checkbox", name: "returns" });
  const reason = el("input.input", { name: "reason", maxlength: REASON_MOST, autocomplete: "off", placeholder: t("console.transfer.reason"), "aria-label": t("console.transfer.reason") });
  return {
    body: el("div.transfer__way", {}, el("label.check", {}, returns, t("console.transfer.returns")), reason, el("p.muted.small", {}, t("console.transfer.keys"))),
    read: () => ({ returns: returns.checked, reason: reason.value.trim() }),
  };
}

function choiceOf(item, onChoose) {
  return el("button.choice", { tabindex: "-1", on: { click: () => onChoose(item) } }, item.number ? el("span.choice__number.num", {}, item.number) : icon("document"),
    el("span.choice__text", {}, el("span.choice__title", {}, item.title), item.hint && el("span.choice__hint", {}, item.hint)),
    item.state && el(`span.badge.badge--dot${TONES[item.state] ? `.${TONES[item.state]}` : ""}`, {}, t(`console.state.${item.state}`)), item.note && el("span.badge", {}, item.note));
}

/** The windows as they are now; those of the sign-in where the hall does not answer. */
async function lookAround() {
  try { setHall(await api.get("hall")); } catch { /* the transfer itself tells what is wrong */ }
}

const numbered = (q, number, words) => (/^\d+$/.test(q) ? String(number).startsWith(q) : words.toLowerCase().includes(q.toLowerCase()));

/** Windows one may send to, found by number or name. */
function windows(q, from) {
  return theHall().windows.filter((w) => w.id !== from && w.state !== "closed" && numbered(q, w.number, `${w.name} ${w.name_en ?? ""}`)).sort((a, b) => a.number - b.number).slice(0, MOST)
    .map((w) => ({ number: w.number, title: named(w), state: w.state, body: { window: w.id } }));
}

/** Colleagues at other windows, found by name, staff number or window; those who can serve the line first. */
function people(q, { colleagues, ticket }) {
  const can = (one) => one.lines.includes(ticket.line);
  return colleagues.filter((one) => numbered(q, one.window_number, `${one.name} ${one.number}`)).sort((a, b) => can(b) - can(a) || a.window_number - b.window_number).slice(0, MOST)
    .map((one) => ({ number: one.window_number, title: one.name || one.number, hint: t("console.transfer.person", { n: one.window_number, number: one.number }), note: can(one) ? "" : t("console.transfer.other_line"), body: { staff: one.staff } }));
}

async function matters(q) {
  const { matters: found } = await api.get(`matters?${new URLSearchParams({ q, limit: MOST })}`);
  return found.map((m) => ({ title: named(m), hint: m.department_name, body: { matter: m.id } }));
}
