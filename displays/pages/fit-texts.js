/** Nothing is ever cut off: words too long for their place are set smaller, and at last on two lines. */

const LEAST = 0.62;
const TEXTS = ".pair__zh, .pair__en, [data-fit]";

/** Looks at every text below `root` and mends those that stand out of their place; sizes are read first, then written. */
export function fitTexts(root) {
  const texts = [...root.querySelectorAll(TEXTS)];
  for (const text of texts) { text.style.removeProperty("font-size"); text.style.removeProperty("white-space"); }
  const found = texts.map((text) => {
    const room = roomOf(text);
    return { text, room, needs: text.scrollWidth || text.getBoundingClientRect().width, px: parseFloat(getComputedStyle(text).fontSize) };
  }).filter(({ room, needs }) => room > 0 && needs > room + 1);
  for (const { text, room, needs, px } of found) {
    const share = room / needs;
    text.style.fontSize = `${px * Math.max(share, LEAST) * 0.985}px`;
    if (share < LEAST) text.style.whiteSpace = "normal";
  }
}

/* A pair is as wide as its place lets it be; its words may be wider. */
const roomOf = (text) => (text.matches("[data-fit]") ? text.clientWidth : text.parentElement.clientWidth);
