/** The slip that the hall prints beside this kiosk: how far it is, and once more. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";

const LOOK_MS = 500;
const WITHIN_MS = 40000; // the hall gives a slip thirty seconds
const OVER = new Set(["printed", "failed"]);
const LOOKS = { sent: ["printer", "kiosk.slip_printing", ""], taken: ["printer", "kiosk.slip_printing", ""], printed: ["check", "kiosk.slip_take", "ok"], failed: ["alert", "kiosk.slip_failed", "warn"] };

export class HallSlip {
  /** "sent", "taken", "printed", "failed"; null: the hall prints none. */
  state = null;
  root = el("p.k-slip", { id: "slip-state", role: "status", hidden: true });
  #token; #signal; #onState;

  /** @param {string} token  of the ticket  @param {(state: ?string) => void} onState  told once with null where the hall prints none */
  constructor(token, signal, onState) {
    this.#token = token;
    this.#signal = signal;
    this.#onState = onState;
  }

  /** Looks until it is out, or is known not to come. */
  async follow() {
    const until = Date.now() + WITHIN_MS;
    while (!this.#signal.aborted) {
      const shown = await api.get(this.#path, { signal: this.#signal }).catch(() => undefined);
      if (this.#signal.aborted) return;
      if (shown) this.#be(shown.state, shown.reason);
      if (shown && (shown.state === null || OVER.has(shown.state))) return;
      if (Date.now() > until) { this.#be("failed"); return; }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Prints it once more; false where the hall cannot. */
  async again() {
    try {
      const { state, reason } = await api.post(this.#path, { language: lang() });
      this.#be(state, reason);
    } catch { return false; }
    if (!OVER.has(this.state)) await this.follow();
    return true;
  }

  get #path() { return `tickets/${encodeURIComponent(this.#token)}/slip`; }

  #be(state, reason = "") {
    const isNews = this.state !== state || state === null;
    this.state = state;
    this.root.hidden = !(state in LOOKS);
    if (state in LOOKS) {
      const [name, text, tone] = LOOKS[state];
      this.root.className = `k-slip ${tone && `k-slip--${tone}`}`;
      const why = reason === "paper_out" ? t("kiosk.slip_no_paper") : "";
      fill(this.root, icon(name), el("span", {}, why, t(text)));
    }
    if (isNews) this.#onState(state);
  }
}
