/** What the efficiency board publishes: a manager's approval, with a reason. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";

const ADDRESS = "efficiency/publication";
const HONOURS = ["none", "week", "month"];
const PEOPLE = ["none", "number", "name"];

let found = null;
let draft = null;
let goal_min = 0;
let reason = "";
let refusal = null;

async function start() {
  await loadTexts();
  onLang(draw);
  try {
    [found, { goal_min }] = await Promise.all([api.get(ADDRESS), api.get("efficiency")]);
    draft = structuredClone(found.publication);
  } catch (error) {
    if (error.status === 401) { location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`; return; }
    fill($("#view"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
  }
  draw();
}

async function save(event) {
  event.preventDefault();
  refusal = null;
  try {
    draft = await api.put(ADDRESS, { publication: draft, reason });
    reason = "";
    toast(t("efficiency.manage.saved"), "ok");
  } catch (error) { refusal = error; }
  draw();
  document.querySelector("[aria-invalid]")?.focus();
}

/* -- drawing */

function draw() {
  document.title = t("efficiency.manage.title");
  fill($("#head"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("efficiency.manage.back")), el("h1.effp__title", {}, t("efficiency.manage.title")),
    el("a.btn.btn--sm", { href: "/efficiency", target: "_blank", rel: "noopener", id: "open" }, t("efficiency.manage.open")), el("a.btn.btn--sm", { href: "/manager/screens#new=module.efficiency", id: "hang" }, t("efficiency.manage.hang")), el("language-switch"));
  if (!draft) return;
  fill($("#view"), el("form", { class: "stack", novalidate: true, on: { submit: save } }, figures(), groups(), roll(), approval()));
}

function figures() {
  const chosen = new Set(draft.figures);
  const toggle = (id, on) => { draft.figures = on ? [...draft.figures, id] : draft.figures.filter((one) => one !== id); };
  return part("figures", el("p.muted", {}, t("efficiency.manage.figures_hint", { most: found.most })),
    el("div.effp__grid", {}, found.choices.map((id) => check(`figure-${id}`, chosen.has(id), (on) => toggle(id, on), t(`efficiency.figure.${id}`, { goal: goal_min })))), wrong("publication.figures"));
}

const groups = () => part("groups", el("div.effp__grid", {}, ["departments", "windows"].map((name) => check(name, draft[name], (on) => { draft[name] = on; }, t(`efficiency.manage.${name}`)))));

function roll() {
  const numbers = draft.honours === "none" ? [] : ["places", "served_least", "good_least_percent", "on_time_least_percent"];
  return part("roll", el("div.effp__grid", {}, choice("honours", HONOURS, "efficiency.manage.honours"), numbers.map(number), draft.honours !== "none" && choice("people", PEOPLE, "efficiency.manage.people")), wrong("publication.honours"),
    draft.honours !== "none" && el("p.small.muted", {}, t("efficiency.manage.people_hint", { shown: found.staff_shown, public: t(found.has_public_staff ? "efficiency.manage.on" : "efficiency.manage.off") })));
}

function approval() {
  const input = el("input.input", { name: "reason", maxlength: 200, value: reason, autocomplete: "off", "aria-invalid": isWrong("reason") || null, on: { input: (event) => { reason = event.target.value; } } });
  return el("div.effp__part", {}, el("div.effp__bar", {}, el("label.field", {}, el("span.field__label", {}, t("efficiency.manage.reason")), input), el("button.btn.btn--primary", { type: "submit", id: "save" }, t("efficiency.manage.save"))), wrong("reason"),
    refusal && !refusal.fields?.field && el("p.field__error", { role: "alert" }, errorText(refusal)));
}

const part = (name, ...inside) => el("fieldset.effp__part", { id: `part-${name}` }, el("legend", {}, t(`efficiency.manage.${name}`)), inside);
const check = (name, checked, set, words) => el("label.check", {}, el("input", { type: "checkbox", name, checked, on: { change: (event) => set(event.target.checked) } }), words);
const isWrong = (field) => refusal?.fields?.field === field;
const wrong = (field) => isWrong(field) && el("p.field__error", { role: "alert", dataset: { error: field } }, errorText(refusal));

function choice(name, options, words) {
  return el("label.field", {}, el("span.field__label", {}, t(words)), el("select.select", { name, on: { change: (event) => { draft[name] = event.target.value; draw(); } } }, options.map((one) => el("option", { value: one, selected: draft[name] === one }, t(`${words}.${one}`)))));
}

function number(name) {
  const [min, max] = found.ranges[name];
  return el("label.field", {}, el("span.field__label", {}, t(`efficiency.manage.${name}`)), el("input.input.num", { type: "number", name, min, max, value: draft[name], "aria-invalid": isWrong(`publication.${name}`) || null, on: { input: (event) => { draft[name] = Number.isFinite(event.target.valueAsNumber) ? Math.round(event.target.valueAsNumber) : 0; } } }), wrong(`publication.${name}`));
}

await start();
