/** How the manager's page names things: a window by its number first, as people look for it. */

import { named } from "/static/i18n.js";

/** @param {{window_number?: number, number?: number, name: string}} window  of the live picture (`number` is its ticket's there) or a record */
export const windowName = (window) => [window.window_number ?? window.number, named(window)].filter(Boolean).join(" · ");

/** A record of any kind; what bears a number or a prefix begins with it. */
export const recordName = (record) => [record.prefix ?? record.number, record.display_name || named(record)].filter(Boolean).join(" ");
