/** How the zones of the overview stand side by side: pure choices, no drawing. */

const HEAD_ROWS = 1;
const rowsOf = (zone) => HEAD_ROWS + zone.lines.length;

/** The zones in `count` columns, in their order, so that the highest column is as low as can be. */
export function columnsOf(zones, count) {
  let best = [zones];
  for (let split = 1; count > 1 && split < zones.length; split += 1) {
    const tried = [zones.slice(0, split), ...columnsOf(zones.slice(split), count - 1)];
    if (tallest(tried) < tallest(best)) best = tried;
  }
  return best;
}

/** Rows of the highest column. */
export const tallest = (columns) => Math.max(1, ...columns.map((zones) => zones.reduce((sum, zone) => sum + rowsOf(zone), 0)));
