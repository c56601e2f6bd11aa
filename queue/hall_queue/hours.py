"""Whether numbers are given now; every ticket asks, so the span the hall is in is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.directory import Directory
from hall_server.directory.model import Hours
from hall_server.directory.opening import Opening
from hall_server.errors import Refused


@dataclass(frozen=True, slots=True)
class _Taking:
    """Numbers are given from ``begin`` to ``end``, UTC, as long as hours and calendar are these."""

    hours: Hours
    calendar: WorkCalendar
    begin: datetime
    end: datetime


class TakingHours:
    """The hours in which a hall gives numbers."""

    def __init__(self, directory: Directory, timezone: str) -> None:
        self._directory = directory
        self._zone = ZoneInfo(timezone)
        self._known: _Taking | None = None

    def local(self, now: datetime) -> datetime:
        """A moment in the hall's time zone."""
        return now.astimezone(self._zone)

    def check(self, now: datetime) -> None:
        """Refuse outside the hall's hours and past the last ticket.

        Raises:
            Refused: ``hall.closed`` with the next opening, or ``hall.last_ticket``.
        """
        hours, calendar, known = self._directory.hours, self._directory.calendar, self._known
        if hours is None:
            return
        if known and known.hours is hours and known.calendar is calendar and known.begin <= now < known.end:
            return
        opening, local = Opening(hours, calendar), self.local(now)
        span = opening.span_at(local)
        if span is None:
            raise Refused("hall.closed", opens=opening.next_opening(local))
        if local >= span.last_ticket:
            raise Refused("hall.last_ticket", closes=span.closes)
        self._known = _Taking(hours, calendar, span.opens.astimezone(UTC), span.last_ticket.astimezone(UTC))
