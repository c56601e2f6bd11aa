/** Pictures of other rooms as items of a playlist: kept up to date also while something else is shown. */

import { el, fill } from "/static/dom.js";
import { fitTexts } from "./fit-texts.js";

export class PlaylistModules {
  #layout = null; #parts = new Map(); // id → {topic, part, node, view}

  /** The modules of a layout; an element once made is kept, so that it goes on where it was. */
  hold(layout) {
    this.#layout = layout;
    const wanted = new Map(layout.modules.map((module) => [module.id, module]));
    for (const id of this.#parts.keys()) if (!wanted.has(id)) this.#parts.delete(id);
    for (const { id, tag, topic } of wanted.values()) if (!this.#parts.has(id)) this.#parts.set(id, { topic, part: el(tag), node: el("div.stage__content"), view: null });
  }

  /** Whether a picture is of a module; it is drawn where it is shown now. */
  take(topic, view) {
    const found = [...this.#parts].filter(([, one]) => one.topic === topic);
    for (const [id, one] of found) { one.view = view; if (one.node.isConnected) this.draw({ module: id }); }
    return found.length > 0;
  }

  /** The element of an item; null while there is no picture. */
  made({ module }) {
    const found = this.#parts.get(module);
    return found?.view ? found.node : null;
  }

  draw({ module }) {
    const { node, part, view } = this.#parts.get(module);
    if (part.parentElement !== node) fill(node, part);
    part.show(view, this.#layout);
    fitTexts(part);
  }
}
