/** The visitor's second screen at a window: signed in as its staff, or paired as its pad; shows sheets and nothing else. */

import { api } from "/static/api.js";
import { actAs, kept } from "/static/device-key.js";
import { $, el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";
import { idleFace, refusedFace } from "./confirm-faces.js";
import { ConfirmFlow } from "./confirm-flow.js";
import { isSignedIn } from "./confirm-link.js";

const window_id = decodeURIComponent(location.pathname.split("/").pop());
let here = null;
let idle = null;
let flow = null;
let refused = null;

await loadTexts();
onLang(() => { idle = refused = null; draw(); });
if (kept("pad")) actAs(kept("pad"));
if (kept("pad") || isSignedIn()) flow = new ConfirmFlow({ window: window_id, kind: "second", onChange: () => draw() });
draw();
api.get(`windows/${encodeURIComponent(window_id)}`).then((found) => { here = found; document.documentElement.dataset.zone = found.zone; draw(); }).catch(() => {});

function draw() {
  document.title = t("confirm.title");
  fill($("#window"), here && el("span.second__number.num", {}, t("confirm.window", { n: here.number })), here && el("span.second__name.truncate", {}, named(here)));
  const link = $("#link");
  link.hidden = flow?.state !== "lost";
  fill(link, icon("wifi-off"), el("span", {}, t("confirm.lost")));
  const face = flow?.face ?? (!flow || flow.state === "refused" ? (refused ??= refusedFace(location.pathname)) : (idle ??= idleFace()));
  if ($("#face").firstElementChild !== face) fill($("#face"), face);
}
