/* The screens' service worker: their page, its files and their media when the server is away. No answer about anybody is kept. */

const VERSION = "onedoor-screens-1";
const MEDIA = "onedoor-screen-media-1";
const WITHIN_MS = 4000;
const MEDIA_MOST = 120;
const PAGE = [/^\/screen\//, /^\/board\//, /^\/window-screen\//, /^\/static\//, /^\/pages\//, /^\/api\/v1\/locales\//];
const isPage = (url) => url.origin === location.origin && PAGE.some((pattern) => pattern.test(url.pathname));
const isMedia = (url) => url.origin === location.origin && /^\/api\/v1\/media\/[0-9a-f]{32}\.\w+$/.test(url.pathname);

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  const wanted = (event.data?.keep ?? []).map((name) => new URL(name));
  const own = (url) => isPage(url) || url.href === event.source?.url; // a page that another room gives its address
  const page = caches.open(VERSION).then((cache) => Promise.allSettled(wanted.filter(own).map((url) => cache.add(url.href))));
  const media = Promise.allSettled(wanted.filter(isMedia).map((url) => keptOrFresh(new Request(url.href))));
  event.waitUntil(Promise.all([page, media]));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (isMedia(url)) event.respondWith(keptOrFresh(event.request));
  else if (isPage(url) || (event.request.mode === "navigate" && url.origin === location.origin)) event.respondWith(freshOrKept(event.request));
});

async function freshOrKept(request) {
  const cache = await caches.open(VERSION);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(WITHIN_MS) });
    if (response.ok) cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

/* A file of that name never changes. */
async function keptOrFresh(request) {
  const cache = await caches.open(MEDIA);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  if (request.headers.has("range")) return fetch(request);
  const response = await fetch(request);
  if (response.ok) { await cache.put(request.url, response.clone()); await trim(cache); }
  return response;
}

async function trim(cache) {
  const names = await cache.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - MEDIA_MOST)).map((name) => cache.delete(name)));
}
