/** What a caller says of a visit, entered by whoever answers: the number and the day stand on the caller's slip. */

import { api, newKey } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, showFieldErrors } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { ASPECTS, BAD_FROM, LEVELS, REASONS } from "./pad-faces.js";

const LONGEST = 500;
const fresh = () => ({ number: "", day: hallIso().slice(0, 10), level: null, aspects: new Set(), reasons: new Set(), text: "", phone: "", key: newKey() });
let call = null;
let done = null;
let home = "/";

async function start() {
  await loadTexts();
  onLang(draw);
  try {
    const [hall, who] = await Promise.all([api.get("hall"), api.get("session")]);
    home = who.roles.some((role) => role !== "staff") ? "/manager/ratings" : "/console";
    syncClock(hall.now);
    call = { ...fresh(), day: hall.business_day };
    draw();
  } catch (error) {
    if (error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else fill($("#main"), el("div.empty", {}, icon("phone"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => location.reload() } }, t("common.retry"))));
  }
}

function draw() {
  document.title = t("telephone.title");
  fill($("#top"), el("a.btn.btn--quiet", { href: home, id: "back" }, icon("arrow-left"), t("common.back")), el("h1.tel__title", {}, t("telephone.title")), el("language-switch"));
  fill($("#main"), done ? doneCard() : form());
}

function form() {
  const input = (name, label, props) => el("label.field", {}, el("span.field__label", {}, t(label)), el(props.rows ? "textarea.textarea" : "input.input", { name, id: `f-${name}`, value: call[name], autocomplete: "off", ...props, on: { input: (event) => { call[name] = event.target.value; } } }), el("span.field__error", { dataset: { error: name } }));
  const toggles = (kind, names, words) => el("div.cluster", {}, names.map((name) => el("button.chip", { id: `${kind}-${name}`, "aria-pressed": String(call[kind].has(name)), on: { click: (event) => toggle(kind, name, event.currentTarget) } }, t(`${words}.${name}`))));
  const send = el("button.btn.btn--primary.btn--lg", { id: "send", disabled: !call.level || !call.number.trim() }, icon("check"), t("telephone.send"));
  send.type = "submit";
  const node = el("form.card.tel__form", { novalidate: true, on: { input: () => { send.disabled = !call.level || !call.number.trim(); }, submit: (event) => { event.preventDefault(); submit(node, send); } } },
    el("p.tel__hint", {}, t("telephone.hint")),
    el("div.tel__row", {}, input("number", "telephone.number", { maxlength: 20, placeholder: "A012", autofocus: true }), input("day", "telephone.day", { type: "date" })),
    el("div.tel__part", {}, el("p.strong", {}, t("telephone.level")), el("div.tel__levels", {}, LEVELS.map((level) => el("button.tel__level", { id: `level-${level}`, "aria-pressed": String(call.level === level), on: { click: () => { call.level = level; draw(); } } }, icon(`face-${level}`), t(`pad.level.${level}`)))), el("span.field__error", { dataset: { error: "level" } })),
    el("div.tel__part", {}, el("p.strong", {}, t("telephone.aspects")), toggles("aspects", ASPECTS, "pad.aspect")),
    call.level >= BAD_FROM && el("div.tel__part", {}, el("p.strong", {}, t("pad.why")), toggles("reasons", REASONS, "pad.reason")),
    input("text", "telephone.text", { rows: 3, maxlength: LONGEST }), input("phone", "telephone.phone", { inputmode: "tel", maxlength: 20 }),
    el("p.field__error", { id: "wrong", role: "alert" }), el("div.tel__actions", {}, send));
  return node;
}

function toggle(kind, name, chip) {
  if (!call[kind].delete(name)) call[kind].add(name);
  chip.setAttribute("aria-pressed", String(call[kind].has(name)));
}

async function submit(node, send) {
  showFieldErrors(node);
  say($("#wrong"), "");
  send.disabled = true;
  const { number, day, level, aspects, reasons, text, phone, key } = call;
  const body = { number: number.trim(), ...(day ? { day } : {}), level, channel: "telephone", ...(aspects.size ? { aspects: [...aspects] } : {}), ...(level >= BAD_FROM && reasons.size ? { reasons: [...reasons] } : {}), ...(text.trim() ? { text: text.trim() } : {}), ...(phone.trim() ? { phone: phone.trim() } : {}) };
  try {
    const made = await api.post("ratings", body, { key });
    const matter = made.matter ? await api.get(`matters/${encodeURIComponent(made.matter)}`).catch(() => null) : null;
    done = { number: body.number.toUpperCase(), day, level, matter };
    draw();
  } catch (error) {
    say($("#wrong"), showFieldErrors(node, error).join(" "));
    call.key = newKey();
  } finally { send.disabled = false; }
}

/** What was entered, and the way on: the next matter of the same visit, or the next call. */
function doneCard() {
  const { number, day, level, matter } = done;
  const next = (kept) => { call = { ...fresh(), day, ...kept }; done = null; draw(); };
  return el("section.card.tel__done", { role: "status" }, icon("check"), el("h2", {}, t("telephone.done", { number, level: t(`pad.level.${level}`) })), matter && el("p", {}, named(matter)),
    el("div.tel__actions", {}, matter && el("button.btn.btn--lg", { id: "same", on: { click: () => next({ number }) } }, t("telephone.same")), el("button.btn.btn--primary.btn--lg", { id: "next", on: { click: () => next({}) } }, t("telephone.next"))));
}

start();
