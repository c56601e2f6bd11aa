/** A list on the visitor's own phone: what was answered, what to bring (to be ticked off), where and how long; as PDF. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, loadTexts, named, onLang, setLang, t } from "/static/i18n.js";
import { modes } from "/static/visitor/modes.js";
import { readsFocus } from "/static/visitor/read-aloud.js";
import { nothing, visitorPage } from "/static/visitor/steps.js";
import { factList, lawText, notice } from "./guide-parts.js";

const token = location.pathname.split("/").filter(Boolean).pop();
const TICKED = `onedoor.list.${token.slice(0, 24)}`;
let page; let shown = null; let fault = null;

async function start() {
  await loadTexts();
  page = visitorPage();
  readsFocus();
  onLang(draw);
  modes.onChange(draw);
  await load();
  if (shown && isChinese() !== (shown.language === "zh-CN") && !localStorage.getItem("onedoor.lang")) await setLang(shown.language, { keep: false });
}

async function load() {
  try { shown = await api.get(`guidance/lists/${token}`); fault = null; } catch (error) { fault = error; }
  draw();
}

function draw() {
  if (fault) { page.show({ title: t("guide.list"), home: false, body: nothing("document", errorText(fault), t("guide.ask_desk")), next: fault.offline ? { text: t("common.retry"), icon: "refresh", act: load } : null }); return; }
  if (!shown) { page.show({ title: t("guide.list"), home: false, body: el("p.muted", {}, t("common.loading")) }); return; }
  page.show({
    class: "g-sheet", title: shown.title, over: shown.department, home: false,
    body: [
      standing(), shown.stop && notice("warn", shown.stop), !shown.is_whole && notice("info", t("guide.list.not_whole")),
      shown.answers.length > 0 && el("section.g-part", {}, el("h2.g-sub", {}, icon("user"), t("guide.situation")), el("ul.g-answers", {}, shown.answers.map((one) => el("li", {}, el("span.muted", {}, one.question), " ", el("strong", {}, one.answer))))),
      shown.parts.length > 0 && el("section.g-part", {}, el("h2.g-sub", {}, icon("list"), t("guide.parts")), el("ul.g-parts", {}, shown.parts.map((one) => el("li", {}, icon("check"), one)))),
      things(), factList(seen(), null), waysOn(),
    ],
  });
}

function standing() {
  if (["suspended", "cancelled"].includes(shown.standing)) return notice("warn", t(`guide.standing.${shown.standing}`), t("guide.is_suspended_hint"));
  return shown.is_current ? null : notice("warn", t("guide.list.changed"));
}

/* Each thing can be ticked off; the ticks stay on this phone. */
function things() {
  const own = shown.guidance?.materials ?? [];
  const head = el("h2.g-sub", {}, icon("document"), t("guide.bring"));
  const note = shown.guidance?.note && el("p.notice", { lang: "zh-CN" }, icon("info"), el("span", {}, shown.guidance.note));
  const rows = shown.materials.length ? shown.materials.map((one) => [one.id, named(one), details(one)]) : own.map((one, i) => [`h${i}`, one, []]);
  if (!rows.length) return el("section.g-part", {}, head, notice("info", t(shown.is_written ? "guide.bring_nothing" : "guide.bring_unknown")));
  const ticked = new Set(remembered());
  return el("section.g-part", {}, head, el("p.muted", {}, t("guide.tick_hint")), el("ul.g-things", {}, rows.map(([id, name, more]) => {
    const box = el("input", { type: "checkbox", id: `tick-${id}`, checked: ticked.has(id), on: { change: () => { if (box.checked) ticked.add(id); else ticked.delete(id); remember([...ticked]); } } });
    return el("li.g-thing", {}, box, el("label.g-thing__text", { for: `tick-${id}` }, el("strong.g-thing__name", {}, name), more));
  })), !shown.is_written && [el("p.muted", {}, t("guide.bring_hall")), note]);
}

function details(one) {
  const count = [one.originals > 0 && t("guide.originals", { n: one.originals }), one.copies > 0 && t("guide.copies", { n: one.copies }), one.issuer && t("guide.from", { issuer: one.issuer })].filter(Boolean);
  const byData = one.supplies.includes("licence") || one.supplies.includes("shared");
  return [el("span.g-thing__facts.num", {}, count.map((text) => el("span", {}, text))), one.later && el("span.badge.badge--ok", {}, t("guide.later")), byData && el("span.badge.badge--accent", {}, t("guide.by_data")), one.note && el("span.g-thing__note", { lang: "zh-CN" }, one.note), one.law && el("span.g-thing__law", { lang: "zh-CN" }, t("guide.law", { law: lawText(one.law) }))];
}

/* The facts of a list look like those of a matter. */
function seen() {
  const { place, statute_workdays, promise_workdays, fees, laws, phones, results, guidance } = shown;
  const edition = !shown.is_written ? null : { statute_workdays, promise_workdays, fees, laws, phones, results: results.map((name) => ({ name, name_en: name })) };
  return { edition, line: null, zone: place.zone, windows: place.windows, wait_s: null, guidance, ways: shown.ways };
}

function waysOn() {
  const matter = encodeURIComponent(shown.matter);
  return el("nav.g-list-ways", { "aria-label": t("guide.next") },
    el("a.btn.btn--primary.btn--lg", { id: "pdf", href: `/api/v1/guidance/lists/${token}/list.pdf`, target: "_blank", rel: "noopener" }, icon("document"), t("guide.as_pdf")),
    shown.ways.phone && el("a.btn.btn--lg", { id: "apply", href: `/m#/matter/${matter}` }, icon("phone"), t("guide.apply_phone")),
    shown.form && el("a.btn.btn--lg", { id: "form", href: shown.form, target: "_blank", rel: "noopener" }, icon("eye"), t("guide.see_sample")),
    shown.ways.appointment && el("a.btn.btn--lg", { id: "book", href: `/book?matter=${matter}` }, icon("calendar"), t("guide.book")),
    el("a.btn.btn--lg", { id: "look", href: shown.package ? `/guide?package=${encodeURIComponent(shown.package)}` : `/guide?matter=${matter}` }, icon("refresh"), t("guide.look_again")));
}

function remembered() { try { return JSON.parse(localStorage.getItem(TICKED) ?? "[]"); } catch { return []; } }
function remember(ids) { try { localStorage.setItem(TICKED, JSON.stringify(ids)); } catch { /* private mode */ } }

start();
