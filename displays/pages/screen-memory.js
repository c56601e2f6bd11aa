/** What a screen shows when it starts without its server: the last layout and the last picture, and the page itself. */

export class ScreenMemory {
  /** Hall time of the last picture, "" before the first. */
  seenAt = "";
  #slot; #isOff; #layout = null; #view = null;

  constructor(key, { isOff }) {
    this.#slot = `onedoor.screen.${key}`;
    this.#isOff = isOff;
  }

  read() {
    if (this.#isOff) return null;
    try {
      const kept = JSON.parse(localStorage.getItem(this.#slot) ?? "null");
      if (!kept?.layout) return null;
      this.#layout = kept.layout;
      this.#view = kept.view ?? null;
      return kept;
    } catch { return null; }
  }

  keepLayout(layout) {
    if (JSON.stringify(this.#layout?.topics) !== JSON.stringify(layout.topics)) this.#view = null;
    this.#layout = layout;
    this.#keep();
  }

  keepView(view, at) {
    this.#view = view;
    this.seenAt = at;
    this.#keep();
  }

  #keep() {
    if (this.#isOff) return;
    try { localStorage.setItem(this.#slot, JSON.stringify({ at: this.seenAt, layout: this.#layout, view: this.#view })); } catch { /* a full store only costs the picture after a restart */ }
  }
}

/** Lets a reload work without the server, where the browser allows it (https or localhost); on plain http the page must stay loaded. */
export async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    const [, first, second] = location.pathname.split("/");
    const scope = second === undefined ? `/${first}` : `/${first}/`;
    await navigator.serviceWorker.register("/screen-worker.js", { scope });
    const ready = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map((one) => one.name);
    const texts = ["zh-CN", "en"].map((lang) => `${location.origin}/api/v1/locales/${lang}`);
    ready.active?.postMessage({ keep: [location.href, ...loaded, ...texts] });
  } catch { /* then a screen whose page is closed waits for the server */ }
}

/** Has the files of a layout kept too, also those that were loaded before there was a keeper. */
export async function keepMedia({ playlist, logo }) {
  if (!navigator.serviceWorker) return;
  const ids = [...playlist.map((item) => item.media?.id), logo?.id].filter(Boolean);
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage({ keep: ids.map((id) => `${location.origin}/api/v1/media/${id}`) });
}
