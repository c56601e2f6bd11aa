/** A photo as it is kept: upright, no larger than a page needs, without what the camera wrote into it about place and time. */

const LONG_SIDE = 2000; // 170 dots an inch of A4: what a stamp's small print needs
const SHORT_LEAST = 300;
const QUALITY = 0.82;
const THUMB_SIDE = 320;
const BYTES_MOST = 30 * 1024 * 1024;

export class PictureFault extends Error {
  constructor(code) { super(code); this.code = code; }
}

/**
 * @param {File} file @returns {Promise<{bytes: ArrayBuffer, thumb: string, width: number, height: number}>}
 * @throws {PictureFault} kind, unreadable, small
 */
export async function picture(file) {
  if (!file.type.startsWith("image/") || file.size > BYTES_MOST || /svg/.test(file.type)) throw new PictureFault("kind");
  let bitmap;
  try { bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { throw new PictureFault("unreadable"); }
  try {
    if (Math.min(bitmap.width, bitmap.height) < SHORT_LEAST) throw new PictureFault("small");
    return await drawn(bitmap, 0);
  } finally { bitmap.close(); }
}

/** A page turned clockwise by a quarter. */
export async function turned({ bytes }) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  try { return await drawn(bitmap, 1); } finally { bitmap.close(); }
}

async function drawn(bitmap, quarters) {
  const share = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = sheet(bitmap, share, quarters);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  if (!blob) throw new PictureFault("unreadable");
  const small = sheet(bitmap, Math.min(1, THUMB_SIDE / Math.max(bitmap.width, bitmap.height)), quarters);
  return { bytes: await blob.arrayBuffer(), thumb: small.toDataURL("image/jpeg", 0.7), width: canvas.width, height: canvas.height };
}

function sheet(bitmap, share, quarters) {
  const wide = Math.max(1, Math.round(bitmap.width * share)), high = Math.max(1, Math.round(bitmap.height * share));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = quarters % 2 ? [high, wide] : [wide, high];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((quarters * Math.PI) / 2);
  pen.drawImage(bitmap, -wide / 2, -high / 2, wide, high);
  return canvas;
}
