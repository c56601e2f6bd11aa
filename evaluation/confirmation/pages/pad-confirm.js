/** Sheets to confirm on the pad: they take its face over while one is there. */

import { kept } from "/static/device-key.js";
import { loadTexts } from "/static/i18n.js";
import { registerFace } from "/pages/evaluation/pad-hooks.js";
import { ConfirmFlow } from "./confirm-flow.js";
import { isSignedIn } from "./confirm-link.js";

const window_id = decodeURIComponent(location.pathname.split("/").pop());
const PRIORITY = 100;

if (kept("pad") || isSignedIn()) await begin(); // a pad that is nobody's shows no sheet

async function begin() {
  await loadTexts();
  let flow = null;
  const hook = registerFace({ name: "confirmation", priority: PRIORITY, of: () => flow?.face ?? null });
  flow = new ConfirmFlow({ window: window_id, kind: "pad", onChange: () => hook.redraw() });
}
