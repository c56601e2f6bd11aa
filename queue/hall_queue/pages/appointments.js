/** The manager's page of appointments: the day, the slots of each line, and who is restricted. */

import { api } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { BarredTab } from "./appointments-barred.js";
import { DayTab } from "./appointments-day.js";
import { PlansTab } from "./appointments-plans.js";

const TABS = { day: DayTab, plans: PlansTab, barred: BarredTab };
let tab = null;
let name = "";
let me = null;

const wanted = () => (location.hash.slice(1) in TABS ? location.hash.slice(1) : "day");

async function start() {
  await loadTexts();
  try {
    me = await api.get("session");
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
    else stop(errorText(error), el("button.btn", { on: { click: () => location.reload() } }, t("slots.retry")));
    return;
  }
  if (!me.roles.includes("manager") && !me.roles.includes("admin")) { stop(t("error.role.missing"), el("a.btn", { href: "/" }, t("common.back"))); return; }
  await api.get("hall").then((hall) => syncClock(hall.now)).catch(() => { /* the times bear the hall's zone */ });
  addEventListener("hashchange", () => go(wanted()));
  addEventListener("beforeunload", (event) => { if (tab?.dirty) event.preventDefault(); });
  onLang(() => { if (tab?.dirty) drawTop(); else open(name); });
  open(wanted());
}

async function go(next) {
  if (next === name) return;
  if (!await mayLeave()) { location.hash = name; return; }
  open(next);
}

/** Whether nothing unsaved is lost. */
async function mayLeave() {
  return !tab?.dirty || ask({ title: t("slots.unsaved"), yes: t("slots.unsaved_yes"), no: t("slots.cancel"), danger: true });
}

function open(next) {
  name = next;
  tab?.close?.();
  tab = new TABS[name]($("#main"));
  tab.open();
  drawTop();
}

function drawTop() {
  document.title = `${t(`slots.tab.${name}`)} · ${t("slots.title")}`;
  fill($("#top"),
    el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("slots.back")),
    el("h1.appts__title", {}, t("slots.title")),
    el("nav.tabs.appts__tabs", {}, Object.keys(TABS).map((one) => el("a.tab.appts__tab", { id: `tab-${one}`, href: `#${one}`, "aria-current": one === name ? "page" : null }, t(`slots.tab.${one}`)))),
    el("span.muted.truncate.appts__me", {}, me.display_name || me.name), el("language-switch"));
}

function stop(text, button) {
  fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, text), button));
}

await start();
