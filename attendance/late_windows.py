"""What late openings of today cost, from the table of tickets, the spans at the windows and the shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from attendance.model import Span
from attendance.queue_join import Stretch, late_cost_min
from hall_server.database.connections import Database
from hall_server.directory.model import Window
from hall_server.journal.rows import moment

_WAITS = "SELECT line, issued_at, coalesce(first_called_at, ended_at) FROM tickets WHERE business_day = ?"


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A window that was opened after the shift of its person had begun; ``opened`` None: not yet."""

    window: str
    due: datetime
    opened: datetime | None

    def until(self, now: datetime) -> datetime:
        """Up to when it was late."""
        return self.opened or now


async def waits_of(views: Database, day: date) -> dict[str, list[Stretch]]:
    """Line → from when to when each visitor of a day waited for the first call."""
    found: dict[str, list[Stretch]] = {}
    for line, begin, end in await views.fetch(_WAITS, (day.isoformat(),)):
        found.setdefault(line, []).append(Stretch(moment(begin), None if end is None else moment(end)))
    return found


def costs(
    lates: Mapping[str, Late],
    spans: Sequence[Span],
    windows: Mapping[str, Window],
    waits: Mapping[str, Sequence[Stretch]],
    now: datetime,
) -> dict[str, float]:
    """Staff → what their late opening cost, in minutes of visitors' waiting (`queue_join.late_cost_min`)."""
    return {staff: _cost(staff, late, lates, spans, windows, waits, now) for staff, late in lates.items()}


def _cost(
    staff: str,
    late: Late,
    lates: Mapping[str, Late],
    spans: Sequence[Span],
    windows: Mapping[str, Window],
    waits: Mapping[str, Sequence[Stretch]],
    now: datetime,
) -> float:
    lines = _lines(windows, late.window)
    others = [span for span in spans if span.window != late.window and lines & _lines(windows, span.window)]
    also = [
        Stretch(one.due, one.until(now))
        for who, one in lates.items()
        if who != staff and one.window != late.window and lines & _lines(windows, one.window)
    ]
    return late_cost_min(
        late.due,
        late.until(now),
        waiting=[stretch for line in lines for stretch in waits.get(line, ())],
        open_=[stretch for span in others for stretch in _serving(span)],
        late=also,
    )


def _lines(windows: Mapping[str, Window], window: str) -> set[str]:
    found = windows.get(window)
    return set(found.lines) if found else set()


def _serving(span: Span) -> list[Stretch]:
    """When a window was open and did not pause."""
    parts, begin = list[Stretch](), span.opened_at
    for paused, resumed in span.pauses:
        parts.append(Stretch(begin, paused))
        if resumed is None:
            return parts
        begin = resumed
    return [*parts, Stretch(begin, span.closed_at)]
