/** Complaints: who shall answer, what about, the words, a number to ask after; and asking after one. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { choices } from "/static/visitor/steps.js";
import { asked, field } from "./enquiry-fields.js";

const SIGNS = { staff: "user", matter: "document", wait: "clock", place: "building", fee: "coin", other: "more" };
const KINDS = Object.keys(SIGNS);

export function complaintView(app) {
  app.show({
    title: t("enquiry.complaint"), hint: t("enquiry.complaint_hint"), step: 1, of: 3,
    body: [
      choices([
        { id: "to-hall", icon: "building", name: t("enquiry.to_hall"), note: t("enquiry.to_hall_note"), act: () => app.go({ name: "about", channel: "hall" }) },
        app.start.has_hotline && { id: "to-hotline", icon: "phone", name: t("enquiry.to_hotline"), note: t("enquiry.to_hotline_note"), act: () => app.go({ name: "about", channel: "hotline" }) },
        { id: "ask-after", icon: "search", name: t("enquiry.ask_after"), note: t("enquiry.ask_after_note"), act: () => app.go({ name: "after" }) },
      ].filter(Boolean), { columns: 1, label: t("enquiry.complaint") }),
      el("p.en-hotline", {}, icon("phone"), el("strong.num", {}, "12345"), el("span", {}, t("enquiry.hotline_always"))),
    ],
  });
}

export function aboutView(app, at) {
  app.show({
    title: t("enquiry.what_about"), over: t("enquiry.complaint"), step: 2, of: 3,
    body: choices(KINDS.map((kind) => ({ id: `about-${kind}`, icon: SIGNS[kind], name: t(`enquiry.about.${kind}`), act: () => app.go({ name: "words", channel: at.channel, about: kind }) })), { columns: 2, label: t("enquiry.what_about") }),
  });
}

export function wordsView(app, at) {
  const { draft } = app;
  const words = field("words", "enquiry.words", { keys: "pinyin", maxlength: 1000, rows: 5, value: draft.words ?? "", placeholder: t("enquiry.words_hint") });
  const window_ = field("window", "enquiry.which_window", { keys: "digits", maxlength: 3, value: draft.window ?? "", hint: "enquiry.which_window_hint" });
  const phone = field("phone", "enquiry.phone_optional", { keys: "digits", maxlength: 13, value: draft.phone ?? "", hint: "enquiry.phone_hint" });
  window_.isOptional = phone.isOptional = true;
  for (const one of [words, window_, phone]) one.input.addEventListener("input", () => { draft[one.name] = one.input.value; });
  asked(app, {
    title: t("enquiry.say_it"), over: `${t("enquiry.complaint")} · ${t(`enquiry.about.${at.about}`)}`, fields: [words, window_, phone], text: t("enquiry.send"),
    before: el("p.v-dots", { role: "img", "aria-label": t("kit.step", { n: 3, of: 3 }) }, [1, 2, 3].map(() => el("i.v-dots__done"))),
    after: el("p.muted.en-private", {}, icon("lock"), el("span", {}, t("enquiry.private"))),
    send: async (signal) => {
      const body = { about: at.about, channel: at.channel, words: words.value, phone: phone.value, window: await windowOf(app, window_.value, signal) };
      return app.post("/complaints", body, signal);
    },
    done: (receipt) => { app.draft = {}; app.turn({ name: "done", receipt }); },
  });
}

/** The id of the window with a number; one that is not there is left to the server to refuse. */
async function windowOf(app, number, signal) {
  if (!number) return "";
  const { windows } = await app.get("/windows", signal);
  return windows.find((one) => String(one.number) === number)?.id ?? number;
}

export function doneView(app, at) {
  app.show({
    title: t("enquiry.thanks"), hint: t("enquiry.thanks_hint"), back: null,
    body: el("section.card.en-receipt", { id: "receipt" }, el("div", {}, el("p.muted", {}, t("enquiry.complaint_number")), el("p.en-receipt__number.num", { id: "complaint-number" }, at.receipt.number)),
      el("div", {}, el("p.muted", {}, t("enquiry.complaint_code")), el("p.en-receipt__number.num", { id: "complaint-code" }, at.receipt.code))),
    next: { text: t("enquiry.finish"), icon: "check", act: () => app.kit.leave() },
  });
}

export function afterView(app, at) {
  if (at.seen) { app.show({ title: t(`enquiry.state.${at.seen.state}`), over: t("enquiry.complaint"), class: "en-read", body: answer(at.seen) }); return; }
  const number = field("number", "enquiry.complaint_number", { keys: "letters", maxlength: 40, placeholder: "TS" });
  const code = field("code", "enquiry.complaint_code", { keys: "digits", maxlength: 6 });
  asked(app, {
    title: t("enquiry.ask_after"), over: t("enquiry.complaint"), fields: [number, code], text: t("enquiry.look"),
    send: (signal) => app.post("/complaints/asked", { number: number.value, code: code.value }, signal),
    done: (seen) => app.go({ name: "after", seen }),
  });
}

const moment = (iso) => `${dayOf(iso)} ${timeOfDay(iso)}`;

function answer(seen) {
  return el("section.card.en-answer", { id: "complaint", dataset: { state: seen.state } }, el("p.num.muted", {}, seen.number), el("p", {}, t(`enquiry.about.${seen.about}`)),
    el("ol.en-way", {}, [["made", seen.at], ["taken", seen.taken_at], ["answered", seen.answered_at]].map(([step, at]) => el("li", { dataset: { is: at ? "done" : "ahead" } }, el("span", {}, t(`enquiry.step.${step}`)), el("span.muted", {}, at ? moment(at) : "")))),
    seen.hotline && el("p", {}, icon("phone"), " ", t(`enquiry.hotline.${seen.hotline}`, { order: seen.order })),
    seen.answer && [el("h2.en-h2", {}, t("enquiry.answer")), el("p.en-answer__words", {}, seen.answer)]);
}
