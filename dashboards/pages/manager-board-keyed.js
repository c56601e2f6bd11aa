/** Draws a list again without touching what has not changed, so that no key press or click is lost to a redraw. */

/**
 * @param {Element} node  its children are the list, and nothing else
 * @param {Array} items
 * @param {(item) => string} idOf  unique
 * @param {(item) => unknown} shownOf  all that the drawing depends on
 * @param {(item) => Element} draw
 */
export function keyed(node, items, idOf, shownOf, draw) {
  const had = new Map([...node.children].map((child) => [child.keyedId, child]));
  const focused = node.contains(document.activeElement) ? document.activeElement.id : "";
  const wanted = items.map((item) => {
    const id = idOf(item);
    const shown = JSON.stringify(shownOf(item));
    const known = had.get(id);
    if (known?.keyedShown === shown) return known;
    return Object.assign(draw(item), { keyedId: id, keyedShown: shown });
  });
  const stays = new Set(wanted);
  for (const child of [...node.children]) if (!stays.has(child)) child.remove();
  wanted.forEach((child, at) => { if (node.children[at] !== child) node.insertBefore(child, node.children[at] ?? null); });
  if (focused && document.activeElement?.id !== focused) node.querySelector(`#${CSS.escape(focused)}`)?.focus();
}
