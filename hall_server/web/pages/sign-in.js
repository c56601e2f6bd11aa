/** Signing in: name, password, the one-time code where it is asked for; says plainly what was wrong. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { duration } from "/static/numbers.js";
import { destination, field, showErrors, showHall } from "./access.js";

const asked = new URLSearchParams(location.search).get("next");
const next = asked && asked + location.hash;
let needsCode = false;

function draw() {
  document.title = t("signin.title");
  const button = el("button.btn.btn--primary.btn--lg.btn--block", { type: "submit", id: "submit" }, t("signin.submit"));
  const form = el("form.stack", { novalidate: true, on: { submit: (event) => { event.preventDefault(); signIn(form, button); }, keyup: showCaps } },
    el("div", { id: "problem", role: "alert" }),
    field({ name: "name", label: t("signin.name"), autocomplete: "username", autocapitalize: "none", spellcheck: "false", autofocus: true }),
    field({ name: "password", label: t("signin.password"), type: "password", autocomplete: "current-password" }),
    el("p.caps", { id: "caps", hidden: true }, icon("alert"), t("signin.caps")),
    needsCode && field({ name: "code", label: t("signin.code"), hint: t("signin.code_hint"), inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6 }), button);
  fill($("#main"), el("section.card.access__card.stack", {}, el("div", {}, el("h1.access__title", {}, t("signin.title")), el("p.access__lead", {}, t("signin.lead"))), form));
  form.elements.name.focus();
}

async function signIn(form, button) {
  const { name, password, code } = Object.fromEntries(new FormData(form));
  problem(null);
  if (showErrors(form, { name: name.trim() ? "" : t("signin.name_missing"), password: password ? "" : t("signin.password_missing") })) return;
  button.disabled = true;
  fill(button, t("signin.busy"));
  try {
    const me = await api.post("session", { name: name.trim(), password, ...(code ? { code } : {}) });
    remember();
    location.assign(destination(me, next));
    return;
  } catch (error) {
    refused(form, error);
  }
  button.disabled = false;
  fill(button, t("signin.submit"));
}

function refused(form, error) {
  const wait_s = Number(error.fields?.retry_s);
  if (error.offline) problem(t("signin.offline"));
  else if (error.status === 429) problem(error.message || t("signin.locked"), Number.isFinite(wait_s) ? t("signin.locked_for", { time: duration(wait_s) }) : "", "lock");
  else if (error.code === "session.code" && !needsCode) askCode(form);
  else if (error.code === "session.code") showErrors(form, { code: errorText(error) });
  else { problem(errorText(error)); form.elements.password.select(); form.elements.password.focus(); }
}

/** Keeps what was typed; adds the field for the code. */
function askCode(form) {
  const typed = Object.fromEntries(new FormData(form));
  needsCode = true;
  draw();
  const again = $("form");
  for (const [name, value] of Object.entries(typed)) again.elements[name].value = value;
  again.elements.code.focus();
}

function problem(text, hint = "", sign = "alert") {
  fill($("#problem"), text && el("div.notice.notice--bad", {}, icon(sign), el("div", {}, el("p.strong", {}, text), hint && el("p.small", {}, hint))));
}

function showCaps(event) {
  $("#caps").hidden = !event.getModifierState?.("CapsLock");
}

/* Who signed in in this tab, did not sign out and is sent here again from a page is told why. */
function remember() {
  try { sessionStorage.setItem("onedoor.signed_in", "1"); } catch { /* a browser that keeps nothing tells less */ }
}

function sayExpired() {
  try {
    if (next && sessionStorage.getItem("onedoor.signed_in")) problem(t("error.session.expired"), "", "lock");
    sessionStorage.removeItem("onedoor.signed_in");
  } catch { /* likewise */ }
}

/** Somebody is signed in here already: go on as they, or sign in as another. */
async function drawKnown(me) {
  const other = async () => { try { await api.del("session"); } finally { draw(); } };
  fill($("#main"), el("section.card.access__card.stack", {}, el("h1.access__title", {}, t("signin.title")), el("p", {}, t("signin.already", { name: me.display_name || me.name })),
    el("a.btn.btn--primary.btn--lg", { href: destination(me, next), id: "continue" }, t("signin.continue")), el("button.btn", { on: { click: other } }, t("signin.other"))));
}

await loadTexts();
showHall();
let known = null;
try { known = await api.get("session"); } catch { /* nobody is signed in */ }
const redraw = () => { showHall(); if (known && !$("form")) drawKnown(known); else draw(); };
if (known) drawKnown(known);
else {
  draw();
  sayExpired();
}
onLang(redraw);
