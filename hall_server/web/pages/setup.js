/** The first start: makes the administrator with the one-time link the server printed. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { destination, field, showErrors, showHall } from "./access.js";

const MIN_LENGTH = 12;
const LEAST_DIFFERENT = 4;
const GONE = new Set([403, 404, 409, 410]);
const token = new URLSearchParams(location.search).get("token");

/** Rules of a password, each with whether it is met; the server has the last word. */
function rules({ name, password, repeat }) {
  return [
    { text: t("setup.rule.length", { n: MIN_LENGTH }), met: [...password].length >= MIN_LENGTH },
    { text: t("setup.rule.name"), met: password !== "" && !([...name].length >= 3 && password.toLowerCase().includes(name.toLowerCase())) },
    { text: t("setup.rule.varied"), met: new Set(password).size >= LEAST_DIFFERENT },
    { text: t("setup.rule.same"), met: password !== "" && password === repeat },
  ];
}

function draw() {
  document.title = t("setup.title");
  if (!token) { stop("setup.no_token", "setup.no_token_hint"); return; }
  const list = el("ul.rules", { "aria-label": t("setup.rules") });
  const button = el("button.btn.btn--primary.btn--lg.btn--block", { type: "submit", id: "submit" }, t("setup.submit"));
  const form = el("form.stack", { novalidate: true, on: { submit: (event) => { event.preventDefault(); create(form, button); }, input: () => fill(list, ruleRows(values(form))) } },
    el("div", { id: "problem", role: "alert" }),
    field({ name: "name", label: t("setup.name"), hint: t("setup.name_hint"), autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
    field({ name: "display_name", label: t("setup.display_name"), autocomplete: "name" }),
    field({ name: "password", label: t("setup.password"), type: "password", autocomplete: "new-password" }),
    field({ name: "repeat", label: t("setup.repeat"), type: "password", autocomplete: "new-password" }), list, button);
  fill(list, ruleRows(values(form)));
  fill($("#main"), el("section.card.access__card.stack", {}, el("div", {}, el("h1.access__title", {}, t("setup.title")), el("p.access__lead", {}, t("setup.lead"))), form));
  form.elements.name.focus();
}

function ruleRows(given) {
  return rules(given).map(({ text, met }) => el(`li.rules__one${met ? ".rules__one--met" : ""}`, {}, icon(met ? "check" : "minus"), text));
}

const values = (form) => ({ name: form.elements.name.value.trim(), display_name: form.elements.display_name.value.trim(), password: form.elements.password.value, repeat: form.elements.repeat.value });

async function create(form, button) {
  const { repeat, ...body } = values(form);
  const [long, free, varied, same] = rules({ ...body, repeat });
  const weak = [long, free, varied].find((rule) => !rule.met);
  if (showErrors(form, { name: body.name ? "" : t("setup.name_missing"), display_name: body.display_name ? "" : t("setup.display_name_missing"), password: weak?.text ?? "", repeat: same.met ? "" : same.text })) return;
  button.disabled = true;
  fill(button, t("setup.busy"));
  try {
    location.assign(destination(await api.post("setup", { token, ...body })));
    return;
  } catch (error) {
    refused(form, error);
  }
  button.disabled = false;
  fill(button, t("setup.submit"));
}

function refused(form, error) {
  if (error.fields?.token || error.code?.startsWith("setup.") || GONE.has(error.status) && !error.fields?.field) { stop("setup.used", "setup.used_hint", true); return; }
  const known = Object.fromEntries(Object.entries(error.fields ?? {}).filter(([name]) => form.elements[name]).map(([name, text]) => [name, typeof text === "string" ? text : errorText(error)]));
  if (showErrors(form, known)) return;
  fill($("#problem"), el("div.notice.notice--bad", {}, icon("alert"), errorText(error)));
}

function stop(title, hint, signIn = false) {
  fill($("#main"), el("section.card.access__card.empty", {}, icon("lock"), el("h1.empty__title", {}, t(title)), el("p", {}, t(hint)), signIn && el("a.btn.btn--primary", { href: "/sign-in" }, t("setup.to_signin"))));
}

await loadTexts();
showHall();
draw();
onLang(() => { showHall(); draw(); });
