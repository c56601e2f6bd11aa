"""The one issuing window (统一窗口出件): what lies ready, who signs for it, couriers and boxes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cases import messages as m
from cases.hall import HallPlace
from cases.issuing import messages as i
from cases.issuing import web
from cases.issuing.bringing import Bringing
from cases.issuing.finding import Finder
from cases.issuing.ports import BoxWall, CourierCounter, PadSigning
from cases.issuing.service import Boxes, HandedOut, IssuingService
from hall_server.days import DayOpened
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import STAFF, Access

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server

TOPIC = "issuing"
CONSOLE_MODULE = "/pages/issuing/console-issue.js"
_MOVES = frozenset(
    {
        *(m.LicenceMade.type, m.PaperMade.type, m.CaseHandedOver.type),
        *(m.CaseDelivered.type, m.ResultGivenUp.type, m.CaseClosed.type),
    }
)


class IssuingWatched(msgspec.Struct, frozen=True, kw_only=True):
    """How many results lie ready, and the last seq that may have changed them: fetch them anew."""

    ready: int
    seq: int


class IssuingView:
    """``issuing/hall``: tells issuing windows that something came or went (the View port of the live feed)."""

    access: Access = STAFF

    def __init__(self, server: Server, finder: Finder) -> None:
        self._server = server
        self._finder = finder

    def key_ok(self, key: str, _: Actor) -> bool:
        """There is one picture."""
        return key == "hall"

    def picture(self, _: str) -> IssuingWatched:
        """Its seq."""
        return IssuingWatched(ready=len(self._finder.ready()), seq=self._server.journal.seq)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """After what hands results on, the city's steps too, and when somebody else is served."""
        type_ = recorded.event.type
        is_step = isinstance(recorded.event, m.CityStepTaken) and recorded.event.step_type in _MOVES
        return ("hall",) if is_step or type_ in _MOVES or type_.startswith(("issuing.", "ticket.")) else ()


def install(server: Server, room: Room) -> None:
    """Install the issuing window in a hall after its cases; others may replace its ports in ``rooms["issuing"]``."""
    boxes, locker, courier, signing = Boxes(), BoxWall(server), CourierCounter(), PadSigning(server)
    place = HallPlace(server, room.cases, room.editions.get)
    handed_out = HandedOut()
    service = IssuingService(room.cases, boxes, locker, lambda: place, server.settings.hall, handed_out)
    finder = Finder(server, room, boxes)
    server.types.add(i.BoxFilled, i.BoxEmptied, i.ResultRead)
    server.fold(boxes)
    server.fold(handed_out)
    server.handle(i.IssueCases, service.issue)
    server.handle(i.GiveUpResults, service.give_up)
    server.handle(i.FillBoxes, service.fill)
    server.handle(i.EmptyBox, service.empty)
    server.handle(i.ReadResult, service.read)
    bringing = Bringing(server, room.cases, lambda: server.live.refresh(f"{TOPIC}/hall"))
    server.listen("files of results", bringing.heard, {m.CityStepTaken.type, DayOpened.type, *_MOVES})
    server.on_start("files of results", bringing.start)
    options: dict[str, Any] = {"hall": server, "room": room, "finder": finder, "signing": signing, "courier": courier}
    server.route(*web.routes(options))
    server.view(TOPIC, IssuingView(server, finder))
    server.locales.add(Path(__file__).parent / "locales")
    server.rooms["hall_queue"].console_modules.append(CONSOLE_MODULE)
    server.rooms["issuing"] = {"service": service, "boxes": boxes, "bringing": bringing, **options}
