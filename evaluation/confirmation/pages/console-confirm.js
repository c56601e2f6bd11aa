/** Confirmations at the console: the key that opens the dialog, and the strip that says where the visitor is. */

import { el } from "/static/dom.js";
import { toast } from "/static/feedback.js";
import { t } from "/static/i18n.js";
import { live } from "/static/live.js";
import "./console-strip.js";
import { askSheet, forgetDrafts } from "./console-sheet.js";

/** @param {import("/pages/hall_queue/console-modules.js").ForModules} console */
export function install(console) {
  document.head.append(el("link", { rel: "stylesheet", href: "/pages/confirmation/console-confirm.css" }));
  const strip = el("od-confirm-strip", { hidden: true });
  let window_id = null, feed = null, picture = null, ticket = null;
  const mine = (desk) => console.me.windows.includes(desk.window.id);
  const send = (again = null) => askSheet({ window: window_id, picture: () => picture, again });
  strip.onAgain = (sheet) => console.dialog(() => send(sheet));
  console.addAction({ id: "confirm", keys: ["c"], cap: "C", icon: "edit", states: ["serving"], run: (desk) => (mine(desk) ? send() : toast(t("error.confirmation.not_here"), "bad")) });
  console.addExtra(strip);
  console.onDesk((desk) => {
    if (desk.ticket?.id !== ticket) { ticket = desk.ticket?.id ?? null; forgetDrafts(ticket); }
    strip.serves(ticket);
    if (desk.window.id === window_id) return;
    feed?.close();
    window_id = desk.window.id;
    picture = null;
    strip.show(window_id, null);
    feed = mine(desk) ? live([`confirmation/${window_id}`], { onView: (_topic, view) => { picture = view; strip.show(window_id, view); } }) : null;
  });
}
