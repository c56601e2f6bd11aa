/** The cards beside the rules: how each engine is, and how far the announcer's recordings have come. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { ownVoice } from "/static/sound.js";

const LOOKS = { ok: "ok", hung: "bad", failed: "bad", no_voice: "warn", untried: "", absent: "", elsewhere: "" };

/** Every engine with its state, what it has done and its last error. */
export function enginesCard(view) {
  const rows = view.engines.map((one) => el("li.engine", { dataset: { engine: one.name, state: one.state } },
    el("div.spread", {}, el("span.strong", {}, t(`voice.engine.${one.name}`)), el(`span.badge${LOOKS[one.state] ? `.badge--${LOOKS[one.state]}` : ""}`, {}, t(`voice.state.${one.state}`))),
    el("p.small.muted", {}, about(one)),
    one.last_error && el("p.small.engine__error", {}, icon("alert", { size: "1.1em" }), t("voice.engine_error", { reason: has(one), when: one.failed_at ? timeOfDay(one.failed_at) : "" }))));
  const own = el("p.small", { id: "own-voices" });
  ownVoices(own);
  return el("section.card", { "aria-labelledby": "engines-title" }, el("h2.card__title", { id: "engines-title" }, t("voice.engines_title")), el("ul.engines", {}, rows), own);
}

function about(one) {
  if (one.name === "clips") return t("voice.engine_clips", { n: one.spoken });
  if (one.name === "browser") return t("voice.engine_browser");
  if (one.state === "absent") return t("voice.engine_absent");
  return t("voice.engine_done", { n: one.spoken, replaced: one.replaced });
}

const REASONS = ["hung", "died", "silent", "too short", "too long", "rests"];
const has = (one) => (REASONS.includes(one.last_error) ? t(`voice.reason.${one.last_error.replace(" ", "_")}`) : one.last_error);

async function ownVoices(node) {
  const voice = await ownVoice("zh");
  fill(node, voice ? t("voice.this_machine", { voice: voice.name }) : t("voice.this_machine_none"));
}

/** What is recorded, what is missing, and the way to the recording page. */
export function recordingsCard(view) {
  const recorded = view.engines.find((one) => one.name === "clips").spoken;
  const isDone = !view.missing.length;
  return el("section.card", { "aria-labelledby": "clips-title" }, el("h2.card__title", { id: "clips-title" }, t("voice.clips_title")),
    el(`p.notice${isDone ? ".notice--ok" : ".notice--warn"}`, {}, icon(isDone ? "check" : "info"), isDone ? t("voice.clips_done", { n: recorded }) : t("voice.clips_missing", { n: view.missing.length })),
    el("a.btn.btn--block.clips__go", { id: "to-record", href: "/manager/voice/record" }, t("voice.clips_go")));
}
