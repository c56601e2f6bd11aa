/** The look of a screen: its colours, languages, size class, how it hangs, and when it is dark outside. */

const root = document.documentElement;

/** Sets the colours the server chose; contrasts are checked there. */
export function applyLook(layout) {
  for (const [name, colour] of Object.entries(layout.colours)) root.style.setProperty(`--${name}`, colour);
  root.dataset.theme = layout.is_dark ? "dark" : "light";
  root.dataset.look = layout.look;
  root.dataset.size = layout.size;
  root.dataset.languages = layout.languages.length === 1 ? layout.languages[0] : "both";
  root.lang = layout.languages[0] === "en" ? "en" : "zh-CN";
}

/** Turns the picture on a panel that hangs the other way than its output lies; a stripe above a window is left alone. */
export function turn({ orientation, content }) {
  const isUpright = innerHeight > innerWidth;
  const isTurned = content !== "window" && content !== "led" && orientation !== "auto" && (orientation === "portrait") !== isUpright;
  root.toggleAttribute("data-turned", isTurned);
  const stage = document.querySelector("#stage");
  stage.dataset.shape = stage.clientHeight > stage.clientWidth ? "portrait" : "landscape";
}

/** Whether a time of day "HH:MM" lies in the hours of dimming, which may run over midnight. */
export function isDark({ begin, end }, time) {
  return begin <= end ? begin <= time && time < end : time >= begin || time < end;
}
