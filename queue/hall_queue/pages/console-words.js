/** Names that come with the hall rather than with the desk: priorities, windows. Loaded once per sign-in. */

import { named } from "/static/i18n.js";

let hall = { priorities: [], windows: [], lines: [] };

export const setHall = (value) => { hall = value; };
export const theHall = () => hall;

/** A window as people look for it: its number, then its name. */
export const windowName = (window) => [window.number, named(window)].filter(Boolean).join(" · ");

/** The priority's name in the page's language; its id where the hall does not know it. */
export const priorityName = (id) => named(hall.priorities.find((one) => one.id === id)) || id;
