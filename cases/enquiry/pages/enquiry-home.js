/** The start: a question to type, and ten things to touch. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { modes } from "/static/visitor/modes.js";

/** Name, sign and tone of each; in the large type those first in the list are shown, the others behind "more". */
const TILES = [
  ["matters", "document"], ["progress", "search"], ["windows", "window"], ["departments", "building"], ["appointment", "calendar"],
  ["fees", "coin"], ["policies", "shield"], ["notices", "bell"], ["figures", "chart"], ["complaint", "phone"],
];
const FEW = 6;

export function homeView(app, at) {
  const tiles = modes.isLarge() && !at.all ? TILES.slice(0, FEW) : TILES;
  app.show({
    title: t("enquiry.home"), hint: t("enquiry.home_hint"), class: "en-home",
    body: [
      el("button.en-ask", { id: "ask", on: { click: () => app.go({ name: "matters", typing: true }) } }, icon("search"), el("span", {}, t("enquiry.ask")), el("span.en-ask__go", {}, t("enquiry.ask_go"))),
      el("div.en-tiles", { role: "group", "aria-label": t("enquiry.home"), dataset: { scanGroup: "", count: tiles.length } },
        tiles.map(([name, sign]) => el("button.en-tile", { id: `tile-${name}`, dataset: { tile: name }, on: { click: () => app.go({ name }) } },
          el("span.en-tile__sign", {}, icon(sign)), el("span.en-tile__name", {}, t(`enquiry.${name}`)), el("span.en-tile__note", {}, t(`enquiry.${name}_note`)))),
        tiles.length < TILES.length && el("button.en-tile", { id: "tile-more", on: { click: () => app.turn({ name: "home", all: true }) } }, el("span.en-tile__sign", {}, icon("more")), el("span.en-tile__name", {}, t("enquiry.more")))),
    ],
  });
}
