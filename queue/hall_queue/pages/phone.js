/** The visitor's phone page: the live picture of one ticket, the call, and afterwards the rating. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import "/static/link-banner.js";
import { modes } from "/static/visitor/modes.js";
import "/static/visitor/modes-bar.js";
import { readPage } from "/static/visitor/read-aloud.js";
import { ringFor } from "./phone-alert.js";
import { changeOf } from "./phone-notices.js";
import { freshRating } from "./phone-rating.js";
import { drawTicket } from "./phone-ticket.js";

const DUE_LOOKED_AT_MS = 15_000;
const token = decodeURIComponent(location.pathname.split("/").filter(Boolean).pop() ?? "");
const slot = `onedoor.ticket.${token}`;
const page = { token, view: null, told: {}, keep, rating: freshRating(), draw };

start();

async function start() {
  await loadTexts();
  ({ view: page.view = null, told: page.told = {} } = remembered() ?? {});
  onLang(draw);
  draw();
  setInterval(() => { if (page.view?.due && page.view.state === "waiting") draw(); }, DUE_LOOKED_AT_MS);
  live([`ticket/${token}`], { onView: take, onState: linked });
  if (/^[\w-]{22}$/.test(token)) addModules();
  api.get("hall").then((hall) => { syncClock(hall.now); draw(); }).catch(() => { /* the phone's own zone serves */ });
}

/** What other rooms show of a ticket; a page that cannot load it shows the ticket all the same. */
async function addModules() {
  try {
    const { modules } = await api.get("phone/modules");
    for (const module of modules) (await import(module)).install(token);
  } catch { /* the next time the page is opened */ }
}

function take(_topic, view) {
  const before = page.view;
  page.view = view;
  document.documentElement.dataset.zone = view.zone;
  page.told.change = changeOf(before, view) ?? page.told.change;
  keep();
  ringFor(page, before, view);
  draw();
  if (modes.readsAloud() && before?.state !== view.state) readPage();
}

function linked(state) {
  if (state === "refused") { forget(); lookBack(); return; }
  $("link-banner").state = state;
}

/** A ticket of an earlier day has no live picture, but may be rated for some days. */
async function lookBack() {
  page.view = null;
  try {
    const past = /^[\w-]{22}$/.test(token) ? await api.get(`ratings/visits/${token}`) : null;
    if (past) page.view = { ...past, state: "past", rating: { possible: past.possible, level: null, matters: past.matters } };
  } catch { /* not known, or too long ago: the page says so */ }
  page.isUnknown = !page.view;
  draw();
}

function draw() {
  const { view } = page;
  document.body.dataset.state = view?.state ?? "none";
  document.title = view ? `${view.number} · ${t("phone.title")}` : t("phone.title");
  say($("#hall-name"), view ? named(view.hall) : "");
  fill($("#view"), view ? drawTicket(page) : page.isUnknown ? unknown() : el("p.p-loading.muted", {}, t("common.loading")));
}

function unknown() {
  return el("div.empty", {}, icon("qr"), el("p.empty__title", {}, t("phone.none")), el("p", {}, t("phone.none_text")));
}

function remembered() {
  try { return JSON.parse(localStorage.getItem(slot)); } catch { return null; }
}

function keep() {
  try { localStorage.setItem(slot, JSON.stringify({ view: page.view, told: page.told })); } catch { /* private mode: the page itself still shows it */ }
}

function forget() {
  try { localStorage.removeItem(slot); } catch { /* nothing was kept */ }
}
