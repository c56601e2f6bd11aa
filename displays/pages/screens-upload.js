/** Uploading a file: a button, its progress, and the server's word on what is wrong with it. */

import { ApiError, newKey } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";

const MB = 1024 * 1024;

/** A button that takes files; `onMedia` is called for each that the server took. */
export function uploadButton({ accept, text, limits, onMedia, isMany = false }) {
  const said = el("span.field__error", { role: "alert" });
  const input = el("input.visually-hidden", { type: "file", accept, multiple: isMany, tabindex: -1, on: { change: () => send([...input.files]) } });
  const button = el("button.btn.btn--sm", { class: "upload", on: { click: () => input.click() } }, icon("plus"), text);
  const send = async (files) => {
    fill(said);
    button.disabled = true;
    for (const file of files) {
      try { onMedia(await upload(file, { limits, onProgress: (share) => fill(button, t("screens.uploading", { percent: Math.round(share * 100) })) })); }
      catch (error) { fill(said, `${file.name}: ${errorText(error)}`); }
    }
    input.value = "";
    button.disabled = false;
    fill(button, icon("plus"), text);
  };
  const node = el("span.upload-box", {}, button, input, said);
  node.send = send;
  return node;
}

/** @returns {Promise<object>} the media; throws an ApiError with the server's words */
export function upload(file, { limits, onProgress = () => {} }) {
  const most = (file.type.startsWith("image/") ? limits.picture_mb : limits.video_mb) * MB;
  if (file.size > most) return Promise.reject(new ApiError({ code: "media.too_large", message: t("screens.too_large", { mb: most / MB }), status: 413 }));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/media?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", lang());
    request.setRequestHeader("Idempotency-Key", newKey());
    const xsrf = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/);
    if (xsrf) request.setRequestHeader("X-XSRFToken", decodeURIComponent(xsrf[1]));
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onerror = () => reject(new ApiError({ code: "network.unreachable", message: "", status: 0 }));
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { body = null; }
      if (request.status < 300 && body) resolve(body);
      else reject(new ApiError({ ...(body?.error ?? { code: `http.${request.status}`, message: "" }), status: request.status }));
    };
    request.send(file);
  });
}
