/** Builds elements in code: text is always text, so no page can be given markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "open", "indeterminate", "readOnly"]);

/**
 * @param {string} tag  "div", "button.btn.btn--primary" (classes may follow the tag)
 * @param {object} [props]  class, dataset, style (an object), on (event → listener), DOM properties, else attributes
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.classList.add(...classes);
  if (name === "button") node.type = "button";
  set(node, props ?? {});
  node.append(...kept(children));
  return node;
}

/** Sets what `el` takes as its second argument on a node that exists. */
export function set(node, props) {
  for (const [key, value] of Object.entries(props)) setOne(node, key, value);
  return node;
}

function setOne(node, key, value) {
  if (key === "class") node.classList.add(...String(value).split(/\s+/).filter(Boolean));
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
  else if (key === "on") for (const [k, v] of Object.entries(value)) node.addEventListener(k, v);
  else if (PROPERTIES.has(key)) node[key] = value;
  else if (value === false || value === null || value === undefined) node.removeAttribute(key);
  else node.setAttribute(key, value === true ? "" : value);
}

/** Puts `children` in place of what `node` holds; keeps the focus on the element with the same id. */
export function fill(node, ...children) {
  const focused = node.contains(document.activeElement) ? document.activeElement.id : "";
  node.replaceChildren(...kept(children));
  if (focused) node.querySelector(`#${CSS.escape(focused)}`)?.focus();
  return node;
}

/** Sets a text only when it differs, so that screen readers are not told twice. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  return node;
}

/** The text with spaces that never break: "Window 3" stays on one line. */
export const unbroken = (text) => String(text ?? "").replace(/ /g, "\u00a0");

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function kept(children) {
  return children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== true && c !== "").map((c) => (c instanceof Node ? c : String(c)));
}
