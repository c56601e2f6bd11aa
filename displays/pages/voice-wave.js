/** Draws sound: a waveform on a canvas, and the level of the microphone. */

/** Draws samples (-1 to 1) over the whole canvas in its own text colour; what clips is drawn in `--bad`. */
export function drawWave(canvas, samples) {
  const width = canvas.width = Math.round(canvas.clientWidth * devicePixelRatio) || 600;
  const height = canvas.height = Math.round(canvas.clientHeight * devicePixelRatio) || 120;
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const [quiet, loud] = [style.color, style.getPropertyValue("--bad")];
  pen.clearRect(0, 0, width, height);
  if (!samples.length) return;
  const per = samples.length / width;
  for (let x = 0; x < width; x += 1) {
    let peak = 0;
    for (let i = Math.floor(x * per); i < Math.min(samples.length, (x + 1) * per); i += 1) peak = Math.max(peak, Math.abs(samples[i]));
    const half = Math.max(0.5, (peak * height) / 2);
    pen.fillStyle = peak >= 0.985 ? loud : quiet;
    pen.fillRect(x, height / 2 - half, 1, 2 * half);
  }
}

/** A meter of some dB above nothing: `set(peak)` with 0 to 1; falls slowly, so that one can read it. */
export class Meter {
  #bar; #shown = 0;
  constructor(bar) { this.#bar = bar; }

  set(peak) {
    this.#shown = Math.max(peak, this.#shown * 0.93);
    const db = 20 * Math.log10(Math.max(this.#shown, 0.001));
    this.#bar.style.setProperty("--level", String(Math.max(0, 1 + db / 60)));
    this.#bar.dataset.level = this.#shown > 0.97 ? "clip" : db < -30 ? "low" : "good";
  }
}
