"""Addresses of the phone's page: itself, its manifest, its worker; everything else it asks of its neighbours."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import msgspec

from cases.phone.worker import worker
from hall_queue.room import Room
from hall_queue.web import CodeHandler, RoomHandler
from hall_server.directory.model import Span
from hall_server.directory.opening import Opening
from hall_server.web.handlers import BaseHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import PUBLIC, Kind, Route, Verb

PAGES = Path(__file__).parent / "pages"
ROOM = "cases_phone"
PAGE = "/m/"
"""With the stroke: a worker's scope is a beginning of addresses, and `/m` alone would begin `/manager` too."""
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)


DAYS_SHOWN = 7


class DayOpen(msgspec.Struct, frozen=True, kw_only=True):
    """A day with its opening spans, hall time; none: closed."""

    day: date
    spans: tuple[Span, ...]


class DaysOpen(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/hall/opening`: today and the next days, holidays heeded; empty in a hall that never closes."""

    days: list[DayOpen]


class ToPageHandler(BaseHandler):
    """`/m`: what hangs on walls and is typed by hand."""

    async def get(self) -> None:
        """Lead to the page."""
        self.redirect(PAGE)

    async def head(self) -> None:
        """Lead to the page."""
        await self.get()


class ManifestHandler(BaseHandler):
    """What a phone needs to put the page among its own programs."""

    async def get(self) -> None:
        """Send it, with the hall's name."""
        hall = self.server.directory.hall
        name = (hall.name if hall else "") or "政务服务大厅"
        self.set_header("Content-Type", "application/manifest+json; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(msgspec.json.encode(manifest(name)))


class WorkerHandler(BaseHandler):
    """The page's service worker, below the address of the page: a worker may only serve what lies there."""

    async def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(await asyncio.to_thread(worker, PAGES, self.web.locales))


class OpeningHandler(RoomHandler):
    """When the hall is open in the next days."""

    async def get(self) -> None:
        """Answer with each of them."""
        hall = self.room.hall
        hours, today = hall.directory.hours, hall.local_now().date()
        days = [today + timedelta(days=n) for n in range(DAYS_SHOWN)] if hours is not None else []
        spans = Opening(hours, hall.directory.calendar).spans_on if hours is not None else lambda day: ()
        self.answer(DaysOpen(days=[DayOpen(day=day, spans=spans(day)) for day in days]))


class QrHandler(CodeHandler):
    """The code for kiosks, boards and paper."""

    async def get(self) -> None:
        """Draw it."""
        self.draw("/m")


def manifest(hall: str) -> dict[str, object]:
    """The manifest. Source: W3C, Web Application Manifest."""
    return {
        "id": PAGE,
        "name": hall,
        "short_name": "一门",
        "start_url": PAGE,
        "scope": "/",
        "display": "standalone",
        "lang": "zh-CN",
        "background_color": "#f4f6f9",
        "theme_color": "#0a4d94",
        "icons": [
            {"src": f"/pages/{ROOM}/{file}", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
    }


def routes(queue: Room) -> list[Route]:
    """All of them."""
    opening = Verb(access=PUBLIC, summary="When the hall is open in the next days", reply=DaysOpen)
    public = {"GET": Verb(access=PUBLIC, summary="Page of phones", media="text/html")}
    qr = Verb(access=PUBLIC, summary="QR code of the page for phones", media="image/svg+xml")
    return [
        Route("/m", ToPageHandler, public, kind=Kind.PAGE),
        Route("/m/worker.js", WorkerHandler, {"GET": Verb(access=PUBLIC)}, kind=Kind.STATIC),
        Route("/m/manifest.webmanifest", ManifestHandler, {"GET": Verb(access=PUBLIC)}, kind=Kind.STATIC),
        Route("/api/v1/hall/phone.svg", QrHandler, {"GET": qr}, options={"room": queue}),
        Route("/api/v1/hall/opening", OpeningHandler, {"GET": opening}, options={"room": queue}),
        *page_routes(ROOM, PAGES, {PAGE: "phone.html"}),
        file_route(ROOM, PAGES),
    ]
