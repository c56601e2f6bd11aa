/** The manager's page of the enquiry table: complaints to answer, policies to put up, the picture of the screen saver. */

import { ApiError, api, newKey } from "/static/api.js";
import { syncClock } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, loadTexts, named, onLang, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import "/static/language-switch.js";
import "/static/link-banner.js";

const TABS = ["complaints", "policies", "saver"];
const PICTURE_MOST = 10 * 1024 * 1024;
const PAGE = 50;
const state = { tab: TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "complaints", complaints: [], complaintsTotal: 0, waiting: 0, policies: [], policiesTotal: 0, picture: "", departments: [], editing: null, answering: "", draft: "" };

async function start() {
  await loadTexts();
  onLang(draw);
  addEventListener("hashchange", () => { if (TABS.includes(location.hash.slice(1))) { state.tab = location.hash.slice(1); draw(); } });
  try {
    const hall = await api.get("hall");
    syncClock(hall.now);
    state.departments = hall.departments;
    await look();
  }
  catch (error) {
    if (error.status === 401) { location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`; return; }
    fill($("#view"), el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error))));
    return;
  }
  draw();
}

async function look() {
  const [complaints, policies, start_] = await Promise.all([pages("enquiry/complaints", "complaints", state.complaints.length), pages("enquiry-policies", "policies", state.policies.length), api.get("enquiry")]);
  Object.assign(state, { complaints: complaints.items, complaintsTotal: complaints.last.total, waiting: complaints.last.waiting, policies: policies.items, policiesTotal: policies.last.total, picture: start_.picture });
}

/** The beginning of a list, at least as long as it was seen; the last answer says how long it is. */
async function pages(path, name, least) {
  const items = [];
  let last = null;
  do {
    last = await api.get(`${path}?limit=${PAGE}&offset=${items.length}`);
    items.push(...last[name]);
  } while (items.length < least && last[name].length === PAGE);
  return { items, last };
}

/** A button for what is not shown yet, and what it fetches. */
function further(path, name, total) {
  const left = total - state[name].length;
  if (left <= 0) return null;
  const more = async () => {
    try { state[name].push(...(await api.get(`${path}?limit=${PAGE}&offset=${state[name].length}`))[name]); } catch (error) { toast(errorText(error), "bad"); }
    draw();
  };
  return el("button.btn.btn--block", { id: `more-${name}`, on: { click: more } }, t("common.more_n", { n: left }));
}

async function renew() {
  try { await look(); } catch (error) { toast(errorText(error), "bad"); }
  draw();
}

/* -- drawing */

function draw() {
  document.title = t("enquiry_office.title");
  fill($("#head"), el("a.btn.btn--quiet", { href: "/manager", id: "back" }, icon("arrow-left"), t("enquiry_office.back")), el("h1.eno__title", {}, t("enquiry_office.title")),
    el("a.btn.btn--sm", { href: "/enquiry", target: "_blank", rel: "noopener" }, t("enquiry_office.open")), el("language-switch"));
  fill($("#view"), el("nav.tabs", { "aria-label": t("enquiry_office.title") }, TABS.map((tab) => el("a.tab", { href: `#${tab}`, id: `tab-${tab}`, "aria-current": tab === state.tab ? "page" : null }, t(`enquiry_office.${tab}`), tab === "complaints" && state.waiting > 0 && el("span.badge.badge--warn.num", {}, state.waiting)))),
    { complaints, policies, saver }[state.tab]());
}

const empty = (sign, what) => el("div.empty", {}, icon(sign), el("p.empty__title", {}, t(`enquiry_office.${what}`)), el("p", {}, t(`enquiry_office.${what}_todo`)));
const moment = (iso) => `${dayOf(iso)} ${timeOfDay(iso)}`;

function complaints() {
  return state.complaints.length ? [state.complaints.map(complaint), further("enquiry/complaints", "complaints", state.complaintsTotal)] : empty("check", "no_complaints");
}

function complaint(one) {
  const { seen } = one;
  const isOpen = state.answering === one.id;
  return el("article.eno__card", { id: `complaint-${seen.number}`, dataset: { state: seen.state } },
    el("header", {}, el("h2.num", {}, seen.number), el("span.badge", { class: seen.state === "answered" ? "badge--ok" : "badge--warn" }, t(`enquiry.state.${seen.state}`)), seen.channel === "hotline" && el("span.badge.badge--accent", {}, seen.hotline ? t(`enquiry.hotline.${seen.hotline}`, { order: seen.order }) : t("enquiry_office.hotline")), el("span.muted", {}, moment(seen.at))),
    el("p", {}, [t(`enquiry.about.${seen.about}`), one.window_number && t("enquiry.window_n", { n: one.window_number }), one.department_name].filter(Boolean).join(" · ")),
    el("p.eno__words", {}, one.words || t("enquiry_office.erased")), el("p.num.muted", {}, one.phone || t("enquiry_office.no_phone")),
    seen.answer && el("p.eno__answer", {}, seen.answer),
    isOpen ? answerForm(one) : el("div.cluster", {}, seen.state === "made" && el("button.btn", { dataset: { act: "take" }, on: { click: () => step(one, "take", {}) } }, t("enquiry_office.take")), el("button.btn", { class: seen.state === "answered" ? "" : "btn--primary", dataset: { act: "answer" }, on: { click: () => { state.answering = one.id; state.draft = seen.answer; draw(); $("#answer").focus(); } } }, t(seen.state === "answered" ? "enquiry_office.again" : "enquiry_office.answer"))));
}

function answerForm(one) {
  const words = el("textarea.textarea", { id: "answer", name: "answer", maxlength: 1000, rows: 4, on: { input: () => { state.draft = words.value; } } }, state.draft);
  return el("form.stack", { on: { submit: (event) => { event.preventDefault(); step(one, "answer", { answer: words.value }, event.target); } } },
    el("label.field", {}, el("span.field__label", {}, t("enquiry_office.answer_field")), words, el("span.field__hint", {}, t("enquiry_office.answer_hint")), el("span.field__error", { dataset: { error: "answer" } })),
    el("div.cluster", {}, el("button.btn.btn--primary", { type: "submit", id: "send-answer" }, t("enquiry_office.answer")), el("button.btn", { type: "button", on: { click: () => { state.answering = ""; draw(); } } }, t("enquiry_office.cancel"))));
}

async function step(one, what, body, form = null) {
  try {
    await api.post(`enquiry/complaints/${one.id}/${what}`, { seen: one.step, ...body });
    state.answering = "";
    toast(t("enquiry_office.saved"), "ok");
    await renew();
  } catch (error) {
    const left = form ? showFieldErrors(form, error) : [errorText(error)];
    if (left.length) { toast(left[0], "bad"); if (error.code === "enquiry.changed") await renew(); }
  }
}

function policies() {
  if (state.editing) return policyForm(state.editing);
  return [
    el("div", {}, el("button.btn.btn--primary", { id: "new-policy", on: { click: () => { state.editing = { id: "", title: "", title_en: "", source: "", department: "", text: "", text_en: "", pages: [], until: null }; draw(); } } }, icon("plus"), t("enquiry_office.new"))),
    state.policies.length ? state.policies.map((one) => el("article.eno__card", { id: `policy-${one.id}` }, el("header", {}, el("h2", {}, named(one, "title")), !one.is_shown && el("span.badge", {}, t("enquiry_office.over")), one.pages > 0 && el("span.badge.badge--accent", {}, t("enquiry_office.pages_n", { n: one.pages }))),
      el("p.muted", {}, [one.source, named(one, "department_name") || t("enquiry_office.hall"), moment(one.at), one.until && t("enquiry.until", { day: one.until })].filter(Boolean).join(" · ")),
      el("div.cluster", {}, el("button.btn.btn--sm", { dataset: { act: "edit" }, on: { click: () => edit(one) } }, icon("edit"), t("enquiry_office.edit")), el("button.btn.btn--sm.btn--danger", { dataset: { act: "down" }, on: { click: () => down(one) } }, icon("trash"), t("enquiry_office.down"))))) : empty("document", "no_policies"),
    further("enquiry-policies", "policies", state.policiesTotal),
  ];
}

async function edit(one) {
  try {
    const full = await api.get(`enquiry-policies/${one.id}`);
    state.editing = { ...full.about, title_en: full.about.title_en === full.about.title ? "" : full.about.title_en, text: full.text, text_en: full.text_en, pages: full.kept };
  } catch (error) { toast(errorText(error), "bad"); }
  draw();
}

async function down(one) {
  const reason = el("input.input", { name: "reason", id: "reason", maxlength: 200 });
  const box = el("dialog.dialog", {}, el("form.dialog__body", { method: "dialog", on: { submit: async (event) => {
    event.preventDefault();
    try { await api.post(`enquiry-policies/${one.id}/take-down`, { reason: reason.value }); box.close(); await renew(); }
    catch (error) { const left = showFieldErrors(box, error); if (left.length) toast(left[0], "bad"); }
  } } }, el("h2.dialog__title", {}, one.title), el("label.field", {}, el("span.field__label", {}, t("enquiry_office.down_why")), reason, el("span.field__error", { dataset: { error: "reason" } })),
    el("div.dialog__actions", {}, el("button.btn", { type: "button", on: { click: () => box.close() } }, t("enquiry_office.cancel")), el("button.btn.btn--danger", { type: "submit", id: "take-down" }, t("enquiry_office.down")))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function policyForm(draft) {
  const line = (name, more = {}) => el("label.field", {}, el("span.field__label", {}, t(`enquiry_office.field.${name}`)), el("input.input", { name, value: draft[name] ?? "", maxlength: 120, on: { input: (event) => { draft[name] = event.target.value; } }, ...more }), el("span.field__error", { dataset: { error: name } }));
  const text = (name) => el("label.field.eno__wide", {}, el("span.field__label", {}, t(`enquiry_office.field.${name}`)), el("textarea.textarea", { name, maxlength: 20000, on: { input: (event) => { draft[name] = event.target.value; } } }, draft[name] ?? ""), el("span.field__error", { dataset: { error: name } }));
  return el("form.eno__card", { id: "policy-form", novalidate: true, on: { submit: publish } },
    el("div.eno__form", {}, line("title"), line("title_en"), line("source"),
      el("label.field", {}, el("span.field__label", {}, t("enquiry_office.field.department")), el("select.select", { name: "department", on: { change: (event) => { draft.department = event.target.value; } } }, [{ id: "", name: t("enquiry_office.hall"), name_en: t("enquiry_office.hall") }, ...state.departments].map((one) => el("option", { value: one.id, selected: one.id === draft.department }, named(one)))), el("span.field__error", { dataset: { error: "department" } })),
      line("until", { type: "date", maxlength: null }), text("text"), text("text_en"),
      el("div.field.eno__wide", {}, el("label.field__label", { for: "file" }, t("enquiry_office.field.file")), el("input", { type: "file", id: "file", accept: "application/pdf,image/*", on: { change: (event) => read(event.target, draft) } }), el("span.field__error", { dataset: { error: "file" } }),
        el("p", { id: "pages", role: "status" }, draft.pages.length > 0 && [t("enquiry_office.pages_n", { n: draft.pages.length }), " ", el("button.btn.btn--sm", { type: "button", on: { click: () => { draft.pages = []; draw(); } } }, t("enquiry_office.remove_pages"))]))),
    el("div.cluster", {}, el("button.btn.btn--primary", { type: "submit", id: "publish" }, t("enquiry_office.publish")), el("button.btn", { type: "button", on: { click: () => { state.editing = null; draw(); } } }, t("enquiry_office.cancel"))));
}

async function send(path, file) {
  const reply = await fetch(`/api/v1/${path}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream", "Accept-Language": lang(), "Idempotency-Key": newKey(), "X-XSRFToken": decodeURIComponent(/(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "") } });
  const said = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new ApiError({ ...(said.error ?? { code: `http.${reply.status}`, message: "" }), status: reply.status });
  return said;
}

async function read(input, draft) {
  const [file] = input.files;
  if (!file) return;
  fill($("#pages"), t("enquiry_office.reading"));
  try { draft.pages = (await send("enquiry-policies/pages", file)).pages; draw(); }
  catch (error) { fill($("#pages")); fill($('[data-error="file"]'), errorText(error)); input.value = ""; }
}

async function publish(event) {
  event.preventDefault();
  const { id, title, title_en, source, department, text, text_en, pages, until } = state.editing;
  const body = { title, title_en, source, department, text, text_en, pages, until: until || null };
  try {
    await (id ? api.put(`enquiry-policies/${id}`, body) : api.post("enquiry-policies", body));
    state.editing = null;
    toast(t("enquiry_office.saved"), "ok");
    await renew();
  } catch (error) { const left = showFieldErrors(event.target, error); if (left.length) toast(left[0], "bad"); }
}

function saver() {
  const choose = el("input.visually-hidden", { type: "file", id: "picture", accept: "image/jpeg,image/png,image/webp", tabindex: -1, on: { change: () => paint(choose.files[0]) } });
  return el("section.eno__card", {}, el("p", {}, t("enquiry_office.picture_hint")), state.picture ? el("img.eno__picture", { src: state.picture, alt: "" }) : el("div.eno__picture"),
    el("div.cluster", {}, el("button.btn.btn--primary", { on: { click: () => choose.click() } }, t("enquiry_office.choose")), choose, state.picture && el("button.btn", { id: "no-picture", on: { click: () => put("") } }, t("enquiry_office.no_picture"))));
}

async function paint(file) {
  if (!file || file.size > PICTURE_MOST) return;
  try { const media = await send(`media?name=${encodeURIComponent(file.name)}`, file); await put(media.id ?? media.name); }
  catch (error) { toast(errorText(error), "bad"); }
}

async function put(picture) {
  try { await api.put("enquiry-picture", { picture }); await renew(); } catch (error) { toast(errorText(error), "bad"); }
}

await start();
