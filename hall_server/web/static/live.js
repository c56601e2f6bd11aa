/** The live feed: a snapshot, then whole pictures; a lost connection resumes where it stopped. */

const BASE_MS = 500;
const CAP_MS = 15000;
const GRACE_MS = 1500;
const QUIET_MS = 30000;
const PROBE_MS = 5000;
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

class Feed {
  state = "connecting";
  #topics; #onView; #onState; #socket = null; #tries = 0; #seqs = new Map(); #timers = {}; #closed = false; #heard = 0;

  constructor(topics, onView, onState) {
    this.#topics = topics;
    this.#onView = onView;
    this.#onState = onState;
    addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#seen);
    this.#timers.probe = setInterval(() => this.#probe(), QUIET_MS / 2);
    this.#connect();
  }

  close() {
    this.#closed = true;
    removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#seen);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    clearInterval(this.#timers.probe);
    this.#socket?.close();
  }

  #connect() {
    if (this.#closed) return;
    const isResuming = this.#isKnown;
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    socket.onopen = () => {
      this.#heard = Date.now();
      if (isResuming && socket === this.#socket) this.#be("live"); // nothing was missed, perhaps: then no frame comes
    };
    socket.onmessage = (message) => { if (socket === this.#socket) this.#take(JSON.parse(message.data)); };
    // A connection that the page policy forbids gives an error and no close (Chromium).
    socket.onerror = () => setTimeout(() => { if (socket === this.#socket && socket.readyState === WebSocket.CLOSED) this.#dropped(1006); });
    socket.onclose = (event) => { if (socket === this.#socket) this.#dropped(event.code); };
  }

  get #isKnown() { return this.#topics.every((topic) => this.#seqs.has(topic)); }

  #url() {
    const query = new URLSearchParams({ topics: this.#topics.join(",") });
    if (this.#isKnown) query.set("after", Math.min(...this.#topics.map((topic) => this.#seqs.get(topic))));
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return `${scheme}://${location.host}/api/v1/live?${query}`;
  }

  #take(frame) {
    this.#heard = Date.now();
    if (frame.error) { this.#drop(frame.topic); return; }
    this.#tries = 0;
    this.#be("live");
    const last = this.#seqs.get(frame.topic) ?? -1;
    const snapshot = "snapshot" in frame;
    if (!snapshot && frame.seq <= last) return;
    this.#seqs.set(frame.topic, frame.seq);
    this.#onView(frame.topic, snapshot ? frame.snapshot : frame.event.view ?? frame.event, snapshot ? null : frame.event);
  }

  #dropped(code) {
    this.#socket = null;
    if (this.#closed) return;
    if (REFUSED.has(code)) { this.#refuse(); return; }
    this.#timers.grace ??= setTimeout(() => this.#be("lost"), GRACE_MS);
    const wait = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#timers.again = setTimeout(() => this.#connect(), wait);
  }

  /* One topic refused does not stop the others; when none is left the server closes with the reason. */
  #drop(topic) {
    if (topic && this.#topics.length > 1) this.#topics = this.#topics.filter((one) => one !== topic);
  }

  #refuse() {
    this.close();
    this.#be("refused");
  }

  #be(state) {
    if (state !== "lost") { clearTimeout(this.#timers.grace); this.#timers.grace = undefined; }
    if (state === this.state) return;
    this.state = state;
    this.#onState(state);
  }

  #now = () => {
    if (this.#socket || this.#closed) return;
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
