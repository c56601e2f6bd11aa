/** The way from a screen to a window on the plan: pure geometry in shares of the plan. */

/**
 * An elbow: along the longer way first, ending at the middle of the window's nearest edge.
 * @param {{x: number, y: number}} here  @param {{x: number, y: number, w: number, h: number}} place
 */
export function routeTo(here, place) {
  const middle = { x: place.x + place.w / 2, y: place.y + place.h / 2 };
  const isAside = here.x < place.x || here.x > place.x + place.w;
  const isBeyond = here.y < place.y || here.y > place.y + place.h;
  if (!isAside && !isBeyond) return [here, middle];
  if (!isAside) return [here, { x: here.x, y: here.y < middle.y ? place.y : place.y + place.h }];
  if (!isBeyond) return [here, { x: here.x < middle.x ? place.x : place.x + place.w, y: here.y }];
  return [here, { x: middle.x, y: here.y }, { x: middle.x, y: here.y < middle.y ? place.y : place.y + place.h }];
}
