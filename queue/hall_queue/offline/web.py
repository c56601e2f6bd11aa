"""Numbers for a lost link over HTTP: kiosks reserve and hand in, managers look, visitors claim their page."""

from __future__ import annotations

import asyncio

from hall_queue.model import Channel
from hall_queue.offline import pictures
from hall_queue.offline.handlers import HandInAnswers, NumbersGiven
from hall_queue.offline.requests import HandInWanted, NumbersWanted, handing_in, key_mark, reserving
from hall_queue.offline.room import OfflineRoom
from hall_queue.offline.worker import worker
from hall_queue.web import PAGES
from hall_server.errors import Forbidden
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler, BaseHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import MANAGER, PUBLIC, STAFF, Kind, Limit, Route, Verb, roles

CLAIM_PAGE = "{key:[\\w-]{22}}"


class OfflineHandler(ApiHandler):
    """A handler of this room."""

    room: OfflineRoom

    def check_may_give(self) -> None:
        """Refuse visitors' own machines where the hall gives numbers only at its kiosks.

        Raises:
            Forbidden: ``ticketing.kiosks_only``.
        """
        settings = self.room.hall.settings
        if self.actor.kind is Role.VISITOR and not (settings.open_ticketing or settings.demo):
            raise Forbidden("ticketing.kiosks_only")


class NumbersHandler(OfflineHandler):
    """Numbers ahead."""

    async def post(self) -> None:
        """Reserve."""
        self.check_may_give()
        await self.run(reserving(self.read(NumbersWanted), self.actor, self.server.keys))


class HandInHandler(OfflineHandler):
    """Tickets afterwards."""

    async def post(self) -> None:
        """Take them in."""
        self.check_may_give()
        await self.run(handing_in(self.read(HandInWanted), self.actor, self.server.keys, Channel.KIOSK))


class TodayHandler(OfflineHandler):
    """What was given without the server."""

    async def get(self) -> None:
        """Answer with today's."""
        shown = pictures.today(self.room.hall, self.room.kept)
        await self.server.settled()
        self.answer(shown)


class ClaimHandler(OfflineHandler):
    """The way from a slip to its phone page."""

    async def get(self, key: str) -> None:
        """Answer with what is known of it."""
        shown = pictures.claim(self.room.hall, self.room.kept, key_mark(self.server.keys, key))
        await self.server.settled()
        self.answer(shown)


class WorkerHandler(BaseHandler):
    """The kiosk's service worker, at the root: a worker may only serve pages below its own address."""

    async def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(await asyncio.to_thread(worker, PAGES, self.web.locales))


def routes(room: OfflineRoom) -> list[Route]:
    """The addresses."""
    settings = room.hall.settings
    givers = PUBLIC if settings.open_ticketing or settings.demo else roles(Role.DEVICE) | STAFF
    per_minute = settings.tickets_per_minute
    limit = Limit("tickets", per_s=per_minute / 60, burst=per_minute)
    reserve = Verb(
        access=givers, summary="Numbers for a lost link", request=NumbersWanted, reply=NumbersGiven, limit=limit
    )
    hand_in = Verb(
        access=givers, summary="Hand in what was given", request=HandInWanted, reply=HandInAnswers, limit=limit
    )
    today = Verb(access=MANAGER, summary="What was given without the server", reply=pictures.OfflineToday)
    claim = Verb(access=PUBLIC, summary="From an offline slip to its ticket", reply=pictures.Claim)
    options = {"room": room}
    return [
        Route("/api/v1/kiosk/numbers", NumbersHandler, {"POST": reserve}, options=options),
        Route("/api/v1/kiosk/hand-in", HandInHandler, {"POST": hand_in}, options=options),
        Route("/api/v1/kiosk/offline", TodayHandler, {"GET": today}, options=options),
        Route(f"/api/v1/kiosk/claims/{CLAIM_PAGE}", ClaimHandler, {"GET": claim}, options=options),
        Route("/kiosk-worker.js", WorkerHandler, {"GET": Verb(access=PUBLIC)}, kind=Kind.STATIC),
        *page_routes("hall_queue", PAGES, {f"/t/offline/{CLAIM_PAGE}": "claim.html"}),
    ]
