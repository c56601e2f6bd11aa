/** The few words around an emergency in both languages; fetched when there is one, never before. */

const texts = { "zh-CN": {}, en: {} };
let loading = null;

/** Loads both catalogues once; resolves also when there is no network, with those of last time. */
export function loadWords() {
  loading ??= Promise.all(Object.keys(texts).map(async (lang) => { texts[lang] = await load(lang); }));
  return loading;
}

/** {zh, en} of a key with {name} replaced; empty before they are loaded. */
export function words(key, params = {}) {
  return { zh: text("zh-CN", key, params), en: text("en", key, params) };
}

function text(lang, key, params) {
  return (texts[lang][key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
}

async function load(lang) {
  const slot = `onedoor.texts.${lang}`;
  try {
    const response = await fetch(`/api/v1/locales/${lang}`, { cache: "no-cache" });
    if (!response.ok) throw new Error(String(response.status));
    return await response.json();
  } catch {
    loading = null; // asked again at the next emergency
    try { return JSON.parse(localStorage.getItem(slot) ?? "{}"); } catch { return {}; }
  }
}
