/** An application step by step: its questions, its form, its materials, how the result is fetched; the hall keeps every step at once. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { choices } from "/static/visitor/steps.js";

const DELIVERIES = ["window", "courier", "locker", "electronic"];
export const STEPS = 5;

/** Begins or goes on: `at.matter`, or `at.id` of what was begun. */
export async function applyView(terminal, at, signal) {
  terminal.loading(t("self.loading"));
  const application = await terminal.trying(() => (at.id ? terminal.get(`applications/${at.id}`) : api.post("applications", { matter: at.matter })), { again: () => terminal.draw(), signal });
  if (!application) return;
  terminal.take(application);
  if (application.closed) { closed(terminal, application, signal); return; }
  const isBegun = application.changed_at !== application.begun_at;
  if (application.left_out.length) { changed(terminal, application, signal); return; }
  if (!at.id && isBegun) { resumed(terminal, application, signal); return; }
  terminal.turn(next(application));
}

/** The step that is to be done next. */
export function next(application) {
  if (application.open_parts) return { name: application.open_parts.includes("form") ? "form" : "materials" };
  return application.needs.is_answered ? { name: "form" } : { name: "situation" };
}

function resumed(terminal, application, signal) {
  terminal.show({
    over: named(application.edition), title: t("self.found_begun"), hint: t("self.found_begun_hint"),
    body: choices([
      { id: "go-on", icon: "refresh", name: t("self.go_on"), act: () => terminal.turn(next(application)) },
      { id: "drop", icon: "trash", name: t("self.begin_anew"), act: () => dropped(terminal, application) },
    ]),
  }, signal);
}

async function dropped(terminal, application) {
  const { signal } = terminal;
  const done = await terminal.trying(async () => { await api.del(`applications/${application.id}`); return true; }, { signal });
  if (done) terminal.turn({ name: "apply", matter: application.edition.matter });
}

/* The matter was changed while it lay there: what no longer fits is named, the rest stays. */
function changed(terminal, application, signal) {
  terminal.show({
    over: named(application.edition), title: t("self.changed"), hint: t("self.changed_hint"), next: { text: t("self.go_on"), act: () => terminal.turn(next(application)) },
    body: el("ul.s-lacks", {}, application.left_out.map((one) => el("li.s-lack", {}, icon("info"), el("span", {}, named(one, "text"))))),
  }, signal);
}

/** A matter that was cancelled or suspended: plainly said, and what is there instead. */
export function closed(terminal, application, signal) {
  terminal.show({
    over: named(application.edition), title: t("self.closed"), hint: t(`self.${application.closed}`), next: { text: t("self.to_start"), icon: "home", act: () => terminal.root({ name: "home" }) },
    body: [el("p.notice", {}, icon("info"), el("span", {}, t("self.closed_kept"))), choices([{ id: "guide", icon: "info", name: t("self.see_guide"), act: () => location.assign(`/guide?${new URLSearchParams({ machine: "terminal", matter: application.edition.matter })}`) }])],
  }, signal);
}

/** One question after the other; a change of an answer asks the later ones again. */
export async function situationView(terminal, at, signal) {
  const { application } = terminal;
  const { edition, needs, answers } = application;
  const asked = needs.asked.map((id) => edition.questions.find((one) => one.id === id));
  const open = asked.find((one) => !answers[one.id]?.length);
  const question = at.question ? asked.find((one) => one.id === at.question) : open;
  if (needs.stop && !at.question) {
    terminal.show({ over: named(edition), title: t("self.not_accepted"), hint: named(needs, "stop"), body: [again(terminal)] }, signal);
    return;
  }
  if (!question) { summary(terminal, asked, signal); return; }
  const choose = (option) => answer(terminal, { ...answers, [question.id]: [option.id] }, asked, question);
  terminal.show({
    over: named(edition), title: named(question, "text"), step: 1, of: STEPS,
    body: choices(question.options.map((one) => ({ id: `option-${one.id}`, name: named(one), isOn: answers[question.id]?.includes(one.id), act: () => choose(one) })), { label: named(question, "text") }),
  }, signal);
}

async function answer(terminal, answers, asked, question) {
  const later = new Set(asked.slice(asked.indexOf(question) + 1).map((one) => one.id));
  const kept = Object.fromEntries(Object.entries(answers).filter(([id]) => !later.has(id)));
  if (await saved(terminal, { answers: kept })) terminal.turn({ name: "situation" });
}

function summary(terminal, asked, signal) {
  const { application } = terminal;
  const chosen = (one) => one.options.filter((option) => application.answers[one.id]?.includes(option.id)).map((option) => named(option)).join("、");
  if (!asked.length) { terminal.turn({ name: "form" }); return; }
  terminal.show({
    over: named(application.edition), title: t("self.situation_done"), step: 1, of: STEPS, next: { act: () => terminal.go({ name: "form" }) },
    body: choices(asked.map((one) => ({ id: `question-${one.id}`, icon: "edit", name: chosen(one), note: named(one, "text"), act: () => terminal.turn({ name: "situation", question: one.id }) }))),
  }, signal);
}

const again = (terminal) => el("button.btn.btn--lg", { id: "answer-again", on: { click: async () => { if (await saved(terminal, { answers: {} })) terminal.turn({ name: "situation" }); } } }, icon("refresh"), t("self.answer_again"));

export function deliveryView(terminal, at, signal) {
  const { application } = terminal;
  const pick = async (delivery) => { if (await saved(terminal, { delivery })) terminal.go({ name: "check" }); };
  terminal.show({
    over: named(application.edition), title: t("self.delivery"), step: 4, of: STEPS,
    body: choices(DELIVERIES.map((name) => ({ id: `delivery-${name}`, name: t(`self.delivery_${name}`), note: t(`self.delivery_${name}_hint`), isOn: application.delivery === name, act: () => pick(name) }))),
  }, signal);
}

/**
 * Keeps a change at the hall; where another page of the same person was quicker, the newest is taken and the change put on it.
 * @returns {Promise<object|null>} the application now; null: the fault is on the page
 */
export async function saved(terminal, change, { quietly = false } = {}) {
  const { application, signal } = terminal;
  const put = async (seen, tries = 2) => {
    try { return await api.put(`applications/${application.id}`, { seen, ...change }); } catch (error) {
      if (error.code !== "applying.changed" || !tries) throw error;
      const now = await api.get(`applications/${application.id}`);
      return put(now.seen, tries - 1);
    }
  };
  try {
    const now = await put(application.seen);
    if (signal.aborted && terminal.application?.id !== application.id) return null; // somebody else is here now
    return terminal.take(now);
  } catch (error) {
    if (!quietly) terminal.failed(error, { again: () => terminal.draw(), signal });
    return null;
  }
}
