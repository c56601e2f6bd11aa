/** One matter or one package: its questions one after the other, then exactly what it takes, and the ways on. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { onForget } from "/static/visitor/forget.js";
import { choices } from "/static/visitor/steps.js";
import { factList, materialList, notice, partList } from "./guide-parts.js";
import { nextThings } from "./guide-take.js";

const LOOKED_MS = 30000;
const SHORT = 3; // letters of an answer that needs its question
/** What was last known of a matter during this visit: shown on when the matter stops while somebody looks. */
const kept = new Map();
onForget(() => kept.clear());

/** @param {{id: string, plain?: object, answers: Record<string, string[]>}} at */
export async function matterView(guide, at, signal) {
  try {
    const told = await guide.get(`matters/${encodeURIComponent(at.id)}`, signal);
    const needs = told.edition ? await needed(guide, at, told, signal) : kept.get(at.id)?.needs ?? null;
    if (signal.aborted) return;
    if (needs) kept.set(at.id, { needs });
    const next = told.edition && needs && !needs.stop ? needs.ask.find((one) => one.id === needs.next) : null;
    if (next) question(guide, at, signal, { needs, next, over: nameOf(at, told) }, (id) => ({ ...at, answers: answered(needs, at.answers, next.id, id) }));
    else sheet(guide, at, signal, told, needs);
    watch(guide, at, signal, told);
  } catch (error) { await stopped(guide, at, signal, error); }
}

const needed = (guide, at, told, signal) => guide.post(`matters/${encodeURIComponent(at.id)}/needs`, { answers: at.answers, edition: at.edition ?? told.edition.key }, signal);

/* What was chosen before stays; an answer that the new edition does not know is asked again. */
async function stopped(guide, at, signal, error) {
  if (signal.aborted) return;
  if (error.code === "guidance.changed" || error.code === "situation.option_unknown") {
    guide.tell(t("guide.changed_now"));
    guide.turn({ ...at, edition: undefined, answers: error.code === "guidance.changed" ? at.answers : {} });
  } else if (error.code === "guidance.suspended" || error.code === "guidance.cancelled") guide.draw();
  else guide.failed(error, signal, () => guide.draw());
}

