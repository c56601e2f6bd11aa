/* The kiosk page's service worker: the page itself and its files when the server is away. No answer about anybody is kept. */

const VERSION = "onedoor-kiosk-1";
const WITHIN_MS = 3000;
const KEPT = [/^\/kiosk$/, /^\/static\//, /^\/pages\/hall_queue\//, /^\/api\/v1\/locales\//];
const isKept = (url) => url.origin === location.origin && KEPT.some((pattern) => pattern.test(url.pathname));

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  const wanted = (event.data?.keep ?? []).map((name) => new URL(name)).filter(isKept);
  event.waitUntil(caches.open(VERSION).then((cache) => Promise.allSettled(wanted.map((url) => cache.add(url.href)))));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && isKept(url)) event.respondWith(freshOrKept(event.request));
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
