/** How the manager's page names things: a window by its number first, as people look for it. */

import { has, isChinese, named, t } from "/static/i18n.js";

const UNNAMED = /^browser-(?=[\w-]{6}$)/; // of a browser that nobody has registered or named

/** @param {{window_number?: number, number?: number, name: string}} window  of the live picture (`number` is its ticket's there) or a record */
export const windowName = (window) => [window.window_number ?? window.number, named(window)].filter(Boolean).join(" · ");

/** A record of any kind; what bears a number or a prefix begins with it. */
export const recordName = (record) => [record.prefix ?? record.number, record.display_name || named(record)].filter(Boolean).join(" ");

export const kindName = (kind) => (has(`manager.kind.${kind}`) ? t(`manager.kind.${kind}`) : kind ?? "");

/** A device by its name, else its kind, and by its place, for somebody who goes there. @param {{name?: string, kind: string, place_name?: string, place?: string}} device  of the live picture or an alarm */
export function deviceName(device) {
  const what = device.name || kindName(device.kind);
  const place = named(device, "place_name");
  if (!place || place === "–" || what.includes(place)) return what;
  return isChinese() ? `${what}（${place}）` : `${what} (${place})`;
}

/** A kiosk that gave numbers by itself: as registered, else as it calls itself. @param {string} id @param {object[]} devices  of the live picture */
export function kioskName(id, devices) {
  const device = devices.find((one) => one.id === id);
  if (device) return deviceName(device);
  return UNNAMED.test(id) ? t("manager.kiosk_unnamed", { mark: id.replace(UNNAMED, "") }) : id;
}
