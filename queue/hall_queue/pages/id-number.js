/**
 * Numbers of identity cards, residence permits (810000, 820000, 830000) and foreigners' permanent residence cards (9…): a first
 * look before the server checks them. Length, birth and check digit are alike. Source: GB 11643-1999; hall_queue/id_numbers.py.
 */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";

/** First-generation cards with 15 digits ended on 1 January 2013. Source: 居民身份证法 23. */
export const LENGTH = 18;

/** "" when plausible, else what is wrong: "short", "digits", "date", "check". */
export function faultOf(number) {
  if (number.length !== LENGTH) return "short";
  if (!/^\d{17}[\dX]$/.test(number)) return "digits";
  if (!isDate(number.slice(6, 14))) return "date";
  return checkOf(number) === number[17] ? "" : "check";
}

/** What `key` makes of `number`: digits anywhere, X only at the end of 17 digits. */
export function typed(number, key) {
  if (key === "Backspace") return number.slice(0, -1);
  if (number.length >= LENGTH) return number;
  if (/^\d$/.test(key)) return number + key;
  return key.toUpperCase() === "X" && number.length === LENGTH - 1 ? `${number}X` : number;
}

/** First three and last two stay readable: enough to see one's own number, too little for the person behind. */
export function masked(number) {
  return [...number].map((c, i) => (i < 3 || i >= number.length - 2 ? c : "•")).join("");
}

/** In groups as printed on the card: 6, 8, 4. */
export const grouped = (number) => [number.slice(0, 6), number.slice(6, 14), number.slice(14)].filter(Boolean).join(" ");

function checkOf(number) {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return CHECKS[sum % 11];
}

function isDate(text) {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
