"""Windows against shifts: how a shift was sat, and what a late opening cost the visitors; pure functions.

**What a late opening cost.** A window should have been open from ``due`` and was from ``opened``. At each moment
between, W(t) people waited in its lines, n(t) other windows served these lines and m(t) were as late as this one, with
itself. One more window would have taken its share of those who waited, so it cost

    cost = ∫ W(t) / (n(t) + m(t)) dt,  from due to opened, in minutes of visitors' waiting

Where nobody waits a late opening costs nothing; where it is the only window of its lines all the waiting is its cost;
and the costs of several late windows together are never more than what was waited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from attendance.model import Span
from attendance.shifts import Planned


class Stretch(msgspec.Struct, frozen=True):
    """From a moment to another; ``end`` None: it goes on."""

    begin: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begin <= at and (self.end is None or at < self.end)


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """How a shift was sat: of the shift's time without breaks, seconds.

    Attributes:
        open_s: at an open window; of it paused_s paused, serving_s with a visitor and idle_s neither.
        closed_s: of the shift up to now, at no open window.
        late_s: from the begin of the shift to the first opening; all of it where nothing was opened.
    """

    shift_s: float
    open_s: float
    paused_s: float
    serving_s: float
    idle_s: float
    closed_s: float
    late_s: float


def late_cost_min(
    due: datetime, opened: datetime, *, waiting: Iterable[Stretch], open_: Iterable[Stretch], late: Iterable[Stretch]
) -> float:
    """What a late opening cost, minutes of visitors' waiting (the formula of this module).

    Args:
        due, opened: of the window.
        waiting: of each visitor in the window's lines, from taking a number to the call.
        open_: of each other window of these lines, while it was open and did not pause.
        late: of each other window of these lines that was late itself, from its shift to its opening.
    """
    if opened <= due:
        return 0.0
    waits, opens, lates = list(waiting), list(open_), list(late)
    edges = {due, opened}
    for stretch in (*waits, *opens, *lates):
        edges.update(at for at in (stretch.begin, stretch.end) if at is not None and due < at < opened)
    cost_s = 0.0
    for begin, end in pairwise(sorted(edges)):
        people = sum(one.holds(begin) for one in waits)
        windows = 1 + sum(one.holds(begin) for one in opens) + sum(one.holds(begin) for one in lates)
        cost_s += people / windows * (end - begin).total_seconds()
    return cost_s / 60


def seated(planned: Sequence[Planned], spans: Sequence[Span], now: datetime) -> Seat:
    """How somebody's shifts of a day were sat.

    Args:
        spans: theirs, of the day. now: what is under way counts up to here.
    """
    parts = [part for one in planned for part in _working(one, now)]
    opens = [Stretch(span.opened_at, span.closed_at or now) for span in spans]
    pauses = [stretch for span in spans for stretch in _closed(span.pauses, now)]
    serves = [stretch for span in spans for stretch in _closed(span.serving, now)]
    shift_s = sum((end - begin).total_seconds() for begin, end in parts)
    open_s, paused_s, serving_s = (_shared(parts, some) for some in (opens, pauses, serves))
    return Seat(
        shift_s=shift_s,
        open_s=open_s,
        paused_s=paused_s,
        serving_s=serving_s,
        idle_s=max(0.0, open_s - paused_s - serving_s),
        closed_s=max(0.0, shift_s - open_s),
        late_s=_late(planned, spans, now),
    )


def _late(planned: Sequence[Planned], spans: Sequence[Span], now: datetime) -> float:
    if not planned or (begin := min(one.begin for one in planned)) >= now:
        return 0.0
    first = min((span.opened_at for span in spans), default=now)
    end = max(one.end for one in planned)
    return max(0.0, (min(first, end) - begin).total_seconds())


def _working(one: Planned, now: datetime) -> list[tuple[datetime, datetime]]:
    """The shift up to now without its breaks."""
    parts, at = list[tuple[datetime, datetime]](), one.begin
    for begin, end in (*sorted(one.breaks), (one.end, one.end)):
        if at < min(begin, now):
            parts.append((at, min(begin, now)))
        at = max(at, end)
    return parts


def _closed(found: Iterable[tuple[datetime, datetime | None]], now: datetime) -> list[Stretch]:
    return [Stretch(begin, end or now) for begin, end in found]


def _shared(parts: Sequence[tuple[datetime, datetime]], some: Sequence[Stretch]) -> float:
    """Seconds that lie in a part and in a stretch; those that lie in two stretches (two windows) count once."""
    shared_s = 0.0
    for begin, end in parts:
        reached = begin
        for one in sorted(some, key=lambda one: one.begin):
            start, stop = max(one.begin, reached), min(one.end or end, end)
            if start < stop:
                shared_s += (stop - start).total_seconds()
                reached = stop
    return shared_s
