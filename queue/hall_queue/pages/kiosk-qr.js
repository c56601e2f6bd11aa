/** QR codes without the server. Source: ISO/IEC 18004:2015, byte mode, error correction M, versions 1 to 6. */

/* Of each version: check bytes of a block, and the data bytes of its blocks (table 9). */
const VERSIONS = [[10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]]];
const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];
const QUIET = 4;
const [EXP, LOG] = field();

/** The dark modules as rows of booleans; null where the text is too long. */
export function qrMatrix(text) {
  const bytes = new TextEncoder().encode(text);
  const index = VERSIONS.findIndex(([, blocks]) => bytes.length + 2 <= sum(blocks));
  if (index < 0) return null;
  const bits = codewords(bytes, ...VERSIONS[index]).flatMap((byte) => bitsOf(byte, 8));
  const drawn = MASKS.map((mask, i) => draw(index + 1, bits, mask, i));
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/** The code as an SVG element; null where the text is too long. */
export function qrCode(text) {
  const matrix = qrMatrix(text);
  if (!matrix) return null;
  const side = matrix.length + 2 * QUIET;
  const path = matrix.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ""))).join("");
  const svg = node("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges", role: "img" });
  svg.append(node("rect", { width: side, height: side, fill: "#fff" }), node("path", { d: path, fill: "#000" }));
  return svg;
}

function node(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const bitsOf = (value, count) => Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);

/* 7.4: mode, length, text, end, padding; 7.5 and 7.6: check bytes, blocks interleaved. */
function codewords(bytes, checks, sizes) {
  const bits = [...bitsOf(4, 4), ...bitsOf(bytes.length, 8), ...[...bytes].flatMap((byte) => bitsOf(byte, 8))];
  const total = sum(sizes);
  bits.push(...Array(Math.min(4, total * 8 - bits.length)).fill(0));
  while (bits.length % 8) bits.push(0);
  const data = Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((a, b) => a * 2 + b, 0));
  for (let pad = 0xec; data.length < total; pad ^= 0xfd) data.push(pad);
  let from = 0;
  const blocks = sizes.map((size) => data.slice(from, (from += size)));
  return [...woven(blocks), ...woven(blocks.map((block) => remainder(block, checks)))];
}

const woven = (blocks) => Array.from({ length: Math.max(...blocks.map((one) => one.length)) }, (_, i) => blocks.map((one) => one[i]).filter((one) => one !== undefined)).flat();

function field() {
  const exp = [], log = [];
  for (let i = 0, value = 1; i < 255; i++) {
    exp[i] = exp[i + 255] = value;
    log[value] = i;
    value = value & 128 ? (value << 1) ^ 0x11d : value << 1;
  }
  return [exp, log];
}

const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

function remainder(data, degree) {
  let generator = [1];
  for (let i = 0; i < degree; i++) generator = [...generator, 0].map((one, j) => one ^ times(generator[j - 1] ?? 0, EXP[i]));
  const rest = Array(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    generator.slice(1).forEach((one, i) => { rest[i] ^= times(one, factor); });
  }
  return rest;
}

/* 7.3, 7.7 and 7.9: finders, timing, alignment, format; the bits in their zigzag; a mask. */
function draw(version, bits, mask, number) {
  const size = 17 + 4 * version;
  const cells = Array.from({ length: size }, () => Array(size).fill(null));
  const put = (x, y, dark) => { if (x >= 0 && y >= 0 && x < size && y < size) cells[y][x] = Boolean(dark); };
  const square = (cx, cy, reach, light) => {
    for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) put(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let i = 8; i < size - 8; i++) { put(i, 6, i % 2 === 0); put(6, i, i % 2 === 0); }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [2, 4]);
  if (version > 1) square(size - 7, size - 7, 2, [1]);
  format(put, size, number);
  let next = 0;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
    const up = ((right < 6 ? right + 1 : right) + 1 - size) % 4 === 0;
    for (let i = 0; i < size; i++) for (const x of [right, right - 1]) {
      const y = up ? size - 1 - i : i;
      if (cells[y][x] === null) cells[y][x] = Boolean((bits[next++] ?? 0) ^ Number(mask(x, y) === 0));
    }
  }
  return cells;
}

function format(put, size, number) {
  let rest = number << 10;
  for (let i = 14; i >= 10; i--) if (rest >> i & 1) rest ^= 0x537 << (i - 10);
  const bits = ((number << 10) | rest) ^ 0x5412;
  const bit = (i) => bits >> i & 1;
  for (let i = 0; i < 6; i++) put(8, i, bit(i));
  put(8, 7, bit(6)); put(8, 8, bit(7)); put(7, 8, bit(8));
  for (let i = 9; i < 15; i++) put(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i++) put(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i++) put(8, size - 15 + i, bit(i));
  put(8, size - 8, 1);
}

/* 7.8.3: long runs, blocks of one colour, an uneven share of dark; the mask with the least is the easiest to read. */
function penalty(cells) {
  const columns = cells.map((_, x) => cells.map((row) => row[x]));
  let points = 0;
  for (const line of [...cells, ...columns]) {
    for (const run of line.map((one) => (one ? "1" : "0")).join("").match(/0+|1+/g)) if (run.length >= 5) points += run.length - 2;
  }
  for (let y = 1; y < cells.length; y++) for (let x = 1; x < cells.length; x++) {
    if (cells[y][x] === cells[y - 1][x] && cells[y][x] === cells[y][x - 1] && cells[y][x] === cells[y - 1][x - 1]) points += 3;
  }
  const dark = sum(cells.map((row) => row.filter(Boolean).length)) / cells.length ** 2;
  return points + 10 * Math.floor(Math.abs(dark - 0.5) * 20);
}
