/** No way out of the page on a shared machine: no menus, new windows, downloads, zoom, printing by keys, or other sites. */

import { isShared } from "./machine.js";

const KEYS = new Set(["F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "BrowserBack", "BrowserForward", "BrowserHome", "BrowserRefresh", "BrowserSearch", "ContextMenu", "PrintScreen"]);
const ALLOWED_WITH_CTRL = new Set(["a", "z", "y"]);
const FIELD = "input, textarea, [contenteditable]";

/**
 * Locks the page in, where the machine is shared; gives the way to unlock.
 * @param {{isAllowed?: (address: URL) => boolean}} [options]  isAllowed: which links may be followed; usually the hall's own
 */
export function lock({ isAllowed = (address) => address.origin === location.origin } = {}) {
  if (!isShared()) return () => {};
  const over = new AbortController();
  const how = { capture: true, passive: false, signal: over.signal };
  const refuse = (event) => event.preventDefault();
  for (const kind of ["contextmenu", "dragstart", "dragover", "drop", "copy", "cut", "paste", "gesturestart", "auxclick"]) addEventListener(kind, refuse, how);
  addEventListener("selectstart", (event) => { if (!event.target.closest?.(FIELD) && !event.target.parentElement?.closest(FIELD)) refuse(event); }, how);
  addEventListener("wheel", (event) => { if (event.ctrlKey) refuse(event); }, how);
  addEventListener("touchmove", (event) => { if (event.touches.length > 1) refuse(event); }, how);
  addEventListener("keydown", (event) => { if (leads(event)) refuse(event); }, how);
  addEventListener("click", (event) => followed(event, isAllowed), how);
  addEventListener("submit", (event) => { if (event.target.target === "_blank") refuse(event); }, how);
  const open = window.open;
  window.open = () => null;
  return () => { over.abort(); window.open = open; };
}

function leads(event) {
  if (KEYS.has(event.key)) return true;
  if (event.altKey && ["ArrowLeft", "ArrowRight", "Home", "d", "f"].includes(event.key)) return true;
  return (event.ctrlKey || event.metaKey) && !ALLOWED_WITH_CTRL.has(event.key.toLowerCase()) && event.key !== "Control" && event.key !== "Meta";
}

function followed(event, isAllowed) {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement || node instanceof SVGAElement);
  if (!link) return;
  const address = new URL(link.href?.baseVal ?? link.href, location.href);
  const stays = (!link.target || link.target === "_self") && !link.hasAttribute?.("download") && !event.ctrlKey && !event.shiftKey && !event.metaKey;
  if (!stays || !["http:", "https:"].includes(address.protocol) || !isAllowed(address)) event.preventDefault();
}
