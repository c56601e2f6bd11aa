"""Packages in a hall: taken in at a window, decided in memory; the city goes on with them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases import numbers
from cases.desk.codes import query_code
from cases.flow import PaperKind
from cases.hall import HallPlace
from cases.model import Case
from cases.packages import messages as p
from cases.packages.counting import OneDecision
from cases.packages.kinds import PackageKind
from cases.packages.noticing import carrier_of, completed, notice
from cases.packages.opening import members_of, open_package
from cases.state import shared_digest
from hall_server.days import DayOpened
from hall_server.errors import Forbidden, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a notice was given about and that is not open yet; see `PackageNoticed`."""

    package: str
    number: str
    kind: str
    case: str
    draft: str


class Intakes:
    """Those of this hall, by the case that carries the notice (the Fold port of the server)."""

    types = frozenset({p.PackageNoticed.type, p.PackageCompleted.type})

    def __init__(self) -> None:
        self.by_case: dict[str, Intake] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case p.PackageNoticed() as event:
                self.by_case[event.case] = Intake(
                    package=event.package, number=event.number, kind=event.kind, case=event.case, draft=event.draft
                )
            case p.PackageCompleted() as event:
                self.by_case.pop(event.case, None)

    def get(self, case: str) -> Intake:
        """One of them.

        Raises:
            NotFound: ``package.no_intake``.
        """
        found = self.by_case.get(case)
        if found is None:
            raise NotFound("package.no_intake", case=case)
        return found


class OpenedReply(msgspec.Struct, frozen=True, kw_only=True):
    """What a window is told of a package it took in.

    Attributes:
        number: of the package. cases: those that began at once, by part; the others follow in their turn.
        code: the query code of all its cases.
        intake: the case that carries a notice of what is missing; None: everything is there, and it is open.
    """

    id: str
    number: str
    cases: dict[str, str]
    code: str
    intake: str | None = None


class OpenedToday:
    """How many packages came in today (the Fold port of the server)."""

    types = frozenset({DayOpened.type, p.PackageOpened.type, p.PackageNoticed.type})

    def __init__(self) -> None:
        self.count = 0

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self.count = 0 if isinstance(recorded.event, DayOpened) else self.count + 1


class HallPackages:
    """Handler of `OpenPackage` in a hall (the Handler port of the server)."""

    def __init__(
        self, server: Server, room: Room, kinds: Mapping[str, PackageKind], today: OpenedToday, intakes: Intakes
    ) -> None:
        self._intakes = intakes
        self._server = server
        self._room = room
        self._kinds = kinds
        self._today = today

    def open(self, command: p.OpenPackage, context: Context) -> Outcome:
        """Take a package in; replies with its number and the cases that began.

        Raises:
            NotFound: ``package.kind_unknown``. Forbidden: ``package.not_here``. DomainError: as `open_package`.
        """
        kind, place, day, number = self._begun(command, context)
        code, package, begun = self._code(number), "", {}
        if command.intake is not None:
            known, carrier = self._known(command.intake), self._carrier(kind, command)
            package = known.package or ""
            begun = {carrier: completed(known, command, carrier, context, place)[1]}
        made = open_package(kind, command, context, place, number=number, day=day, begun=begun, package=package)
        events = tuple(_with_code(one, shared_digest(number, code)) for one in made)
        opened = events[0]
        if not isinstance(opened, p.PackageOpened):
            raise TypeError(type(opened))
        if command.intake is not None:
            events = (*events, p.PackageCompleted(package=package, case=command.intake))
        began = {one.id: one.case for one in opened.parts if one.case}
        reply = OpenedReply(id=opened.package, number=number, cases=began, code=code)
        return Outcome(events=events, reply=lambda: reply)

    def notice(self, command: p.NoticePackage, context: Context) -> Outcome:
        """Give the one notice of everything that is missing; replies with the number and the case that carries it.

        Raises:
            DomainError: as `open`, and as the notice of a single case.
        """
        kind, place, _, number = self._begun(command, context)
        code, carrier = self._code(number), self._carrier(kind, command)
        known = self._known(command.intake) if command.intake is not None else None
        events, case = notice(command, carrier, known, context, place, digest=shared_digest(number, code))
        package = case.package or ""
        noticed = p.PackageNoticed(package=package, number=number, kind=kind.id, case=case.id, draft=command.draft)
        reply = OpenedReply(id=package, number=number, cases={carrier: case.id}, code=code, intake=case.id)
        return Outcome(events=(*events, noticed), reply=lambda: reply)

    def _begun(self, command: p.OpenPackage, context: Context) -> tuple[PackageKind, OneDecision, date, str]:
        """The kind, the place of this decision, today, and the package's number: the one it was noticed under."""
        kind = self._kinds.get(command.kind)
        if kind is None:
            raise NotFound("package.kind_unknown", kind=command.kind)
        check_window(context.actor, command.window or "")
        place = OneDecision(HallPlace(self._server, self._room.cases, self._room.editions.get), self._number)
        day = context.now.astimezone(ZoneInfo(self._server.settings.timezone)).date()
        if command.intake is not None:
            return kind, place, day, self._intakes.get(command.intake).number
        return kind, place, day, numbers.case_number(f"{self._server.settings.hall}-P", day, self._today.count + 1)

    def _carrier(self, kind: PackageKind, command: p.OpenPackage) -> str:
        editions = {part: found for part, key in command.editions.items() if (found := self._room.editions.get(key))}
        if command.intake is None:
            return carrier_of(members_of(kind, command), editions, kind.lead)
        known = self._known(command.intake)
        carrier = next((part for part, key in command.editions.items() if key == known.edition), None)
        if carrier is None:
            raise Refused("package.intake_other", case=known.id)
        return carrier

    def _known(self, case: str) -> Case:
        """A copy of a case, to work out what happens to it."""
        return copy.deepcopy(self._room.cases.get(case))

    def _code(self, number: str) -> str:
        return query_code(self._server.keys.ticket, number)

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
