/** Windows as visitors look for them: by the number over the window, the name beside it. */

import { unbroken } from "/static/dom.js";
import { named, t } from "/static/i18n.js";

const SHORTEST_RUN = 4;
const MOST_NAMES = 3;

/** "16号窗口", "Window 16"; several: "16、17、20 号窗口"; four in a row and more: "1–6、9 号窗口". */
export function windowNumbers(windows) {
  if (!windows.length) return "";
  if (windows.length === 1) return unbroken(t("visitor.window", { n: windows[0].number }));
  const numbers = [...new Set(windows.map((one) => one.number))].sort((a, b) => a - b);
  return t("visitor.windows", { numbers: runs(numbers).join(t("common.comma")) });
}

/** What stands on the windows beside their numbers, as far as it helps to find them. */
export function windowNames(windows) {
  const names = [...new Set(windows.map((one) => named(one)))].filter((name) => name && !windows.some((one) => isNumber(name, one)));
  return names.length <= MOST_NAMES ? names.join(t("common.comma")) : "";
}

/* A hall may call its windows by nothing but their numbers. */
const isNumber = (name, window) => name.replace(/\s/g, "") === t("visitor.window", { n: window.number }).replace(/\s/g, "");

function runs(numbers) {
  const found = [];
  for (let at = 0; at < numbers.length;) {
    let end = at;
    while (numbers[end + 1] === numbers[end] + 1) end += 1;
    if (end - at + 1 < SHORTEST_RUN) end = at;
    found.push(end > at ? `${numbers[at]}–${numbers[end]}` : String(numbers[at]));
    at = end + 1;
  }
  return found;
}
