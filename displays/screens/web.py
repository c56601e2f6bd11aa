"""Screens over HTTP: what hangs where, the media folder, and the pages that screens load."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from displays.screens import messages as s
from displays.screens.library import VIDEO_BYTES_MOST, MediaLibrary
from displays.screens.media_web import media_routes
from displays.screens.model import FloorPlan, Screen
from displays.screens.modules import ScreenModules
from displays.screens.service import ScreenService
from displays.screens.shown import Layouts, ScreenShown
from displays.screens.views import KEY, ScreensPicture
from hall_server.errors import NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import PageHandler, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, SIGNED_IN, Kind, Route, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES = Path(__file__).parent.parent / "pages"
SCREEN_PAGES: Mapping[str, str] = {
    "/screen/{screen}": "screen.html",
    "/screen-preview": "screen.html",
    "/board/{zone}": "screen.html",
    "/window-screen/{window}": "screen.html",
}
PLAYLIST_BODY_BYTES = 256 * 1024
"""Sixty items with words in two languages."""


class ScreensHandler(ApiHandler):
    """What hangs where."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture("screens", KEY)

    async def post(self) -> None:
        """Hang a screen."""
        await self.run(msgspec.structs.replace(self.read(s.SaveScreen), id="", revision=0))


class ScreenHandler(ApiHandler):
    """One screen."""

    async def put(self, screen: str) -> None:
        """Change it."""
        await self.run(msgspec.structs.replace(self.read(s.SaveScreen), id=screen))

    async def delete(self, screen: str) -> None:
        """Take it down."""
        await self.run(s.RemoveScreen(screen=screen))


class PreviewHandler(ApiHandler):
    """A screen that is not hung yet."""

    service: ScreenService
    layouts: Layouts

    async def post(self) -> None:
        """Answer with its layout, or say which setting cannot be."""
        wanted = self.read(s.SaveScreen)
        self.answer(self.layouts.layout(self.service.wanted(wanted, id_=wanted.id or "preview")))


class PlansHandler(ApiHandler):
    """The floor plans."""

    async def post(self) -> None:
        """Draw one."""
        await self.run(msgspec.structs.replace(self.read(s.SavePlan), id="", revision=0))


class PlanHandler(ApiHandler):
    """One floor plan."""

    async def put(self, plan: str) -> None:
        """Change it."""
        await self.run(msgspec.structs.replace(self.read(s.SavePlan), id=plan))

    async def delete(self, plan: str) -> None:
        """Throw it away."""
        await self.run(s.RemovePlan(plan=plan))


class ScreenPageHandler(PageHandler):
    """A page that hangs in the hall: it knows its version, and the editor may show it in a frame."""

    modules: ScreenModules
    screen: str = ""

    def set_default_headers(self) -> None:
        """Let this hall's own pages frame it; it has nothing to click."""
        super().set_default_headers()
        policy = self._headers.get("Content-Security-Policy", "")
        self.set_header("Content-Security-Policy", policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"))
        self.set_header("X-Frame-Options", "SAMEORIGIN")

    async def get(self, **_: str) -> None:
        """Send the page with its version."""
        try:
            page = await asyncio.to_thread(self.file.read_text, "utf-8")
        except OSError as exc:
            raise NotFound("route.unknown") from exc
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(page.replace("{version}", self.modules.version).replace("{screen}", self.screen))


class WorkerHandler(PageHandler):
    """The service worker of the screens' pages, at the root so that it may serve all of them."""

    async def get(self, **_: str) -> None:
        """Send the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(await asyncio.to_thread(self.file.read_bytes))


def routes(service: ScreenService, layouts: Layouts, library: MediaLibrary, modules: ScreenModules) -> list[Route]:
    """The addresses."""
    shown = Verb(access=MANAGER, summary="What hangs where", reply=ScreensPicture)
    hung = Verb(access=MANAGER, summary="Hang a screen", request=s.SaveScreen, reply=Screen, status=201)
    changed = Verb(access=MANAGER, summary="Change a screen", request=s.SaveScreen, reply=Screen)
    taken = Verb(access=MANAGER, summary="Take a screen down", reply=Screen)
    tried = Verb(access=MANAGER, summary="The layout of a draft", request=s.SaveScreen, reply=ScreenShown)
    drawn = Verb(access=MANAGER, summary="Draw a floor plan", request=s.SavePlan, reply=FloorPlan, status=201)
    redrawn = Verb(access=MANAGER, summary="Change a floor plan", request=s.SavePlan, reply=FloorPlan)
    thrown = Verb(access=MANAGER, summary="Throw a floor plan away", reply=FloorPlan)
    drafts = {"service": service, "layouts": layouts}
    most = PLAYLIST_BODY_BYTES
    return [
        Route("/api/v1/screens", ScreensHandler, {"GET": shown, "POST": hung}, body_limit=most),
        Route("/api/v1/screens/preview", PreviewHandler, {"POST": tried}, body_limit=most, options=drafts),
        Route("/api/v1/screens/{screen}", ScreenHandler, {"PUT": changed, "DELETE": taken}, body_limit=most),
        Route("/api/v1/floor-plans", PlansHandler, {"POST": drawn}, body_limit=most),
        Route("/api/v1/floor-plans/{plan}", PlanHandler, {"PUT": redrawn, "DELETE": thrown}, body_limit=most),
        *media_routes(library, most_bytes=VIDEO_BYTES_MOST),
        *_pages(modules),
    ]


def screen_page(address: str, modules: ScreenModules, screen: str = "", *, name: str = "screen.html") -> Route:
    """A page that hangs in the hall; ``screen``: the key of the one it shows, where its address does not say it."""
    page = {"GET": Verb(access=PUBLIC, summary="Page of a screen", media="text/html")}
    options = {"file": PAGES / name, "modules": modules, "screen": screen}
    return Route(address, ScreenPageHandler, page, kind=Kind.PAGE, options=options)


def _pages(modules: ScreenModules) -> list[Route]:
    script = {"GET": Verb(access=PUBLIC, summary="Service worker of the screens", media="text/javascript")}
    screens = [screen_page(path, modules, name=name) for path, name in SCREEN_PAGES.items()]
    worker = Route(
        "/screen-worker.js", WorkerHandler, script, kind=Kind.STATIC, options={"file": PAGES / "screen-worker.js"}
    )
    editor = page_routes("displays", PAGES, {"/manager/screens": "screens-editor.html"}, access=SIGNED_IN)
    return [*screens, worker, *editor]
