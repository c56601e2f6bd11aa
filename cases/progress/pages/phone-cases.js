/** On a ticket's phone page: the cases that were received on it, each a way to its progress. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, onLang, t } from "/static/i18n.js";

const LOOK_MS = 60_000;

/** Shows them below `main`; nothing where there are none. */
export function install(token) {
  const place = el("section.p-cases", { hidden: true });
  document.querySelector("main").after(place);
  let cases = [];
  const draw = () => {
    place.hidden = !cases.length;
    fill(place, el("h2", {}, t("progress.of_ticket")), cases.map((one) => el("a.btn.btn--lg.btn--block", { href: `/c/${encodeURIComponent(one.number)}#code=${one.code}` }, icon("document"), el("span", {}, named(one, "matter_name"), el("span.p-cases__number.num", {}, one.number)), icon("chevron-right"))));
  };
  const look = async () => {
    try { ({ cases } = await api.get(`progress/tickets/${token}`)); draw(); } catch { /* shown at the next look */ }
  };
  onLang(draw);
  setInterval(() => { if (document.visibilityState === "visible") look(); }, LOOK_MS);
  look();
  return { look };
}
