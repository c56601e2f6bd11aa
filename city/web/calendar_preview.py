"""What publishing a year of holidays would do, before it is done: days that change, and cases whose last day moves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from cases.catalogue.web import EDITORS
from cases.clocks.counting import due_day
from cases.clocks.model import ClockKind
from cases.clocks.of_case import clocks_of
from cases.clocks.recount import CaseClocks, DueMoved, KnownClock, recompute
from cases.clocks.terms import Terms, closing_time
from cases.clocks.versions import changed_days
from cases.model import Case
from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.fields import check_calendar_year
from hall_server.directory.model import CalendarYear
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import Route, Verb

if TYPE_CHECKING:
    from city.server import City

AT_ONCE = 2_000
"""Cases that are recounted in one go, off the loop."""
SHOWN = 50


class DayChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A day that becomes a working day, or ceases to be one."""

    day: date
    is_workday: bool


class CaseMoved(msgspec.Struct, frozen=True, kw_only=True):
    """A clock of an open case whose last day would be another one."""

    case: str
    number: str
    department: str
    kind: ClockKind
    was: date
    due: date


class CalendarPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication would change.

    Attributes:
        open: open cases there are. moved: those of which a last day is another one; by_kind: clocks that move, by kind.
        later, earlier: clocks. certain: clocks that are no longer provisional.
        examples: some, the largest shift first.
    """

    year: int
    is_new: bool
    days: tuple[DayChanged, ...]
    open: int
    moved: int
    later: int
    earlier: int
    certain: int
    by_kind: dict[str, int]
    examples: tuple[CaseMoved, ...]


class OpenCases(Protocol):
    """Who reads open cases by id; the table of cases does (the port of this page)."""

    async def bodies_after(self, id_: str, limit: int, first: str, last: str) -> list[tuple[str, str]]:
        """The next cases that were open on one of these days, as JSON."""
        ...


class Tally:
    """Counts what moves, keeping only some of it."""

    def __init__(self) -> None:
        self.open = self.moved = self.later = self.earlier = self.certain = 0
        self.by_kind: Counter[str] = Counter()
        self.examples: list[CaseMoved] = []

    def take(self, cases: Iterable[Case], before: Terms, after: Terms, now: datetime) -> None:
        """Recount some cases; blocks."""
        known = {case.id: case for case in cases}
        self.open += len(known)
        seen: set[str] = set()
        for one in recompute(_clocks(known.values(), before, now), terms=after, now=now):
            self.certain += one.was_provisional and not one.is_provisional
            if one.was == one.due:
                continue
            seen.add(one.case)
            self.by_kind[one.kind] += 1
            self.later, self.earlier = self.later + (one.due > one.was), self.earlier + (one.due < one.was)
            self.examples.append(_example(known[one.case], one))
        self.moved += len(seen)
        self.examples.sort(key=lambda one: (-abs((one.due - one.was).days), one.due, one.number))
        del self.examples[SHOWN:]


async def preview(cases: OpenCases, item: CalendarYear, *, terms: Terms, now: datetime) -> CalendarPreview:
    """What publishing a year would change.

    Args:
        terms: with the calendar as it stands.

    Raises:
        Invalid: the year is not one.
    """
    check_calendar_year(item)
    before: WorkCalendar = terms.calendar
    calendar = before.with_year(item)
    after = msgspec.structs.replace(terms, calendar=calendar)
    today, tally, last = now.astimezone(terms.zone).date().isoformat(), Tally(), ""
    while found := await cases.bodies_after(last, AT_ONCE, today, today):
        last = found[-1][0]
        await asyncio.to_thread(_take, tally, [body for _, body in found], terms, after, now)
    known = before.years.get(item.year)
    return CalendarPreview(
        year=item.year,
        is_new=known is None or not known.off,
        days=tuple(DayChanged(day=day, is_workday=calendar.is_workday(day)) for day in changed_days(before, calendar)),
        **{name: getattr(tally, name) for name in ("open", "moved", "later", "earlier", "certain")},
        by_kind=dict(tally.by_kind),
        examples=tuple(tally.examples),
    )


def _take(tally: Tally, bodies: list[str], before: Terms, after: Terms, now: datetime) -> None:
    tally.take([one for body in bodies if not (one := _case(body)).is_over], before, after, now)


def _case(body: str) -> Case:
    return msgspec.json.decode(body, type=Case)


def _clocks(cases: Iterable[Case], terms: Terms, now: datetime) -> Iterator[CaseClocks]:
    for case in cases:
        running = [one for one in clocks_of(case, terms=terms) if one.ended_at is None]
        known = tuple(_known(one, terms, now) for one in running)
        yield CaseClocks(case.id, known)


def _known(facts: Any, terms: Terms, now: datetime) -> KnownClock:
    due = due_day(facts, terms=terms, now=now)
    stands = any(one.since <= now and (one.until is None or one.until > now) for one in facts.suspensions)
    return KnownClock(facts, due, stands or terms.calendar.is_provisional(terms.day(facts.started_at), due))


def _example(case: Case, moved: DueMoved) -> CaseMoved:
    return CaseMoved(
        case=case.id, number=case.number, department=case.department, kind=moved.kind, was=moved.was, due=moved.due
    )


class PreviewHandler(ApiHandler):
    """`POST /api/v1/calendar-years/preview`."""

    city: City

    async def post(self) -> None:
        """Answer with what publishing it would change; nothing is published."""
        item, city = self.read(CalendarYear), self.city
        directory = city.directory
        terms = Terms(
            calendar=directory.calendar,
            zone=ZoneInfo(city.settings.timezone),
            closes=closing_time(directory.hours),
        )
        await city.rooms["case_index"].catch_up()
        self.answer(await preview(city.rooms["case_index"], item, terms=terms, now=city.now()))


def routes(city: City) -> list[Route]:
    """The page's one address beside the catalogue's."""
    asked = Verb(
        access=EDITORS,
        summary="What publishing a year's holidays would change; nothing is published",
        request=CalendarYear,
        reply=CalendarPreview,
    )
    return [Route("/api/v1/calendar-years/preview", PreviewHandler, {"POST": asked}, options={"city": city})]
