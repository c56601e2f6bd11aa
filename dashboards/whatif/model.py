"""The record of one day as a simulation plays it: who came for what, how long it took, who sat where."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from hall_queue import messages as m
from hall_server.directory.model import Window
from hall_server.messages import Event, Recorded


class Ending(StrEnum):
    """How the window became free of a visitor."""

    DONE = "done"
    NO_SHOW = "no_show"  # called and did not come, or gave up after the call
    ASIDE = "aside"  # held, or passed and called again later by the same window
    AGAIN = "again"  # put back, sent on: waits again as the recorded event says


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a visitor and what came of it.

    Attributes:
        line: it was called in.
        window: that called.
        waited_from, called: seconds since midnight.
        walk_s: from the call to the begin of service; of somebody who did not come, until the window gave up.
        service_s: None where the record does not say, as the day was closed over it.
        aside_s: until the visitor could be called again; None: never.
        event: of ``AGAIN`` and of a hold; played again with the window of the simulation.
    """

    line: str
    window: str
    waited_from: float
    called: float
    walk_s: float
    service_s: float | None
    ending: Ending
    aside_s: float | None = None
    event: Event | None = None


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a number while it waited: given up, pinned, moved by a manager."""

    at: float
    event: Event


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was taken.

    Attributes:
        issued: with the real time of the day; ``at`` in seconds since midnight.
        from_: since when the wait counts: the issue, or the slot of an appointment.
        waited_s: until the first call; None where there was none.
        left: when it was given up without a call, seconds since midnight.
    """

    issued: Recorded
    at: float
    from_: float
    legs: tuple[Leg, ...]
    acts: tuple[Act, ...] = ()
    waited_s: float | None = None
    left: float | None = None

    @property
    def ticket(self) -> m.TicketIssued:
        """What was said at the issue."""
        assert isinstance(self.issued.event, m.TicketIssued)  # noqa: S101  # made so by the recording
        return self.issued.event


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A window was there from ``begin`` to ``end``, seconds since midnight.

    Attributes:
        window: as it was in these hours.
        is_break: the same window came back later.
    """

    window: Window
    staff: str | None
    begin: float
    end: float
    is_break: bool = False


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """How long a window took to call somebody it could have called.

    Attributes:
        was_idle: nobody had waited when it became free.
    """

    window: str
    gap_s: float
    was_idle: bool


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded day.

    Attributes:
        midnight: the hall's, in UTC.
        in_order: calls for which the rules name the same ticket today; calls: all that the rules decided.
        rules: what was set for the hall (None) and for lines.
    """

    day: date
    midnight: datetime
    visitors: tuple[Visitor, ...]
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    windows: dict[str, Window]
    rules: dict[str | None, dict[str, Any]]
    in_order: int = 0
    calls: int = 0

    @property
    def end(self) -> float:
        """When the last window closed, seconds since midnight; what nobody had called by then was not served."""
        return max((shift.end for shift in self.shifts), default=0.0)
