/** Takes a confirmed sheet out as a file. */

import { ApiError } from "/static/api.js";
import { el } from "/static/dom.js";
import { lang } from "/static/i18n.js";

const WITHIN_MS = 40_000;

/** @param {{id: string, number: string}} sheet @param {string} reason  a manager's; the window's own staff need none */
export async function downloadPdf({ id, number }, reason = "") {
  const xsrf = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/);
  let response;
  try {
    response = await fetch(`/api/v1/confirmations/${id}/pdf`, {
      method: "POST", cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(WITHIN_MS), body: JSON.stringify({ reason }),
      headers: { "Content-Type": "application/json", "Accept-Language": lang(), ...(xsrf ? { "X-XSRFToken": decodeURIComponent(xsrf[1]) } : {}) },
    });
  } catch { throw new ApiError({ code: "network.unreachable", message: "" }); }
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new ApiError({ ...(body?.error ?? { code: `http.${response.status}`, message: "" }), status: response.status });
  }
  const address = URL.createObjectURL(await response.blob());
  const link = el("a", { href: address, download: `${number}-${id.slice(-6)}.pdf` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), WITHIN_MS);
}
