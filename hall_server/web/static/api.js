/** Calls of the hall's HTTP interface, with one error type and safe repeating of writes. */

import { deviceHeader } from "./device-key.js";
import { lang } from "./i18n.js";
import { xsrfHeader } from "./xsrf.js";

const TIMEOUT_MS = 15000;

/** What the server refused; `code` is stable, `message` is in the reader's language. `status` 0: no answer came. */
export class ApiError extends Error {
  constructor({ code, message, fields = {}, status = 0 }) {
    super(message || code);
    this.name = "ApiError";
    this.code = code;
    this.fields = fields;
    this.status = status;
  }
  get offline() { return this.status === 0; }
}

/** A fresh Idempotency-Key. (crypto.randomUUID needs https; getRandomValues does not.) */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

export const api = {
  get: (path, options) => send("GET", path, undefined, options),
  post: (path, body, options) => write("POST", path, body ?? {}, options),
  put: (path, body, options) => write("PUT", path, body ?? {}, options),
  patch: (path, body, options) => write("PATCH", path, body ?? {}, options),
  del: (path, options) => {
    if (path === "session") try { sessionStorage.removeItem("onedoor.signed_in"); } catch { /* a browser that keeps nothing */ }
    return write("DELETE", path, undefined, options);
  },
};

/** @param {object} [options]  key: Idempotency-Key to use; signal; timeout_ms */
async function write(method, path, body, options = {}) {
  const key = options.key ?? newKey();
  try {
    return await send(method, path, body, { ...options, key });
  } catch (error) {
    if (!(error instanceof ApiError) || !error.offline || options.signal?.aborted) throw error;
    return send(method, path, body, { ...options, key });
  }
}

async function send(method, path, body, { key, signal, timeout_ms = TIMEOUT_MS } = {}) {
  const url = path.startsWith("/") ? path : `/api/v1/${path}`;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout_ms);
  const stop = () => limit.abort();
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(url, {
      method, headers: headers(method, url, key, body), body: body === undefined ? undefined : JSON.stringify(body),
      signal: limit.signal, credentials: "same-origin", cache: "no-store",
    });
    return await answer(response);
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError({ code: "network.unreachable", message: "", status: 0 });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function headers(method, url, key, body) {
  const all = { Accept: "application/json", "Accept-Language": lang() };
  if (body !== undefined) all["Content-Type"] = "application/json";
  if (key) all["Idempotency-Key"] = key;
  const device = deviceHeader();
  if (device) all.Authorization = device;
  return method === "GET" ? all : { ...all, ...xsrfHeader(url) };
}

async function answer(response) {
  const text = await response.text();
  let value = null;
  try { value = text ? JSON.parse(text) : null; } catch { value = null; }
  if (response.ok) return value;
  const error = value?.error ?? { code: `http.${response.status}`, message: "" };
  throw new ApiError({ ...error, status: response.status });
}
