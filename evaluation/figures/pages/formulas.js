/** What each figure divides by what, in plain words; the same table as docs/statistics.md. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";
import "/static/link-banner.js";
import { figureName } from "./figure-words.js";

let formulas = null;

async function start() {
  await loadTexts();
  onLang(draw);
  addEventListener("hashchange", seek);
  await load();
}

async function load() {
  try {
    formulas = (await api.get("ratings/formulas")).formulas;
    draw();
    seek();
  } catch (error) {
    fill($("#view"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: load } }, t("figures.again"))));
  }
}

function draw() {
  document.title = t("figures.formulas.title");
  fill($("#head"), el("a.btn.btn--quiet", { href: "/ratings", id: "back" }, icon("arrow-left"), t("figures.formulas.back")), el("h1.forms__title", {}, t("figures.formulas.title")), el("visitor-modes"));
  if (!formulas) return;
  fill($("#view"), el("p.forms__lead", {}, t("figures.formulas.lead")), formulas.map(one),
    note("valid"), note("small"));
}

function one({ id }) {
  return el("article.form", { id }, el("h2.form__name", {}, figureName(id)), el("p.form__plain", {}, t(`figures.${id}.plain`)),
    el("p.form__formula", {}, el("span", {}, `${figureName(id)} = `), t(`figures.${id}.formula`)),
    el("p.form__events", {}, el("strong", {}, `${t("figures.doc.events")}: `), t(`figures.${id}.events`)), el("code.form__id", {}, id));
}

function note(name) {
  return el("article.form", { id: name }, el("h2.form__name", {}, t(`figures.formulas.${name}`)), el("p", {}, t(`figures.formulas.${name}_text`)));
}

/* What the address names was not there yet when the browser looked for it. */
function seek() {
  for (const other of document.querySelectorAll(".form--asked")) other.classList.remove("form--asked");
  const id = decodeURIComponent(location.hash.slice(1));
  const found = id && document.getElementById(id);
  if (!found) return;
  found.classList.add("form--asked");
  found.scrollIntoView({ block: "start" });
}

await start();
