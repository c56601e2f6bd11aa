"""axe-core on a page: what it finds against WCAG 2.2 AA, in words that say where.

Source: axe-core 4 (Deque, MPL-2.0), https://github.com/dequelabs/axe-core/blob/develop/doc/API.md; axe.min.js comes
with the package axe-playwright-python and is loaded into test pages only.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLACES = ["target-size", "scrollable-region-focusable", "meta-viewport"]
BREAKS = {"contrast": ["color-contrast", "link-in-text-block"], "large": PLACES, "reach": PLACES}
"""Rules that a mode can break: contrast changes colours, the others sizes and places, none names or roles."""

RUN = """async ({ wanted, names, look, fixed }) => {
  const options = (only, off = []) => ({ runOnly: only, resultTypes: ["violations"],
    ...(only.type === "tag" && { rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])) }) });
  const said = ({ violations }) => violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, at: nodes.slice(0, 4).map((node) => `${node.target.join(" ")}: ${node.html.slice(0, 160)} · ${
      [...node.any, ...node.all, ...node.none].map((one) => one.message).join("; ").slice(0, 200)}`),
  }));
  const swept = globalThis.swept ??= new Set();
  const known = (mode) => [...document.querySelectorAll(fixed)].filter((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    const key = [mode, part.outerHTML, x, y, width, height].join("|");
    return swept.has(key) || !swept.add(key);
  });
  const found = async (mode, only) => {
    const context = { include: [document.documentElement], exclude: known(mode) };
    const looks = only.type === "tag" ? look : only.values;
    const others = only.type === "tag" ? said(await axe.run(document, options(only, look))) : [];
    return [...others, ...said(await axe.run(context, options({ type: "rule", values: looks })))];
  };
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const modes = names.length ? (await import("/static/visitor/modes.js")).modes : null;
  const set = async (mode) => { for (const name of names) modes.set(name, name === mode); await drawn(); };
  const all = [];
  for (const { mode, only } of wanted) {
    if (mode) await set(mode);
    all.push({ mode, found: await found(mode, only) });
  }
  if (names.length) await set(null);
  return all;
}"""
"""One question for all modes of a view.

How things look is most of the cost. A head or a bar of modes that stands at its place letter by letter as it stood in a
view before, in the same mode, was looked at then; names, roles and all else are asked of the whole page each time.
"""
LOOK = ["color-contrast", "target-size"]
FIXED = "body > header, body > .demo, visitor-modes"


def faults(page: Page, modes: Iterable[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, by every rule, and in each mode by the rules it can break.

    Args:
        modes: of the page; it is in the normal mode again afterwards.
    """
    return told(page, [ALL, *({"mode": mode, "only": {"type": "rule", "values": BREAKS[mode]}} for mode in modes)])


def faults_in(page: Page, mode: str) -> list[str]:
    """What axe finds on a page that is in a mode already, by the rules this mode can break."""
    return told(page, [{"mode": "", "only": {"type": "rule", "values": BREAKS[mode]}}])


ALL: dict[str, Any] = {"mode": "", "only": {"type": "tag", "values": WCAG}}


def told(page: Page, wanted: list[dict[str, Any]]) -> list[str]:
    """Run, and say in words what was found."""
    if not page.evaluate("() => Boolean(globalThis.axe)"):
        page.evaluate(script())
    names = [one["mode"] for one in wanted if one["mode"]]
    answers: list[dict[str, Any]] = page.evaluate(RUN, {"wanted": wanted, "names": names, "look": LOOK, "fixed": FIXED})
    return [
        f"{answer['mode'] or 'normal'}, {one['impact']} {one['id']} ({one['help']}): {where}"
        for answer in answers
        for one in answer["found"]
        for where in one["at"]
    ]


@cache
def script() -> str:
    """axe itself."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
