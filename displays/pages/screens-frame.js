/** A screen's page in a frame at its true size, drawn small; nothing in it can be touched. */

import { el } from "/static/dom.js";

const SHAPES = { landscape: [1920, 1080], portrait: [1080, 1920], window: [1920, 540], led: [1600, 400] };

const AT_ONCE = 2;
const PATIENT_MS = 8000;
const waiting = new Set();
const loading = new Set();

/* Only frames in sight hold a page, and they load one after the other: a hall may have a hundred screens. */
const sight = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (isIntersecting) waiting.add(target);
    else { waiting.delete(target); if (target.hasAttribute("src")) { target.src = "about:blank"; target.removeAttribute("src"); } }
  }
  next();
}, { rootMargin: "200px" });

function next() {
  for (const frame of loading) if (!frame.isConnected) loading.delete(frame);
  for (const frame of waiting) {
    if (loading.size >= AT_ONCE) return;
    waiting.delete(frame);
    if (!frame.isConnected || frame.hasAttribute("src")) continue;
    loading.add(frame);
    const done = () => { loading.delete(frame); next(); };
    frame.addEventListener("load", done, { once: true });
    setTimeout(done, PATIENT_MS);
    frame.src = frame.dataset.address;
  }
}

/** The shape in which a screen usually hangs. */
export const shapeOf = ({ content, orientation }) => (content === "window" ? "window" : content === "led" ? "led" : orientation === "portrait" ? "portrait" : "landscape");

/** @param {{shape: string, width: number, title: string}} how  width in CSS pixels of the page around */
export function framed(address, { shape, width, title }) {
  const frame = el("iframe.frame__page", { dataset: { address }, title, tabindex: -1, "aria-hidden": "true" });
  const box = el("span.frame", {}, frame);
  sight.observe(frame);
  sized(box, { shape, width });
  return box;
}

/** Gives a frame another shape or width. */
export function sized(box, { shape, width }) {
  const [w, h] = SHAPES[shape];
  const scale = Math.min(width / w, (width * 1.05) / h);
  const frame = box.firstElementChild;
  frame.width = w;
  frame.height = h;
  frame.style.transform = `scale(${scale})`;
  box.style.width = `${w * scale}px`;
  box.style.height = `${h * scale}px`;
}
