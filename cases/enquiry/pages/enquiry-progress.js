/** Progress of a case: by its number and query code, or by the card on the reader beside the machine. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, named, t } from "/static/i18n.js";
import { dayOf } from "/static/numbers.js";
import { choices, nothing } from "/static/visitor/steps.js";
import { asked, cardHint, field } from "./enquiry-fields.js";

export function progressView(app) {
  app.onCard((card) => app.turn({ name: "cases", card }));
  const number = field("number", "enquiry.case_number", { keys: "letters", maxlength: 60, placeholder: "SL…" });
  const code = field("code", "enquiry.case_code", { keys: "letters", maxlength: 40 });
  asked(app, {
    title: t("enquiry.progress"), hint: t("enquiry.progress_hint"), fields: [number, code], beside: cardHint(app), text: t("enquiry.look"),
    send: (signal) => api.post("progress", { number: number.value, code: code.value }, { signal }),
    done: (seen) => app.go({ name: "cases", seen: [seen] }),
  });
}

export function casesView(app, at) {
  const frame = { title: t("enquiry.progress"), class: "en-read" };
  if (at.seen) { app.show({ ...frame, ...drawn(app, at, at.seen) }); return; }
  const word = at.card;
  at.card = ""; // a card's word is good once; what it showed stays only as long as this view
  app.load(frame, (signal) => app.post("/cases", { card: word }, signal), ({ masked, cases, halls, missing, behind }) => {
    Object.assign(at, { seen: cases, halls, said: lacking(missing, behind) });
    return { ...drawn(app, at, cases), hint: t("enquiry.cases_of", { who: masked, n: cases.length }) };
  });
}

/** What is missing of other halls, in one plain line; "": nothing. */
const lacking = (missing, behind) => (missing ? t(`enquiry.missing_${missing}`) : behind.length ? t("enquiry.missing_halls", { halls: behind.join("、") }) : "");

function drawn(app, at, cases) {
  const said = at.said && el("p.notice", { id: "missing" }, icon("info"), el("span", {}, at.said));
  if (!cases.length) return { body: [said, nothing("document", t("enquiry.no_cases"), t("enquiry.no_cases_todo"))] };
  const hall = (each) => at.halls?.[each.number] ?? "";
  const one = cases.length === 1 ? cases[0] : cases.find((each) => each.number === at.number);
  if (one) return { title: named(one, "matter_name"), over: hall(one) || t("enquiry.progress"), body: [cases.length === 1 && said, picture(one)] };
  return { body: [said, choices(cases.map((each) => ({ id: `case-${each.number}`, icon: "document", name: named(each, "matter_name"), note: [t(`progress.state.${state(each)}`), each.number, hall(each)].filter(Boolean).join(" · "), act: () => app.go({ name: "cases", seen: cases, halls: at.halls, number: each.number }) })), { columns: 1 })] };
}

const state = (view) => (view.outcome === "denied" && view.state !== "withdrawn" ? "denied" : view.state);

function picture(view) {
  const reached = view.steps.filter((one) => one.at).length;
  const expects = `progress.expects.${view.expects}${view.expects === "nothing" ? `.${["withdrawn", "terminated", "not_accepted"].includes(view.state) ? "over" : "done"}` : ""}`;
  return el("div.en-case", { dataset: { state: view.state } },
    el("section.card.en-case__now", {}, el("p.en-case__state", {}, t(`progress.state.${state(view)}`)), el("p", {}, t(expects)), el("p.num.muted", {}, view.number),
      view.due && el("p.en-case__due", {}, icon("calendar"), el("span", {}, t("progress.due"), " ", el("strong", {}, dayOf(view.due))))),
    view.lacks.length > 0 && el("section.card.notice--warn", {}, el("h2.en-h2", {}, t("progress.todo")), el("ul", {}, view.lacks.map((one) => el("li", {}, el("strong", {}, named(one)), one.what && ` ${one.what}`)))),
    el("section.card", {}, el("h2.en-h2", {}, t("progress.way")), el("ol.en-way", {}, view.steps.map((one, place) => el("li", { dataset: { is: place < reached - 1 ? "done" : place === reached - 1 ? "last" : "ahead" } }, el("span", {}, has(`progress.step.${one.step}`) ? t(`progress.step.${one.step}`) : t("progress.step.procedure", { days: one.days ?? "" })), el("span.muted", {}, one.at ? dayOf(one.at) : ""))))));
}
