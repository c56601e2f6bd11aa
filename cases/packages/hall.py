"""Packages in a hall: taken in at a window, decided in memory; the city goes on with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases import numbers
from cases.desk.codes import query_code
from cases.flow import PaperKind
from cases.hall import HallPlace
from cases.packages import messages as p
from cases.packages.counting import OneDecision
from cases.packages.kinds import PackageKind
from cases.packages.opening import open_package
from cases.state import shared_digest
from hall_server.days import DayOpened
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Actor, Role
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server


class OpenedReply(msgspec.Struct, frozen=True, kw_only=True):
    """What a window is told of a package it took in.

    Attributes:
        number: of the package. cases: those that began at once, by part; the others follow in their turn.
        code: the query code of all its cases.
    """

    id: str
    number: str
    cases: dict[str, str]
    code: str


class OpenedToday:
    """How many packages came in today (the Fold port of the server)."""

    types = frozenset({DayOpened.type, p.PackageOpened.type})

    def __init__(self) -> None:
        self.count = 0

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self.count = 0 if isinstance(recorded.event, DayOpened) else self.count + 1


class HallPackages:
    """Handler of `OpenPackage` in a hall (the Handler port of the server)."""

    def __init__(self, server: Server, room: Room, kinds: Mapping[str, PackageKind], today: OpenedToday) -> None:
        self._server = server
        self._room = room
        self._kinds = kinds
        self._today = today

    def open(self, command: p.OpenPackage, context: Context) -> Outcome:
        """Take a package in; replies with its number and the cases that began.

        Raises:
            NotFound: ``package.kind_unknown``. Forbidden: ``package.not_here``. DomainError: as `open_package`.
        """
        kind = self._kinds.get(command.kind)
        if kind is None:
            raise NotFound("package.kind_unknown", kind=command.kind)
        check_window(context.actor, command.window or "")
        place = OneDecision(HallPlace(self._server, self._room.cases, self._room.editions.get), self._number)
        day = context.now.astimezone(ZoneInfo(self._server.settings.timezone)).date()
        number = numbers.case_number(f"{self._server.settings.hall}-P", day, self._today.count + 1)
        code = query_code(self._server.keys.ticket, number)
        digest = shared_digest(number, code)
        made = open_package(kind, command, context, place, number=number, day=day)
        events = tuple(_with_code(one, digest) for one in made)
        opened = events[0]
        if not isinstance(opened, p.PackageOpened):
            raise TypeError(type(opened))
        began = {one.id: one.case for one in opened.parts if one.case}
        reply = OpenedReply(id=opened.package, number=number, cases=began, code=code)
        return Outcome(events=events, reply=lambda: reply)

    def _number(self, kind: str, now: datetime, before: int) -> str:
        hall, day = self._server.settings.hall, self._server.business_day
        serial = self._room.cases.serial(kind) + before
        if kind == "case":
            return numbers.case_number(hall, day, serial)
        return numbers.document_number(hall, PaperKind(kind), day, serial)


def _with_code(event: Event, digest: str) -> Event:
    """All cases of a package can be asked for with its one code, those too that begin at the city later."""
    if isinstance(event, m.CaseReceived | p.PackageOpened):
        return msgspec.structs.replace(event, query_digest=digest)
    return event


def check_window(actor: Actor, window: str) -> None:
    """Refuse whoever does not serve at the window.

    Raises:
        Forbidden: ``package.not_here``.
    """
    if actor.kind is not Role.STAFF or window not in actor.windows:
        raise Forbidden("package.not_here", window=window)
