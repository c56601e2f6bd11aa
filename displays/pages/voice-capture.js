/** The microphone: a level all the time, a recording on demand, as 16-bit mono WAV made in the page. */

const WORKLET = "/pages/displays/voice-capture-worklet.js";
const LONGEST_S = 8;
/* Before and after: what a hall's loudspeaker must not get is a voice that the browser has "improved". */
const AS_IT_IS = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Whether the browser gives a microphone to this page at all: only under https or on localhost. */
export const canRecord = () => Boolean(globalThis.isSecureContext && navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode);

export class Microphone {
  #context = null; #stream = null; #blocks = null; #length = 0; #onLevel; #onFull;

  /** @param {{onLevel: (peak: number) => void, onFull: () => void}} listeners  peak 0 to 1, some 40 times a second */
  constructor({ onLevel, onFull }) {
    this.#onLevel = onLevel;
    this.#onFull = onFull;
  }

  get isOpen() { return Boolean(this.#stream); }

  /** Asks the person for the microphone; throws the browser's own error where it is refused. */
  async open() {
    if (this.isOpen) return;
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS });
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule(WORKLET);
    const node = new AudioWorkletNode(this.#context, "voice-capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    node.port.onmessage = ({ data }) => this.#take(data);
    this.#context.createMediaStreamSource(this.#stream).connect(node);
    await this.#context.resume();
  }

  /** Begins to keep what is heard. */
  start() {
    this.#blocks = [];
    this.#length = 0;
  }

  /** Ends it. @returns {{wav: Blob, samples: Float32Array, rate: number}} */
  stop() {
    const samples = new Float32Array(this.#length);
    let at = 0;
    for (const block of this.#blocks ?? []) { samples.set(block, at); at += block.length; }
    this.#blocks = null;
    return { wav: wavOf(samples, this.#context.sampleRate), samples, rate: this.#context.sampleRate };
  }

  get isRecording() { return this.#blocks !== null; }

  async close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    await this.#context?.close();
    this.#stream = this.#context = this.#blocks = null;
  }

  #take(block) {
    this.#onLevel(block.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    if (!this.#blocks) return;
    this.#blocks.push(block);
    this.#length += block.length;
    if (this.#length > LONGEST_S * this.#context.sampleRate) this.#onFull();
  }
}

/** Samples of -1 to 1 as a WAV of 16 bits, one channel. */
export function wavOf(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const word = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, rate * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  word(36, "data"); view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
  return new Blob([view], { type: "audio/wav" });
}

/** A blob in base64, as the server takes it. */
export async function base64Of(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
