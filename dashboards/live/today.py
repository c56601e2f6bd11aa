"""Today's curve, from the live state and the usual of the weekday."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time

from dashboards.live.curve import HALF_HOUR, SLOTS, Curve, Stay, Usual, beside, day_curve
from hall_queue.model import Ticket
from hall_queue.rules import Hall
from hall_server.directory.fields import minutes_of
from hall_server.directory.opening import Opening

SLOT_MIN = HALF_HOUR.seconds // 60

UsualOf = Callable[[date], tuple[Usual | None, bool]]
"""Day → what is usual then, and whether that is known already."""


def nothing_usual(_: date) -> tuple[Usual | None, bool]:
    """For a hall without statistics: nothing is usual, and nobody looks."""
    return None, True


class TodayCurve:
    """Makes the curve of the present state."""

    def __init__(self, hall: Hall, usual_of: UsualOf) -> None:
        self._hall = hall
        self._usual_of = usual_of

    def curve(self) -> Curve:
        """Today, as far as it has come."""
        now, day = self._hall.local_now(), self._hall.queue.day
        midnight = datetime.combine(day, time(), now.tzinfo)
        usual, is_known = self._usual_of(day)
        today = day_curve(
            _stays(self._hall.queue.tickets.values(), midnight.astimezone(UTC)), self._begun(now, midnight)
        )
        return beside(today, usual, self._opening(day), is_known=is_known)

    def mark(self) -> tuple[object, ...]:
        """What changes the curve without an event: the half hour that runs, and the usual."""
        now, day = self._hall.local_now(), self._hall.queue.day
        return self._begun(now, datetime.combine(day, time(), now.tzinfo)), self._usual_of(day)[1]

    @staticmethod
    def _begun(now: datetime, midnight: datetime) -> int:
        return min(max((now - midnight) // HALF_HOUR + 1, 1), SLOTS)

    def _opening(self, day: date) -> tuple[int, int] | None:
        """The half hours of the hall's opening hours; None where it is always open, or not today."""
        directory = self._hall.directory
        if directory.hours is None:
            return None
        spans = Opening(directory.hours, directory.calendar).spans_on(day)
        if not spans:
            return None
        begin = min(minutes_of(span.open) for span in spans) // SLOT_MIN
        end = -(-max(minutes_of(span.close) for span in spans) // SLOT_MIN)
        return (begin, end) if end - begin < SLOTS else None


def _stays(tickets: Iterable[Ticket], midnight: datetime) -> Iterator[Stay]:
    """``midnight`` in UTC, as tickets are: thousands are subtracted for each picture."""
    for ticket in tickets:
        left = ticket.first_called_at or ticket.ended_at
        yield (ticket.issued_at - midnight) // HALF_HOUR, None if left is None else (left - midnight) // HALF_HOUR
