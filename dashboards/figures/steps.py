"""What happened to tickets, one small row each: what visits and stays are made of; a key taken back leaves none."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from dashboards.figures.cells import CELLS_SCHEMA, CELLS_TABLES
from hall_queue import messages as m
from hall_queue.model import MatterOutcome
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds
from hall_server.messages import Recorded


class StepKind(StrEnum):
    """What happened to a ticket."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"
    STARTED = "started"
    HELD = "held"
    BACK = "back"  # it waits again after a hold: released
    REQUEUED = "requeued"
    SET_BACK = "set_back"
    MOVED = "moved"  # by a manager's hand, while it waited
    TRANSFERRED = "transferred"
    FORWARDED = "forwarded"
    DONE = "done"
    DAY_END = "day_end"  # finished by the end of the day, not by a person
    PASSED = "passed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One thing that happened to a ticket.

    Attributes:
        at: UTC microseconds; of a number that a kiosk gave without the server, when it was given.
        line, matter: of the ticket from now on, where the step says so.
        window, staff: of a call; the window also of what ended there.
        channel, priority: of an issue; promised_p50_s, promised_p90_s too: the wait that the visitor was told.
    """

    ticket: str
    kind: StepKind
    at: int
    line: str = ""
    matter: str = ""
    window: str = ""
    staff: str = ""
    channel: str = ""
    priority: str = ""
    promised_p50_s: int | None = None
    promised_p90_s: int | None = None


_INSERT = "INSERT OR REPLACE INTO visit_steps VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_DELETE = "DELETE FROM visit_steps WHERE seq = ?"
_DAY = (
    "SELECT ticket, kind, at, line, matter, window, staff, channel, priority, promised_p50_s, promised_p90_s"
    " FROM visit_steps"
    " WHERE business_day = ? ORDER BY seq"
)
_SIMPLE: dict[type[m.TicketEvent], StepKind] = {
    m.TicketRecalled: StepKind.RECALLED,
    m.TicketStarted: StepKind.STARTED,
    m.TicketHeld: StepKind.HELD,
    m.TicketReleased: StepKind.BACK,
    m.TicketRequeued: StepKind.REQUEUED,
    m.TicketSetBack: StepKind.SET_BACK,
    m.TicketPassed: StepKind.PASSED,
    m.TicketCancelled: StepKind.CANCELLED,
    m.TicketExpired: StepKind.EXPIRED,
}


class VisitTables:
    """Steps of days that are not summed up yet, and the tables into which a closed day is summed (``closing.py``)."""

    name: ClassVar[str] = "visits"
    version: ClassVar[int] = 5
    tables: ClassVar[tuple[str, ...]] = ("visit_steps", *CELLS_TABLES)
    schema: ClassVar[str] = (
        """
        CREATE TABLE IF NOT EXISTS visit_steps (
            seq INTEGER PRIMARY KEY, business_day TEXT NOT NULL, ticket TEXT NOT NULL, kind TEXT NOT NULL,
            at INTEGER NOT NULL, line TEXT NOT NULL, matter TEXT NOT NULL, window TEXT NOT NULL, staff TEXT NOT NULL,
            channel TEXT NOT NULL, priority TEXT NOT NULL, promised_p50_s INTEGER, promised_p90_s INTEGER
        );
        CREATE INDEX IF NOT EXISTS visit_steps_day ON visit_steps (business_day);
        """
        + CELLS_SCHEMA
    )

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The step that an event is, or the one that it takes back."""
        event = recorded.event
        if isinstance(event, m.KeyUndone):
            yield _DELETE, (event.undone_seq,)
        elif (step := step_of(recorded)) is not None:
            day = recorded.business_day.isoformat()
            yield _INSERT, (recorded.seq, day, *msgspec.structs.astuple(step))


def step_of(recorded: Recorded) -> Step | None:
    """What an event says about a visit; None for most that are not about tickets."""
    at = microseconds(recorded.at)
    match recorded.event:
        case m.TicketIssued() as e:
            taken = microseconds(e.offline_at) if e.offline_at else at
            where = (e.line, e.matter or "", "", "", e.channel, e.priority or "")
            return Step(e.ticket, StepKind.ISSUED, taken, *where, e.wait_p50_s, e.wait_p90_s)
        case m.TicketCalled() as e:
            return Step(e.ticket, StepKind.CALLED, at, "", "", e.window, e.staff or "")
        case m.TicketTransferred() as e:
            kind = StepKind.TRANSFERRED if e.window else StepKind.MOVED
            return Step(e.ticket, kind, at, e.line, e.matter or "", e.window or "")
        case m.TicketForwarded() as e:
            return Step(e.ticket, StepKind.FORWARDED, at, e.line, e.matter or "", e.window)
        case m.TicketFinished() as e:
            kind = StepKind.DAY_END if e.outcome is MatterOutcome.INACCURATE else StepKind.DONE
            return Step(e.ticket, kind, at, "", "", e.window)
        case m.TicketEvent() as e if type(e) in _SIMPLE:
            return Step(e.ticket, _SIMPLE[type(e)], at, "", "", getattr(e, "window", None) or "")
        case _:
            return None


async def steps_of(views: Database, day: str) -> list[tuple[Any, ...]]:
    """The rows of a business day's steps, in order; empty once the day is summed up."""
    return await views.fetch(_DAY, (day,))
