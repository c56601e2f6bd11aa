/** The cases of this window today, and the search by number: to go on with one that is there. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { packageRow } from "/pages/cases_packages/accept-package.js";
import { inWords } from "./accept-words.js";

const PAUSE_MS = 200;
const TONES = { accepted: "badge--ok", correction: "badge--warn", not_accepted: "badge--bad" };

/** Opens the list; resolves to the case that was chosen, or to null. */
export function chooseCase(window) {
  return new Promise((resolve) => {
    let timer = null, chosen = null;
    const list = el("ul.today", { id: "today" });
    const search = async () => {
      const q = input.value.trim();
      try {
        const which = q ? `q=${encodeURIComponent(q)}` : `window=${encodeURIComponent(window)}&day=today`;
        const [{ items: all }, { items: packages }] = await Promise.all([api.get(`cases?limit=30&${which}`), api.get(`packages?${which}`)]);
        const shown = new Set(packages.flatMap((one) => one.parts.map((part) => part.case)));
        const items = all.filter((one) => !shown.has(one.id));
        fill(list, packages.map((one) => packageRow(one, { onOpen: (part) => open({ id: part.case }) })), items.map((one) => el("li", {}, el("button.today__row", { on: { click: () => open(one) } }, el("span.num.muted", {}, timeOfDay(one.received_at)), el("span.today__what", {}, el("span.truncate", {}, inWords(one, "matter_name")), el("span.muted.small.num", {}, one.number)), el(`span.badge${TONES[one.state] ? `.${TONES[one.state]}` : ""}`, {}, t(`accept.state.${one.state}`))))),
          !items.length && !packages.length && el("li.empty", {}, icon("document"), el("p.empty__title", {}, t(q ? "accept.today.none_found" : "accept.today.none")), el("p", {}, t("accept.today.none_do"))));
      } catch (error) { toast(errorText(error), "bad"); }
    };
    const open = async (one) => {
      try { chosen = await api.get(`cases/${encodeURIComponent(one.id)}`); box.close(); } catch (error) { toast(errorText(error), "bad"); }
    };
    const input = el("input.input", { id: "today-q", type: "search", autocomplete: "off", placeholder: t("accept.today.search"), "aria-label": t("accept.today.search"), on: { input: () => { clearTimeout(timer); timer = setTimeout(search, PAUSE_MS); }, keydown: (event) => { if (["ArrowDown", "Enter"].includes(event.key)) { event.preventDefault(); list.querySelector("button")?.focus(); } } } });
    list.addEventListener("keydown", (event) => {
      const go = { ArrowDown: 1, ArrowUp: -1 }[event.key], rows = [...list.querySelectorAll("button")];
      if (go) { event.preventDefault(); (rows[rows.indexOf(document.activeElement) + go] ?? input).focus(); }
    });
    const box = el("dialog.dialog.todaybox", { "aria-label": t("accept.today.title"), on: { close: () => { box.remove(); resolve(chosen); } } }, el("div.dialog__body", {}, el("h2.dialog__title", {}, t("accept.today.title")), input, list, el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("common.close")))));
    document.body.append(box);
    box.showModal();
    search();
  });
}
