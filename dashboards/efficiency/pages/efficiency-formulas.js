/** How each published figure is counted, in plain words: the same texts as docs/statistics.md, for everybody. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";

let picture = null;

async function start() {
  await loadTexts();
  onLang(draw);
  addEventListener("hashchange", seek);
  draw();
  try { picture = await api.get("efficiency"); } catch (error) { fill($("#view"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)))); return; }
  draw();
  seek();
}

function draw() {
  document.title = t("efficiency.formulas.title");
  fill($("#head"), el("a.btn.btn--quiet", { href: "/efficiency", id: "back" }, icon("arrow-left"), t("efficiency.formulas.board")), el("h1.effp__title", {}, t("efficiency.formulas.title")), el("language-switch"));
  if (!picture) return;
  fill($("#view"), el("p.effp__lead", {}, t("efficiency.formulas.intro")), picture.published.map(one),
    note("small", { least: picture.least }), picture.roll && note("roll"));
}

/* A figure's words are those of the room that counts it. */
function one({ id, words }) {
  return el("article.effp__one", { id }, el("h2.effp__name", {}, t(`${words}.${id}`)), el("p", {}, said(t(`${words}.${id}.plain`))),
    el("p.effp__formula", {}, `${t(`${words}.${id}`)} = ${t(`${words}.${id}.formula`)}`),
    el("p.effp__events", {}, el("strong", {}, `${t("efficiency.formulas.events")}: `), t(`${words}.${id}.events`)));
}

/* The name of a setting, in backticks for the docs, says nothing to the public. */
const said = (text) => text.replace(/\s*[（(]`[^`]*`[）)]/g, "");

const note = (name, params = {}) => el("article.effp__one", { id: name }, el("p", {}, t(`efficiency.formulas.${name}`, params)));

/* What the address names was not there yet when the browser looked for it. */
function seek() {
  for (const other of document.querySelectorAll(".effp__one--asked")) other.classList.remove("effp__one--asked");
  const id = decodeURIComponent(location.hash.slice(1));
  const found = id && document.getElementById(id);
  if (!found) return;
  found.classList.add("effp__one--asked");
  found.scrollIntoView({ block: "start" });
}

await start();
