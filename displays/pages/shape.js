/** How a part of the stage stands: a board in half a screen may be upright on a wide panel. */

/** The part of the stage that `node` is drawn in. */
const partOf = (node) => node.closest(".stage__content") ?? document.documentElement;

/** Whether it is higher than wide. */
export function isPortrait(node) {
  const part = partOf(node);
  return part.clientHeight > part.clientWidth;
}

/** Its size in CSS pixels. */
export function sizeOf(node) {
  const part = partOf(node);
  return { width: part.clientWidth, height: part.clientHeight };
}
