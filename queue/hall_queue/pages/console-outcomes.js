/** What became of a visit: one outcome, or one for each matter, and whether the visitor goes on from here. */

import { el, fill } from "/static/dom.js";
import { named, t } from "/static/i18n.js";
import { OUTCOMES } from "./console-actions.js";
import { formActions, move, open, pick } from "./console-dialog.js";
import { onwardText } from "./console-ticket.js";

/** How the visit ends here; resolves to the body of the finish. */
export function askOutcome(ticket) {
  if (ticket.matters.length > 1 || ticket.onward) return askEach(ticket);
  return pick({ title: t("console.dialog.outcome", { number: ticket.number }), choices: OUTCOMES.map((outcome) => ({ title: t(`console.outcome.${outcome}`), body: { outcome } })) });
}

/** Digits say what became of the matter in focus, arrows go to the next one, E ends the whole visit, Enter sends. */
function askEach(ticket) {
  return open(t("console.dialog.outcome", { number: ticket.number }), (done) => {
    let ends = false;
    const chosen = new Map(ticket.matters.map((one) => [one.matter, one.outcome ?? (one.elsewhere ? "consulted" : OUTCOMES[0])]));
    const rows = el("div.outcomes");
    const stays = (one) => !ends && (one.elsewhere || (ticket.onward?.back && one.matter === ticket.matter));
    const shown = () => ticket.matters.filter((one) => !stays(one));
    const draw = () => {
      const at = document.activeElement?.closest?.(".outcome")?.dataset.matter;
      fill(rows, shown().map((one) => row(one, chosen, draw)), ticket.onward && note(ticket, ends));
      (rows.querySelector(`[data-matter="${CSS.escape(at ?? "")}"]`) ?? rows.querySelector(".outcome"))?.focus();
    };
    const end = () => { ends = !ends; if (box) box.checked = ends; draw(); };
    const box = ticket.onward && el("input", { type: "checkbox", name: "ends", tabindex: "-1", on: { change: end } });
    const send = (event) => { event.preventDefault(); done({ outcomes: Object.fromEntries(shown().map((one) => [one.matter, chosen.get(one.matter)])), ends }); };
    const form = el("form.stack", { on: { submit: send } }, rows, box && el("label.check", {}, box, t("console.outcome.ends"), el("kbd.key", {}, "E")), formActions(done, t("console.act.finish")));
    queueMicrotask(draw);
    return { body: [shown().length > 0 && el("p.muted", {}, t("console.dialog.outcomes_hint")), form], onKey: (event) => onKey(event, { rows, chosen, draw, end: box && end, form }) };
  });
}

function row(one, chosen, draw) {
  const options = OUTCOMES.map((outcome, i) => el("button.chip", { tabindex: "-1", "aria-pressed": String(chosen.get(one.matter) === outcome), on: { click: () => { chosen.set(one.matter, outcome); draw(); } } }, el("kbd.key", {}, i + 1), t(`console.outcome.${outcome}`)));
  return el("div.outcome", { tabindex: "0", dataset: { matter: one.matter } }, el("p.outcome__matter", {}, named(one)), el("div.outcome__chips", {}, options));
}

function note({ onward, matters }, ends) {
  if (ends) return null;
  const others = matters.filter((one) => one.elsewhere).map((one) => named(one));
  return el("p.notice", {}, el("span", {}, others.length > 0 && t("console.outcome.others", { matters: others.join(t("common.comma")) }), " ", onwardText(onward)));
}

function onKey(event, { rows, chosen, draw, end, form }) {
  const here = event.target.closest(".outcome");
  const outcome = OUTCOMES[Number(event.key) - 1];
  if (outcome && here) { event.preventDefault(); chosen.set(here.dataset.matter, outcome); draw(); }
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") move([...rows.querySelectorAll(".outcome")], event.key === "ArrowDown" ? 1 : -1, event);
  else if (event.key.toLowerCase() === "e" && end) { event.preventDefault(); end(); }
  else if (event.key === "Enter" && !event.target.matches("button")) { event.preventDefault(); form.requestSubmit(); }
}
