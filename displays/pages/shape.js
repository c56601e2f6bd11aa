/** How a part of the stage stands: a board in half a screen may be upright on a wide panel. */

const UPRIGHT = 0.8; // as the style sheets ask: aspect ratio 4/5

/** The part of the stage that `node` is drawn in. */
const partOf = (node) => node.closest(".stage__content") ?? document.documentElement;

/** Whether it is clearly higher than wide. */
export function isPortrait(node) {
  const part = partOf(node);
  return part.clientWidth < part.clientHeight * UPRIGHT;
}

/** Its size in CSS pixels. */
export function sizeOf(node) {
  const part = partOf(node);
  return { width: part.clientWidth, height: part.clientHeight };
}
