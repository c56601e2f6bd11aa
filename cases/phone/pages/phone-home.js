/** The beginning: one line to say what one comes for, what this phone has under way, themes, and the hall as it is now. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, lang, named, t } from "/static/i18n.js";
import { count, dayOf, timeOfDay, waitRange } from "/static/numbers.js";
import { modes } from "/static/visitor/modes.js";
import { readPage } from "/static/visitor/read-aloud.js";
import { choice, choices, nothing } from "/static/visitor/steps.js";
import { themeTiles } from "./phone-guide.js";
import { thingCards } from "./phone-things.js";
import { hasAny, look } from "./phone-mine.js";

const WAIT_MS = 200;
const MOST_FOUND = 12;
const FEW = 4;
const THEMES_SHOWN = 8;
const AGAIN_MS = 30_000;
const BUSY_S = [600, 1800];
const LINES_SHOWN = 5;

export async function homeView(phone, place) {
  const found = el("div.m-found", { "aria-live": "polite" });
  const rest = el("div.m-home__rest");
  const input = el("input.input.m-search__input", { id: "search", type: "search", maxlength: 40, autocomplete: "off", spellcheck: "false", enterkeyhint: "search", "aria-label": t("mobile.ask"), placeholder: t(modes.isLarge() ? "mobile.ask_hint_short" : "mobile.ask_hint"), value: phone.asked ?? "", on: { input: () => typed(), search: () => typed() } });
  const parts = { mine: el("section.m-part", { hidden: true, "aria-labelledby": "mine-title" }), themes: el("section.m-part", { "aria-labelledby": "themes-title" }), hall: el("section.m-part", { hidden: true, "aria-labelledby": "hall-title" }), outside: el("div", { hidden: true }) };
  phone.show(place, { title: t("mobile.ask"), home: false, body: el("div.m-home", {}, el("div.m-search", {}, icon("search"), input), found, rest) });
  fill(rest, quick(phone), parts.mine, parts.outside, parts.themes, parts.hall, install(phone, place), foot());
  let timer = 0, asked = new AbortController();
  place.signal.addEventListener("abort", () => { clearTimeout(timer); asked.abort(); });
  if (phone.asked) search();
  loadThemes(phone, place, parts.themes);
  await Promise.all([loadMine(phone, place, parts.mine), loadHall(phone, place, parts.hall), loadOutside(phone, place, parts.outside)]);
  const again = setInterval(() => { if (document.visibilityState === "visible") { loadMine(phone, place, parts.mine); loadHall(phone, place, parts.hall); } }, AGAIN_MS);
  if (place.isHere()) place.signal.addEventListener("abort", () => clearInterval(again)); else clearInterval(again);

  function typed() {
    phone.asked = input.value;
    clearTimeout(timer);
    asked.abort();
    if (input.value.trim()) timer = setTimeout(search, WAIT_MS);
    else { fill(found); rest.hidden = false; }
  }

  async function search() {
    asked = new AbortController();
    const { signal } = asked;
    const q = input.value.trim();
    try {
      const { matters } = await api.get(`matters?${new URLSearchParams({ q, limit: modes.isLarge() ? FEW : MOST_FOUND })}`, { signal });
      if (signal.aborted || !place.isHere()) return;
      rest.hidden = true;
      fill(found, matters.length ? choices(matters.map((one) => matterChoice(phone, one)), { label: t("mobile.found") }) : nothing("search", t("mobile.none_found", { q }), t("mobile.none_found_hint")));
      if (modes.readsAloud()) readPage();
    } catch (error) {
      if (!signal.aborted && place.isHere()) { rest.hidden = true; fill(found, nothing("wifi-off", t("mobile.no_link"), t("mobile.no_link_text"))); }
    }
  }
}

/** Everything that can be applied for on a phone. */
export async function onlineView(phone, place) {
  phone.loading(place, t("mobile.online_title"));
  const { matters } = await api.get("applications/matters?channel=phone");
  phone.show(place, { title: t("mobile.online_title"), hint: t("mobile.online_hint"), back: () => phone.back(), body: matters.length ? choices(matters.map((one) => matterChoice(phone, one))) : nothing("phone", t("mobile.online_none"), t("mobile.none_found_hint")) });
}

export const matterChoice = (phone, one) => ({ id: `matter-${one.id}`, name: named(one, one.plain ? "plain" : "name") || one.name, note: one.plain && one.plain !== one.name ? named(one) : named(one, "department_name"), act: () => phone.go(`matter/${encodeURIComponent(one.id)}`) });

/* What most people open this page for; no more than four. */
function quick(phone) {
  const way = (id, sign, key, act) => el(`${typeof act === "string" ? "a" : "button"}.m-quick__one`, { id, ...(typeof act === "string" ? { href: act } : { on: { click: act } }) }, icon(sign), el("span", {}, t(key)));
  return el("nav.m-quick", { "aria-label": t("mobile.quick") },
    way("quick-book", "calendar", "mobile.book", "/book"), way("quick-online", "phone", "mobile.online", () => phone.go("online")),
    way("quick-progress", "document", "mobile.progress", "/progress"), way("quick-mine", "user", "mobile.mine", () => phone.go("mine")));
}

