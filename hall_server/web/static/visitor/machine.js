/** Whose machine shows the page: the hall's own, which strangers share one after another, or the visitor's phone. */

const SHARED = ["kiosk", "table", "terminal", "pad"];
const root = document.documentElement;
const asked = new URLSearchParams(location.search).get("machine");
if (!SHARED.includes(root.dataset.machine)) {
  if (SHARED.includes(asked)) root.dataset.machine = asked;
  else delete root.dataset.machine;
}

/** "kiosk" (upright, standing), "table" (lying, 1920 × 1080), "terminal" (self-service), "pad" (at a window), or "" on the visitor's own device. */
export const machine = () => root.dataset.machine ?? "";

/** Whether the next person at this machine is somebody else. */
export const isShared = () => machine() !== "";
