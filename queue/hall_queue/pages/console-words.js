/** Names that come with the hall rather than with the desk: priorities, windows. Loaded once per sign-in. */

import { named, t } from "/static/i18n.js";

let hall = { priorities: [], windows: [], lines: [] };

export const setHall = (value) => { hall = value; };
export const theHall = () => hall;

/** A window as people look for it: its number, then its name. */
export const windowName = (window) => [window.number, named(window)].filter(Boolean).join(" · ");

/** The priority's name in the page's language; its id where the hall does not know it. */
export const priorityName = (id) => named(hall.priorities.find((one) => one.id === id)) || id;

/** A line's name by its id. */
export const lineName = (id) => named(hall.lines.find((one) => one.id === id)) || id;

/**
 * What became of the ticket that was at a desk, from the picture after the key.
 * Empty where the bar of the last key, which can be taken back, says as much.
 * @param {string} verb  the key, or what was chosen for the ticket when the window paused or closed
 */
export function becameText(verb, before, after) {
  const { number, onward } = before.ticket;
  const type = after.undo?.number === number ? after.undo.key : "";
  if (type === "ticket.set_back") return t("console.toast.set_back", { number, n: before.pass_places });
  if (type === "ticket.expired") return t("console.toast.expired", { number });
  if (type === "ticket.passed" && verb === "requeue") return t("console.toast.requeued_too_often", { number });
  if (verb === "pass" && before.pass_expires) return t("console.toast.pass_over", { number });
  if (type === "ticket.forwarded" && onward) return onward.back ? t("console.toast.back", { number, n: onward.back }) : t("console.toast.onward", { number, line: named(onward, "line_name") });
  return type && verb !== "pass" ? "" : t(`console.toast.${verb}`, { number });
}
