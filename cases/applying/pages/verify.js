/** Checks a document by number and code, and a file by its fingerprint; shows nothing about any person. */

import { api, ApiError } from "/static/api.js";
import { hallTime, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { isChinese, lang, loadTexts, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";

const page = { number: "", code: "", seen: null, file: null, error: "", busy: false };

start();

async function start() {
  page.number = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  page.code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  await loadTexts();
  onLang(draw);
  draw();
  api.get("hall").then((hall) => { syncClock(hall.now); if (page.seen) draw(); }).catch(() => { /* times are the device's then */ });
  if (page.number && page.code) await check();
}

async function check() {
  Object.assign(page, { busy: true, error: "", seen: null, file: null });
  draw();
  try { page.seen = await api.post("verify", { number: page.number.trim(), code: page.code.trim() }); } catch (error) { page.error = errorText(error); }
  page.busy = false;
  draw();
  $("#view").focus();
}

function draw() {
  document.title = t("verify.title");
  say($("#title"), t("verify.title"));
  fill($("#view"), page.seen ? [found(), comparing()] : asking());
}

function asking() {
  const number = el("input.input.num", { id: "verify-number", value: page.number, autocomplete: "off", maxlength: 60, required: true, on: { input: () => { page.number = number.value; } } });
  const code = el("input.input.num.vf__code", { id: "verify-code", value: page.code, autocomplete: "off", maxlength: 20, required: true, on: { input: () => { page.code = code.value; } } });
  return el("form.vf__card", { on: { submit: (event) => { event.preventDefault(); page.number = number.value; page.code = code.value; check(); } } }, el("p", {}, t("verify.lead")),
    page.error && el("p.notice.notice--bad", { id: "verify-error", role: "alert" }, icon("alert"), el("span", {}, page.error)),
    el("div.field", {}, el("label.field__label", { for: "verify-number" }, t("verify.number")), number), el("div.field", {}, el("label.field__label", { for: "verify-code" }, t("verify.code")), code),
    el("button.btn.btn--primary.btn--lg", { id: "verify-check", type: "submit", disabled: page.busy, "aria-busy": String(page.busy) }, t("verify.check")), el("p.muted.small", {}, t("verify.private")));
}

function found() {
  const seen = page.seen, name = (isChinese() ? seen.matter_name : seen.matter_name_en) || seen.matter_name;
  const row = (key, value, more = "") => [el("dt", {}, t(key)), el(`dd${more}`, {}, value)];
  return el("section.vf__card", {}, said(seen.holds ? "ok" : "warn", t(seen.holds ? "verify.found" : "verify.over"), "verify-said"),
    el("dl.vf__rows", {}, row("verify.kind", t(`verify.kind.${seen.kind}`)), row("verify.document", seen.document_number, ".num"), row("verify.number", seen.case_number, ".num"), row("verify.matter", name), row("verify.made", hallTime(seen.made_at).slice(0, 16).replace("T", " "), ".num"),
      seen.valid_months && row("verify.valid", t("verify.months", { n: seen.valid_months })), row("verify.sha256", seen.sha256 || t("verify.not_file"), seen.sha256 ? ".vf__hash" : "")), el("p.muted.small", {}, t("verify.private")));
}

function comparing() {
  const input = el("input.visually-hidden", { type: "file", id: "verify-file", accept: "application/pdf", on: { change: () => input.files[0] && compare(input.files[0]) } });
  const file = page.file;
  return el("section.vf__card", {}, el("h2", {}, t("verify.file")), el("p.muted", {}, t("verify.file_hint")), page.seen.sha256 && [input, el("label.btn", { for: "verify-file", id: "verify-choose", tabindex: 0, role: "button", on: { keydown: (event) => { if ([" ", "Enter"].includes(event.key)) { event.preventDefault(); input.click(); } } } }, icon("document"), t("verify.file"))],
    page.error && el("p.notice.notice--bad", { role: "alert" }, page.error),
    file && [said(file.sha256 === page.seen.sha256 ? "ok" : "bad", t(file.sha256 === page.seen.sha256 ? "verify.same" : "verify.other"), "verify-compared"), el("p", {}, file.is_signed && file.is_whole && file.is_trusted ? t("verify.signed", { signer: file.signer }) : t("verify.unsigned")), file.is_test && el("p.notice.notice--warn", {}, t("verify.test"))],
    el("button.btn.btn--quiet", { id: "verify-again", on: { click: () => { Object.assign(page, { number: "", code: "", seen: null, file: null, error: "" }); draw(); } } }, t("verify.again")));
}

const said = (tone, text, id) => el(`p.vf__said.vf__said--${tone}`, { id, role: "status" }, icon(tone === "ok" ? "check" : "alert"), el("span", {}, text));

async function compare(file) {
  page.error = "";
  page.file = null;
  try {
    const answer = await fetch("/api/v1/verify/file", { method: "POST", body: file, headers: { Accept: "application/json", "Accept-Language": lang() }, credentials: "omit", cache: "no-store" });
    const body = await answer.json();
    if (!answer.ok) throw new ApiError({ ...body.error, status: answer.status });
    page.file = body;
  } catch (error) { page.error = errorText(error); }
  draw();
}
