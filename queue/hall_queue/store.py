"""The table of all tickets, for questions beyond today; made of events and rebuilt by replay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from hall_queue import messages as m
from hall_queue.model import Standing, TicketState
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds
from hall_server.messages import Recorded

_INSERT = (
    "INSERT OR REPLACE INTO tickets"
    " (id, business_day, number, line, matter, channel, priority, issued_at, state, calls)"
    " VALUES (?,?,?,?,?,?,?,?,'waiting',0)"
)
_CALLED = (
    "UPDATE tickets SET state='called', window=?, staff=?, calls=calls+1,"
    " first_called_at=coalesce(first_called_at, ?), started_at=NULL, ended_at=NULL, outcome=NULL WHERE id=?"
)
_RECALLED = "UPDATE tickets SET calls=calls+1 WHERE id=?"
_STARTED = "UPDATE tickets SET state='serving', started_at=? WHERE id=?"
_STATE = "UPDATE tickets SET state=? WHERE id=?"
_MOVED = "UPDATE tickets SET state='waiting', line=?, matter=?, transfers=transfers+1, started_at=NULL WHERE id=?"
_UNDONE = (
    "UPDATE tickets SET state=?, line=?, matter=?, window=?, staff=?, calls=calls-?, first_called_at=?, started_at=?,"
    " ended_at=?, outcome=?, transfers=transfers-? WHERE id=?"
)
_MOVES = frozenset({m.TicketTransferred.type, m.TicketForwarded.type})
_ENDED = "UPDATE tickets SET state=?, outcome=?, ended_at=? WHERE id=?"


class TicketTable:
    """One row a ticket; times in UTC microseconds."""

    name: ClassVar[str] = "tickets"
    version: ClassVar[int] = 4
    tables: ClassVar[tuple[str, ...]] = ("tickets",)
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS tickets (
            id TEXT PRIMARY KEY, business_day TEXT NOT NULL, number TEXT NOT NULL, line TEXT NOT NULL, matter TEXT,
            channel TEXT NOT NULL, priority TEXT, issued_at INTEGER NOT NULL, first_called_at INTEGER,
            started_at INTEGER, ended_at INTEGER, window TEXT, staff TEXT, state TEXT NOT NULL, outcome TEXT,
            calls INTEGER NOT NULL, transfers INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS tickets_day ON tickets (business_day, line);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        at = microseconds(recorded.at)
        match recorded.event:
            case m.TicketIssued() as e:
                day = recorded.business_day.isoformat()
                taken = microseconds(e.offline_at) if e.offline_at else at
                yield _INSERT, (e.ticket, day, e.number, e.line, e.matter, e.channel, e.priority, taken)
            case m.TicketCalled() as e:
                yield _CALLED, (e.window, e.staff, at, e.ticket)
            case m.TicketRecalled() as e:
                yield _RECALLED, (e.ticket,)
            case m.TicketStarted() as e:
                yield _STARTED, (at, e.ticket)
            case m.TicketHeld() as e:
                yield _STATE, (TicketState.HELD, e.ticket)
            case m.TicketReleased() | m.TicketRequeued() | m.TicketSetBack() as e:
                yield _STATE, (TicketState.WAITING, e.ticket)
            case m.TicketTransferred() | m.TicketForwarded() as e:
                yield _MOVED, (e.line, e.matter, e.ticket)
            case m.KeyUndone() as e:
                was_called = e.undone == m.TicketCalled.type
                yield _UNDONE, (*_standing(e.back_to, was_called), e.undone in _MOVES, e.ticket)
            case m.TicketFinished() as e:
                yield _ENDED, (TicketState.DONE, e.outcome, at, e.ticket)
            case m.TicketPassed() as e:
                yield _ENDED, (TicketState.PASSED, e.reason, at, e.ticket)
            case m.TicketCancelled() as e:
                yield _ENDED, (TicketState.CANCELLED, e.reason, at, e.ticket)
            case m.TicketExpired() as e:
                yield _ENDED, (TicketState.EXPIRED, e.reason, at, e.ticket)
            case _:
                return


def _standing(back_to: Standing, was_called: bool) -> tuple[object, ...]:
    times = (back_to.first_called_at, back_to.started_at, back_to.ended_at)
    return (
        *(back_to.state, back_to.line, back_to.matter, back_to.window, back_to.staff, was_called),
        *(microseconds(time) if time else None for time in times),
        back_to.outcome,
    )
