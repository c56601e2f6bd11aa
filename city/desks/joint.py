"""Packages at the city: decided on their streams and their cases' together; parts begin by themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import date, datetime

from cases import messages as m
from cases import numbers
from cases.catalogue.model import Edition
from cases.catalogue.shelf import Shelf
from cases.flow import PaperKind
from cases.model import Case
from cases.packages import messages as p
from cases.packages.counting import OneDecision
from cases.packages.folding import fold
from cases.packages.model import Package
from cases.packages.service import PackageService
from city import casework
from city.casework import CityPlace, Serials
from city.journal import CityOutcome
from city.server import City
from city.store.down import Sending
from hall_server.errors import DomainError, NotFound
from hall_server.identity import SYSTEM
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome

log = logging.getLogger(__name__)

_OPEN = "SELECT DISTINCT package FROM cases WHERE package IS NOT NULL AND is_over = 0"
COMMANDS: tuple[type[p.PackageCommand], ...] = (
    p.AdvancePackage,
    p.BeginVisit,
    p.NoteFinding,
    p.SignFinding,
    p.EndVisit,
    p.ExtendPackage,
    p.DecidePackage,
    p.WithdrawPackage,
)


class OpenPackages:
    """Which packages the city has in hand, by the department that leads them (the Fold port of the host)."""

    types = frozenset({p.PackageTaken.type, p.PackageClosed.type, p.PackageWithdrawn.type})

    def __init__(self) -> None:
        self.lead: dict[str, str] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case p.PackageTaken() as event:
                self.lead[event.package] = event.lead
            case p.PackageClosed() | p.PackageWithdrawn() as event:
                self.lead.pop(event.package, None)

    def led_by(self, departments: Iterable[str]) -> list[str]:
        """Packages that one of these departments leads, oldest first."""
        mine = frozenset(departments)
        return [id_ for id_, lead in self.lead.items() if lead in mine]


class Joint:
    """Handlers of the commands about packages, and what begins their parts."""

    def __init__(self, city: City, shelf: Shelf) -> None:
        self._city = city
        self._shelf = shelf
        self._serials = Serials()
        self.open = OpenPackages()
        self._service = PackageService(
            lambda posts: OneDecision(CityPlace(city, self._serials, shelf.get), self._number, posts), self._holding
        )
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def install(self) -> None:
        """Install packages at a city; its index of cases tells which of them may have moved."""
        city = self._city
        city.types.add(*p.EVENTS)
        city.fold(self._serials)
        city.fold(self.open)
        for command in COMMANDS:
            city.handle_stream(
                command,
                self.decide,
                subject=lambda one: f"package:{one.package}",
                also=lambda one: _subjects(one.cases),
            )
        index = city.rooms.get("case_index")
        if index is not None:
            index.on_changed.append(self._waiting.put_nowait)
            city.on_start("packages", self._start)

    async def package(self, id_: str) -> Package:
        """A package as it stands.

        Raises:
            NotFound: ``package.unknown``.
        """
        return folded(await self._city.log.stream(f"package:{id_}"))

    def decide(self, stream: list[Recorded], command: p.PackageCommand, context: Context) -> Outcome:
        """Decide on a package; replies with it, and tells the halls that have to do with its cases."""
        own = [one for one in stream if one.event.subject == f"package:{command.package}"]
        before = folded(own)
        streams = {id_: [one for one in stream if one.event.subject == f"case:{id_}"] for id_ in command.cases}
        zone = self._city.log.zone
        cases = {id_: casework.folded(found, zone) for id_, found in streams.items() if found}
        cases = {id_: case for id_, case in cases.items() if case.package == command.package}
        events = self._service.decide(before, cases, command, context)
        fresh = [_recorded(event, context) for event in events]
        after = folded([*own, *(one for one in fresh if isinstance(one.event, p.PackageEvent))])
        down = tuple(self._down(streams, events, context))
        return CityOutcome(events=events, reply=lambda: after, down=down)

    def _down(self, streams: dict[str, list[Recorded]], events: Iterable[Event], context: Context) -> Iterable[Sending]:
        by_case: dict[str, list[m.CaseEvent]] = {}
        for event in events:
            if isinstance(event, m.CaseEvent):
                by_case.setdefault(event.case, []).append(event)
        for id_, of_case in by_case.items():
            stream = streams.get(id_, [])
            case = casework.folded([*stream, *(_recorded(one, context) for one in of_case)], self._city.log.zone)
            yield from casework.sendings(stream, of_case, case, context)

    def _number(self, kind: str, now: datetime, before: int) -> str:
        day, place = self._city.log.day(now), self._city.settings.city
        serial = self._serials.next(kind, day) + before
        if kind == "case":
            return numbers.case_number(place, day, serial)
        return numbers.document_number(place, PaperKind(kind), day, serial)

    def _holding(self, matter: str, on: date) -> Edition | None:
        return self._shelf.holding(matter, on)

    # -- by itself

    async def _start(self) -> None:
        self._waiting.put_nowait("")
        self._city.spawn(self._run(), "packages")

    async def _run(self) -> None:
        while True:
            case = await self._waiting.get()
            try:
                for package in await self._meant(case):
                    await self.advance(package)
            except DomainError as exc:
                log.warning("packages are behind: %s", exc, extra={"action": "packages.behind"})
            except Exception:  # the top of a loop: the next change tries again
                log.exception("a package failed", extra={"action": "packages.failed"})

    async def _meant(self, case: str) -> list[str]:
        """The package of a case; "": those of all open cases."""
        if not case:
            return [id_ for (id_,) in await self._city.database.fetch(_OPEN)]
        try:
            found: Case = await self._city.rooms["case_index"].one(case)
        except NotFound:
            return []
        return [found.package] if found.package else []

    async def advance(self, id_: str) -> None:
        """Take in what became of a package's cases, and begin the parts whose turn has come."""
        try:
            package = await self.package(id_)
        except NotFound:  # its first event is still on its way from the hall
            return
        if not package.is_over:
            await self._city.execute(p.AdvancePackage(package=id_, cases=package.cases), actor=SYSTEM)


def folded(stream: Iterable[Recorded]) -> Package:
    """The package of a stream.

    Raises:
        NotFound: ``package.unknown``.
    """
    package: Package | None = None
    for one in stream:
        if isinstance(one.event, p.PackageEvent):
            package = fold(package, one.event, at=one.at, actor=one.actor)
    if package is None:
        raise NotFound("package.unknown")
    return package


def _recorded(event: Event, context: Context) -> Recorded:
    return Recorded(seq=0, at=context.now, business_day=context.business_day, event=event, actor=str(context.actor))


def _subjects(cases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"case:{one}" for one in cases)
