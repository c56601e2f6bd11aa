/** What of a playlist is shown when: pure choices, no drawing. */

/** Whether an item is shown on this weekday (1 is Monday) at this time "HH:MM". */
export function isDue(item, { weekday, time }) {
  return item.days.includes(weekday) && item.begin <= time && (item.end === "24:00" || time < item.end);
}

/** The index of the next item that is due after `at`, going round; -1 where none is. */
export function nextDue(items, at, now) {
  for (let step = 1; step <= items.length; step += 1) {
    const index = (at + step + items.length) % items.length;
    if (isDue(items[index], now)) return index;
  }
  return -1;
}

/** {weekday, time} of "2026-11-23T09:05:00" in hall time. */
export function momentOf(iso) {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`).getUTCDay();
  return { weekday: day || 7, time: iso.slice(11, 16) };
}

/** Keys of the calls a picture shows now: of a board all, of a window its own. */
export function callsOf(topic, view) {
  if (topic.startsWith("board/")) return view.calling.map((call) => `${call.ticket} ${call.calls}`);
  if (topic.startsWith("window/")) return view.ticket?.state === "called" ? [`${view.ticket.number} ${view.ticket.calls}`] : [];
  if (topic.startsWith("overview/")) return view.calling.map((call) => `${call.ticket} ${call.calls}`);
  if (topic.startsWith("plan/")) return view.places.filter((place) => place.called_at).map((place) => `${place.number} ${place.calls}`);
  return [];
}
