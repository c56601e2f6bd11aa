"""What managers see and do of the way upward: what waits, what was refused, sending again, comparing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from evaluation.upward import table
from evaluation.upward.messages import MOST, SendAgain
from evaluation.upward.pusher import Trouble
from evaluation.upward.reconcile import DAYS, Reconciliation
from evaluation.upward.service import Noted
from evaluation.upward.table import RefusedRow, Standing
from hall_server.errors import Invalid, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from evaluation.upward import Room
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
"""What the manager's page of ratings loads."""
SHOWN = 200


class UpwardFound(msgspec.Struct, frozen=True, kw_only=True):
    """How the way upward does.

    Attributes:
        on: whether the hall has a platform; platform: its host.
        refused: the newest of those the platform does not take.
    """

    on: bool
    platform: str
    standing: Standing
    refused: list[RefusedRow]
    trouble: Trouble | None
    reconciliation: Reconciliation | None


class ResendWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/upward/again`: refused ratings, all of them where none are named, or everything of a day."""

    ratings: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=80)], ...], Meta(max_length=MOST)] = ()
    day: date | None = None


class CompareWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/upward/compare`: which days."""

    first: date
    last: date


class UpwardHandler(ApiHandler):
    """A handler of the way upward."""

    hall: Server
    room: Room

    async def get(self) -> None:
        """Answer with how it does."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)
        settings, room = self.hall.settings, self.room
        since = settings.upward_from or ""
        self.answer(
            UpwardFound(
                on=room.pusher is not None,
                platform=urlsplit(settings.upward_url or "").hostname or "",
                standing=await table.standing(self.hall.views, since=since),
                refused=await table.refused(self.hall.views, since=since, limit=SHOWN),
                trouble=room.pusher.trouble if room.pusher else None,
                reconciliation=room.reconciler.last if room.reconciler else None,
            )
        )


class AgainHandler(UpwardHandler):
    """补报."""

    async def post(self) -> None:
        """Send again what was mended, or a day."""
        wanted = self.read(ResendWanted)
        await self.run(SendAgain(ratings=wanted.ratings, day=wanted.day))
        self.room.hurry()


class TryHandler(UpwardHandler):
    """Trying now."""

    async def post(self) -> None:
        """Do not wait for the next try."""
        if self.room.pusher is None:
            raise Refused("upward.off")
        self.room.hurry()
        self.answer(Noted())


class CompareHandler(UpwardHandler):
    """Comparing."""

    async def post(self) -> None:
        """Ask the platform what it has."""
        wanted = self.read(CompareWanted)
        if self.room.reconciler is None:
            raise Refused("upward.off")
        if wanted.last < wanted.first:
            raise Invalid("figures.backwards", field="last")
        if (wanted.last - wanted.first).days >= DAYS:
            raise Invalid("figures.too_long", field="first", most=DAYS)
        self.answer(await self.room.reconciler.compare(wanted.first, wanted.last))


def routes(server: Server, room: Room) -> list[Route]:
    """The addresses."""
    options = {"hall": server, "room": room}
    read = Verb(access=MANAGER, summary="How ratings get upward", reply=UpwardFound)
    again = Verb(access=MANAGER, summary="Send ratings upward again", request=ResendWanted, reply=Noted)
    now = Verb(access=MANAGER, summary="Try to send upward now", reply=Noted)
    compare = Verb(access=MANAGER, summary="Compare with the platform", request=CompareWanted, reply=Reconciliation)
    return [
        Route("/api/v1/ratings/upward", UpwardHandler, {"GET": read}, options=options),
        Route("/api/v1/ratings/upward/again", AgainHandler, {"POST": again}, options=options),
        Route("/api/v1/ratings/upward/try", TryHandler, {"POST": now}, options=options),
        Route("/api/v1/ratings/upward/compare", CompareHandler, {"POST": compare}, options=options),
        file_route("upward", PAGES),
    ]
