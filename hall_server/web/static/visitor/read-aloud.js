/** Reads the page aloud: with the browser's own voice where it speaks the language, else with the hall's. */

import { toast } from "/static/feedback.js";
import { isChinese, lang, onLang, t } from "/static/i18n.js";
import { modes } from "./modes.js";

const MOST_LETTERS = 300; // of one request; longer texts are read sentence by sentence
const NEVER = /espeak|festival/i; // their Mandarin is not understood
const SPOKEN = "h1, h2, h3, p, li, dt, dd, label, legend, figcaption, caption, td, th, button, a, [data-say], .notice";
const SETTLED_MS = 200; // a view that is drawn draws again at once, and moves the focus
let turn = 0; let player = null; let isOn = false; let planned = null;

/** Begins reading whatever takes the focus, and each new view that the page tells of; call once. */
export function readsFocus() {
  if (isOn) return;
  isOn = true;
  addEventListener("focusin", (event) => { if (modes.readsAloud() && event.target.matches?.(":focus-visible, h1, h2, input, textarea, select")) plan("focus", () => spokenOf(event.target)); });
  addEventListener("click", (event) => { const node = event.target.closest?.(SPOKEN); if (modes.readsAloud() && node && !node.closest("button, a")) plan("focus", () => spokenOf(node)); });
  modes.onChange(() => { if (modes.readsAloud()) readPage(); else hush(); });
  onLang(() => { if (modes.readsAloud()) readPage(); });
  addEventListener("pagehide", hush);
}

/** Reads the main text of the page, once it is drawn: an open dialog, else what stands in <main>. Call it for each new view. */
export function readPage() {
  plan("page", () => textOf([...document.querySelectorAll("dialog[open]")].pop() ?? document.querySelector("main") ?? document.body));
}

/* Of several wishes at once the last one counts; a whole page before the heading in it that took the focus. */
function plan(kind, text) {
  if (planned?.kind === "page" && kind === "focus") return;
  clearTimeout(planned?.timer);
  planned = { kind, timer: setTimeout(() => { planned = null; read(text()); }, SETTLED_MS) };
}

/** Reads a text in the page's language; a new one takes the place of the one before. @returns when it is over or was replaced */
export async function read(text) {
  hush();
  const mine = ++turn;
  for (const part of parts(text)) {
    if (mine !== turn) return;
    try { await (voice() ? speak(part, mine) : play(part, mine)); } catch (error) { if (mine === turn) quiet(error); return; }
    dispatchEvent(new Event("spoken")); // whoever listens is still there
  }
}

/** Stops reading. */
export function hush() {
  turn += 1;
  globalThis.speechSynthesis?.cancel();
  player?.pause();
  player = null;
}

/** What is said of an element: its label, state and value as a person would say them. */
export function spokenOf(node) {
  const own = node.dataset?.say ?? node.getAttribute("aria-label") ?? labelOf(node) ?? textOf(node);
  const state = node.getAttribute("aria-pressed") === "true" || node.getAttribute("aria-checked") === "true" || node.checked ? t("kit.say_on") : "";
  const value = node.matches("input:not([type=checkbox], [type=radio], [type=password]), textarea") ? node.value : "";
  return [own, value, state, node.disabled && t("kit.say_off")].filter(Boolean).join(isChinese() ? "，" : ", ");
}

function labelOf(node) {
  const by = node.getAttribute("aria-labelledby")?.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  return by || (node.labels?.length ? [...node.labels].map((label) => label.innerText).join(" ") : null);
}

/* The words that are seen, a pause between blocks; what is only for the eye is left out. */
function textOf(place) {
  const lines = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { if (node.textContent.trim()) lines.push(node.textContent.trim()); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || node.hidden || node.getAttribute("aria-hidden") === "true" || !isSeen(node)) return;
    if (node.dataset.say) { lines.push(node.dataset.say); return; }
    if (node.matches("svg, script, style, screen-keyboard, visitor-modes")) return;
    if (node.matches("img") && node.alt) { lines.push(node.alt); return; }
    node.childNodes.forEach(walk);
  };
  walk(place);
  return lines.join(isChinese() ? "。" : ". ").replace(/([。.！!？?，,])[。.]\s?/g, "$1");
}

/* display: contents has no box of its own, and what is in it is seen. */
function isSeen(node) {
  const { display, visibility } = getComputedStyle(node);
  return display !== "none" && visibility !== "hidden";
}

function* parts(text) {
  let part = "";
  for (const sentence of String(text ?? "").split(/(?<=[。！？!?；;\n]|\. )/)) {
    if (part && part.length + sentence.length > MOST_LETTERS) { yield part; part = ""; }
    part += sentence;
    while (part.length > MOST_LETTERS) { yield part.slice(0, MOST_LETTERS); part = part.slice(MOST_LETTERS); }
  }
  if (part.trim()) yield part;
}

/* A voice of this machine that speaks the language; a voice of the network would send what is read out of the hall. */
function voice() {
  const wanted = isChinese() ? /^(zh|cmn)([-_]|$)(?!.*(HK|yue))/i : /^en([-_]|$)/i;
  return globalThis.speechSynthesis?.getVoices().find((one) => one.localService && wanted.test(one.lang) && !NEVER.test(`${one.name} ${one.voiceURI}`)) ?? null;
}

function speak(text, mine) {
  return new Promise((resolve, reject) => {
    const said = Object.assign(new SpeechSynthesisUtterance(text), { voice: voice(), lang: lang(), rate: 0.9 });
    said.onend = resolve;
    said.onerror = (event) => (mine === turn ? reject(new Error(event.error)) : resolve());
    speechSynthesis.speak(said);
  });
}

async function play(text, mine) {
  const response = await fetch("/api/v1/read-aloud", { method: "POST", headers: spokenHeaders(), body: JSON.stringify({ text, language: isChinese() ? "zh" : "en" }) });
  if (!response.ok) throw new Error(String(response.status));
  const address = URL.createObjectURL(await response.blob());
  try {
    if (mine !== turn) return;
    player = new Audio(address);
    await new Promise((resolve, reject) => {
      player.onended = player.onpause = resolve;
      player.onerror = () => reject(new Error("sound"));
      player.play().catch(reject);
    });
  } finally { URL.revokeObjectURL(address); }
}

/* Said once: a machine without a voice shows everything it would say. */
let isTold = false;
function quiet(error) {
  if (!isTold) toast(t("kit.no_voice"));
  isTold = true;
  console.info("not read aloud:", error.message);
}

function spokenHeaders() {
  const all = { "Content-Type": "application/json", "Accept-Language": lang() };
  const xsrf = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/);
  if (xsrf) all["X-XSRFToken"] = decodeURIComponent(xsrf[1]);
  return all;
}
