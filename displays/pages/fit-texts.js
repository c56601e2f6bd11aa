/** Nothing is ever cut off: words too long for their place are set smaller, and at last on several lines. */

const LEAST = 0.62;
const MARGIN = 0.985;
const TEXTS = ".pair, [data-fit]";

/** Looks at every text below `root` and mends those that stand out of their place; sizes are read first, then written. */
export function fitTexts(root) {
  const texts = [...root.querySelectorAll(TEXTS)];
  for (const text of texts) { text.style.removeProperty("font-size"); text.classList.remove("pair--broken"); }
  const found = texts.map((text) => ({ text, room: text.clientWidth, needs: text.scrollWidth, px: parseFloat(getComputedStyle(text).fontSize) }))
    .filter(({ room, needs }) => room > 0 && needs > room + 1);
  for (const { text, room, needs, px } of found) {
    const share = room / needs;
    text.style.fontSize = `${px * Math.max(share, LEAST) * MARGIN}px`;
    if (share < LEAST) text.classList.add("pair--broken");
  }
}
