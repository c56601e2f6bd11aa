/** The live feed: a snapshot, then whole pictures; a lost connection resumes where it stopped.
 *
 * A page has one connection for all its parts: each part's feed adds its topics to it and takes them back.
 */

const BASE_MS = 500;
const CAP_MS = 15000;
const GRACE_MS = 1500;
const QUIET_MS = 30000;
const PROBE_MS = 5000;
const IN_ADDRESS = 20;
const REFUSED = new Set([4400, 4401, 4403, 4404, 1008]);

/**
 * @param {string[]} topics
 * @param {{onView: (topic: string, view: object, event: object|null) => void, onState?: (state: State) => void}} handlers
 *   event is null for a snapshot, else {type, …, view}. An event without a view (an announcement) gives its own body as view.
 * @typedef {"connecting"|"live"|"lost"|"refused"} State  lost: the pictures shown are the last ones. refused: not allowed; not tried again.
 */
export function live(topics, { onView, onState = () => {} }) {
  return new Feed(topics, onView, onState);
}

/** What one part of a page watches. */
class Feed {
  state = "connecting";
  topics; #onView; #onState;

  constructor(topics, onView, onState) {
    this.topics = new Set(topics);
    this.#onView = onView;
    this.#onState = onState;
    line.add(this);
  }

  close() { line.remove(this); }

  /* What one part of a page does wrong must not darken the others. */
  take(topic, view, event) {
    try { this.#onView(topic, view, event); } catch (error) { reportError(error); }
  }

  /* One topic refused does not stop the others. */
  refuse(topic) {
    this.topics.delete(topic);
    if (this.topics.size) return;
    line.remove(this);
    this.be("refused");
  }

  be(state) {
    if (state === this.state) return;
    this.state = state;
    this.#onState(state);
  }
}

/** The page's connection: open while some feed wants it. */
class Line {
  #feeds = new Set(); #socket = null; #tries = 0; #timers = {}; #heard = 0;
  #asked = new Set(); // topics that the present connection was asked for
  #seqs = new Map(); #pictures = new Map(); // by topic: the last seq, the last view

  add(feed) {
    this.#feeds.add(feed);
    if (this.#feeds.size === 1) this.#begin();
    this.#say();
    queueMicrotask(() => this.#showKnown(feed));
  }

  remove(feed) {
    if (!this.#feeds.delete(feed)) return;
    if (!this.#feeds.size) this.#end();
    else this.#say();
  }

  #begin() {
    addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#seen);
    this.#timers.probe = setInterval(() => this.#probe(), QUIET_MS / 2);
    this.#timers.again = setTimeout(() => this.#connect()); // together with what the page's other scripts want
  }

  #end() {
    removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#seen);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    const socket = this.#socket;
    this.#socket = null;
    this.#tries = 0;
    for (const topic of this.#seqs.keys()) this.#forget(topic);
    socket?.close();
  }

  get #topics() { return [...new Set([...this.#feeds].flatMap((feed) => [...feed.topics]))]; }

  #watching(topic) { return [...this.#feeds].filter((feed) => feed.topics.has(topic)); }

  #forget(topic) {
    this.#seqs.delete(topic);
    this.#pictures.delete(topic);
  }

  /* A feed that comes later sees at once what others of the page see already. */
  #showKnown(feed) {
    for (const topic of [...feed.topics]) {
      if (!this.#feeds.has(feed) || !this.#pictures.has(topic)) continue;
      if (this.#socket?.readyState === WebSocket.OPEN) feed.be("live");
      feed.take(topic, this.#pictures.get(topic), null);
    }
  }

  #connect() {
    const known = new Set(this.#seqs.keys());
    const asked = this.#topics.slice(0, IN_ADDRESS);
    const socket = new WebSocket(this.#address(asked));
    this.#socket = socket;
    this.#asked = new Set(asked);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#heard = Date.now();
      // Where nothing was missed no frame comes.
      for (const feed of this.#feeds) if ([...feed.topics].every((topic) => known.has(topic))) feed.be("live");
      this.#calm();
      this.#say();
    };
    socket.onmessage = (message) => { if (socket === this.#socket) this.#take(JSON.parse(message.data)); };
    // A connection that the page policy forbids gives an error and no close (Chromium).
    socket.onerror = () => setTimeout(() => { if (socket === this.#socket && socket.readyState === WebSocket.CLOSED) this.#dropped(1006); });
    socket.onclose = (event) => { if (socket === this.#socket) this.#dropped(event.code); };
  }

  #address(topics) {
    const query = new URLSearchParams({ topics: topics.join(",") });
    if (topics.some((topic) => this.#seqs.has(topic))) query.set("after", topics.map((topic) => this.#seqs.get(topic) ?? "").join(","));
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return `${scheme}://${location.host}/api/v1/live?${query}`;
  }

  /* Tells the server what has changed since it was last told. */
  #say() {
    const wanted = new Set(this.#topics);
    for (const topic of this.#seqs.keys()) if (!wanted.has(topic)) this.#forget(topic);
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const watch = [...wanted].filter((topic) => !this.#asked.has(topic));
    const leave = [...this.#asked].filter((topic) => !wanted.has(topic));
    if (watch.length || leave.length) this.#socket.send(JSON.stringify({ watch, leave }));
    this.#asked = wanted;
  }

  #take(frame) {
    this.#heard = Date.now();
    if (frame.error) {
      for (const feed of this.#watching(frame.topic)) feed.refuse(frame.topic);
      return;
    }
    this.#tries = 0;
    this.#calm();
    const feeds = this.#watching(frame.topic);
    const snapshot = "snapshot" in frame;
    if (!feeds.length || (!snapshot && frame.seq <= (this.#seqs.get(frame.topic) ?? -1))) return;
    this.#seqs.set(frame.topic, frame.seq);
    const picture = snapshot ? frame.snapshot : frame.event.view;
    if (picture) this.#pictures.set(frame.topic, picture);
    for (const feed of feeds) {
      feed.be("live");
      feed.take(frame.topic, picture ?? frame.event, snapshot ? null : frame.event);
    }
  }

  #dropped(code) {
    this.#socket = null;
    if (!this.#feeds.size) return;
    if (REFUSED.has(code)) { this.#refuse(); return; }
    this.#timers.grace ??= setTimeout(() => { for (const feed of [...this.#feeds]) feed.be("lost"); }, GRACE_MS);
    const wait = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#timers.again = setTimeout(() => this.#connect(), wait);
  }

  #refuse() {
    for (const feed of [...this.#feeds]) for (const topic of [...feed.topics]) feed.refuse(topic);
  }

  #calm() {
    clearTimeout(this.#timers.grace);
    this.#timers.grace = undefined;
  }

  #now = () => {
    if (this.#socket) return;
    clearTimeout(this.#timers.again);
    this.#tries = 0;
    this.#connect();
  };

  #seen = () => { if (!document.hidden) this.#now(); };

  /* A half-open connection looks alive for minutes: after a quiet time, ask the server over HTTP. */
  async #probe() {
    if (!this.#socket || Date.now() - this.#heard < QUIET_MS) return;
    const socket = this.#socket;
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
      this.#heard = Date.now();
    } catch {
      if (socket !== this.#socket) return;
      socket.onclose = null;
      socket.close();
      this.#dropped(1006);
    }
  }
}

const line = new Line();
