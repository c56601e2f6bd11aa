"""Draw the phone page's icons from `icon.svg` with the installed chromium; run once after the icon has changed.

Usage: python -m scripts.phone_icons
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
ICON = ROOT / "hall_server/web/static/icon.svg"
PAGES = ROOT / "cases/phone/pages"
BLUE = "#0a4d94"
SAFE = 0.78
"""Of a maskable icon only a circle of 80 % is sure to be seen. Source: W3C, Web Application Manifest, icon masks."""
DRAWN = (("icon-192.png", 192, 1.0), ("icon-512.png", 512, 1.0), ("icon-mask.png", 512, SAFE))


def main() -> None:
    """Draw all of them."""
    source = "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size, share in DRAWN:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = BLUE if share < 1 else "transparent"
            page.set_content(
                f'<body style="margin:0;display:grid;place-items:center;height:100vh;background:{ground}">'
                f'<img src="{source}" width="{size * share}" height="{size * share}"></body>'
            )
            page.wait_for_function("document.images[0].complete")
            page.screenshot(path=PAGES / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
