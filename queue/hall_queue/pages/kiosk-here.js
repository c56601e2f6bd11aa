/** The code that says "I am here" to whoever took a number on the way: it changes, so it is fetched again while it is shown. */

import { api } from "/static/api.js";
import { deviceHeader } from "/static/device-key.js";
import { el, fill } from "/static/dom.js";
import { t } from "/static/i18n.js";

const AGAIN_MS = 60_000;

/** Shows itself only where the hall gives numbers to people on the way. */
export function herePart(kiosk) {
  const place = el("section.k-booked__scan.k-here", { id: "booked-here", hidden: true, "aria-label": t("kiosk.here") });
  const draw = async () => {
    try {
      if (!(await api.get("outside", { signal: kiosk.signal })).allowed) return;
      const device = deviceHeader();
      const answer = await fetch("/api/v1/outside/here.svg", { headers: device ? { Authorization: device } : {}, cache: "no-store", signal: kiosk.signal });
      if (!answer.ok) return;
      const picture = `data:image/svg+xml;base64,${btoa(await answer.text())}`;
      place.hidden = false;
      fill(place, el("img.k-here__code", { src: picture, alt: t("kiosk.here_code"), width: 320, height: 320 }), el("div", {}, el("h2", {}, t("kiosk.here")), el("p.muted", {}, t("kiosk.here_hint"))));
    } catch { /* shown at the next look */ }
  };
  const timer = setInterval(draw, AGAIN_MS);
  kiosk.signal.addEventListener("abort", () => clearInterval(timer));
  draw();
  return place;
}
