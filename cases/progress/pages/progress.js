/** The visitor's page of a case: asked for with number and code, drawn as it stands, kept for when the network is away. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";
import "/static/link-banner.js";
import { drawCase } from "./progress-case.js";

const KEPT = "onedoor.progress"; // of this tab alone: a phone may be handed on
const AGAIN_MS = 60_000;
const page = { view: null, number: "", code: "", error: "", isStale: false, hall: null, busy: false, ask, take, leave, open };

start();

async function start() {
  readAddress();
  await loadTexts();
  onLang(draw);
  draw();
  api.get("hall").then((hall) => { page.hall = hall; syncClock(hall.now); drawHead(); }).catch(() => { /* the page works without its name */ });
  if (page.number && page.code) await ask();
  setInterval(() => { if (page.view && document.visibilityState === "visible") ask({ quietly: true }); }, AGAIN_MS);
  addEventListener("online", () => { if (page.view) ask({ quietly: true }); });
}

/** Number and code stand behind the "#", which is never sent; the number may stand in the path too. */
function readAddress() {
  const behind = new URLSearchParams(location.hash.slice(1));
  const [, first, number] = location.pathname.split("/");
  page.number = behind.get("number") ?? (first === "c" ? decodeURIComponent(number ?? "") : "");
  page.code = behind.get("code") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  const kept = JSON.parse(stored(sessionStorage, KEPT) ?? "null");
  if (kept && (!page.number || kept.number === page.number)) Object.assign(page, { number: kept.number, code: page.code || kept.code, view: kept.view, isStale: true });
}

async function ask({ quietly = false } = {}) {
  page.busy = !quietly;
  page.error = "";
  if (!quietly) draw();
  try {
    take(await api.post("progress", { number: page.number, code: page.code }));
  } catch (error) {
    page.busy = false;
    if (error.offline && page.view) page.isStale = true;
    else if (!quietly || error.status === 404) { page.view = null; page.error = errorText(error); }
    draw();
  }
}

function take(view) {
  Object.assign(page, { view, isStale: false, busy: false, error: "" });
  store(sessionStorage, KEPT, JSON.stringify({ number: page.number, code: page.code, view }));
  draw();
}

/** Another case of the same package, with the same code. */
function open(number) {
  page.number = number;
  scrollTo({ top: 0 });
  ask();
}

function leave() {
  Object.assign(page, { view: null, number: "", code: "", error: "", isStale: false });
  try { sessionStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
  history.replaceState(null, "", "/progress");
  draw();
  $("#view").focus();
}

function drawHead() {
  document.title = `${t("progress.title")} · OneDoor 一门`;
  say($("#hall-name"), named(page.hall));
}

function draw() {
  drawHead();
  fill($("#view"), page.view ? drawCase(page) : form());
}

function form() {
  const number = el("input.input", { id: "number", name: "number", value: page.number, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 60, required: true, placeholder: t("progress.number_hint") });
  const code = el("input.input", { id: "code", name: "code", value: page.code, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 40, required: true, placeholder: t("progress.code_hint") });
  const input = () => Object.assign(page, { number: number.value.trim(), code: code.value.trim() }); // outlives a redraw
  const submit = (event) => {
    event.preventDefault();
    input();
    if (page.number && page.code) ask();
  };
  return [
    el("div", {}, el("h1", {}, t("progress.title")), el("p.pr-intro", {}, t("progress.intro"))),
    el("form.card.pr-ask", { on: { submit, input } },
      el("label.field", {}, el("span.field__label", {}, t("progress.number")), number),
      el("label.field", {}, el("span.field__label", {}, t("progress.code")), code),
      page.error && el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, page.error)),
      el("button.btn.btn--primary.btn--lg.btn--block", { type: "submit", "aria-busy": String(page.busy) }, icon("search"), t("progress.ask"))),
    el("p.pr-foot", {}, t("progress.where_code")),
  ];
}

function stored(where, name) {
  try { return where.getItem(name); } catch { return null; }
}

function store(where, name, value) {
  try { where.setItem(name, value); } catch { /* private mode */ }
}
