/** Pages of a material: taken from a file or the document camera, put in order by dragging or with keys, turned, removed. */

import { api, ApiError } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, t } from "/static/i18n.js";

const MOST_BYTES = 10 * 1024 * 1024, WITHIN_MS = 60_000, QUALITY = 0.92;
const ACCEPT = "image/jpeg,image/png,image/webp,image/bmp,image/tiff,application/pdf";

/** The address of a page as a picture. */
export const pageSrc = (store, sha) => `/api/v1/${store.base}/scans/${sha}`;

export class Pages {
  #store; #held; #onChange; #node = el("div.leaves"); #busy = 0; #id;

  /** @param {{pages: string[], supply: string}} held  changed in place */
  constructor(store, id, held, onChange) {
    this.#store = store;
    this.#id = id;
    this.#held = held;
    this.#onChange = onChange;
    this.#draw();
  }

  get node() { return this.#node; }

  #draw(focus = null) {
    const input = el("input.visually-hidden", { type: "file", id: `scan-${this.#id}`, accept: ACCEPT, multiple: true, tabindex: -1, on: { change: () => this.add([...input.files]) } });
    fill(this.#node, this.#held.pages.map((sha, at) => this.#page(sha, at)),
      input, el("div.leaves__add", {}, el("label.btn.btn--sm", { for: `scan-${this.#id}`, id: `add-${this.#id}`, tabindex: 0, role: "button", "aria-busy": String(this.#busy > 0), on: { keydown: (event) => { if ([" ", "Enter"].includes(event.key) && !event.ctrlKey) { event.preventDefault(); input.click(); } } } }, icon("plus"), t(this.#busy ? "accept.scan.busy" : "accept.scan.add")),
        navigator.mediaDevices && el("button.btn.btn--sm.btn--quiet", { id: `camera-${this.#id}`, on: { click: () => this.camera() } }, icon("screen"), t("accept.scan.camera"))));
    if (focus !== null) this.#node.querySelectorAll(".leaf")[focus]?.focus();
  }

  #page(sha, at) {
    const n = this.#held.pages.length;
    return el("div.leaf", { tabindex: 0, draggable: "true", role: "group", "aria-label": t("accept.scan.page", { n: at + 1, of: n }), title: t("accept.scan.keys"), dataset: { sha },
      on: { keydown: (event) => this.#key(event, sha, at), dragstart: (event) => event.dataTransfer.setData("text/plain", String(at)), dragover: (event) => event.preventDefault(), drop: (event) => { event.preventDefault(); this.#move(Number(event.dataTransfer.getData("text/plain")), at); }, dblclick: () => this.#look(sha) } },
      el("img.leaf__img", { src: pageSrc(this.#store, sha), alt: "", loading: "lazy", draggable: "false" }), el("span.leaf__n.num", {}, at + 1),
      el("div.leaf__do", {}, small("repeat", "accept.scan.turn", () => this.#turn(sha, at)), small("eye", "accept.scan.look", () => this.#look(sha)), small("trash", "accept.scan.remove", () => this.#remove(sha, at))));
  }

  #key(event, sha, at) {
    if (event.target !== event.currentTarget) return;
    const go = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (go && event.shiftKey) { event.preventDefault(); this.#move(at, at + go); return; }
    if (go) { event.preventDefault(); this.#node.querySelectorAll(".leaf")[at + go]?.focus(); return; }
    const does = { r: () => this.#turn(sha, at), Delete: () => this.#remove(sha, at), Enter: () => this.#look(sha) }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (does && !event.ctrlKey && !event.altKey) { event.preventDefault(); event.stopPropagation(); does(); }
  }

  #move(from, to) {
    const pages = this.#held.pages;
    if (to < 0 || to >= pages.length || from === to || Number.isNaN(from)) return;
    pages.splice(to, 0, ...pages.splice(from, 1));
    this.#draw(to);
    this.#onChange();
  }

  async #turn(sha, at) {
    await this.#work(async () => {
      const other = await api.post(`${this.#store.base}/scans/${sha}/turn`, { ticket: this.#store.ticket.id, quarters: 1 });
      this.#store.dropScan(sha, other);
    }, at);
  }

  async #remove(sha, at) {
    await this.#work(async () => {
      await api.del(`${this.#store.base}/scans/${sha}?ticket=${encodeURIComponent(this.#store.ticket.id)}`);
      this.#store.dropScan(sha);
    }, Math.min(at, this.#held.pages.length - 2));
  }

  async #work(does, focus) {
    this.#busy += 1;
    try { await does(); this.#onChange(); } catch (error) { toast(errorText(error), "bad"); }
    this.#busy -= 1;
    this.#draw(focus);
  }

  /** Takes files or a picture in, one after the other, in their order. */
  async add(files) {
    if (!files.length) return;
    this.#busy += 1;
    this.#draw();
    for (const file of files) {
      try {
        const { pages } = await upload(`${this.#store.base}/scans?ticket=${encodeURIComponent(this.#store.ticket.id)}`, file);
        this.#store.takeScans(pages);
        this.#held.pages.push(...pages.map((one) => one.sha256));
        if (this.#held.supply === "paper" || this.#held.supply === "form") this.#held.supply = "scan";
      } catch (error) { toast(errorText(error), "bad", { ms: 8000 }); }
    }
    this.#busy -= 1;
    this.#onChange();
    this.#draw(this.#held.pages.length - 1);
  }

  #look(sha) {
    const box = el("dialog.dialog.look", { "aria-label": t("accept.scan.look"), on: { close: () => box.remove(), click: () => box.close() } }, el("img.look__img", { src: pageSrc(this.#store, sha), alt: t("accept.scan.look") }));
    document.body.append(box);
    box.showModal();
  }

  /** The document camera: Space takes a page, Escape ends. */
  async camera() {
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 2592 }, height: { ideal: 1944 }, facingMode: "environment" } }); } catch { toast(t("accept.scan.no_camera"), "bad"); return; }
    const video = el("video.camera__video", { autoplay: true, playsinline: true });
    video.srcObject = stream;
    const taken = el("span.num", { role: "status" }, "0");
    let n = 0;
    const take = async () => { const file = await still(video); if (file) { taken.textContent = String(++n); await this.add([file]); } };
    const shoot = el("button.btn.btn--primary.btn--lg", { id: "camera-take", autofocus: true, on: { click: take } }, icon("record"), t("accept.scan.take"), el("kbd.key", {}, "Space"));
    const box = el("dialog.dialog.camera", { "aria-label": t("accept.scan.camera"), on: { close: () => { stream.getTracks().forEach((one) => one.stop()); box.remove(); } } },
      el("div.dialog__body", {}, video, el("div.spread", {}, el("span", {}, t("accept.scan.taken"), " ", taken), el("div.cluster", {}, el("button.btn", { on: { click: () => box.close() } }, t("accept.scan.done")), shoot))));
    document.body.append(box);
    box.showModal();
  }
}

const small = (name, key, does) => el("button.leaf__btn", { title: t(key), "aria-label": t(key), tabindex: -1, on: { click: (event) => { event.stopPropagation(); does(); } } }, icon(name));

async function still(video) {
  const canvas = el("canvas", { width: video.videoWidth, height: video.videoHeight });
  if (!video.videoWidth) return null;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

async function upload(path, file) {
  if (file.size > MOST_BYTES) throw new ApiError({ code: "body.too_large", message: t("accept.scan.too_large"), status: 413 });
  const xsrf = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/);
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method: "POST", cache: "no-store", credentials: "same-origin", body: file, signal: AbortSignal.timeout(WITHIN_MS),
      headers: { "Content-Type": "application/octet-stream", "Accept-Language": lang(), ...(xsrf ? { "X-XSRFToken": decodeURIComponent(xsrf[1]) } : {}) },
    });
  } catch { throw new ApiError({ code: "network.unreachable", message: "" }); }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError({ ...(body?.error ?? { code: `http.${response.status}`, message: "" }), status: response.status });
  return body;
}
