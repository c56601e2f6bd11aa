/** Complaints, with the views of the enquiry table: one way to complain, wherever somebody stands. */

import { api } from "/static/api.js";
import { aboutView, afterView, complaintView, doneView, wordsView } from "/pages/enquiry/enquiry-complaint.js";

const VIEWS = { begin: complaintView, about: aboutView, words: wordsView, done: doneView, after: afterView };

/** `at.step`: which of them; the words lie in `at.draft`, which goes along. */
export async function complainView(terminal, at, signal) {
  const step = at.step ?? "begin";
  const draft = (at.draft ??= {});
  const to = ({ name, ...more }) => ({ name: "complain", step: name, draft, start: at.start, ...more });
  at.start ??= await api.get("enquiry", { signal }).catch(() => ({ has_hotline: false }));
  if (signal.aborted) return;
  VIEWS[step]({
    start: at.start, draft, signal, hasReader: false, kit: { leave: () => terminal.leave() },
    show: (view) => terminal.show(view, signal), draw: () => terminal.draw(),
    go: (next) => terminal.go(to(next)), turn: (next) => terminal.turn(to(next)), back: () => terminal.back(),
    get: (path, when = signal) => api.get(`enquiry${path}`, { signal: when }), post: (path, body, when = signal) => api.post(`enquiry${path}`, body, { signal: when }),
  }, at);
}
