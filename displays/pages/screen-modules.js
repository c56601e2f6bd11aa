/** What other rooms give screens to show: their elements, loaded when a layout needs them. */

import { el } from "/static/dom.js";

const AGAIN_MS = 5000;
const loaded = new Set();

/** Whether everything a layout shows is here. */
export const isLoaded = ({ modules }) => modules.every((module) => loaded.has(module.script));

/** Loads what a layout shows; a server that is away is asked again. */
export async function loadModules({ modules }) {
  for (const module of modules) {
    for (const address of module.styles) addStyle(address);
    while (!loaded.has(module.script)) {
      try { await import(module.script); loaded.add(module.script); } catch { await new Promise((done) => { setTimeout(done, AGAIN_MS); }); }
    }
  }
}

/** The module that is a layout's content, or null. */
export const contentModule = ({ content, module, modules }) => (content === "module" ? modules.find((one) => one.id === module) ?? null : null);

function addStyle(href) {
  const isThere = [...document.head.querySelectorAll("link[rel=stylesheet]")].some((link) => link.getAttribute("href") === href);
  if (!isThere) document.head.append(el("link", { rel: "stylesheet", href }));
}
