/* Asks the pages' pure choices some questions; the answers are in test_playlists.py. */
async () => {
  const { isDue, nextDue, momentOf, callsOf } = await import("/pages/displays/playlist-choice.js");
  const { routeTo } = await import("/pages/displays/hall-route.js");
  const { columnsOf, tallest } = await import("/pages/displays/overview-choice.js");
  const { isDark } = await import("/pages/displays/screen-look.js");
  const always = { days: [1, 2, 3, 4, 5, 6, 7], begin: "00:00", end: "24:00" };
  const monday = { ...always, days: [1] };
  const noon = { ...always, begin: "11:30", end: "13:00" };
  const zone = (n) => ({ lines: Array.from({ length: n }) });
  const window = { x: 0.6, y: 0.1, w: 0.1, h: 0.1 };
  const below = [0.3, 0.5, 0.7].map((y) => ({ ...window, y, weight: 10 }));
  const around = routeTo({ x: 0.2, y: 0.8 }, window, below);
  return {
    moment: momentOf("2026-11-22T23:59:00"),
    due: [isDue(monday, { weekday: 1, time: "08:00" }), isDue(monday, { weekday: 2, time: "08:00" }), isDue(noon, { weekday: 3, time: "11:30" }), isDue(noon, { weekday: 3, time: "13:00" }), isDue(always, { weekday: 7, time: "23:59" })],
    next: [nextDue([always, monday, always], 0, { weekday: 2, time: "08:00" }), nextDue([always, monday, always], 2, { weekday: 2, time: "08:00" }), nextDue([monday], -1, { weekday: 2, time: "08:00" }), nextDue([], -1, { weekday: 2, time: "08:00" }), nextDue([always], -1, { weekday: 2, time: "08:00" })],
    calls: callsOf("board/z1", { calling: [{ ticket: "t1", calls: 2 }] }),
    route: [routeTo({ x: 0.2, y: 0.8 }, window), routeTo({ x: 0.65, y: 0.8 }, window).length, routeTo({ x: 0.2, y: 0.15 }, window).length],
    around: [around, routeTo({ x: 0.65, y: 0.9 }, window, below)].map((way) => way.slice(1).some((b, at) => below.some(({ x, y, w, h }) => Math.max(b.x, way[at].x) > x && Math.min(b.x, way[at].x) < x + w && Math.max(b.y, way[at].y) > y && Math.min(b.y, way[at].y) < y + h))),
    columns: [tallest(columnsOf([zone(2), zone(2), zone(1), zone(2), zone(3)], 2)), columnsOf([zone(2)], 2).length],
    dark: [isDark({ begin: "19:00", end: "07:00" }, "23:00"), isDark({ begin: "19:00", end: "07:00" }, "06:59"), isDark({ begin: "19:00", end: "07:00" }, "07:00"), isDark({ begin: "08:00", end: "09:00" }, "09:00")],
  };
}
