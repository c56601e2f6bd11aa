"""A case as the city's table holds it: what in-trays, progress and the board ask for, with its due days and light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from cases.catalogue.model import Edition, EditionState, Node
from cases.clocks.lights import worst
from cases.clocks.model import ClockKind, ClockNow, Light
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.messages import ConflictFound
from cases.model import Case
from hall_server.journal.rows import microseconds
from hall_server.messages import Event

EDITION_CANCELLED = "edition_cancelled"


class Dues(msgspec.Struct, frozen=True, kw_only=True):
    """How a case's clocks stand.

    Attributes:
        due: the nearest due day of the clocks that run; None: none runs.
        is_provisional: a due day may still move by itself.
    """

    light: Light
    is_overdue: bool
    due: date | None
    statute: date | None
    promise: date | None
    is_provisional: bool


def dues_of(case: Case, terms: Terms, now: datetime, nodes: Sequence[Node] = ()) -> Dues:
    """The dues of a case; a step that took too long lights it, and does not make the case overdue."""
    every = clocks_now(case, terms=terms, now=now, nodes=nodes)
    clocks = tuple(clock for clock in every if clock.kind is not ClockKind.NODE)
    running = [clock for clock in clocks if clock.ended_at is None]
    return Dues(
        light=worst(every),
        is_overdue=any(clock.is_overdue for clock in clocks),
        due=min((clock.due for clock in running), default=None),
        statute=_due(clocks, ClockKind.STATUTE),
        promise=_due(clocks, ClockKind.PROMISE),
        is_provisional=any(clock.is_provisional for clock in running),
    )


def trouble_of(case: Case, events: Iterable[Event], edition: Edition | None) -> str | None:
    """A conflict that the hall could not know of: it took the case under an edition that the city had cancelled.

    What came in on the last day or before keeps its edition, whenever it is accepted.

    Args:
        events: the case's; one that was put on record, solved or not, is none any more.
    """
    if edition is None or edition.state is not EditionState.CANCELLED or edition.valid_until is None:
        return None
    is_known = any(isinstance(one, ConflictFound) and one.about == EDITION_CANCELLED for one in events)
    return EDITION_CANCELLED if case.received_on > edition.valid_until and not is_known else None


def row_of(case: Case, dues: Dues, now: datetime, trouble: str | None) -> tuple[Any, ...]:
    """The row of `cases.sql`'s ``put``."""
    head = (case.id, case.number, case.hall, case.deliver_at, case.department, case.matter, case.edition, case.package)
    times = (microseconds(case.received_at), case.received_on.isoformat(), _day(case.accepted_as_of))
    ends = (_us(case.decided_at), _us(case.ended_at), int(case.is_over), case.outcome)
    return (
        *head,
        *(case.state, case.writer, case.step, case.events),
        *times,
        *ends,
        *lights_of(dues, now),
        *(_day(case.owed_until), case.query_digest, len(case.conflicts), msgspec.json.encode(case).decode(), trouble),
    )


def lights_of(dues: Dues, now: datetime) -> tuple[Any, ...]:
    """The columns that time alone changes."""
    days = (_day(dues.due), _day(dues.statute), _day(dues.promise))
    return (dues.light, int(dues.is_overdue), *days, int(dues.is_provisional), microseconds(now))


def _due(clocks: tuple[ClockNow, ...], kind: ClockKind) -> date | None:
    return next((clock.due for clock in clocks if clock.kind is kind), None)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _us(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)
