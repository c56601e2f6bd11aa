/** The page "why is this ticket next?": a window's order in words, live, and the answer about any number. */

import { api } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import { icon } from "/static/icons.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import "./why-list.js";
import "./why-side.js";

const AGAIN_MS = 400;
const REDRAW_MS = 30_000;
const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };
const id = decodeURIComponent(location.pathname.split("/").at(-1));
const parts = { order: el("od-order"), side: el("od-why-side") };
let view = null;
let number = new URLSearchParams(location.search).get("number") ?? "";
let answer = null;
let timer;

function draw() {
  if (!view) return;
  drawBar();
  parts.order.show(view);
  parts.side.show(view, answer);
  document.title = `${view.tickets[0]?.number ?? ""} · ${t("why.title")}`;
}

function drawBar() {
  const { window } = view;
  fill($("#bar"),
    el("div.why__window", {}, el("span.why__number.num", {}, window.number), el("h1.why__name.truncate", {}, t("why.title")), el("span.muted.truncate", {}, named(window)),
      el(`span.badge.badge--dot${TONES[window.state] ? `.${TONES[window.state]}` : ""}`, {}, t(`console.state.${window.state}`))),
    searchForm(),
    el("div.why__ways", {}, el("span.why__clock.num", { id: "clock" }, timeOfDay(hallIso())), el("a.btn.btn--quiet.btn--sm", { id: "console", href: `/console?window=${encodeURIComponent(id)}` }, icon("desk"), el("span", {}, t("why.console")), el("kbd.key", {}, "C")), el("language-switch")));
}

/* Kept through every drawing, so that whoever types is not disturbed. */
let form = null;
function searchForm() {
  form ??= el("form.why__search", { role: "search", on: { submit: (event) => { event.preventDefault(); ask(form.elements.number.value); } } },
    icon("search"), el("input.input", { name: "number", id: "number", autocomplete: "off", maxlength: 12, value: number }), el("kbd.key", {}, "/"));
  form.elements.number.placeholder = t("why.search_hint");
  form.elements.number.setAttribute("aria-label", t("why.search"));
  return form;
}

async function ask(wanted) {
  number = wanted.trim();
  form.elements.number.value = number;
  await askAgain();
}

async function askAgain() {
  const asked = number;
  let found = null;
  if (asked) {
    try { found = await api.get(`windows/${encodeURIComponent(id)}/order?${new URLSearchParams({ number: asked })}`); } catch (error) { found = { error: errorText(error) }; }
  }
  if (asked !== number) return;
  answer = found;
  draw();
}

function take(newView) {
  view = newView;
  syncClock(view.now);
  draw();
  clearTimeout(timer);
  if (number) timer = setTimeout(askAgain, AGAIN_MS); // several events come close together
}

function onKey(event) {
  const typing = event.target === form?.elements.number;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape" && number) { event.preventDefault(); form.elements.number.blur(); ask(""); return; }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); parts.order.move(event.key === "ArrowDown" ? 1 : -1); return; }
  if (typing) return;
  if (event.key === "/") { event.preventDefault(); form?.elements.number.select(); form?.elements.number.focus(); }
  if (event.key.toLowerCase() === "c" && !event.repeat) $("#console")?.click();
}

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function refuse() {
  try { await api.get("session"); } catch (error) { if (error.status === 401) { toSignIn(); return; } }
  fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, t("why.refused")), el("a.btn", { href: "/console" }, t("why.console"))));
}

async function start() {
  await loadTexts();
  document.title = t("why.title");
  parts.order.onAsk = (one) => ask(one);
  parts.side.onClear = () => ask("");
  fill($("#main"), parts.order, el("aside.why__side", {}, parts.side, el("p.why__hint.muted.small", { id: "hint" }, t("why.list_hint"))));
  onLang(() => { say($("#hint"), t("why.list_hint")); draw(); });
  addEventListener("keydown", onKey);
  setInterval(() => { const clock = $("#clock"); if (clock) say(clock, timeOfDay(hallIso())); }, 1000);
  setInterval(draw, REDRAW_MS);
  live([`order/${id}`], { onView: (_topic, one) => take(one), onState: (state) => { $("link-banner").state = state; if (state === "refused") refuse(); } });
}

await start();
