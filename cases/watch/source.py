"""Where supervision and figures find cases: a port, with one way for a hall and one for the city."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

_case = msgspec.json.Decoder(Case).decode
_STREAM = "SELECT at, type, version, actor, payload FROM case_streams WHERE id = ? ORDER BY seq"
_ENDED = (
    "SELECT id, at, type, version, actor, payload FROM case_streams WHERE id IN"
    " (SELECT id FROM case_streams GROUP BY id HAVING max(at) >= ?) ORDER BY id, seq"
)


class CaseSource(Protocol):
    """The cases of a place."""

    async def open_cases(self) -> list[Case]:
        """Every case that is not over."""
        ...

    async def stream(self, case: str) -> tuple[Happened, ...]:
        """The events of a case in turn.

        Raises:
            NotFound: ``case.unknown``.
        """
        ...

    async def cases(self, days: Days) -> list[Case]:
        """Every case that was open on one of the days, or was received, decided or closed on one."""
        ...


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

    async def open_cases(self) -> list[Case]:
        """Those in memory."""
        return [case for case in self._cases.by_id.values() if not case.is_over]

    async def stream(self, case: str) -> tuple[Happened, ...]:
        """Its events."""
        await self._caught_up()
        rows = await self._server.views.fetch(_STREAM, (case,))
        found = tuple(_happened(row, self._server.types) for row in rows)
        kept = tuple(one for one in found if one is not None)
        if not kept:
            raise NotFound("case.unknown", case=case)
        return kept

    async def cases(self, days: Days) -> list[Case]:
        """Open ones, and those with an event since the first day."""
        await self._caught_up()
        begin = datetime.combine(days.first, time(), self._terms().zone) if days.first is not None else None
        since = microseconds(begin) if begin is not None else 0
        found = {case.id: case for case in self._cases.by_id.values()}
        rows = await self._server.views.fetch(_ENDED, (since,))
        for case in self._folded(row for row in rows if row[0] not in found):
            found[case.id] = case
        return [case for case in found.values() if touches(case, days)]

    def _folded(self, rows: Iterable[Sequence[Any]]) -> Iterable[Case]:
        known: dict[str, Case] = {}
        day_of = self._terms().day
        for id_, *row in rows:
            one = _happened(row, self._server.types)
            if one is None or (id_ not in known and not isinstance(one.event, m.CaseReceived)):
                continue
            known[id_] = fold(known.get(id_), one.event, at=one.at, on=day_of(one.at), actor=one.actor)
        return known.values()

    async def _caught_up(self) -> None:
        await self._server.settled()
        await self._server.projector.reached(self._server.journal.committed)


class Index(Protocol):
    """What is asked of the city's index of cases (``city.rooms["case_index"]``)."""

    on_changed: list[Callable[[str], None]]

    async def stream(self, id_: str) -> list[Recorded]:
        """The events of a case in turn, from its halls and the city."""
        ...

    async def bodies(self, first: str | None, last: str | None) -> list[str]:
        """Cases as JSON: open ones, or where days are given those that touch them."""
        ...


class CitySource:
    """The cases of all halls, as the city's index has them (the CaseSource port)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def open_cases(self) -> list[Case]:
        """Those of the table that are not over."""
        return [case for body in await self._index.bodies(None, None) if not (case := _case(body)).is_over]

    async def stream(self, case: str) -> tuple[Happened, ...]:
        """Its events."""
        found = await self._index.stream(case)
        kept = tuple(Happened(one.event, one.at, one.actor) for one in found if isinstance(one.event, m.CaseEvent))
        if not kept:
            raise NotFound("case.unknown", case=case)
        return kept

    async def cases(self, days: Days) -> list[Case]:
        """Out of the table."""
        first = days.first.isoformat() if days.first else "0001-01-01"
        last = days.last.isoformat() if days.last else "9999-12-31"
        return [case for body in await self._index.bodies(first, last) if touches(case := _case(body), days)]


def touches(case: Case, days: Days) -> bool:
    """Whether a case says anything about these days: it had come by the last, and was not over before the first."""
    if days.last is not None and case.received_on > days.last:
        return False
    return days.first is None or case.ended_on is None or case.ended_on >= days.first


def _happened(row: Sequence[Any], types: EventTypes) -> Happened | None:
    at, type_, version, actor, payload = row
    event = types.read(type_, version, payload.encode() if isinstance(payload, str) else payload)
    return Happened(event, moment(at), actor) if isinstance(event, m.CaseEvent) else None
