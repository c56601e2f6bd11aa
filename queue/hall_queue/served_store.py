"""The table of all served matters, so that a visit of an earlier day is found by its ticket's secret or its number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from hall_queue import messages as m
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_INSERT = (
    "INSERT OR IGNORE INTO served (ticket, matter, opened_by, business_day, window, staff, ended_at, seq)"
    " VALUES (?,?,?,?,?,?,?,?)"
)
_DELETE = "DELETE FROM served WHERE ticket = ? AND seq = ?"
_SELECT = (
    "SELECT s.ticket, t.number, s.business_day, t.line, s.matter, s.window, s.staff, s.ended_at"
    " FROM served s JOIN tickets t ON t.id = s.ticket"
)
_BY_SECRET = f"{_SELECT} WHERE s.opened_by = ? ORDER BY s.seq, s.rowid"
_BY_NUMBER = f"{_SELECT} WHERE t.business_day = ? AND t.number = ? ORDER BY s.seq, s.rowid"
_ENDS = frozenset({m.TicketForwarded.type, m.TicketFinished.type})


class ServedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A served matter of any day; ``line`` is the one in which the visit ended."""

    ticket: str
    number: str
    business_day: date
    line: str
    matter: str | None
    window: str
    staff: str | None
    ended_at: datetime


class ServedTable:
    """One row a served matter; times in UTC microseconds, ``opened_by`` a digest of the ticket's secret."""

    name: ClassVar[str] = "served"
    types: ClassVar[frozenset[str]] = frozenset({m.TicketForwarded.type, m.TicketFinished.type, m.KeyUndone.type})
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("served",)
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS served (
            ticket TEXT NOT NULL, matter TEXT NOT NULL, opened_by BLOB NOT NULL, business_day TEXT NOT NULL,
            window TEXT NOT NULL, staff TEXT, ended_at INTEGER NOT NULL, seq INTEGER NOT NULL, UNIQUE (ticket, matter)
        );
        CREATE INDEX IF NOT EXISTS served_secret ON served (opened_by);
    """

    def __init__(self, token: Callable[[str], str]) -> None:
        """Args: token: ticket id → its secret."""
        self._token = token

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        match recorded.event:
            case m.TicketForwarded() | m.TicketFinished() as e:
                about = (_digest(self._token(e.ticket)), recorded.business_day.isoformat(), e.window, e.staff)
                is_over = isinstance(e, m.TicketFinished)
                for matter in e.outcomes or ([""] if is_over else []):
                    yield _INSERT, (e.ticket, matter, *about, microseconds(recorded.at), recorded.seq)
            case m.KeyUndone() as e if e.undone in _ENDS:
                yield _DELETE, (e.ticket, e.undone_seq)
            case _:
                return


async def by_secret(views: Database, token: str) -> list[ServedRow]:
    """The served matters of the ticket with this secret."""
    return [_row(row) for row in await views.fetch(_BY_SECRET, (_digest(token),))]


async def by_number(views: Database, day: date, number: str) -> list[ServedRow]:
    """The served matters of the tickets with this number on a day; more than one ticket may have had it."""
    return [_row(row) for row in await views.fetch(_BY_NUMBER, (day.isoformat(), number))]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()[:16]


def _row(row: tuple[Any, ...]) -> ServedRow:
    ticket, number, day, line, matter, window, staff, ended = row
    return ServedRow(
        ticket=ticket,
        number=number,
        business_day=date.fromisoformat(day),
        line=line,
        matter=matter or None,
        window=window,
        staff=staff,
        ended_at=moment(ended),
    )
