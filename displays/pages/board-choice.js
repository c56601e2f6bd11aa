/** What of a board's picture is shown where: pure choices, no drawing. */

/** Rows of the calls column: all being called first, filled up with the last called. `fresh` marks a call not seen before. */
export function chooseCalls(view, { seen, most }) {
  const calling = view.calling.map((call) => ({ ...call, now: true, fresh: seen !== null && !seen.has(callKey(call)) }));
  const room = calling.length ? most : most - 1;
  const past = view.recent.map((call) => ({ ...call, now: false, fresh: false }));
  return [...calling, ...past].slice(0, Math.max(room, 0));
}

/** A call and each of its repeats are different things to look at. */
export const callKey = (call) => `${call.ticket} ${call.window} ${call.calls}`;

/** Numbers called but with no room in the calls column. */
export function chooseRest(view, shown) {
  const keys = new Set(shown.map(callKey));
  return [...view.calling, ...view.recent].filter((call) => !keys.has(callKey(call)));
}

/** How wide a text is, in Chinese characters; a Latin letter counts about half. */
export function widthOf(text) {
  let width = 0;
  for (const char of text) width += /[\u2e80-\uffef]/.test(char) ? 1 : 0.56;
  return width;
}

/** The largest of `sizes` (share of the full size) at which `text` fits in `room` characters of the full size. */
export function fit(text, room, least = 0.4) {
  const width = widthOf(text);
  return width <= room ? 1 : Math.max(least, room / width);
}

/** Columns of the windows grid: the least that keep the rows at a readable height. */
export function columnsFor(count, { portrait }) {
  const rows = portrait ? 5 : 6;
  return Math.min(portrait ? 5 : 4, Math.max(portrait ? 3 : 2, Math.ceil(count / rows)));
}

/* Heights on an upright screen, in hundredths of its width, as board.css draws them. */
const UPRIGHT = { all: 153, first: 62, tight: 24, row: 19, rest: 13, strip: 7 };
const ROWS_USUAL = 3;
const ROWS_MOST = 5;

/**
 * Rows of the calls column that leave the first one its eighth of the screen, and whether the calls that find no row stand large below;
 * `isTight` where the first one, too, must be a row so that every call is read.
 * Lying: three rows, up to five while so many are called at once. Upright: up to three, less where many lines and windows stand below.
 */
export function callRows({ calling = [], recent = [], lines, windows }, { portrait, size = "hall" }) {
  const least = { near: ROWS_MOST, hall: ROWS_USUAL, far: 2 }[size];
  if (!portrait) return { rows: Math.min(ROWS_MOST, Math.max(least, calling.length)), isRestLarge: false, isTight: false };
  const windowRows = Math.ceil(windows.length / columnsFor(windows.length, { portrait }));
  const side = size === "far" ? 0 : 10 + (lines.length > 5 ? Math.ceil(lines.length / 2) * 4.8 : lines.length * 7) + windowRows * (windowRows > 3 ? 6.4 : 9.6);
  const strip = recent.length ? UPRIGHT.strip : 0; // the last called, where no call stands there
  const needs = (rows, first) => first + (rows - 1) * UPRIGHT.row + (calling.length > rows ? Math.ceil((calling.length - rows) / 2) * UPRIGHT.rest : strip);
  const most = Math.min(ROWS_USUAL, Math.max(least, calling.length));
  for (const first of calling.length > 1 ? [UPRIGHT.first, UPRIGHT.tight] : [UPRIGHT.first])
    for (let rows = most; rows > 0; rows -= 1) if (needs(rows, first) <= UPRIGHT.all - side) return { rows, isRestLarge: calling.length > rows, isTight: first === UPRIGHT.tight };
  return { rows: 1, isRestLarge: calling.length > 1, isTight: calling.length > 1 };
}
