/** What a kiosk keeps on its own disk for a lost link: numbers, the hall's lists, tickets not handed in. Nobody's identity. */

const NAME = "onedoor-kiosk";
const STATE = "state";
const TICKETS = "tickets";
const KEY_BYTES = 17; // 22 characters and a bit

/** 22 characters that nobody guesses. (crypto.randomUUID needs https.) */
export function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}

export class OfflineStore {
  #database;

  /** Opens the store; rejects where the browser keeps nothing. */
  async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STATE, { keyPath: "id" });
      request.result.createObjectStore(TICKETS, { keyPath: "key" });
    };
    this.#database = await done(request);
    navigator.storage?.persist?.().catch(() => false);
  }

  /** The kiosk's secret, made at the first question and kept beside its numbers: they are lost together or not at all. */
  async session() {
    return this.#write([STATE], async (state) => {
      const kept = (await done(state.get("numbers"))) ?? { id: "numbers", session: newSecret(), day: "", until: "", claim: "", blocks: [] };
      state.put(kept);
      return kept.session;
    });
  }

  /** Takes in what the server has reserved; a number used here stays used, whatever the server knows. */
  async reserved(session, { day, until, claim, blocks }) {
    return this.#write([STATE], async (state) => {
      const kept = await done(state.get("numbers"));
      if (kept?.session !== session) return;
      const nexts = new Map(kept.day === day ? kept.blocks.map((one) => [`${one.line} ${one.first}`, one.next]) : []);
      const merged = blocks.map(({ line, prefix, first, last, used }) => ({ line, prefix, first, last, next: Math.max(first, nexts.get(`${line} ${first}`) ?? 0, ...used.map((serial) => serial + 1)) }));
      state.put({ ...kept, day, until, claim, blocks: merged });
    });
  }

  /** How many numbers of each line are left at a moment. @param {number} now_ms  by the hall's clock */
  async left(now_ms) {
    const kept = await done(this.#database.transaction(STATE).objectStore(STATE).get("numbers"));
    const counts = new Map();
    if (!kept || !(now_ms < Date.parse(kept.until))) return counts;
    for (const { line, next, last } of kept.blocks) counts.set(line, (counts.get(line) ?? 0) + last - next + 1);
    return counts;
  }

  /**
   * The next number of a line, written down on the disk as used before anybody sees it; null where none is left.
   * @param {{line: string, matter: ?string, now_ms: number}} wanted  now_ms: by the hall's clock
   */
  async take({ line, matter, now_ms }) {
    return this.#write([STATE, TICKETS], async (state, tickets) => {
      const kept = await done(state.get("numbers"));
      const block = kept && now_ms < Date.parse(kept.until) ? kept.blocks.find((one) => one.line === line && one.next <= one.last) : null;
      if (!block) return null;
      const serial = block.next;
      block.next += 1;
      const number = `${block.prefix}${String(serial).padStart(3, "0")}`;
      const ticket = { key: newSecret(), day: kept.day, line, serial, number, matter, taken_at: new Date().toISOString() };
      state.put(kept);
      tickets.add(ticket);
      return { ...ticket, claim: kept.claim };
    });
  }

  /** The tickets not handed in yet, oldest first. */
  async pending() {
    const all = await done(this.#database.transaction(TICKETS).objectStore(TICKETS).getAll());
    return all.sort((a, b) => a.taken_at.localeCompare(b.taken_at) || a.serial - b.serial);
  }

  /** Forgets tickets that the server has answered for. */
  async settled(keys) {
    return this.#write([TICKETS], async (tickets) => { for (const key of keys) tickets.delete(key); });
  }

  /** Requests without an answer, as they were sent; nobody's identity. */
  async doubts() {
    return (await done(this.#database.transaction(STATE).objectStore(STATE).get("doubts")))?.list ?? [];
  }

  async keepDoubts(list) {
    return this.#write([STATE], async (state) => { state.put({ id: "doubts", list }); });
  }

  /** Keeps what is shown while the server is away: the hall as visitors see it, without any person. */
  async keepHall(hall) {
    return this.#write([STATE], async (state) => { state.put({ id: "hall", hall, at_ms: Date.now() }); });
  }

  /** The hall as it was last seen, and when. */
  async hall() {
    return (await done(this.#database.transaction(STATE).objectStore(STATE).get("hall"))) ?? null;
  }

  /* One transaction that is on the disk when it resolves (durability "strict"), and that no other tab can get between. */
  async #write(names, work) {
    const transaction = this.#database.transaction(names, "readwrite", { durability: "strict" });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    finished.catch(() => {});
    const result = await work(...names.map((name) => transaction.objectStore(name)));
    await finished;
    return result;
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
