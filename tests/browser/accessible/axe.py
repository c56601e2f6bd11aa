"""axe-core on a page: what it finds against WCAG 2.2 AA, in words that say where.

Source: axe-core 4 (Deque, MPL-2.0), https://github.com/dequelabs/axe-core/blob/develop/doc/API.md; axe.min.js comes
with the package axe-playwright-python and is loaded into test pages only.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLACES = ["target-size", "scrollable-region-focusable", "meta-viewport"]
BREAKS = {"contrast": ["color-contrast", "link-in-text-block"], "large": PLACES, "reach": PLACES}
"""Rules that a mode can break: contrast changes colours, the others sizes and places, none names or roles."""

RUN = """async (only) => {
  const options = { runOnly: only, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] };
  if (only.type === "rule") delete options.rules;
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, at: nodes.slice(0, 4).map((node) => `${node.target.join(" ")}: ${node.html.slice(0, 160)} · ${
      [...node.any, ...node.all, ...node.none].map((one) => one.message).join("; ").slice(0, 200)}`),
  }));
}"""


def faults(page: Page, *, mode: str | None = None) -> list[str]:
    """What axe finds on the page as it stands; empty: nothing.

    Args:
        mode: only the rules that this mode can break; without one, all.
    """
    if not page.evaluate("() => Boolean(globalThis.axe)"):
        page.evaluate(_script())
    only = {"type": "rule", "values": BREAKS[mode]} if mode else {"type": "tag", "values": WCAG}
    found: list[dict[str, Any]] = page.evaluate(RUN, only)
    return [f"{one['impact']} {one['id']} ({one['help']}): {where}" for one in found for where in one["at"]]


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
