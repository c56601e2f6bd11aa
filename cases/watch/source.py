"""Where supervision and figures find cases: a port, with one way for a hall and one for the city, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from cases import messages as m
from cases.clocks.terms import Terms
from cases.figures.sums import Days
from cases.folding import fold
from cases.model import Case
from cases.state import Cases
from cases.supervision.of_case import Happened
from hall_server.database.projections import Change
from hall_server.errors import NotFound
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import EventTypes, Recorded

if TYPE_CHECKING:
    from hall_server.server import Server

CHUNK = 100
"""So many cases are read, folded and judged at a time."""
_case = msgspec.json.Decoder(Case).decode
_ENDED = (
    "SELECT id, at, type, version, actor, payload FROM case_streams WHERE id IN"
    " (SELECT id FROM case_streams GROUP BY id HAVING max(at) >= ?) ORDER BY id, seq"
)

Stream = tuple[Happened, ...]


class CaseSource(Protocol):
    """The cases of a place."""

    def open_ids(self) -> AsyncIterator[list[str]]:
        """Every case that is not over, some at a time."""
        ...

    async def streams(self, cases: Sequence[str]) -> dict[str, Stream]:
        """The events of cases in turn; one that is not known is not in it."""
        ...

    def cases(self, days: Days) -> AsyncIterator[list[Case]]:
        """Every case that was open on one of the days, or was received, decided or closed on one, some at a time."""
        ...

    def ended(self, days: Days) -> AsyncIterator[list[Case]]:
        """Those of them that are over by now."""
        ...


async def stream_of(source: CaseSource, case: str) -> Stream:
    """The events of one case.

    Raises:
        NotFound: ``case.unknown``.
    """
    found = await source.streams([case])
    if case not in found:
        raise NotFound("case.unknown", case=case)
    return found[case]


class CaseStreams:
    """The events of cases in views.db, with the city's steps in their place (the Projection port)."""

    name = "case_streams"
    types = frozenset(event.type for event in m.EVENTS)
    version = 1
    tables: tuple[str, ...] = ("case_streams",)
    schema = """
        CREATE TABLE IF NOT EXISTS case_streams (
            id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL,
            actor TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (id, seq)
        ) WITHOUT ROWID;
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """One row an event."""
        match recorded.event:
            case m.CityStepTaken() as step:
                row = (step.step_type, step.step_version, step.actor, msgspec.json.encode(step.payload).decode())
                yield self._put(step.case, recorded.seq, step.at, row)
            case m.CaseEvent() as event:
                row = (event.type, event.version, recorded.actor, msgspec.json.encode(event).decode())
                yield self._put(event.case, recorded.seq, recorded.at, row)
            case _:
                return

    def _put(self, case: str, seq: int, at: datetime, row: tuple[str, int, str, str]) -> Change:
        return "INSERT OR REPLACE INTO case_streams VALUES (?, ?, ?, ?, ?, ?, ?)", (case, seq, microseconds(at), *row)


class HallSource:
    """A hall's own cases: open ones in memory, the others out of their events (the CaseSource port)."""

    def __init__(self, server: Server, cases: Cases, terms: Callable[[], Terms]) -> None:
        self._server = server
        self._cases = cases
        self._terms = terms

    async def open_ids(self) -> AsyncIterator[list[str]]:
        """Those in memory."""
        for some in _some([case.id for case in self._cases.by_id.values() if not case.is_over]):
            yield some

    async def streams(self, cases: Sequence[str]) -> dict[str, Stream]:
        """Their events."""
        await self._caught_up()
        marks = ",".join("?" * len(cases))
        sql = f"SELECT id, at, type, version, actor, payload FROM case_streams WHERE id IN ({marks}) ORDER BY id, seq"  # noqa: S608  # marks only
        rows = await self._server.views.fetch(sql, tuple(cases))
        return await asyncio.to_thread(_streams, rows, self._server.types)

    async def cases(self, days: Days) -> AsyncIterator[list[Case]]:
        """Open ones, and those with an event since the first day."""
        for some in _some(list(self._cases.by_id.values())):
            yield [case for case in some if not case.is_over and touches(case, days)]
        async for some in self.ended(days):
            yield some

    async def ended(self, days: Days) -> AsyncIterator[list[Case]]:
        """Those in memory, and those out of their events."""
        await self._caught_up()
        begin = datetime.combine(days.first, time(), self._terms().zone) if days.first is not None else None
        known = list(self._cases.by_id.values())
        yield [case for case in known if case.is_over and touches(case, days)]
        rows = await self._server.views.fetch(_ENDED, (microseconds(begin) if begin is not None else 0,))
        ids = {case.id for case in known}
        ended = await asyncio.to_thread(self._folded, [row for row in rows if row[0] not in ids])
        for some in _some(ended):
            yield [case for case in some if touches(case, days)]

    def _folded(self, rows: Sequence[Sequence[Any]]) -> list[Case]:
        found = _streams(rows, self._server.types)
        return [case for one in found.values() if (case := folded(one, self._terms())) is not None]

    async def _caught_up(self) -> None:
        await self._server.settled()
        await self._server.projector.reached(self._server.journal.committed)


