/* The kiosk page's service worker: one whole version of the page, its files and texts, for when the server is away. No answer about anybody is kept. */

/* Both are filled in by the server: the version of all files together, and the files. A changed file is a changed worker, thus a new cache. */
const VERSION = "0";
const FILES = [];

const CACHE = `onedoor-kiosk-${VERSION}`;
const PAGE = "/kiosk";
const WITHIN_MS = 3000;
/* Pages that began from the cache take all their files from it: files of two versions do not fit together. */
const cachedPages = new Set();

/* All or nothing: where one file does not come, the version before stays. */
self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("onedoor-kiosk-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (FILES.includes(pathname)) event.respondWith(file(event));
});

async function page(event) {
  try {
    return await fromServer(event.request);
  } catch {
    cachedPages.add(event.resultingClientId);
    return kept(PAGE);
  }
}

async function file(event) {
  const { pathname } = new URL(event.request.url);
  if (cachedPages.has(event.clientId)) return kept(pathname);
  try {
    return await fromServer(event.request);
  } catch {
    return kept(pathname);
  }
}

/* A server that answers with a fault, as one that is just starting or a proxy before a dead one, is as good as away. */
async function fromServer(request) {
  const response = await fetch(request, { signal: AbortSignal.timeout(WITHIN_MS) });
  if (response.status >= 500) throw new Error(String(response.status));
  return response;
}

async function kept(path) {
  return (await (await caches.open(CACHE)).match(path)) ?? Response.error();
}
