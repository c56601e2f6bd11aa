/** The kinds of screens to choose from: the displays' own, and what other rooms bring as "module.{id}". */

import { t } from "/static/i18n.js";

const KINDS = ["board", "window", "overview", "map", "led", "playlist"];

/** @param {{modules: string[]}} view  of screens/hall */
export const kindsOf = ({ modules }) => [...KINDS, ...modules.map((module) => `module.${module}`)];

export const kindOf = ({ content, module }) => (content === "module" ? `module.${module}` : content);

export const kindName = (kind) => t(kind.startsWith("module.") ? `screens.${kind}` : `screens.content.${kind}`);
