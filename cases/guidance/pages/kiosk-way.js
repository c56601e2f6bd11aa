/** The kiosk's way to the guidance, and back from it to the sheet of what was found. */

import { api } from "/static/api.js";
import { lang, setLang, t } from "/static/i18n.js";
import { modes, names } from "/static/visitor/modes.js";

/* Machines that have no numbers of their own send their visitors here, for one number. */
const OWN = /^\/(enquiry|selfservice)(\?[\w=&%.,-]*)?$/;
const ANSWER_MS = 3000; // a hall that needs longer is as good as away: the kiosk is not left for a page that does not come

export function install(kiosk) {
  kiosk.addWay({ id: "guide", icon: "help", name: () => t("guide.kiosk_way"), hint: () => t("guide.kiosk_way_hint"), act: () => open(kiosk) });
  arrive(kiosk);
}

async function open(kiosk) {
  try {
    const answer = await fetch("/guide", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch { kiosk.refresh(); return; }
  const wishes = new URLSearchParams({ machine: "kiosk", back: `${location.pathname}${location.search}`, lang: lang() });
  const on = names.filter((name) => modes.has(name));
  if (on.length) wishes.set("modes", on.join(","));
  const place = new URLSearchParams(location.search).get("at");
  if (place) wishes.set("at", place);
  location.assign(`/guide?${wishes}`);
}

/* The guidance names the matter behind the "#", with the visitor's language and modes; nothing of it stays in the address. */
async function arrive(kiosk) {
  const said = new URLSearchParams(location.hash.slice(1));
  const matter = said.get("matter");
  if (!matter) return;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  const own = said.get("back");
  if (own && OWN.test(own)) kiosk.home = () => location.replace(own);
  for (const name of said.get("modes")?.split(",") ?? []) modes.set(name, true);
  if (said.get("lang") && said.get("lang") !== lang()) await setLang(said.get("lang"), { keep: false });
  try {
    const found = await api.get(`matters/${encodeURIComponent(matter)}`);
    if (own) kiosk.turn("sheet", { matter: found }); // "back" leads to the machine's own page
    else kiosk.go("sheet", { matter: found });
  } catch (error) { kiosk.turn("error", { error }); }
}