class Index(Protocol):
    """What is asked of the city's index of cases (``city.rooms["case_index"]``)."""

    on_changed: list[Callable[[str], None]]

    async def streams(self, ids: Sequence[str]) -> dict[str, list[Recorded]]:
        """The events of cases in turn, from their halls and the city."""
        ...

    async def open_after(self, id_: str, limit: int) -> list[str]:
        """The next open cases, by id."""
        ...

    async def bodies_after(
        self, id_: str, limit: int, first: str, last: str, *, only_over: bool = False
    ) -> list[tuple[str, str]]:
        """The next cases by id, with their JSON, that were open on one of these days (YYYY-MM-DD)."""
        ...


class CitySource:
    """The cases of all halls, as the city's index has them (the CaseSource port)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def open_ids(self) -> AsyncIterator[list[str]]:
        """Those of the table that are not over."""
        last = ""
        while found := await self._index.open_after(last, CHUNK):
            last = found[-1]
            yield found

    async def streams(self, cases: Sequence[str]) -> dict[str, Stream]:
        """Their events."""
        found = await self._index.streams(cases)
        kept = {
            id_: tuple(Happened(one.event, one.at, one.actor) for one in stream if isinstance(one.event, m.CaseEvent))
            for id_, stream in found.items()
        }
        return {id_: stream for id_, stream in kept.items() if stream}

    async def cases(self, days: Days) -> AsyncIterator[list[Case]]:
        """Out of the table."""
        async for some in self._table(days, only_over=False):
            yield some

    async def ended(self, days: Days) -> AsyncIterator[list[Case]]:
        """As above."""
        async for some in self._table(days, only_over=True):
            yield some

    async def _table(self, days: Days, *, only_over: bool) -> AsyncIterator[list[Case]]:
        first = days.first.isoformat() if days.first else "0001-01-01"
        last = days.last.isoformat() if days.last else "9999-12-31"
        after = ""
        while found := await self._index.bodies_after(after, CHUNK, first, last, only_over=only_over):
            after = found[-1][0]
            read = await asyncio.to_thread(lambda some: [_case(body) for _, body in some], found)
            yield [case for case in read if touches(case, days)]


def touches(case: Case, days: Days) -> bool:
    """Whether a case says anything about these days: it had come by the last, and was not over before the first."""
    if days.last is not None and case.received_on > days.last:
        return False
    return days.first is None or case.ended_on is None or case.ended_on >= days.first


def folded(stream: Iterable[Happened], terms: Terms, *, until: datetime | None = None) -> Case | None:
    """The case of its events, or as it stood at a moment; None: it had not come, or its beginning is not here."""
    case: Case | None = None
    for event, at, actor in stream:
        if (until is None or at <= until) and (case is not None or isinstance(event, m.CaseReceived)):
            case = fold(case, event, at=at, on=terms.day(at), actor=actor)
    return case


def _some(every: list[Any]) -> Iterable[list[Any]]:
    for begin in range(0, len(every), CHUNK):
        yield every[begin : begin + CHUNK]


def _streams(rows: Iterable[Sequence[Any]], types: EventTypes) -> dict[str, Stream]:
    found: dict[str, list[Happened]] = {}
    for id_, *row in rows:
        one = _happened(row, types)
        if one is not None:
            found.setdefault(id_, []).append(one)
    return {id_: tuple(stream) for id_, stream in found.items()}


def _happened(row: Sequence[Any], types: EventTypes) -> Happened | None:
    at, type_, version, actor, payload = row
    event = types.read(type_, version, payload.encode() if isinstance(payload, str) else payload)
    return Happened(event, moment(at), actor) if isinstance(event, m.CaseEvent) else None