/* Somebody may stand here for minutes: a matter that is changed or stopped meanwhile says so. */
function watch(guide, at, signal, told) {
  const timer = setInterval(async () => {
    const now = await guide.get(`matters/${encodeURIComponent(at.id)}`, signal).catch(() => null);
    if (now && !signal.aborted && (now.standing !== told.standing || now.edition?.key !== told.edition?.key)) guide.draw();
  }, LOOKED_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** Answers to the questions that are still asked, and one more. */
function answered(needs, answers, question, option) {
  const still = new Set(needs.ask.map((one) => one.id));
  return { ...Object.fromEntries(Object.entries(answers).filter(([id]) => still.has(id))), [question]: [option] };
}

function question(guide, at, signal, { needs, next, over }, to) {
  const options = next.options.map((one) => ({ id: `option-${one.id}`, name: named(one), act: () => guide.go(to(one.id)) }));
  guide.show({ title: named(next, "text"), over, step: needs.ask.indexOf(next) + 1, of: needs.ask.length + 1, body: choices(options, { columns: options.length > 5 ? 2 : 1, label: named(next, "text") }) }, signal);
}

const nameOf = (at, told) => (at.plain && named(at.plain)) || named(told.matter);

function sheet(guide, at, signal, told, needs) {
  const isForeign = !isChinese() && !told.matter.name_en;
  const list = { matter: at.id, answers: at.answers };
  const isOpen = ["open", "unwritten"].includes(told.standing);
  guide.show({
    class: "g-sheet", title: nameOf(at, told), over: [named(told.department), at.plain && named(at.plain) !== named(told.matter) && named(told.matter)].filter(Boolean).join(" · "),
    hint: isForeign ? t("guide.name_chinese") : null,
    body: [
      ...standing(guide, told),
      needs?.stop && notice("warn", named(needs, "stop")),
      needs?.ask.length ? situation(needs.ask, () => guide.turn({ ...at, answers: {} })) : null,
      el("div.g-columns.g-read", { tabindex: 0, role: "group", "aria-label": t("guide.bring") },
        el("div.g-column", {}, !needs?.stop && materialList(guide, at, told, needs)),
        el("div.g-column", {}, factList(told, needs))),
      isOpen && !needs?.stop && nextThings(guide, at, told, list),
      (!isOpen || needs?.stop) && nextThings(guide, at, { ...told, ways: {} }, list),
    ],
  }, signal);
}

function standing(guide, told) {
  const { standing: now, since, successors } = told;
  if (now === "suspended") return [notice("warn", t("guide.is_suspended", { since: since ?? "" }), t("guide.is_suspended_hint"))];
  if (now === "later") return [notice("warn", t("guide.is_later", { since: since ?? "" }))];
  if (now === "cancelled") {
    const to = successors.map((one) => ({ id: `successor-${one.id}`, name: named(one), act: () => guide.go({ name: "matter", id: one.id, answers: {} }) }));
    return [notice("warn", t("guide.is_cancelled"), t(to.length ? "guide.is_cancelled_to" : "guide.is_cancelled_hint")), to.length > 0 && choices(to)];
  }
  if (now === "unwritten" && told.guidance?.materials.length) return [notice("info", t("guide.is_noted"), t("guide.bring_hall"))];
  return now === "unwritten" ? [notice("info", t("guide.is_unwritten"), t("guide.is_unwritten_hint"))] : [];
}

/* What was answered, in one line, and the way to answer otherwise. */
function situation(ask, again) {
  const said = ask.filter((one) => one.chosen.length).map((one) => {
    const answer = one.options.filter((option) => one.chosen.includes(option.id)).map((option) => named(option)).join(t("guide.listing"));
    return answer.length > SHORT ? answer : `${named(one, "text")} ${answer}`; // "no" alone says nothing
  });
  if (!said.length) return null;
  return el("p.g-situation", {}, el("span.g-situation__label", {}, t("guide.situation")), said.map((one) => el("span.badge.badge--accent", {}, one)), el("button.btn", { id: "again", on: { click: again } }, icon("edit"), t("guide.answer_again")));
}

/** @param {{id: string, answers: object, part_answers: object}} at */
export async function packageView(guide, at, signal) {
  try {
    const path = `packages/${encodeURIComponent(at.id)}`;
    const told = await guide.get(path, signal);
    const needs = await guide.post(`${path}/needs`, { answers: at.answers, part_answers: at.part_answers }, signal);
    if (signal.aborted) return;
    const own = new Set(told.asks.map((one) => one.id));
    const next = needs.ask.find((one) => one.id === needs.next);
    const to = (id) => (own.has(next.id) ? { ...at, answers: { ...at.answers, [next.id]: [id] } } : { ...at, part_answers: { ...at.part_answers, [next.id]: [id] } });
    if (next) question(guide, at, signal, { needs, next, over: named(told) }, to);
    else packageSheet(guide, at, signal, told, needs);
  } catch (error) { guide.failed(error, signal, () => guide.draw()); }
}

async function packageSheet(guide, at, signal, told, needs) {
  const lead = told.matter ? await guide.get(`matters/${encodeURIComponent(told.matter)}`, signal).catch(() => null) : null;
  const seen = packageSeen(told, lead, needs);
  const list = { package: at.id, answers: at.answers, part_answers: at.part_answers };
  guide.show({
    class: "g-sheet", title: named(told), over: named(told.department), hint: t("guide.package_hint"),
    body: [
      situation(needs.ask, () => guide.turn({ ...at, answers: {}, part_answers: {} })),
      el("div.g-columns.g-read", { tabindex: 0, role: "group", "aria-label": t("guide.bring") },
        el("div.g-column", {}, partList(needs.parts), materialList(guide, at, seen, needs)),
        el("div.g-column", {}, factList(seen, needs))),
      nextThings(guide, at, seen, list),
    ],
  }, signal);
}

/* A package looks like a matter: taken by its leading matter's line, with its own limits. */
function packageSeen(told, lead, needs) {
  const { statute_workdays, promise_workdays, laws } = told;
  const edition = { statute_workdays, promise_workdays, laws, fees: needs.fees, results: [], phones: [], conditions: [], has_form: false };
  const ways = { ...(lead?.ways ?? {}), online: false, terminal: false, phone: false };
  return { matter: { id: told.matter ?? "", name: told.name, name_en: told.name_en }, department: told.department, line: lead?.line ?? null, zone: lead?.zone ?? null, wait_s: lead?.wait_s ?? null, windows: lead?.windows ?? [], standing: "open", edition, ways, guidance: null };
}
