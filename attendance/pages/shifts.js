/** Shifts and who works them: the manager's editor of shifts, weeks, departments, groups, numbers, cards and leave. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { People } from "./people-editor.js";
import { drawShifts } from "./shift-editor.js";

const TABS = ["people", "shifts"];
let posts = null;
let tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "";
const people = new People({ again: load });

async function start() {
  await loadTexts();
  onLang(draw);
  await load();
}

async function load() {
  try {
    posts = await api.get("attendance/posts");
    tab ||= posts.shifts.length ? "people" : "shifts";
    people.take(posts);
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else fill($("#main"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: load } }, t("attendance.again"))));
  }
}

function draw() {
  document.title = t("attendance.shifts_title");
  const tabs = TABS.map((name) => el("button.tab", { id: `tab-${name}`, role: "tab", "aria-selected": String(tab === name), on: { click: () => { tab = name; history.replaceState(null, "", `#${name}`); draw(); } } }, t(`attendance.tab.${name}`)));
  fill($("#top"), el("a.btn.btn--quiet", { href: "/manager/attendance", id: "back" }, icon("arrow-left"), t("attendance.title")), el("h1.att__title", {}, t("attendance.shifts_title")), el("div.tabs.att__tabs", { role: "tablist" }, tabs), el("span.att__grow"), el("language-switch"));
  if (!posts) return;
  if (tab === "shifts") fill($("#main"), drawShifts(posts, load)); else { fill($("#main"), people.node); people.draw(); }
}

await start();
