/** The page's language and its texts; one catalogue per language, kept for when the network is away. */

const LANGUAGES = ["zh-CN", "en"];
const STORED = "onedoor.lang";
const PATIENT_MS = 3000; // where the texts of last time are at hand
let texts = {};
let current = choose();
const listeners = new Set();

export const languages = LANGUAGES;
export const lang = () => current;
export const isChinese = () => current.startsWith("zh");

/** Loads the catalogue of the current language and sets <html lang>; call once before drawing. */
export async function loadTexts(language = current) {
  texts = await fetched(language);
  current = language;
  document.documentElement.lang = language;
  translate(document);
  dispatchEvent(new Event("texts"));
  return texts;
}

/** Changes the language. `keep: false` (kiosks) does not remember it. */
export async function setLang(language, { keep = true } = {}) {
  if (!LANGUAGES.includes(language)) return;
  await loadTexts(language);
  if (keep) store(STORED, language);
  for (const listener of listeners) listener(language);
}

/** Calls `listener(lang)` after each change; returns the way to stop. */
export function onLang(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The text of `key` with {name} replaced; the key itself where there is no text. */
export function t(key, params = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (params[name] ?? whole));
}

export const has = (key) => key in texts;

/** `thing.name` or `thing.name_en` by language: named(line), named(ticket, "line_name"). */
export function named(thing, field = "name") {
  if (!thing) return "";
  return (isChinese() ? thing[field] : thing[`${field}_en`] || thing[field]) ?? "";
}

/** Fills data-t (text), data-t-label (aria-label), data-t-title and data-t-placeholder below `root`. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
  for (const node of root.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
}

function choose() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, stored(STORED), ...(navigator.languages ?? [navigator.language])];
  for (const one of wanted) {
    if (one?.toLowerCase().startsWith("zh")) return "zh-CN";
    if (one?.toLowerCase().startsWith("en")) return "en";
  }
  return "zh-CN";
}

async function fetched(language) {
  const slot = `onedoor.texts.${language}`;
  try {
    const signal = stored(slot) ? AbortSignal.timeout(PATIENT_MS) : undefined; // a dead link gives no answer at all
    const response = await fetch(`/api/v1/locales/${language}`, { cache: "no-cache", signal });
    if (!response.ok) throw new Error(String(response.status));
    const body = await response.text();
    store(slot, body);
    return JSON.parse(body);
  } catch {
    return JSON.parse(stored(slot) ?? "{}");
  }
}

function stored(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function store(key, value) {
  try { localStorage.setItem(key, value); } catch { /* private mode: only this page knows */ }
}
