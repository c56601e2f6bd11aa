/** The console's top bar: window and state, who is signed in, keys, way out. */

import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { timeOfDay } from "/static/numbers.js";
import { theHall } from "./console-words.js";

const TONES = { idle: "badge--ok", calling: "badge--call", serving: "badge--accent", paused: "badge--warn" };

export function drawBar(bar, { me, desk, onChange, onKeys, onOut }) {
  const state = desk?.window.state;
  fill(bar,
    el("div.bar__window", {}, desk && el("span.bar__number.num", {}, desk.window.number), el("h1.bar__name.truncate", {}, desk ? named(desk.window) : t("console.title")),
      state && el(`span.badge.badge--dot${TONES[state] ? `.${TONES[state]}` : ""}`, { id: "state" }, t(`console.state.${state}`)),
      desk && el("span.bar__waiting.num", {}, icon("users"), t("console.waiting_n", { n: desk.waiting }))),
    el("div.bar__me", {},
      theHall().demo && el("span.bar__demo", {}, t("console.demo")),
      el("span.bar__staff.truncate", {}, me.display_name || me.name),
      el("span.bar__clock.num", { id: "clock" }, timeOfDay(hallIso())),
      desk && el("button.btn.btn--quiet.btn--sm", { on: { click: blurred(onChange) }, title: t("console.change_window") }, icon("desk"), el("span.bar__text", {}, t("console.change_window"))),
      desk && el("button.btn.btn--quiet.btn--sm", { on: { click: blurred(onKeys) }, title: t("console.keys") }, icon("keyboard"), el("kbd.key", {}, "?")),
      desk && el("a.btn.btn--quiet.btn--sm.bar__why", { id: "why", href: `/why/${encodeURIComponent(desk.window.id)}`, title: t("console.act.why") }, icon("help"), el("kbd.key", {}, "W")),
      desk && sizeLink(),
      el("language-switch"),
      el("button.btn.btn--quiet.btn--sm", { on: { click: onOut }, title: t("console.sign_out") }, icon("sign-out"), el("span.bar__text", {}, t("console.sign_out")))));
}

/** A button keeps the focus after a click, and Space would press it again instead of calling. */
const blurred = (listener) => (event) => { event.currentTarget.blur(); listener(); };

function sizeLink() {
  const query = new URLSearchParams(location.search);
  const mini = query.has("mini");
  if (mini) query.delete("mini"); else query.set("mini", "1");
  return el("a.btn.btn--quiet.btn--sm.bar__size", { href: `?${query}`, title: t(mini ? "console.full" : "console.mini") }, icon(mini ? "screen" : "pad"));
}
