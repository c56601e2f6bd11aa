/** The way from a screen to a window on the plan: pure geometry in shares of the plan. */

const LANES = [0.015, 0.03, 0.05]; // how far beside a window one may walk along it

/**
 * The shortest of the straight ways and elbows that crosses the fewest other things, ending at an edge of the window.
 * @param {{x: number, y: number}} here  @param {{x: number, y: number, w: number, h: number}} place
 * @param {{x: number, y: number, w: number, h: number, weight?: number}[]} others  what to walk around; what weighs more is crossed less gladly
 */
export function routeTo(here, place, others = []) {
  const ways = waysTo(here, place).map((way) => ({ way, cost: costOf(way, others) }));
  return ways.reduce((best, one) => (one.cost < best.cost - 1e-9 ? one : best)).way;
}

/* Every way worth a thought; the first is the plainest. */
function waysTo(here, place) {
  const middle = { x: place.x + place.w / 2, y: place.y + place.h / 2 };
  const isAside = here.x < place.x || here.x > place.x + place.w;
  const isBeyond = here.y < place.y || here.y > place.y + place.h;
  const edge = { x: here.x < middle.x ? place.x : place.x + place.w, y: here.y < middle.y ? place.y : place.y + place.h };
  const away = { x: here.x < middle.x ? -1 : 1, y: here.y < middle.y ? -1 : 1 };
  if (!isAside && !isBeyond) return [[here, middle]];
  const across = [here, { x: middle.x, y: here.y }, { x: middle.x, y: edge.y }];
  const along = [here, { x: here.x, y: middle.y }, { x: edge.x, y: middle.y }];
  const straight = !isAside ? [[here, { x: here.x, y: edge.y }]] : !isBeyond ? [[here, { x: edge.x, y: here.y }]] : [across, along];
  const lanes = LANES.flatMap((gap) => {
    const [x, y] = [edge.x + away.x * gap, edge.y + away.y * gap];
    return [[here, { x, y: here.y }, { x, y: middle.y }, { x: edge.x, y: middle.y }], [here, { x: here.x, y }, { x: middle.x, y }, { x: middle.x, y: edge.y }]];
  });
  return [...straight, ...lanes];
}

function costOf(way, others) {
  let cost = way.length * 0.02;
  for (let at = 1; at < way.length; at += 1) {
    const [a, b] = [way[at - 1], way[at]];
    cost += Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    for (const other of others) if (crosses(a, b, other)) cost += other.weight ?? 1;
  }
  return cost;
}

/* Both ends of a leg have one coordinate in common. */
const crosses = (a, b, { x, y, w, h }) => Math.max(a.x, b.x) > x && Math.min(a.x, b.x) < x + w && Math.max(a.y, b.y) > y && Math.min(a.y, b.y) < y + h;
