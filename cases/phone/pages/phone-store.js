/** What is kept on this phone until it is sent: applications being filled in, with their photos. Nothing of it is anywhere else. */

const NAME = "onedoor-phone";
const DRAFTS = "drafts";
const PAGES = "pages"; // what a page is, with a small picture of it
const BYTES = "bytes"; // the pages themselves: read one at a time, a phone has little memory
let opened = null;

/** A fresh name for a draft, a page, or a request that must count once. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** The drafts, the one changed last first. */
export async function drafts() {
  const all = await read(DRAFTS, (store) => store.getAll());
  return all.sort((a, b) => b.changed_at.localeCompare(a.changed_at));
}

export const draft = (id) => read(DRAFTS, (store) => store.get(id));

/** Keeps a draft as it is now. */
export async function keepDraft(one) {
  one.changed_at = new Date().toISOString();
  await write([DRAFTS], (store) => store.put(structuredClone(one)));
  return one;
}

/** A draft with its photos, in their order. @returns {Promise<object[]>} */
export async function pagesOf(id) {
  const all = await read(PAGES, (store) => store.index("draft").getAll(id));
  return all.sort((a, b) => a.place - b.place);
}

/** @param {object} page  bytes: only where they are new */
export const keepPage = ({ bytes, ...page }) => write([PAGES, BYTES], (pages, all) => { pages.put(page); if (bytes) all.put({ id: page.id, bytes }); });
export const dropPage = (id) => write([PAGES, BYTES], (pages, all) => { pages.delete(id); all.delete(id); });

/** What is uploaded of a page: a JPEG. @returns {Promise<ArrayBuffer>} */
export const bytesOf = async (id) => (await read(BYTES, (store) => store.get(id))).bytes;

/** Ends a draft: the words and the photos, all or nothing. */
export async function dropDraft(id) {
  const pages = await pagesOf(id);
  await write([DRAFTS, PAGES, BYTES], (kept, photos, all) => {
    kept.delete(id);
    for (const page of pages) { photos.delete(page.id); all.delete(page.id); }
  });
}

/** Everything of everybody. */
export async function dropAll() {
  await write([DRAFTS, PAGES, BYTES], (...stores) => { for (const one of stores) one.clear(); });
}

/** Whether this browser can keep anything at all: some do not in private windows. */
export async function canKeep() {
  try { await database(); return true; } catch { return false; }
}

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(DRAFTS, { keyPath: "id" });
      request.result.createObjectStore(BYTES, { keyPath: "id" });
      request.result.createObjectStore(PAGES, { keyPath: "id" }).createIndex("draft", "draft");
    };
    request.onsuccess = () => { navigator.storage?.persist?.().catch(() => false); resolve(request.result); };
    request.onerror = () => { opened = null; reject(request.error); };
  });
  return opened;
}

async function read(name, ask) {
  const store = (await database()).transaction(name).objectStore(name);
  return done(ask(store));
}

async function write(names, change) {
  const transaction = (await database()).transaction(names, "readwrite", { durability: "strict" });
  change(...names.map((name) => transaction.objectStore(name)));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
