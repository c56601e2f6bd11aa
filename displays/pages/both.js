/** Texts in Chinese and English at once, for screens that everybody in the hall reads. */

import { el } from "/static/dom.js";

const texts = { "zh-CN": {}, en: {} };

/** Loads both catalogues; a screen that starts without the network shows the ones it had last time. */
export async function loadBoth() {
  await Promise.all(Object.keys(texts).map(async (lang) => { texts[lang] = await load(lang); }));
}

/** {zh, en} of a key, with {name} replaced. */
export function both(key, params = {}) {
  return { zh: text("zh-CN", key, params), en: text("en", key, params) };
}

/** {zh, en} of a thing's name field. */
export function namesOf(thing, field = "name") {
  const zh = thing?.[field] ?? "";
  return { zh, en: thing?.[`${field}_en`] || "" };
}

/** {zh, en} of the day of an ISO time of the hall: the hall's languages, whatever the screen's browser speaks. */
export function dayInBoth(iso) {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  const words = (lang) => new Intl.DateTimeFormat(lang, { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" }).format(day);
  return { zh: words("zh-CN"), en: words("en-GB") };
}

/** Two spans, Chinese first; English is left out where it says the same or nothing. */
export function pair({ zh, en }, tag = "span.pair") {
  return el(tag, {}, el("span.pair__zh", { lang: "zh-CN" }, zh), en && en !== zh && el("span.pair__en", { lang: "en" }, en));
}

function text(lang, key, params) {
  return (texts[lang][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
}

async function load(lang) {
  const slot = `onedoor.texts.${lang}`;
  try {
    const response = await fetch(`/api/v1/locales/${lang}`, { cache: "no-cache" });
    if (!response.ok) throw new Error(String(response.status));
    const body = await response.text();
    localStorage.setItem(slot, body);
    return JSON.parse(body);
  } catch {
    return JSON.parse(localStorage.getItem(slot) ?? "{}");
  }
}
