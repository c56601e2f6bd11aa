/** A screen's page in a frame at its true size, drawn small; nothing in it can be touched. */

import { el } from "/static/dom.js";

const SHAPES = { landscape: [1920, 1080], portrait: [1080, 1920], window: [1920, 540], led: [1600, 400] };

/** The shape in which a screen usually hangs. */
export const shapeOf = ({ content, orientation }) => (content === "window" ? "window" : content === "led" ? "led" : orientation === "portrait" ? "portrait" : "landscape");

/** @param {{shape: string, width: number, title: string}} how  width in CSS pixels of the page around */
export function framed(address, { shape, width, title }) {
  const frame = el("iframe.frame__page", { src: address, title, tabindex: -1, loading: "lazy", "aria-hidden": true });
  const box = el("span.frame", {}, frame);
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
