/** The window console: who is here, which window, and one request for one key press. */

import { api, newKey } from "/static/api.js";
import { hallIso, secondsUntil, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { loadTexts, onLang, t } from "/static/i18n.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { actionForKey, addAction, hindrance, isUndo, outOfTurn, WHY } from "./console-actions.js";
import { drawBar } from "./console-bar.js";
import { chooseWindow } from "./console-choose.js";
import "./console-desk.js";
import { askAlone, askClose, askHold, askPause, askPauseAlone, askReason, askRequeue, showKeys } from "./console-dialogs.js";
import "./console-lists.js";
import { askOutcome } from "./console-outcomes.js";
import { askMatter, askTransfer } from "./console-transfer.js";
import { mayUndo, undoneText } from "./console-undo.js";
import { extend } from "./console-modules.js";
import { becameText, setHall, windowName } from "./console-words.js";

const ERROR_MS = 8000;
const LEAVES = new Set(["pass", "hold", "requeue", "transfer", "finish"]);
const query = new URLSearchParams(location.search);
const ASK = {
  pause: askPause, hold: askHold, requeue: askRequeue, transfer: askTransfer, close: askClose,
  matter: (desk) => askMatter(desk.ticket.number), outcome: (desk) => askOutcome(desk.ticket),
};

const ASKED_BACK = { "window.alone": askAlone, "window.pause_alone": askPauseAlone };

class Console {
  #listeners = []; #me; #feed = null; #window = null; #desk = null; #busy = null; #asking = false; #retry = null; #under_way = null;
  #parts = { desk: el("od-desk"), ahead: el("od-ahead.panel"), aside: el("od-aside") };

  constructor(me) {
    this.#me = me;
    this.#parts.desk.onAction = (action) => this.act(action);
    this.#parts.desk.onUndo = () => this.undo();
    this.#parts.ahead.mayJump = me.roles.includes("manager");
    this.#parts.ahead.onCall = (ticket) => this.callOne(ticket, outOfTurn(this.#desk, ticket.id));
    this.#parts.aside.onCall = (ticket) => this.callOne(ticket, false);
    addEventListener("keydown", (event) => this.#onKey(event));
    onLang(() => (this.#desk ? this.#show(this.#desk) : this.choose()));
    setInterval(() => { const clock = $("#clock"); if (clock) say(clock, timeOfDay(hallIso())); }, 1000);
  }

  /** What page modules of other rooms may do here. */
  get forModules() {
    return {
      me: this.#me,
      addAction: (action) => { addAction(action); if (this.#desk) this.#show(this.#desk); },
      addExtra: (node) => { this.#parts.desk.extras.push(node); if (this.#desk) this.#show(this.#desk); },
      onDesk: (listener) => { this.#listeners.push(listener); if (this.#desk) listener(this.#desk); },
      dialog: (question) => (this.#asking ? null : this.#dialog(question)),
    };
  }

  /** Asks for the window, unless there is only one or the address names it. */
  async choose({ again = false } = {}) {
    this.#feed?.close();
    this.#feed = this.#desk = this.#window = null;
    this.#bar();
    const hall = await api.get("hall");
    syncClock(hall.now);
    setHall(hall);
    const mine = hall.windows.filter((w) => this.#me.roles.includes("manager") || this.#me.windows.includes(w.id));
    const asked = again ? null : query.get("window") ?? (mine.length === 1 ? mine[0].id : null);
    if (asked) this.enter(asked); else chooseWindow($("#main"), mine, (id) => this.enter(id));
  }

  enter(id) {
    this.#window = id;
    this.#keepInAddress(id);
    fill($("#main"), el("div.loading.empty", {}, t("console.loading")));
    this.#feed = live([`desk/${id}`], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
  }

  /** What the feed brings may be the answer of the key pressed last, before its reply: then the next key counts already. */
  #take(view) {
    if (this.#under_way && moved(this.#under_way.desk, view)) { this.#under_way = null; this.#be(null); }
    this.#show(view);
  }

  #keepInAddress(id) {
    query.set("window", id);
    history.replaceState(null, "", `?${query}`);
  }

  #show(desk) {
    const first = !this.#desk;
    this.#desk = desk;
    if (first) fill($("#main"), el("div.desk", {}, this.#parts.ahead, this.#parts.desk, this.#parts.aside));
    this.#bar();
    for (const part of Object.values(this.#parts)) part.show(desk);
    this.#parts.desk.busy = this.#busy;
    for (const listener of this.#listeners) listener(desk);
    document.title = `${desk.ticket?.number ?? t(`console.state.${desk.window.state}`)} · ${windowName(desk.window)}`;
  }

  #bar() {
    drawBar($("#bar"), { me: this.#me, desk: this.#desk, onChange: () => this.choose({ again: true }), onKeys: () => this.#dialog(() => showKeys(this.#desk)), onOut: () => signOut() });
  }

  #onKey(event) {
    if (!this.#desk || this.#asking || document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select")) return;
    if (event.key === "?") { this.#dialog(() => showKeys(this.#desk)); return; }
    if (isUndo(event)) { event.preventDefault(); this.undo(); return; }
    if (WHY.keys.includes(event.key.toLowerCase()) && !event.ctrlKey && !event.altKey && !event.metaKey) { location.assign(`/why/${encodeURIComponent(this.#window)}`); return; }
    const action = actionForKey(event, this.#desk.window.state);
    if (!action) { if (event.key === " " && event.target === document.body) event.preventDefault(); return; }
    event.preventDefault();
    this.act(action);
  }

  /** One key press: at most one question, then at most one request. */
  async act(action) {
    if (this.#busy || this.#asking || hindrance(action, this.#desk, secondsUntil)) return;
    if (action.run) { await this.#dialog(() => action.run(this.#desk)); return; }
    const body = action.dialog ? await this.#dialog(() => ASK[action.id](this.#desk)) : action.body ?? {};
    if (body !== null && body !== undefined) await this.#send(action.sends ?? action.id, body, action.id);
  }

  /** Takes the last key back, while that can be. */
  async undo() {
    if (this.#busy || this.#asking || !mayUndo(this.#desk)) return;
    await this.#send("undo", {}, "undo");
  }

  async callOne(ticket, needsReason) {
    if (this.#busy || this.#asking) return;
    const before = this.#desk.ahead.findIndex((one) => one.id === ticket.id);
    const why = needsReason ? await this.#dialog(() => askReason({ number: ticket.number, before })) : {};
    if (why) await this.#send("call", { ticket: ticket.id, ...why }, "call");
  }

  async #dialog(question) {
    this.#asking = true;
    try { return await question(); } finally { this.#asking = false; }
  }

  /** An unanswered request keeps its key: pressing again asks for the same thing, never for a second one. */
  async #send(verb, body, shown) {
    const same = this.#retry?.verb === verb && JSON.stringify(this.#retry.body) === JSON.stringify(body) && this.#retry.window === this.#window;
    const key = same ? this.#retry.key : newKey();
    const sent = this.#under_way = { desk: this.#desk };
    this.#be(shown);
    const before = this.#desk;
    let asked = null;
    try {
      const desk = await api.post(`windows/${this.#window}/${verb}`, body, { key });
      this.#retry = null;
      if (desk?.window && this.#under_way === sent) this.#show(desk);
      if (verb === "undo") toast(undoneText(before.undo), "ok", { ms: 4000 });
      else if (before.ticket && (LEAVES.has(verb) || body.then)) tell(becameText(body.then ?? verb, before, desk));
    } catch (error) {
      this.#retry = error.offline ? { verb, body, key, window: this.#window } : null;
      if (error.status === 401) { toSignIn(); return; }
      if (error.code in ASKED_BACK) { asked = error; return; }
      toast(error.offline ? t("console.not_sent") : errorText(error), "bad", { ms: ERROR_MS });
    } finally {
      if (this.#under_way === sent) { this.#under_way = null; this.#be(null); }
      if (asked) await this.#askBack(verb, body, asked);
    }
  }

  /** Nobody else serves those who wait: what becomes of them is asked, then the window closes or pauses. */
  async #askBack(verb, body, { code, fields }) {
    const how = await this.#dialog(() => ASKED_BACK[code](fields, { window: this.#window, mayReassign: this.#me.roles.includes("manager") }));
    if (how) await this.#send(verb, { ...body, ...how }, verb);
  }

  #be(busy) {
    this.#busy = busy;
    this.#parts.desk.busy = busy;
  }
}

/** Says what became of a ticket, where the bar of the last key does not say it. */
function tell(text) {
  if (text) toast(text, "ok", { ms: 4000 });
}

/** Has a key had its effect between two pictures of a desk? */
const moved = (before, after) => (after.undo && before.undo?.until !== after.undo.until) || before.window.state !== after.window.state || before.ticket?.id !== after.ticket?.id || before.ticket?.calls !== after.ticket?.calls;

async function signOut() {
  try { await api.del("session"); } catch { /* signed out already, or offline: the sign-in page tells */ }
  toSignIn();
}

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function start() {
  await loadTexts();
  document.title = t("console.title");
  document.body.classList.toggle("console--mini", query.has("mini"));
  try {
    const console_ = new Console(await api.get("session"));
    extend(console_.forModules);
    await console_.choose();
  } catch (error) {
    if (error.status === 401) toSignIn();
    else fill($("#main"), el("div.empty", {}, el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => location.reload() } }, t("console.retry"))));
  }
}

await start();
