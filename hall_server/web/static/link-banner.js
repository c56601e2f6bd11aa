/** <link-banner>: says that the picture is the last one known; set `.state` from live()'s onState. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

class LinkBanner extends HTMLElement {
  #state = "live";

  get state() { return this.#state; }

  set state(state) {
    this.#state = state;
    const shown = state === "lost" || state === "refused";
    fill(this, shown && el("div.linkbar", { role: "status" }, icon("wifi-off"), el("span", {}, t(`common.link.${state}`))));
  }
}

customElements.define("link-banner", LinkBanner);
