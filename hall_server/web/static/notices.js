/** Every page loads this: the hall's emergency over everything, its notices in a band. */

import { live } from "./live.js";
import { NoticeBand } from "./notices-band.js";
import { EmergencyScreen } from "./notices-emergency.js";
import { StaffBar } from "./notices-staff.js";

/* <html data-notices="…">: staff (a bar, and the page goes on), quiet (the bar without who and why), home (the screen
 * with a way to sign in), board (the screen; the page shows the notices itself), public where nothing is said. */
const audience = document.documentElement.dataset.notices ?? "public";
const isStaff = audience === "staff" || audience === "quiet";
const SLOT = "onedoor.notices";
const KEPT_MS = 12 * 60 * 60 * 1000;

const emergency = isStaff ? new StaffBar({ knowsWho: audience === "staff" }) : new EmergencyScreen({ signIn: audience === "home" });
const band = audience === "board" ? null : new NoticeBand();

function show(view) {
  emergency.show(view.emergency);
  band?.show(view.notices);
}

/** A screen that starts while the server is away goes on saying what was true last. */
function kept() {
  try {
    const { at, view } = JSON.parse(localStorage.getItem(SLOT) ?? "{}");
    return view?.emergency && Date.now() - at < KEPT_MS ? { emergency: view.emergency, notices: [] } : null;
  } catch { return null; }
}

function keep(view) {
  try { localStorage.setItem(SLOT, JSON.stringify({ at: Date.now(), view })); } catch { /* a full store only costs the word after a restart */ }
}

const before = kept();
if (before) show(before);
live(["notices/hall"], { onView: (_topic, view) => { show(view); keep(view); } });
