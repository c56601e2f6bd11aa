"""Takes the README's pictures: every screen of a busy demonstration hall at its real size, in both languages."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from PIL import Image  # noqa: E402  # after the path is set
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from scripts.hall_process import Caller, HallProcess  # noqa: E402
from scripts.hall_scene import Scene, office, play  # noqa: E402
from scripts.screens_scene import hang  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--autoplay-policy=no-user-gesture-required"]  # as on a board's own machine
COLOURS = 128
"""Of a picture's palette: screens have few colours, and the pictures together stay below 4.5 MB."""
MOST_BYTES = 4_500_000
FRAMES_MS = 30_000
IN_SIGHT = 8
"""Little pictures of the editor that a window of 1440 by 900 shows."""


SCROLLS_MOST = 30
NAME = (
    ((0.20, 0.30), (0.30, 0.26), (0.29, 0.44), (0.21, 0.46), (0.20, 0.62), (0.31, 0.60), (0.27, 0.80)),
    ((0.34, 0.50), (0.46, 0.46)),
    ((0.42, 0.24), (0.39, 0.56), (0.47, 0.78)),
    ((0.60, 0.24), (0.60, 0.78), (0.56, 0.70)),
    ((0.52, 0.42), (0.50, 0.60)),
    ((0.67, 0.38), (0.72, 0.58)),
)
"""Strokes of a signature, in parts of the board's width and height."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture; ``ready`` is there when the page is, ``steps`` lead to what it shall show."""

    name: str
    path: str
    size: tuple[int, int]
    ready: str
    staff: bool = False
    window: str = ""  # seen by who serves there
    both: bool = False  # shows both languages at once
    steps: Callable[[Page], None] | None = None


def _matter(page: Page) -> None:
    page.locator(".k-tile").first.click()
    expect(page.locator("#take")).to_be_visible()


def _ticket(page: Page) -> None:
    _matter(page)
    page.locator("#take").click()
    expect(page.locator(".k-qr img")).to_have_js_property("complete", True)


def _edit(page: Page) -> None:
    page.locator("#row-w05").click()
    expect(page.locator("#save")).to_be_visible()


def _differ(page: Page) -> None:
    """One rule changed and not saved, and a line that differs."""
    page.locator("#nav-call").click()
    page.locator("#v-recalls_max").fill("4")
    page.locator("#a-recalls_max").select_option("labour")
    page.locator("#v-recalls_max-labour").fill("5")
    expect(page.locator("#bar")).to_be_visible()


def _sign(page: Page) -> None:
    """The sheet read to its end, and a name written."""
    expect(page.locator(".paper")).to_be_visible()
    for _ in range(SCROLLS_MOST):
        if page.locator("#cf-confirm").is_visible():
            break
        page.locator("#cf-more").click()
    page.locator("#cf-confirm").click()
    board = page.locator(".board__canvas").bounding_box()
    assert board is not None  # noqa: S101  # it was pressed for
    for stroke in NAME:
        points = [(board["x"] + board["width"] * x, board["y"] + board["height"] * y) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=4)
        page.mouse.up()


def _frame(page: Page) -> None:
    """The screen beside its form has its picture."""
    expect(page.frame_locator("iframe").first.locator(".call--hero")).to_be_visible(timeout=FRAMES_MS)


def _frames(page: Page) -> None:
    """The little pictures in sight are there."""
    frames = page.locator(".se__card iframe[src]")
    expect(frames).not_to_have_count(0, timeout=FRAMES_MS)
    for at in range(IN_SIGHT):
        shown = page.frame_locator(f".se__card:nth-child({at + 1}) iframe").locator("body[data-ready=true]")
        expect(shown).to_be_attached(timeout=FRAMES_MS)


def _guided(page: Page) -> None:
    """What to bring for an identity card."""
    page.locator("#theme-identity").click()
    page.locator("[id^=matter-]").first.click()
    while option := page.locator("[id^=option-], .g-facts").first.get_attribute("id"):
        title = page.locator("#title").inner_text()
        page.locator(f"#{option}").click()
        expect(page.locator("#title")).not_to_have_text(title)


def _asked(page: Page) -> None:
    """An everyday phrase with a wrong character, and what it finds."""
    page.locator("#ask").click()
    page.locator("#q").fill("丢了身分证怎么补")
    expect(page.locator(".en-found .v-choice").first).to_contain_text("身份证")


def _led(page: Page) -> None:
    """The way to its window."""
    _guided(page)
    page.locator("#way").click()
    expect(page.locator(".way__steps")).to_be_visible()


