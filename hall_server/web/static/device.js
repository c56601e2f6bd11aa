/**
 * A page on a paired device: says how it is, does what the hall tells it, takes new credentials, and moves to its place's page.
 * On a browser that was never paired it does nothing.
 */

import { newKey } from "./api.js";
import { actAs, deviceHeader, keep, kept } from "./device-key.js";
import { showTest } from "./device-test.js";

const KINDS = { "/kiosk": ["kiosk", "enquiry", "selfservice"], "/board": ["board"], "/window-screen": ["window-screen"], "/pad": ["pad"], "/speaker": ["speaker"], "/guide": ["kiosk", "enquiry", "selfservice"], "/enquiry": ["enquiry", "kiosk"], "/selfservice": ["selfservice"] };
/** Pages that a machine shows to a visitor between two visits to its own; they go back to it by themselves. */
const BESIDE = new Set(["/guide"]);
const IS_BESIDE = BESIDE.has(location.pathname) || new URLSearchParams(location.hash.slice(1)).has("back");
const ANSWER_MS = 15000; // the hall holds a question for eight seconds
const PAUSE_MS = [500, 1000, 2000, 5000];
const REMEMBERED = 200;

class DeviceLink {
  #kind; #device; #page = newKey(); #reports = []; #done = new Map(); #doing = new Set(); #handlers = new Map(); #refused = 0; #detail = {}; #status = "online";

  constructor(kind, device) {
    this.#kind = kind;
    this.#device = device;
    actAs(device);
    this.on("credential.renew", ({ credential }) => this.#renew(credential));
    this.on("test", (args) => showTest(args));
    this.#talk();
  }

  get id() { return this.#device.id; }

  /** Lets `handler(args)` do what the hall calls `name`; what it returns is reported, what it throws has failed. */
  on(name, handler) { this.#handlers.set(name, handler); }

  /** Says how this device is. @param {"online"|"fault"} status @param {object} detail */
  is(status, detail = {}) { this.#status = status; this.#detail = detail; }

  async #talk() {
    for (let tries = 0; ; tries += 1) {
      try {
        const orders = await this.#ask();
        tries = -1;
        this.#refused = 0;
        this.#follow(orders);
      } catch (error) {
        if (error.status === 401 || error.status === 403) this.#turnedAway();
        if (error.status === 409) return; // open in another page of this device, which speaks for it now
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS[Math.min(Math.max(tries, 0), PAUSE_MS.length - 1)] * (0.5 + Math.random())));
      }
    }
  }

  async #ask() {
    const reports = this.#reports.slice(0, 50);
    const response = await fetch("/api/v1/device/link", {
      method: "POST", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(ANSWER_MS),
      headers: { "Content-Type": "application/json", Authorization: deviceHeader(this.#device) },
      body: JSON.stringify({ state: this.#state(), page: this.#page, reports, under_way: [...this.#doing] }),
    });
    if (!response.ok) throw Object.assign(new Error(String(response.status)), { status: response.status });
    this.#reports = this.#reports.slice(reports.length);
    return response.json();
  }

  #state() {
    const detail = { ...this.#detail, page: location.pathname, screen: `${screen.width}×${screen.height}`, shown: document.visibilityState === "visible" };
    return { status: this.#status, kind: this.#kind, ...software(), at: new Date().toISOString(), detail };
  }

  #follow({ opens, name, commands }) {
    document.documentElement.dataset.device = this.#device.id;
    if (this.#device.page !== opens) this.#device = { ...this.#device, page: opens, name };
    keep(this.#kind, this.#device);
    for (const command of commands) this.#do(command);
    if (opens && new URL(opens, location.href).pathname !== location.pathname && !IS_BESIDE) location.replace(opens);
  }

  async #do({ id, do: name, args }) {
    if (this.#doing.has(id)) return;
    if (this.#done.has(id)) { this.#reports.push(this.#done.get(id)); return; }
    this.#doing.add(id);
    const report = await this.#tried(id, name, args ?? {});
    this.#done.set(id, report);
    if (this.#done.size > REMEMBERED) this.#done.delete(this.#done.keys().next().value);
    this.#reports.push(report);
    this.#doing.delete(id);
    this.#now();
  }

  async #tried(id, name, args) {
    const handler = this.#handlers.get(name);
    if (!handler) return { id, what: "failed", detail: { reason: "unknown_command" } };
    try { return { id, what: "done", detail: (await handler(args)) ?? {} }; } catch (error) { return { id, what: "failed", detail: { reason: String(error?.message ?? error).slice(0, 120) } }; }
  }

  /* A report does not wait for the question that the hall still holds. */
  async #now() {
    const reports = this.#reports;
    this.#reports = [];
    try {
      const response = await fetch("/api/v1/device/reports", { method: "POST", credentials: "omit", headers: { "Content-Type": "application/json", Authorization: deviceHeader(this.#device) }, body: JSON.stringify({ reports }) });
      if (!response.ok) throw new Error(String(response.status));
    } catch { this.#reports = [...reports, ...this.#reports]; }
  }

  /* Kept before it is reported: whatever breaks off, one of the two is right. */
  #renew(credential) {
    if (!credential) throw new Error("no_credential");
    const fresh = { ...this.#device, credential, previous: this.#device.credential };
    if (!keep(this.#kind, fresh)) throw new Error("cannot_keep");
    this.#device = fresh;
    actAs(fresh);
  }

  #turnedAway() {
    this.#refused += 1;
    const { previous, credential } = this.#device;
    if (previous && this.#refused < 4) { this.#device = { ...this.#device, credential: previous, previous: credential }; actAs(this.#device); return; }
    if (this.#refused < 4) return;
    actAs(null);
    keep(this.#kind, null);
    location.replace(`/pair/${this.#kind}`);
  }
}

/** What the browser is, as model and version. */
function software() {
  const found = navigator.userAgent.match(/(Edg|Firefox|Chrome|Version)\/(\d+)/);
  const names = { Edg: "Edge", Version: "Safari" };
  return { model: found ? `browser ${names[found[1]] ?? found[1]}` : "browser", firmware: found?.[2] ?? "" };
}

/** The link of this page's device, or null where this browser is none. */
export const device = begin();

function begin() {
  const kinds = Object.entries(KINDS).find(([path]) => location.pathname === path || location.pathname.startsWith(`${path}/`))?.[1] ?? [];
  const kind = kinds.find((one) => kept(one));
  return kind ? new DeviceLink(kind, kept(kind)) : null;
}
