/** What bad reviews add to the window console: one's own name leads to one's own ratings. */

import { $, el } from "/static/dom.js";
import { onLang, t } from "/static/i18n.js";

/** Turns the name in the bar into a link, whenever the console draws its bar anew. */
export function install() {
  const place = () => {
    const name = $(".bar__me span.bar__staff");
    name?.replaceWith(el("a.bar__staff.truncate", { id: "my-reviews", href: "/my-reviews", title: t("reviews.mine") }, name.textContent));
  };
  new MutationObserver(place).observe($("#bar"), { childList: true, subtree: true });
  onLang(place);
  place();
}