async function loadMine(phone, place, part) {
  if (!await hasAny()) { part.hidden = true; return; }
  const found = await look();
  if (!place.isHere()) return;
  const cards = thingCards(phone, found);
  part.hidden = cards.length === 0;
  fill(part, el("h2.m-over", { id: "mine-title" }, t("mobile.mine_title")), el("div.m-cards", {}, cards.slice(0, modes.isLarge() ? 2 : FEW)),
    cards.length > (modes.isLarge() ? 2 : FEW) && el("button.btn.btn--block", { id: "all-mine", on: { click: () => phone.go("mine") } }, t("mobile.all_mine", { n: cards.length })));
}

/* Only where the hall gives numbers to people on the way; then also when. */
async function loadOutside(phone, place, part) {
  const state = await api.get("outside").catch(() => null);
  if (!place.isHere() || !state?.allowed) return;
  part.hidden = false;
  fill(part, choice({ id: "outside", icon: "ticket", name: t("mobile.outside_title"), note: t(state.now ? "mobile.outside_open" : "mobile.outside_from", { when: state.begins ? `${dayOf(state.begins)} ${timeOfDay(state.begins)}` : "" }), act: () => phone.go("outside") }));
}

async function loadThemes(phone, place, part) {
  try {
    const { themes } = await api.get("guidance/themes");
    if (!place.isHere() || !themes.length) return;
    const few = modes.isLarge() ? FEW : THEMES_SHOWN;
    fill(part, el("h2.m-over", { id: "themes-title" }, t("mobile.themes")), themeTiles(phone, themes.slice(0, few)),
      themes.length > few && el("button.btn.btn--block", { id: "all-themes", on: { click: () => phone.go("themes") } }, t("mobile.all_themes", { n: themes.length })));
  } catch { fill(part); }
}

async function loadHall(phone, place, part) {
  try {
    const hall = await api.get("hall");
    phone.hall = hall;
    syncClock(hall.now);
    if (!place.isHere()) return;
    part.hidden = false;
    fill(part, el("h2.m-over", { id: "hall-title" }, t("mobile.hall_now")), busy(hall), hall.taking.open && linesOf(hall), el("button.btn.btn--block.btn--quiet", { id: "hours", on: { click: () => hours(place, part) } }, icon("clock"), t("mobile.hours")));
  } catch { /* the rest of the page works without it */ }
}

/* One sentence that says whether to come now. */
function busy(hall) {
  const waiting = hall.lines.reduce((sum, line) => sum + line.waiting, 0);
  const open = hall.windows.filter((one) => one.state !== "closed" && one.state !== "paused").length;
  const longest = Math.max(0, ...hall.lines.filter((line) => line.open && line.waiting).map((line) => line.wait_s?.p50 ?? 0));
  const level = !hall.taking.open ? "closed" : !open ? "none" : longest < BUSY_S[0] ? "calm" : longest < BUSY_S[1] ? "some" : "busy";
  const said = level === "closed" ? hall.taking.opens && t("mobile.opens_at", { when: `${dayOf(hall.taking.opens)} ${timeOfDay(hall.taking.opens)}` }) : hall.taking.closes && t("mobile.closes_at", { time: timeOfDay(hall.taking.closes) });
  return el("div.card.m-busy", { dataset: { level } }, el("p.m-busy__word", {}, icon(level === "closed" || level === "none" ? "clock" : "users"), el("strong", {}, t(`mobile.busy_${level}`))),
    el("p.m-busy__text.num", {}, hall.taking.open && t("mobile.busy_text", { waiting: count(waiting), open: count(open) }), " ", said));
}

function linesOf(hall) {
  const lines = [...hall.lines].filter((line) => line.open).sort((a, b) => b.waiting - a.waiting).slice(0, modes.isLarge() ? 3 : LINES_SHOWN);
  return el("ul.card.m-lines", {}, lines.map((line) => el("li.m-line", {}, el("span.m-line__name", {}, named(line)), el("span.m-line__waiting.num", {}, t("mobile.waiting_n", { n: count(line.waiting) })), el("span.m-line__wait.num", {}, line.windows_open ? waitRange(line.wait_s) : t("mobile.no_window")))));
}

async function hours(place, part) {
  const { days } = await api.get("hall/opening").catch(() => ({ days: [] }));
  if (!place.isHere()) return;
  part.querySelector("#hours")?.replaceWith(days.length ? el("dl.card.m-hours", {}, days.map((one) => el("div", {}, el("dt", {}, dayName(one.day)), el("dd.num", {}, one.spans.length ? one.spans.map((span) => `${span.open}–${span.close}`).join("  ") : t("mobile.closed_day"))))) : el("p.muted", {}, t("mobile.hours_unknown")));
}

const dayName = (day) => new Intl.DateTimeFormat(lang(), { timeZone: "UTC", month: isChinese() ? "long" : "short", day: "numeric", weekday: "short" }).format(new Date(`${day}T00:00:00Z`));

/* Offered where the browser can; once it is on the home screen nobody offers it again. */
function install(phone, place) {
  const button = el("button.btn.btn--block", { id: "install", hidden: !phone.installing, on: { click: async () => { button.hidden = true; await phone.installing?.prompt(); phone.installing = null; } } }, icon("plus"), t("mobile.install"));
  addEventListener("installable", () => { button.hidden = false; }, { signal: place.signal });
  return button;
}

function foot() {
  return el("p.m-foot.small", {}, t("mobile.private"), " ", el("a.m-link-button", { id: "to-forget", href: "#/mine" }, t("mobile.forget_where")));
}
