/** What the test button shows on a page: which device this is, where, and that every corner and colour is there. */

import { el } from "./dom.js";

const BARS = ["white", "yellow", "cyan", "green", "magenta", "red", "blue", "black"];
let shown = null;

/** Shows the test picture for a while and tells what the screen is. @returns {Promise<object>} */
export async function showTest({ device = "", name = "", texts = {}, seconds = 10 }) {
  await styled();
  shown?.remove();
  const size = `${innerWidth} × ${innerHeight} · ${devicePixelRatio}×`;
  shown = el("div.device-test", { role: "status", popover: "manual" },
    el("div.device-test__bars", {}, BARS.map((colour) => el(`i.device-test__bar.device-test__bar--${colour}`))),
    el("div.device-test__card", {}, el("p.device-test__name", {}, name || device), el("p.device-test__id", {}, device), el("p", {}, texts.zh ?? ""), el("p", {}, texts.en ?? ""), el("p.device-test__size", {}, size)),
    ["a", "b", "c", "d"].map((corner) => el(`i.device-test__corner.device-test__corner--${corner}`)));
  document.body.append(shown);
  shown.showPopover?.();
  const mine = shown;
  setTimeout(() => { mine.remove(); if (shown === mine) shown = null; }, seconds * 1000);
  return { screen: size, page: location.pathname };
}

/* Loaded with the first test only. */
function styled() {
  if (document.querySelector("link[data-device-test]")) return null;
  return new Promise((resolve) => {
    const link = el("link", { rel: "stylesheet", href: "/static/device-test.css", "data-device-test": true, on: { load: resolve, error: resolve } });
    document.head.append(link);
  });
}
