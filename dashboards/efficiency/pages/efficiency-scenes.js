/** Which list stands on the wall in which moment: pure choices, no drawing. */

const KINDS = ["departments", "windows"];

/**
 * The scenes of a picture in their order: of each period its departments, then its windows, each page of them one scene.
 * Pages are as even as can be, so that none stands nearly empty.
 * @param {number} room  rows that fit
 * @returns {{key: string, span: string, kind: string, page: number, pages: number, each: number, columns: string[], rows: object[]}[]}
 */
export function scenesOf({ periods }, room) {
  return periods.flatMap((period) => KINDS.flatMap((kind) => {
    const rows = period[kind];
    if (!rows.length || !period.columns.length) return [];
    const pages = Math.ceil(rows.length / room);
    const each = Math.ceil(rows.length / pages);
    return Array.from({ length: pages }, (_, page) => ({
      key: `${period.span} ${kind} ${page}`, span: period.span, kind, page, pages, each, columns: period.columns, rows: rows.slice(page * each, (page + 1) * each),
    }));
  }));
}

/** The scene after the one with a key; the first where that one is gone. */
export function nextScene(scenes, key) {
  const at = scenes.findIndex((scene) => scene.key === key);
  return scenes[(at + 1) % scenes.length] ?? null;
}

/** The scene with a key, the nearest before it of the same list, or the first. */
export function sameScene(scenes, key) {
  const [span, kind] = key.split(" ");
  return scenes.find((scene) => scene.key === key) ?? scenes.find((scene) => scene.span === span && scene.kind === kind) ?? scenes[0] ?? null;
}
