/** The part of the dialog that takes a PDF or a picture, and shows what the visitor will see of it. */

import { ApiError } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";

const WITHIN_MS = 60_000;
const MOST_BYTES = 10 * 1024 * 1024;
const SHOWN = 4;

/** @param {{base: string, draft: object, onBusy: (busy: boolean) => void}} about  draft.document is what was taken, or null */
export function chooseDocument({ base, draft, onBusy }) {
  const place = el("div.sheet__document");
  const input = el("input.visually-hidden", { type: "file", id: "sheet-file", accept: "application/pdf,image/jpeg,image/png,image/webp,image/bmp,image/tiff", on: { change: () => take(input.files[0]) } });
  const draw = (busy = false, fault = "") => fill(place, input,
    draft.document ? taken(base, draft.document, () => { draft.document = null; draw(); }) : el("label.btn", { for: "sheet-file", "aria-busy": String(busy) }, icon("document"), t(busy ? "console_confirm.uploading" : "console_confirm.choose")),
    !draft.document && el("p.muted.small", {}, t("console_confirm.document_hint")), fault && el("p.field__error", { role: "alert" }, fault));
  const take = async (file) => {
    if (!file) return;
    onBusy(true);
    draw(true);
    let fault = "";
    try { draft.document = await upload(base, file); } catch (error) { fault = errorText(error); }
    input.value = "";
    onBusy(false);
    draw(false, fault);
  };
  draw();
  return place;
}

function taken(base, document_, onRemove) {
  return el("div.sheet__taken", {}, el("div.sheet__thumbs", {}, document_.pages.slice(0, SHOWN).map((page, at) => el("img", { src: `/api/v1/${base}/documents/${document_.id}/pages/${at}`, width: page.width, height: page.height, alt: "", loading: "lazy" }))),
    el("div.spread", {}, el("span.truncate", {}, t("console_confirm.pages", { name: document_.name, n: document_.pages.length })), el("button.btn.btn--sm", { on: { click: onRemove } }, icon("trash"), t("console_confirm.remove_document"))));
}

async function upload(base, file) {
  if (file.size > MOST_BYTES) throw new ApiError({ code: "body.too_large", message: t("console_confirm.document_hint"), status: 413 });
  const xsrf = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/);
  let response;
  try {
    response = await fetch(`/api/v1/${base}/documents?name=${encodeURIComponent(file.name.slice(0, 100))}`, {
      method: "POST", cache: "no-store", credentials: "same-origin", body: file, signal: AbortSignal.timeout(WITHIN_MS),
      headers: { "Content-Type": "application/octet-stream", "Accept-Language": lang(), ...(xsrf ? { "X-XSRFToken": decodeURIComponent(xsrf[1]) } : {}) },
    });
  } catch { throw new ApiError({ code: "network.unreachable", message: "" }); }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError({ ...(body?.error ?? { code: `http.${response.status}`, message: "" }), status: response.status });
  return body;
}
