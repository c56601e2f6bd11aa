/** Where other modules take over the pad's face: registered once, asked in order of priority each time the pad draws.
 *
 * A module is loaded by its own script tag in pad.html and calls `registerFace` at any time. With a priority above RATING
 * its face goes before a question for a rating that is open (the question's time runs on), below it comes only where
 * nothing is asked. While such a face is shown, what the visitor has begun on the pad's own faces is kept.
 */

export const RATING = 0;
const faces = [];
const listeners = new Set();

/**
 * @typedef {{window: object, ticket: object|null, rating: object|null, hall: object}} WindowView  the `window/{w}` picture
 * @param {{name: string, priority?: number, of: (view: WindowView) => Element|null}} face  `of` is called at each draw and
 *   must be quick: the element to show, or null. As long as it is the same element the pad leaves it alone (a canvas with
 *   half a signature, a text under the cursor); give another one, or change it yourself, when it shall look otherwise.
 * @returns {{redraw: () => void, leave: () => void}}  redraw: ask me again, something has changed. leave: take the face back.
 */
export function registerFace({ name, priority = 10, of }) {
  const face = { name, priority, of };
  faces.push(face);
  faces.sort((a, b) => b.priority - a.priority);
  changed();
  return {
    redraw: changed,
    leave() {
      const place = faces.indexOf(face);
      if (place >= 0) faces.splice(place, 1);
      changed();
    },
  };
}

/** The first face that wants to be shown, of those `above` a priority or at most at it. @returns {Element|null} */
export function faceOf(view, { above = -Infinity, upTo = Infinity } = {}) {
  for (const face of faces) {
    if (face.priority <= above || face.priority > upTo) continue;
    const shown = asked(face, view);
    if (shown) return shown;
  }
  return null;
}

/** Calls `listener` when a face wants the pad to draw anew. */
export function onFaces(listener) { listeners.add(listener); }

/* What one face does wrong must not darken the pad. */
function asked(face, view) {
  try { return face.of(view); } catch (error) { reportError(error); return null; }
}

function changed() { for (const listener of listeners) listener(); }
