/** SHA-256 (FIPS 180-4): the browser's own is there over https only, and a hall's network has plain http. */

const CONSTANTS = [];
const START = [];

begin();

/** @param {Uint8Array} bytes @returns {string} hexadecimal */
export function sha256(bytes) {
  const state = Uint32Array.from(START);
  const blocks = padded(bytes);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < blocks.byteLength; at += 64) mix(state, schedule, blocks, at);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** Of a text's UTF-8 bytes. */
export const sha256OfText = (text) => sha256(new TextEncoder().encode(text));

function padded(bytes) {
  const length = ((bytes.length + 8) >> 6 << 6) + 64;
  const all = new Uint8Array(length);
  all.set(bytes);
  all[bytes.length] = 0x80;
  const view = new DataView(all.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(length - 4, (bytes.length << 3) >>> 0);
  return view;
}

function mix(state, w, blocks, at) {
  for (let i = 0; i < 16; i += 1) w[i] = blocks.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
}

function turn(word, by) { return (word >>> by) | (word << (32 - by)); }

/* The first 32 bits of the fractions of square and cube roots of the first primes. */
function begin() {
  for (let n = 2; CONSTANTS.length < 64; n += 1) {
    if (!isPrime(n)) continue;
    if (START.length < 8) START.push(fraction(n ** (1 / 2)));
    CONSTANTS.push(fraction(n ** (1 / 3)));
  }
}

function fraction(x) { return Math.floor((x - Math.floor(x)) * 2 ** 32) >>> 0; }

function isPrime(n) {
  for (let by = 2; by * by <= n; by += 1) if (n % by === 0) return false;
  return true;
}
