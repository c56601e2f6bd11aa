/** A screen as the editor works on it: the body that the server takes, with files by their ids and their descriptions beside. */

const FIELDS = ["id", "name", "content", "zone", "window", "orientation", "look", "accent", "languages", "size", "dimming", "arrangement", "call_s", "led_chars", "led_rows", "plan", "here", "module", "device", "revision"];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/** A new screen of a kind, with what is usual for it. @param {string} kind  a content, or "module." and what another room brings */
export function freshScreen(kind, { zones, windows, plans }) {
  const [content, module = null] = kind.split(".");
  const needsZone = content === "board" || content === "led" || content === "playlist";
  return {
    id: "", name: "", content, zone: needsZone ? zones[0]?.id ?? null : null, window: content === "window" ? windows[0]?.id ?? null : null,
    orientation: "auto", look: "blue", accent: null, logo: null, languages: ["zh", "en"], size: "hall", dimming: null,
    arrangement: content === "playlist" ? "full" : "plain", playlist: content === "playlist" ? [freshText()] : [], call_s: 15, led_chars: 8, led_rows: content === "led" ? 4 : 1,
    plan: content === "map" ? plans[0]?.id ?? null : null, here: content === "map" ? { x: 0.5, y: 0.9 } : null, module, device: null, revision: 0,
  };
}

/** A screen that hangs, to be changed. */
export function copyOf(screen) {
  const draft = Object.fromEntries(FIELDS.map((name) => [name, structuredClone(screen[name])]));
  return { ...draft, logo: screen.logo, playlist: structuredClone(screen.playlist) };
}

/** What is sent: files by their ids. */
export function bodyOf(draft) {
  const { id, logo, playlist, ...rest } = draft;
  return { ...rest, logo: logo?.id ?? null, playlist: playlist.map(({ media, ...item }) => ({ ...item, media: media?.id ?? null })) };
}

export const freshText = () => ({ kind: "text", media: null, module: null, zh: "", en: "", body_zh: "", body_en: "", seconds: 10, days: [...EVERY_DAY], begin: "00:00", end: "24:00" });

/** An item that shows an uploaded file; a film is shown to its end. */
export const freshItem = (media) => ({ ...freshText(), kind: media.kind, media, seconds: media.kind === "video" ? Math.min(3600, Math.max(3, Math.ceil(media.seconds ?? 30))) : 10 });

/** An item that shows what another room brings. */
export const freshModule = (module) => ({ ...freshText(), kind: "module", module, seconds: 60 });

/** The items with the one at `from` moved to `to`. */
export function moved(items, from, to) {
  const rest = items.filter((_, at) => at !== from);
  return [...rest.slice(0, to), items[from], ...rest.slice(to)];
}
