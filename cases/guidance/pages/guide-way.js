/** The way to the window: the plan of the hall with "you are here", and the way in words. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { readPage } from "/static/visitor/read-aloud.js";
import { nothing } from "/static/visitor/steps.js";
import "/pages/displays/way-map.js";

/** @param {{to: string, title: string}} at */
export async function wayView(guide, at, signal) {
  const from = guide.place || (device ? `device:${device.id}` : "entrance");
  try {
    const way = await api.get(`way?${new URLSearchParams({ from, to: at.to })}`, { signal });
    if (signal.aborted) return;
    const map = el("way-map.g-read", { tabindex: 0, role: "group", "aria-label": t("guide.show_way") });
    const { goal } = way;
    const name = isChinese() ? goal.name : goal.name_en || goal.name;
    guide.show({
      class: "g-way", title: goal.number ? t("guide.way_to_window", { n: goal.number }) : t("guide.way_to", { name }), over: at.title, hint: goal.number ? name : null,
      body: [map, el("button.btn.btn--lg.g-way__read", { id: "read-way", on: { click: () => readPage() } }, icon("speaker"), t("guide.read_way"))],
    }, signal);
    map.show(way);
  } catch (error) {
    if (["way.no_plan", "way.not_drawn", "way.place_unknown"].includes(error.code)) guide.show({ title: t("guide.show_way"), over: at.title, body: nothing("map-pin", t("guide.no_way"), t("guide.ask_desk")) }, signal);
    else guide.failed(error, signal, () => guide.draw());
  }
}
