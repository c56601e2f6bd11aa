/** From an offline slip to the phone page: waits until the kiosk has handed the ticket in, then leads on. */

import { api } from "/static/api.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/visitor/modes-bar.js";

const AGAIN_MS = 4000;
const key = location.pathname.split("/").filter(Boolean).pop() ?? "";
let claim = { number: null, token: null, code: null };
let hall = null;

start();

async function start() {
  await loadTexts();
  onLang(draw);
  draw();
  api.get("hall").then((found) => { hall = found; draw(); }).catch(() => { /* the slip says where it is from */ });
  await look();
}

async function look() {
  try {
    claim = await api.get(`kiosk/claims/${encodeURIComponent(key)}`);
    if (claim.token) { location.replace(`/t/${encodeURIComponent(claim.token)}`); return; }
    draw();
  } catch { /* the phone or the hall is offline for the moment */ }
  if (!claim.code) setTimeout(look, AGAIN_MS);
}

function draw() {
  document.body.dataset.state = claim.code ? "refused" : "pending";
  document.title = claim.number ?? t("claim.title");
  say($("#hall-name"), hall ? named(hall) : "");
  const text = claim.code ? t(has(`error.${claim.code}`) ? `error.${claim.code}` : "claim.ask_desk") : t("claim.pending_text");
  fill($("#view"), el("div.empty", {}, icon(claim.code ? "info" : "clock"),
    el("p.empty__title", {}, t(claim.code ? "claim.refused" : "claim.pending")), el("p", {}, text)));
}
