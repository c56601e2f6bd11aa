/** A page that cannot be opened: what is wrong, and what to do; whoever is signed in goes to their own start page or signs in as somebody else. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, loadTexts, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import { destination, showHall } from "./access.js";

const [status, code] = document.querySelector("meta[name=refused]").content.split(" ");
const KIND = { 403: "forbidden", 404: "unknown" }[status] ?? "fault";
const SIGNS = { forbidden: "lock", unknown: "search", fault: "alert" };
let me = null;

function draw() {
  document.title = t(`refused.${KIND}.title`);
  const text = KIND === "fault" && has(`error.${code}`) ? t(`error.${code}`) : t(`refused.${KIND}.text`);
  fill($("#main"), el("section.card.access__card.stack", { dataset: { refused: KIND } }, el("div.cluster", {}, icon(SIGNS[KIND]), el("h1.access__title", {}, document.title)),
    el("p", {}, text), me && el("p.muted", { id: "refused-who" }, t("refused.who", { name: me.display_name || me.name })),
    el("a.btn.btn--primary.btn--lg", { id: "refused-start", href: me ? destination(me, null) : "/" }, icon("home"), t(me ? "refused.own_start" : "refused.start")),
    KIND === "forbidden" && el("button.btn.btn--lg", { id: "refused-other", on: { click: other } }, icon("user"), t("refused.other")),
    KIND !== "forbidden" && history.length > 1 && el("button.btn", { id: "refused-back", on: { click: () => history.back() } }, icon("arrow-left"), t("refused.back"))));
}

/** Signs out and leads to the sign-in, and from there to this page. */
async function other() {
  try { await api.del("session"); } catch { /* the sign-in asks again who is there */ }
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

await loadTexts();
await showHall();
try { me = await api.get("session"); } catch { /* nobody is signed in */ }
draw();
onLang(() => { showHall(); draw(); });
