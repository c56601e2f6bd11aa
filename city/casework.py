"""Cases at the city: decided on their streams, sent down to the halls that have to do with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases import numbers
from cases.catalogue.model import Edition
from cases.clocks.terms import closing_time
from cases.flow import PaperKind
from cases.folding import fold, paper_of
from cases.hall import posts_of
from cases.model import Case, Post
from cases.service import CaseService
from city.journal import CityOutcome
from city.server import City
from city.store.down import Sending
from hall_server.directory.calendar import WorkCalendar
from hall_server.errors import NotFound
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.outcome import Context, Outcome

CITY = "city"
STEP = "case.step"
"""Kind of the items that take the city's steps of a case down to a hall."""


class Serials:
    """How many numbers of each kind the city has given today (the Fold port of the host)."""

    types = frozenset(event.type for event in m.STEPS)

    def __init__(self) -> None:
        self._day: date | None = None
        self._given: Counter[str] = Counter()

    def apply(self, recorded: Recorded) -> None:
        """Count the numbers an event gave."""
        if recorded.business_day != self._day:
            self._day, self._given = recorded.business_day, Counter()
        event = recorded.event
        if isinstance(event, m.CaseReceived):
            self._given["case"] += 1
        if isinstance(event, m.Documented) and event.document:
            self._given[paper_of(event)] += 1

    def next(self, kind: str, day: date) -> int:
        """The next number of a kind on a day."""
        return self._given[kind] + 1 if day == self._day else 1


class CityPlace:
    """The city, as the rules of cases see it (the Place port of `cases.service`)."""

    writer = CITY

    def __init__(self, city: City, serials: Serials, edition: Callable[[str], Edition | None]) -> None:
        self._city = city
        self._serials = serials
        self._edition = edition
        self.zone = ZoneInfo(city.settings.timezone)

    @property
    def calendar(self) -> WorkCalendar:
        """The working days that the city has published."""
        return self._city.directory.calendar

    @property
    def closes(self) -> time:
        """When the working day ends there."""
        return closing_time(self._city.directory.hours)

    def edition(self, key: str) -> Edition | None:
        """An edition of the city's catalogue."""
        return self._edition(key)

    def posts(self, actor: Actor, department: str) -> frozenset[Post]:
        """As what somebody may act."""
        return posts_of(actor, department)

    def case_number(self, now: datetime) -> str:
        """The next one of today."""
        day = self._city.log.day(now)
        return numbers.case_number(self._city.settings.city, day, self._serials.next("case", day))

    def document_number(self, kind: PaperKind, now: datetime) -> str:
        """The next one of today."""
        day = self._city.log.day(now)
        return numbers.document_number(self._city.settings.city, kind, day, self._serials.next(kind, day))


class CityCases:
    """Decides the city's commands about cases."""

    def __init__(self, city: City, service: CaseService) -> None:
        self._city = city
        self._service = service
        self._zone = ZoneInfo(city.settings.timezone)

    def receive(self, command: m.ReceiveCase, context: Context) -> Outcome:
        """Take an application in that came online; replies with the case."""
        events = self._service.receive(command, context)
        return CityOutcome(events=events, reply=lambda: self._after(None, events, context))

    def decide(self, stream: list[Recorded], command: m.CaseCommand, context: Context) -> Outcome:
        """Take a step; replies with the case and tells the halls that have to do with it."""
        before = folded(stream, self._zone)
        events = self._service.decide(before, command, context)
        case = self._after(stream, events, context)
        return CityOutcome(events=events, reply=lambda: case, down=tuple(sendings(stream, events, case, context)))

    def _after(self, stream: list[Recorded] | None, events: Iterable[m.CaseEvent], context: Context) -> Case:
        case = folded(stream, self._zone) if stream else None
        for event in events:
            case = fold(case, event, at=context.now, on=self._city.log.day(context.now), actor=str(context.actor))
        if case is None:
            raise NotFound("case.unknown")
        return case


def sendings(stream: list[Recorded], events: Iterable[m.CaseEvent], case: Case, context: Context) -> Iterable[Sending]:
    """What halls hear of the city's steps: the one that received it each, the one that hands it out the whole case.

    Args:
        stream: before the events. case: after them.
    """
    fresh = [
        Recorded(seq=0, at=context.now, business_day=context.business_day, event=event, actor=str(context.actor))
        for event in events
    ]
    begins = case.turns - in_turn(fresh) + 1
    if case.hall:
        yield from steps(case.hall, fresh, begins)
    goes_to = case.writer.removeprefix("hall:")
    if case.writer != CITY and goes_to != case.hall:
        yield from steps(goes_to, [*stream, *fresh], 1)


def steps(hall: str, recorded: list[Recorded], begins: int) -> Iterable[Sending]:
    """Items that take events of a case down to a hall; the first in turn is its so-manieth, from 1."""
    number = begins - 1
    for one in recorded:
        number += in_turn([one])
        step = m.TakeCityStep(
            case=one.event.subject.removeprefix("case:"),
            step=number,
            at=one.at,
            type=one.event.type,
            version=one.event.version,
            actor=one.actor,
            payload=msgspec.to_builtins(one.event),
        )
        yield Sending(hall=hall, kind=STEP, payload=step)


def in_turn(recorded: Iterable[Recorded]) -> int:
    """How many events were made by whoever wrote the case then; see `Case.turns`."""
    return sum(isinstance(one.event, m.CaseEvent) and one.event.in_turn for one in recorded)


def folded(stream: Iterable[Recorded], zone: ZoneInfo) -> Case:
    """The case of a stream.

    Raises:
        NotFound: ``case.unknown``: nothing of it is here.
    """
    case: Case | None = None
    for one in stream:
        if isinstance(one.event, m.CaseEvent):
            case = fold(case, one.event, at=one.at, on=one.at.astimezone(zone).date(), actor=one.actor)
    if case is None:
        raise NotFound("case.unknown")
    return case


def install(city: City, edition: Callable[[str], Edition | None]) -> CaseService:
    """Install cases at the city after its directory and catalogue; gives their service."""
    serials = Serials()
    service = CaseService(CityPlace(city, serials, edition))
    cases = CityCases(city, service)
    city.types.add(*m.EVENTS)
    city.fold(serials)
    city.handle(m.ReceiveCase, cases.receive)
    for command in service.commands:
        city.handle_stream(command, cases.decide, subject=lambda one: f"case:{one.case}")
    return service
