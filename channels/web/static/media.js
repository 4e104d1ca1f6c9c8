/** Photos, recordings and files: made small, sent up, brought back, drawn. */

import { make } from "./dom.js";
import { visitor } from "./visitor.js";

const LARGEST_SIDE = 2048;
const SHOWN_SIDE = 640;
const QUALITY = 0.86;
const PATIENCE = 60_000;
const REFUSALS = { 409: "refused", 413: "too_large", 415: "wrong_type" };

/** Return a photo as a JPEG of bearable size without its metadata; as it is where it cannot be read. */
export async function redrawn(file) {
  try {
    const canvas = draw(await createImageBitmap(file), LARGEST_SIDE);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file;
  }
}

/** Return the place of a photo, drawn as soon as its bytes are here; until then and without them its symbol. */
export function picture(bytes, symbol) {
  const place = make("span", { className: "photo", role: "img", "aria-label": symbol, textContent: symbol });
  Promise.resolve(bytes)
    .then(createImageBitmap)
    .then((bitmap) => place.replaceChildren(draw(bitmap, SHOWN_SIDE)))
    .catch(() => place.classList.add("missing"));
  return place;
}

/** Send a file up; return its id as `media`, or why it is `refused`, or neither when it may work later. */
export async function upload(file) {
  const headers = { ...bearer(), "Content-Type": file.type || "application/octet-stream" };
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch("/chat/media", { method: "POST", headers, body: file, signal }).catch(() => null);
  if (answer?.status === 201) return answer.json();
  return { refused: REFUSALS[answer?.status] };
}

/** Return the bytes of a file that was sent up before. */
export async function download(id) {
  const answer = await fetch(`/chat/media/${encodeURIComponent(id)}`, { headers: bearer() });
  if (!answer.ok) throw new Error(`no media ${id}`);
  return answer.blob();
}

/** Return a canvas with a picture, its longer side no longer than it may be. */
function draw(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = make("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** Return the header that says who is asking. */
function bearer() {
  return { Authorization: `Bearer ${visitor()}` };
}
