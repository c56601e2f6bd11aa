/** How bad reviews are said: states and lights as badges, limits as what is left of them. */

import { hallIso, hallNow } from "/static/clock.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { dayOf, duration, timeOfDay } from "/static/numbers.js";

const LIGHTS = { green: "ok", amber: "warn", red: "bad" };
const DAY_S = 86_400;
const HOUR_S = 3_600;

/** "11月24日 星期二 17:00"; a limit at 24:00 is said of the day that ends. */
export function moment(iso) {
  const isMidnight = timeOfDay(iso) === "00:00";
  const day = isMidnight ? new Date(Date.parse(iso) - 1).toISOString() : iso;
  return isMidnight ? dayOf(day) : `${dayOf(iso)} ${timeOfDay(iso)}`;
}

/** "09:05" of today, else with the day. */
export const when = (iso) => (hallIso().slice(0, 10) === iso.slice(0, 10) ? timeOfDay(iso) : `${dayOf(iso)} ${timeOfDay(iso)}`);

/** What is left of a limit, or since when it is over. */
export function left({ clock, due }) {
  const seconds = (Date.parse(due) - hallNow()) / 1000;
  const size = Math.abs(seconds);
  const amount = size >= 2 * DAY_S ? t("reviews.days", { n: Math.floor(size / DAY_S) }) : duration(size >= 2 * HOUR_S ? size - (size % HOUR_S) : size);
  return t(`reviews.left.${clock}.${seconds > 0 ? "to_go" : "over"}`, { amount });
}

/** The badge of an order's clock; null where none runs. */
export function lightBadge(order) {
  if (!order.light) return null;
  return el(`span.badge.badge--dot.badge--${LIGHTS[order.light]}`, { title: t("reviews.due", { moment: moment(order.due) }) }, left(order));
}

/** The column an order stands in: what owes no revisit is only to be closed. */
export const column = ({ state, owes_revisit }) => (state === "fixed" && owes_revisit === false ? "revisited" : state);

export const stateBadge = (state) => el(`span.badge${["published", "closed"].includes(state) ? ".badge--ok" : state === "review" ? ".badge--call" : ".badge--accent"}`, {}, t(`reviews.state.${state}`));

export const levelBadge = (level) => el(`span.badge.rev__level${level >= 5 ? ".badge--bad" : level === 4 ? ".badge--warn" : ".badge--ok"}`, {}, icon(`face-${level}`, { size: "1.1em" }), t(`reviews.level.${level}`));

/** Window 3 · Li: where and by whom. */
export const where = (order) => [order.window_number === null ? null : t("reviews.window", { n: order.window_number }), named(order.matter)].filter(Boolean).join(" · ");

export const marks = (order) => [
  order.escalated && el("span.badge.badge--bad", {}, icon("alert", { size: "1.1em" }), t("reviews.escalated")),
  order.appeal === "open" && el("span.badge.badge--call", {}, t("reviews.appeal.open")),
  order.reopened && el("span.badge", {}, t("reviews.reopened")),
  order.excluded && el("span.badge", {}, t("reviews.excluded")),
  order.named && el("span.badge", {}, icon("phone", { size: "1.1em" }), t("reviews.named")),
];
