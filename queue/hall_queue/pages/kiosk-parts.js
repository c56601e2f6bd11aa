/** Parts of several kiosk views: headings, waits, pages of tiles, the error view. */

import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { waitRange } from "/static/numbers.js";
import { modes } from "/static/visitor/modes.js";

/* Large type needs the space for the letters: tiles lose air, not words. */
const LARGE = [0.84, 0.85];
/* In the lower third there is little height. */
const LOW = [0.72, 1];
/* Numbers left of a quota are told when they are few. */
const FEW = 10;

export const title = (text, hint) => el("div.k-title", {}, el("h1", { tabindex: "-1", "data-first": true }, text), hint && el("p.muted", {}, hint));

/** How long one waits in a line now, as nodes. @param {object|null} line  of /api/v1/hall */
export function lineWait(line) {
  if (!line) return [];
  if (!line.open) return [el("span.badge.badge--bad", {}, t("kiosk.line_closed"))];
  if (line.left === 0) return [el("span.badge.badge--bad", {}, againToday(line.left_until) ? t("kiosk.none_left_until", { until: line.left_until }) : t("kiosk.none_left"))];
  const isFew = Number.isInteger(line.left) && line.left <= FEW;
  return [...waitNow(line), line.needs_id && el("span.k-tag", {}, icon("user"), t("kiosk.needs_id")), isFew && el("span.k-tag", {}, icon("ticket"), t("kiosk.few_left", { n: line.left }))];
}

/** Whether numbers of a used band are followed by others today. @param {?string} until  "HH:MM" */
export const againToday = (until) => Boolean(until) && until !== "24:00";

function waitNow(line) {
  if (line.windows_open === 0) return [el("span", {}, t("kiosk.no_window")), line.waiting > 0 && el("span", {}, t("kiosk.waiting_n", { n: line.waiting }))];
  if (!line.waiting) return [el("span.k-now", {}, t("kiosk.no_wait"))];
  return [el("span", {}, t("kiosk.waiting_n", { n: line.waiting })), line.wait_s && el("span", {}, waitRange(line.wait_s))];
}

/** The same in an element that the kiosk keeps up to date. */
export const waitLabel = (kiosk, line_id) => el("span.k-wait.num", { dataset: { waitOf: line_id ?? "" } }, lineWait(kiosk.line(line_id)));

export function tile({ name, note, click, wide = false }) {
  return el(`button.k-tile${wide ? ".k-tile--wide" : ""}`, click ? { on: { click } } : { disabled: true }, el("span.k-tile__name", {}, el("span.clamp-2", {}, name)), note && el("span.k-tile__note", {}, note), icon("chevron-right"));
}

/**
 * Tiles in pages that fill the space there is: strangers at a kiosk do not find what must be scrolled to.
 * @param {Node[]} tiles
 * @param {{row_rem: number, column_rem: number, most?: number}} size  least height and width of a tile
 */
export function paged(tiles, { row_rem, column_rem, most = 1.6 }) {
  const grid = el("div.k-paged__grid");
  const where = el("span.num", { "aria-live": "polite" });
  const turn = (by) => () => { page += by; draw(); };
  const before = el("button.btn.btn--lg", { on: { click: turn(-1) } }, icon("arrow-left"), t("kiosk.page_before"));
  const after = el("button.btn.btn--lg", { on: { click: turn(1) } }, t("kiosk.page_after"), icon("arrow-right"));
  const nav = el("nav.k-paged__nav", {}, before, where, after);
  const root = el("div.k-paged", {}, grid, nav);
  let page = 0;

  function draw() {
    const isLarge = modes.isLarge();
    const [tall, wide] = modes.isLow() ? LOW : isLarge ? LARGE : [1, 1];
    const [row, column] = [row_rem * tall, column_rem * wide];
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fit = (space, least) => Math.max(1, Math.floor((space + rem) / (least * rem + rem)));
    const columns = fit(root.clientWidth, column);
    const isOne = tiles.length <= columns * fit(root.clientHeight, row);
    const rows = fit(root.clientHeight - (isOne ? 0 : (isLarge || modes.isLow() ? 4 : 5) * rem), row);
    const pages = Math.max(1, Math.ceil(tiles.length / (columns * rows)));
    page = Math.min(Math.max(page, 0), pages - 1);
    const shown_rows = pages === 1 ? Math.ceil(tiles.length / columns) : rows;
    grid.style.setProperty("grid-template-columns", `repeat(${columns}, minmax(0, 1fr))`);
    grid.style.setProperty("grid-template-rows", `repeat(${shown_rows}, minmax(0, ${pages === 1 ? `${row * most}rem` : "1fr"}))`);
    nav.hidden = pages === 1;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
    say(where, t("kiosk.page_of", { n: page + 1, all: pages }));
    fill(grid, tiles.slice(page * columns * rows, (page + 1) * columns * rows));
  }

  new ResizeObserver(draw).observe(root);
  return root;
}

/** Why it did not work, and always a way on. @param {{error: Error, again?: () => void}} args */
export function errorView(kiosk, { error, again }) {
  kiosk.tell(errorText(error));
  return el("div.k-center", {}, el("div.k-error", { role: "alert" },
    icon(error.offline ? "wifi-off" : "alert"),
    el("h1", { tabindex: "-1", "data-first": true }, t(error.offline ? "kiosk.error_offline" : "kiosk.error")),
    el("p.k-error__text", {}, errorText(error)),
    el("div.k-error__ways", {},
      again && el("button.btn.btn--primary.btn--xl", { on: { click: again } }, icon("refresh"), t("common.retry")),
      el(`button.btn.btn--xl${again ? "" : ".btn--primary"}`, { on: { click: () => kiosk.home() } }, icon("home"), t("kiosk.choose_other"))),
    el("p.muted", {}, t("kiosk.ask_desk"))));
}
