/** The head of the city's pages: which place, which page, who is signed in. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import "/static/language-switch.js";

const LINKS = [["/board", "city.board.title"], ["/halls", "city.halls.title"], ["/desk", "city.door.desk"], ["/catalogue", "city.door.catalogue"], ["/supervision", "city.door.supervision"]];

/** Who is signed in, or null. */
export async function whoAmI() {
  try { return await api.get("session"); } catch { return null; }
}

/** @param {{place: ?object, me: ?object, here: string}} now  here: path of the page */
export function drawTop(node, { place, me, here }) {
  const links = LINKS.filter(([path]) => place?.doors.includes(path));
  fill(node,
    el("a.c-top__brand", { href: "/" }, el("img", { src: "/static/icon.svg", alt: "", width: 32, height: 32 }), el("span.c-top__name.truncate", {}, named(place) || t("city.title"))),
    me && el("nav.tabs.c-top__tabs", { "aria-label": t("city.title") }, links.map(([path, key]) => el("a.tab.c-top__tab", { href: path, "aria-current": here === path ? "page" : null }, t(key)))),
    el("div.c-top__me", {},
      place?.demo && me && el("span.badge.badge--warn.c-top__demo", {}, t("city.demo_short")),
      me && el("span.truncate.c-top__who", {}, me.display_name || me.name),
      el("language-switch"),
      me ? el("button.btn.btn--quiet.btn--sm", { id: "sign-out", title: t("city.sign_out"), "aria-label": t("city.sign_out"), on: { click: signOut } }, icon("sign-out"), el("span.c-top__out", {}, t("city.sign_out")))
        : el("a.btn.btn--sm", { href: "/sign-in" }, icon("user"), t("city.sign_in"))));
}

async function signOut() {
  try { await api.del("session"); } finally { location.assign("/"); }
}
