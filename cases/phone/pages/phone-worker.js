/* The phone page's service worker: one whole version of the page, its files and texts, so that it opens on a bad link or none. What the hall tells everybody is kept as it was last seen; no answer about anybody is. */

/* Both are filled in by the server: the version of all files together, and the files. A changed file is a changed worker, thus a new cache. */
const VERSION = "0";
const FILES = [];

const CACHE = `onedoor-phone-${VERSION}`;
const SEEN = "onedoor-phone-seen";
const PAGE = "/m/";
const WITHIN_MS = 4000;
const SEEN_MOST = 60;
/* The only answers that are kept: the same for everybody, asked without anything that says who asks. */
const FOR_ALL = [/^\/api\/v1\/hall$/, /^\/api\/v1\/hall\/opening$/, /^\/api\/v1\/appointments\/lines$/, /^\/api\/v1\/guidance\/themes$/, /^\/api\/v1\/guidance\/matters\/[\w.~-]+$/];

/* All or nothing: where one file does not come, the version before stays. */
self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("onedoor-phone-") && name !== CACHE && name !== SEEN) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate") { if (pathname === PAGE) event.respondWith(kept(PAGE, event.request)); }
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, event.request));
  else if (!search && FOR_ALL.some((one) => one.test(pathname))) event.respondWith(seen(event, pathname));
});

/* The shell comes from the phone itself: it opens at once, and its files are all of one version. The browser looks for a newer worker by itself. */
async function kept(path, request) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}

/* The newest answer where the link gives one in time, else the last one, and the page is told so. */
async function seen(event, path) {
  const cache = await caches.open(SEEN);
  try {
    const answer = await fetch(event.request, { signal: AbortSignal.timeout(WITHIN_MS) });
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.ok) event.waitUntil(keep(cache, path, answer.clone()));
    tell(event, false);
    return answer;
  } catch (error) {
    const last = await cache.match(path);
    if (!last) throw error;
    tell(event, true);
    return last;
  }
}

async function keep(cache, path, answer) {
  await cache.put(path, answer);
  const paths = await cache.keys();
  for (const old of paths.slice(0, Math.max(0, paths.length - SEEN_MOST))) await cache.delete(old);
}

async function tell(event, isOld) {
  const page = await self.clients.get(event.clientId);
  page?.postMessage({ kind: "seen", isOld });
}