SHOTS = (
    Shot(name="start", path="/", size=(1440, 900), ready=".h-window"),
    Shot(name="kiosk", path="/kiosk?lang={locale}", size=(1080, 1920), ready=".k-tile"),
    Shot(name="kiosk-matter", path="/kiosk?lang={locale}", size=(1080, 1920), ready=".k-tile", steps=_matter),
    Shot(name="kiosk-ticket", path="/kiosk?lang={locale}", size=(1080, 1920), ready=".k-tile", steps=_ticket),
    Shot(name="guide", path="/guide?machine=kiosk&lang={locale}", size=(1080, 1920), ready=".g-theme", steps=_guided),
    Shot(name="guide-way", path="/guide?machine=table&lang={locale}", size=(1920, 1080), ready=".g-theme", steps=_led),
    Shot(name="enquiry", path="/enquiry?lang={locale}", size=(1920, 1080), ready="#tile-matters"),
    Shot(
        name="enquiry-search",
        path="/enquiry?machine=kiosk&lang={locale}",
        size=(1080, 1920),
        ready="#tile-matters",
        steps=_asked,
    ),
    Shot(name="self-service", path="/selfservice?lang={locale}", size=(1080, 1920), ready="#file"),
    Shot(name="phone", path="/t/{waiting}", size=(390, 844), ready=".p-place"),
    Shot(name="phone-called", path="/t/{called}", size=(390, 844), ready=".p-call"),
    Shot(name="board", path="/board/z2", size=(1920, 1080), ready=".call--hero", both=True),
    Shot(name="window-screen", path="/window-screen/w05", size=(1920, 540), ready=".ws__number", both=True),
    Shot(name="screen-board", path="/screen/{board}", size=(1920, 1080), ready=".call--hero", both=True),
    Shot(name="screen-board-upright", path="/screen/{light}", size=(1080, 1920), ready=".call--hero", both=True),
    Shot(name="screen-split", path="/screen/{split}", size=(1920, 1080), ready=".page-text", both=True),
    Shot(name="screen-overview", path="/screen/{overview}", size=(1920, 1080), ready=".ov__line", both=True),
    Shot(name="screen-map", path="/screen/{map}", size=(1920, 1080), ready=".spot", both=True),
    Shot(name="screen-led", path="/screen/{led}", size=(1280, 640), ready=".led__row", both=True),
    Shot(name="pad", path="/pad/w11", size=(1280, 800), ready=".ask"),
    Shot(name="console", path="/console?window=w16", size=(1366, 768), ready="[data-state=serving]", staff=True),
    Shot(name="manager", path="/manager", size=(1440, 900), ready=".live__table", staff=True),
    Shot(name="manager-windows", path="/manager#windows", size=(1440, 900), ready="#row-w05", staff=True, steps=_edit),
    Shot(name="screens", path="/manager/screens", size=(1440, 900), ready="#list", staff=True, steps=_frames),
    Shot(
        name="screens-change",
        path="/manager/screens#screen={split}",
        size=(1440, 1000),
        ready="#f-name",
        staff=True,
        steps=_frame,
    ),
    Shot(name="ratings", path="/ratings", size=(1920, 1080), ready=".hero__arc"),
    Shot(name="reviews", path="/manager/reviews", size=(1440, 900), ready="#columns", staff=True),
    Shot(name="review", path="/manager/reviews#{order}", size=(1440, 900), ready=".rcard__history li", staff=True),
    Shot(name="confirm", path="/confirm/w16", size=(1280, 800), ready=".paper", window="w16"),
    Shot(name="confirm-sign", path="/confirm/w16", size=(1280, 800), ready=".paper", window="w16", steps=_sign),
    Shot(name="attendance", path="/manager/attendance", size=(1440, 900), ready="table", staff=True),
    Shot(name="rules", path="/manager/rules", size=(1440, 900), ready="#r-recalls_max", staff=True, steps=_differ),
)


def take(browser: Browser, hall: HallProcess, scene: Scene) -> int:
    """Take all pictures; gives their size in bytes."""
    tokens = {state: getattr(scene, state)["token"] for state in ("waiting", "called", "done")} | hang(scene.manager)
    tokens["order"] = office(hall, scene)
    total = 0
    for shot in SHOTS:
        for name, locale in list(LANGUAGES.items())[: 1 if shot.both else None]:
            if shot.name == "pad":
                _ask(scene.manager)
            width, height = shot.size
            context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
            if shot.staff:
                _signed_in(scene.manager, hall.address, context.add_cookies)
            elif shot.window:
                clerk = next(one for one in hall.accounts["staff"] if one["window"] == shot.window)
                _signed_in(hall.caller().sign_in(clerk), hall.address, context.add_cookies)
            page = context.new_page()
            page.goto(hall.address + shot.path.format_map({**tokens, "locale": locale}))
            expect(page.locator(shot.ready).first).to_be_visible()
            if shot.steps:
                shot.steps(page)
            page.evaluate("() => document.fonts.ready.then(() => null)")
            total += _keep(
                page.screenshot(animations="disabled", caret="hide"),
                PICTURES / f"{shot.name}{'' if shot.both else f'.{name}'}.png",
            )
            context.close()
    return total


def _ask(manager: Caller) -> None:
    """Let a visit end, so that the pad asks about it."""
    for verb in ("call", "start", "finish"):
        manager.post(f"windows/w11/{verb}")


def _signed_in(caller: Caller, address: str, add: Callable[..., None]) -> None:
    add([{"name": name, "value": value, "url": address} for name, value in caller.cookies.items()])


def _keep(png: bytes, path: Path) -> int:
    """Write a picture with few colours; gives its size in bytes."""
    small = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    return path.stat().st_size


def main() -> int:
    """Take the pictures; the exit status is 1 if they are too large, 2 without chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is not installed (scripts/system-packages)", file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, HallProcess(Path(folder) / "data").start() as hall:
        scene = play(hall)
        with sync_playwright() as playwright:
            total = take(playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS), hall, scene)
        hall.stop()
    print(f"{total / 1e6:.2f} MB of pictures in {PICTURES.relative_to(ROOT)}")
    return int(total > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
