"""The table of marks in views.db: who opened, paused and closed which window, and the spans made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attendance.model import Mark, MarkKind, Span, spans
from hall_queue import messages as m
from hall_queue.model import MatterOutcome
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.identity import SYSTEM
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_INSERT = "INSERT OR REPLACE INTO presence (seq, business_day, at, kind, window, staff) VALUES (?,?,?,?,?,?)"
_DAY = "SELECT at, kind, window, staff FROM presence WHERE business_day = ? ORDER BY seq"

_SERVED = frozenset({m.TicketFinished.type, m.TicketForwarded.type})


class PresenceTable:
    """One row a mark, so that a change of the rules needs no rebuild; times in UTC microseconds."""

    name = "presence"
    version = 2
    tables: tuple[str, ...] = ("presence",)
    schema = """
        CREATE TABLE IF NOT EXISTS presence (
            seq INTEGER PRIMARY KEY, business_day TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
            window TEXT NOT NULL, staff TEXT
        );
        CREATE INDEX IF NOT EXISTS presence_day ON presence (business_day);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The mark an event leaves."""
        mark = mark_of(recorded)
        if mark is not None:
            day = recorded.business_day.isoformat()
            yield _INSERT, (recorded.seq, day, microseconds(mark.at), mark.kind, mark.window, mark.staff)


def mark_of(recorded: Recorded) -> Mark | None:
    """What an event says about somebody's presence; None for most."""
    at = recorded.at
    match recorded.event:
        case m.WindowOpened() as e:
            return Mark(kind=MarkKind.OPENED, at=at, window=e.window, staff=e.staff)
        case m.WindowPaused() as e:
            return Mark(kind=MarkKind.PAUSED, at=at, window=e.window)
        case m.WindowResumed() as e:
            return Mark(kind=MarkKind.RESUMED, at=at, window=e.window)
        case m.WindowClosed() as e:
            kind = MarkKind.DAY_END if recorded.actor == str(SYSTEM) else MarkKind.CLOSED
            return Mark(kind=kind, at=at, window=e.window, staff=e.staff)
        case m.TicketCalled() | m.TicketHeld() | m.TicketRequeued() | m.TicketSetBack() as e:
            return Mark(kind=MarkKind.SEEN, at=at, window=e.window)
        case m.TicketTransferred() | m.TicketPassed() as e if e.window is not None:
            return Mark(kind=MarkKind.SEEN, at=at, window=e.window)
        case m.TicketStarted() as e:
            return Mark(kind=MarkKind.SERVING, at=at, window=e.window)
        case m.TicketFinished() as e if e.outcome is not MatterOutcome.INACCURATE:
            return Mark(kind=MarkKind.SERVED, at=at, window=e.window, staff=e.staff)
        case m.TicketForwarded() as e:
            return Mark(kind=MarkKind.SERVED, at=at, window=e.window, staff=e.staff)
        case m.KeyUndone() as e if e.undone in _SERVED:
            return Mark(kind=MarkKind.TAKEN_BACK, at=at, window=e.window)
        case _:
            return None


async def spans_of(views: Database, day: date, *, is_over: bool) -> list[Span]:
    """Who sat where on a business day."""
    rows = await views.fetch(_DAY, (day.isoformat(),))
    marks = (Mark(kind=MarkKind(kind), at=moment(at), window=window, staff=staff) for at, kind, window, staff in rows)
    return spans(marks, is_over=is_over)
