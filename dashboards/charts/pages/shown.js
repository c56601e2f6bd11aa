/** Numbers as figures are shown everywhere: the same rounding as dashboards/figures/shown.py, half up from the shortest decimals. */

import { t } from "/static/i18n.js";

const NOTHING = "—";
/* A text is taken for the decimals it says; a number would be taken for the binary fraction behind it. */
const fixed = (value, digits, style = "decimal") => new Intl.NumberFormat("en", { style, minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfExpand" }).format(String(value));

/** "1,234", "93.5%", "14:30"; "—" where there is nothing. `kind` is that of a figure: count, rate, mean, percentile. */
export function shown(value, kind) {
  if (value === null || value === undefined) return NOTHING;
  if (kind === "count") return fixed(value, 0);
  if (kind === "rate") return fixed(value, 1, "percent");
  return span(whole(value));
}

/** The parts of a figure in words: "1,860 s ÷ 2", "39 ÷ 40", "rank 36 of 40". */
export function parts(figure) {
  if (figure.denominator === null) return "";
  if (figure.kind === "percentile") return t("st.rank", { n: fixed(figure.numerator, 0), of: fixed(figure.denominator, 0) });
  const seconds = (value) => t("st.seconds", { n: fixed(value, 0) });
  if (figure.kind === "mean") return `${seconds(figure.numerator)} ÷ ${fixed(figure.denominator, 0)}`;
  return figure.id === "utilisation" ? `${seconds(figure.numerator)} ÷ ${seconds(figure.denominator)}` : `${fixed(figure.numerator, 0)} ÷ ${fixed(figure.denominator, 0)}`;
}

/** How much a figure differs from the other period's, of the numbers that are shown: {text, by}; null: not comparable. */
export function change(now, before, kind) {
  if ([now, before].some((value) => value === null || value === undefined)) return null;
  const by = steps(now, kind) - steps(before, kind);
  const sign = by > 0 ? "+" : by < 0 ? "−" : "";
  const size = Math.abs(by);
  if (kind === "count") return { by, text: `${sign}${fixed(size, 0)}` };
  return { by, text: kind === "rate" ? t("st.points", { n: `${sign}${fixed(size / 10, 1)}` }) : `${sign}${span(size)}` };
}

/* Whole numbers, tenths of a percent, or seconds. */
const steps = (value, kind) => (kind === "rate" ? Math.round(Number(fixed(value, 1, "percent").replace(/[,%]/g, "")) * 10) : whole(value));
const whole = (value) => Number(fixed(value, 0).replaceAll(",", ""));
const span = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
