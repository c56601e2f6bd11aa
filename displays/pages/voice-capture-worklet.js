/** Runs in the browser's audio thread: hands on what the microphone gives, in blocks of some 20 ms. */

const BLOCK = 1024;

class VoiceCapture extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK); #filled = 0;

  process([input]) {
    const channel = input[0];
    for (const sample of channel ?? []) {
      this.#block[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === BLOCK) { this.port.postMessage(this.#block.slice()); this.#filled = 0; }
    }
    return true;
  }
}

registerProcessor("voice-capture", VoiceCapture);
