/** The matters that a hall has, to read: what holds today, with situations to try. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { days, shown, stateBadge } from "./catalogue-show.js";

let found = null;
let matter = null;
let words = "";
let failed = "";

await loadTexts();
onLang(draw);
addEventListener("hashchange", open);
await load();

async function load() {
  try {
    found = await api.get(`editions?q=${encodeURIComponent(words)}`);
    failed = "";
  } catch (error) {
    if (error.status === 401) { location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`); return; }
    failed = errorText(error);
  }
  await open();
}

async function open() {
  const id = decodeURIComponent(location.hash.slice(1));
  try {
    matter = id ? await api.get(`editions/${encodeURIComponent(id)}`) : null;
  } catch (error) {
    matter = null;
    failed = errorText(error);
  }
  draw();
  if (matter) scrollTo(0, 0);
}

function draw() {
  document.title = t("catalogue.hall_title");
  fill($("#top"), el("a.btn.btn--quiet.btn--icon", { href: matter ? "#" : "/manager", "aria-label": t("common.back") }, icon("arrow-left")), el("h1", {}, t("catalogue.hall_title")), el("language-switch"));
  if (failed) { fill($("#main"), el("p.notice.notice--bad", {}, failed)); return; }
  fill($("#main"), matter ? detail() : listed());
}

function detail() {
  const edition = matter.editions.findLast((one) => one.state === "published" && one.valid_from <= matter.today) ?? matter.editions.at(-1);
  return el("div.stack", {}, el("div.cat__title", {}, el("h2", {}, named(edition)), stateBadge(edition.state), el("span.muted.num", {}, t("catalogue.edition", { n: edition.number, from: edition.valid_from ?? "—" }))), shown(edition, found?.departments));
}

function listed() {
  const search = el("input.input", { type: "search", id: "find", value: words, placeholder: t("catalogue.find"), "aria-label": t("catalogue.find"), on: { change: (event) => { words = event.target.value; load(); } } });
  if (!found) return el("div.skeleton");
  return el("div.stack", {}, el("p.muted", {}, t("catalogue.hall_intro")), el("div.cat__tools", {}, search),
    found.items.length ? el("div.cat__cards", {}, found.items.map((one) => el("a.card.cat__card", { href: `#${one.matter}`, dataset: { matter: one.matter } },
      el("div.spread", {}, el("span.strong", {}, named(one)), stateBadge(one.state)),
      el("span.small.muted", {}, [found.departments[one.department] ?? one.department, t(`catalogue.case_type.${one.case_type}`), one.case_type !== 1 && t("catalogue.promised_in", { days: days(one.promise_workdays) })].filter(Boolean).join(" · ")),
      one.holds === null && el("span.small.cat__off", {}, t("catalogue.not_in_force")))))
      : el("div.empty", {}, icon("document"), el("p.empty__title", {}, t("catalogue.hall_empty")), el("p", {}, t("catalogue.hall_empty_hint"))));
}
