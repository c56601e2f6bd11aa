/** The zone board: feeds the picture to its parts, speaks the calls, and keeps the last picture when the link is lost. */

import { api } from "/static/api.js";
import { hallIso, syncClock } from "/static/clock.js";
import { $, el, fill, say } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { SoundQueue } from "/static/sound.js";
import { both, dayInBoth, loadBoth, namesOf, pair } from "./both.js";
import "./board-calls.js";
import "./board-side.js";

const AGAIN_MS = 30_000;
const SYNC_MS = 10 * 60 * 1000;
const PARTS = ["board-calls", "board-lines", "board-windows", "board-notices"];
const zone = decodeURIComponent(location.pathname.split("/").pop());
const slot = `onedoor.board.${zone}`;
const sounds = new SoundQueue();
let seenAt = "";
let shown = null;
let isDemo = false;

await loadBoth();
await sync();
showWaiting("connecting");
showKept();
live([`board/${zone}`, `voice/${zone}`], { onView: take, onState: showLink });
matchMedia("(orientation: portrait)").addEventListener("change", () => { if (shown) draw(shown); });
setInterval(tick, 1000);
setInterval(sync, SYNC_MS);
tick();
offerSound();

function take(topic, view, event) {
  if (topic.startsWith("voice/")) {
    if (event) sounds.say({ ...event, ...view });
    return;
  }
  seenAt = hallIso();
  draw(view);
  keep(view);
}

function draw(view) {
  shown = view;
  const names = namesOf(view.zone);
  fill($("#zone"), pair(names));
  fill($("#hall"), pair(namesOf(view.hall)), isDemo && pair(both("board.demo"), "span.board__demo.pair"));
  document.title = `${names.zh} ${names.en}`;
  $("#wait").hidden = true;
  document.body.dataset.ready = "true";
  for (const name of PARTS) $(name).show(view);
}

/** A lost link is no reason for a dark screen: the last picture stays, with its time beside it. */
function showLink(state) {
  if (state === "refused") setTimeout(() => location.reload(), AGAIN_MS);
  if (!shown) { showWaiting(state); return; }
  const link = $("#link");
  link.hidden = state === "live" || (state === "connecting" && !seenAt);
  if (link.hidden) return;
  const text = state === "refused" ? both("board.missing") : both("board.link_lost", { time: timeOfDay(seenAt) });
  fill(link, icon("wifi-off"), pair(text));
}

/** Before the first picture: a word instead of a dark screen. */
function showWaiting(state) {
  fill($("#wait"), icon(state === "refused" ? "alert" : "clock"), pair(both(state === "refused" ? "board.missing" : "board.loading")));
  $("#wait").hidden = false;
}

function showKept() {
  const kept = JSON.parse(localStorage.getItem(slot) ?? "null");
  if (!kept) return;
  seenAt = kept.at;
  draw({ ...kept.view, calling: [], recent: [...kept.view.calling, ...kept.view.recent] });
  showLink("lost");
}

function keep(view) {
  try { localStorage.setItem(slot, JSON.stringify({ at: seenAt, view })); } catch { /* a full store only costs the picture after a restart */ }
}

function tick() {
  const now = hallIso();
  say($("#time"), timeOfDay(now));
  if ($("#day").dataset.day === now.slice(0, 10)) return;
  $("#day").dataset.day = now.slice(0, 10);
  fill($("#day"), pair(dayInBoth(now)));
}

async function sync() {
  try {
    const hall = await api.get("hall");
    syncClock(hall.now);
    isDemo = hall.demo;
  } catch { /* the device's own clock serves until the hall answers */ }
}

/** Browsers may forbid sound before a touch; the hint stands only then. */
async function offerSound() {
  const hint = $("#sound");
  fill(hint, icon("speaker-off"), pair(both("board.sound_off")));
  hint.hidden = await sounds.unlock();
  addEventListener("click", async () => { hint.hidden = await sounds.unlock(); });
}

