/** What a desk may do in its state, and with which key: rules only, no drawing. */

/**
 * `keys` are KeyboardEvent.key in lower case; `cap` is what stands on the button.
 * `dialog` opens before anything is sent; `run` does it all by itself (other rooms); `sends` is the route's verb where it is not the id, `body` what goes with it; `states` are those of the window in which the action makes sense.
 */
export const ACTIONS = [
  { id: "open", keys: [" ", "enter", "o"], cap: "space", icon: "power", states: ["closed"], main: true },
  { id: "resume", keys: ["b", "f6"], cap: "B", icon: "play", states: ["paused"], main: true },
  { id: "call", keys: [" ", "enter", "f2"], cap: "space", icon: "bell", states: ["idle"], main: true },
  { id: "start", keys: [" ", "enter", "s", "f2"], cap: "space", icon: "play", states: ["calling"], main: true },
  { id: "finish", keys: ["f", "f10"], cap: "F", icon: "check", states: ["serving"], main: true },
  { id: "next", keys: ["n", "f12"], cap: "N", icon: "skip", states: ["serving"], sends: "call", body: { finish: true } },
  { id: "recall", keys: ["r", "f4"], cap: "R", icon: "speaker", states: ["calling"] },
  { id: "pass", keys: ["p", "f7"], cap: "P", icon: "skip", states: ["calling"] },
  { id: "outcome", keys: ["g"], cap: "G", icon: "document", states: ["serving"], dialog: true, sends: "finish" },
  { id: "matter", keys: ["m"], cap: "M", icon: "plus", states: ["serving"], dialog: true },
  { id: "hold", keys: ["h", "f8"], cap: "H", icon: "hold", states: ["calling", "serving"], dialog: true },
  { id: "transfer", keys: ["t", "f9"], cap: "T", icon: "transfer", states: ["calling", "serving"], dialog: true },
  { id: "requeue", keys: ["q"], cap: "Q", icon: "repeat", states: ["calling"], dialog: true },
  { id: "pause", keys: ["b", "f6"], cap: "B", icon: "pause", states: ["idle", "calling", "serving"], dialog: true, quiet: true },
  { id: "close", keys: ["x"], cap: "X", icon: "power", states: ["idle", "paused", "calling", "serving"], dialog: true, quiet: true },
];

/** Adds what another room brings: an action with `run(desk)` in the place of a request; before the quiet ones. */
export function addAction(action) {
  const place = ACTIONS.findIndex((one) => one.quiet);
  ACTIONS.splice(place < 0 ? ACTIONS.length : place, 0, action);
}

/** Keys that have no button among the state's: they work in every state. */
export const UNDO = { id: "undo", keys: ["u"], cap: "U", icon: "repeat" };
export const WHY = { id: "why", keys: ["w"], cap: "W", icon: "help" };

/** Actions of the state, in order; the first `main` one is the big button. */
export const actionsFor = (state) => ACTIONS.filter((action) => action.states.includes(state));

/** The action a key press means in this state, or undefined. A held key, a modifier or a text box means none. */
export function actionForKey(event, state) {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  return actionsFor(state).find((action) => action.keys.includes(event.key.toLowerCase()));
}

/** Is this the key that takes the last one back? */
export const isUndo = (event) => !event.repeat && !event.altKey && (event.ctrlKey || event.metaKey ? event.key.toLowerCase() === "z" : UNDO.keys.includes(event.key.toLowerCase()));

/** What the pass key does here: the ticket may be called back, goes some places back, or is over. */
export function passing({ pass_policy, pass_expires }) {
  if (pass_expires) return pass_policy === "requeue" ? "expires" : "over";
  return pass_policy === "requeue" ? "set_back" : "resume";
}

/** What may become of the ticket at a window that pauses or closes. */
export const thenFor = (state) => (state === "calling" ? ["requeue", "hold"] : ["hold", "finish"]);

/**
 * Why an action of the state cannot be done just now, as {key, n}; null when it can.
 * @param {(iso: string|null) => number} secondsUntil  seconds until a time, 0 when past
 */
export function hindrance(action, desk, secondsUntil) {
  if (action.id === "recall") {
    if (desk.recalls_left <= 0) return { key: "console.recalls_none" };
    const n = Math.ceil(secondsUntil(desk.recall_at));
    return n > 0 ? { key: "console.recall_in", n } : null;
  }
  if (action.id === "pass") {
    if (desk.pass_calls_left > 0) return { key: "console.pass_calls", n: desk.pass_calls_left };
    const n = Math.ceil(secondsUntil(desk.pass_at));
    return n > 0 ? { key: "console.pass_in", n } : null;
  }
  return null;
}

/** Is calling this ticket out of turn? The head of the queue is in turn whatever way it is called. */
export const outOfTurn = (desk, ticket_id) => desk.ahead.findIndex((ticket) => ticket.id === ticket_id) > 0;

export const PAUSE_REASONS = ["break", "meeting", "equipment"];
const HOLD_MINUTES = [5, 15, 30, 60];
export const REQUEUE_MODES = ["arrival", "keep", "keep_less", "skip"];
export const OUTCOMES = ["accepted", "consulted", "collected", "wrong_matter", "materials_missing"];

/** The lengths of a hold that are offered, minutes: the hall's own first among the usual ones. */
export function holdMinutes(hold_s) {
  const own = Math.max(1, Math.round(hold_s / 60));
  return { own, choices: [...new Set([...HOLD_MINUTES, own])].sort((a, b) => a - b) };
}
