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
    """The hall is open from ``begin`` to ``closes``, UTC, as long as hours and calendar are these.

    Attributes:
        end: from then on no numbers are given, by the hours.
    """

    hours: Hours
    calendar: WorkCalendar
    begin: datetime
    end: datetime
    closes: datetime


class TakingHours:
    """The hours in which a hall gives numbers."""

    def __init__(self, directory: Directory, timezone: str) -> None:
        self._directory = directory
        self._zone = ZoneInfo(timezone)
        self._known: _Taking | None = None

    def local(self, now: datetime) -> datetime:
        """A moment in the hall's time zone."""
        return now.astimezone(self._zone)

    def check(self, now: datetime, *, by_hours: bool = True) -> None:
        """Refuse outside the hall's hours and, ``by_hours``, past the last ticket.

        Raises:
            Refused: ``hall.closed`` with the next opening, or ``hall.last_ticket``.
        """
        hours, calendar = self._directory.hours, self._directory.calendar
        if hours is None:
            return
        known = self._span(hours, calendar, now)
        if known is None:
            opens = Opening(hours, calendar).next_opening(self.local(now))
            raise Refused("hall.closed", opens=opens, instead="appointment")
        if by_hours and now >= known.end:
            raise Refused("hall.last_ticket", closes=known.closes.astimezone(self._zone), instead="another_day")

    @property
    def is_always(self) -> bool:
        """Whether the hall has no hours, and so is never closed."""
        return self._directory.hours is None

    def opening(self, now: datetime) -> datetime | None:
        """When the present opening began, hall time; None outside the hours and in a hall without any."""
        hours = self._directory.hours
        known = self._span(hours, self._directory.calendar, now) if hours is not None else None
        return self.local(known.begin) if known else None

    def next_opening(self, now: datetime) -> datetime | None:
        """When the hall opens next, hall time; None where it does not within a month, or has no hours."""
        hours = self._directory.hours
        return None if hours is None else Opening(hours, self._directory.calendar).next_opening(self.local(now))

    def closes(self, now: datetime) -> datetime | None:
        """When the present opening ends, UTC; None in a hall without hours or outside them."""
        hours = self._directory.hours
        known = self._span(hours, self._directory.calendar, now) if hours is not None else None
        return known.closes if known else None

    def _span(self, hours: Hours, calendar: WorkCalendar, now: datetime) -> _Taking | None:
        known = self._known
        if known and known.hours is hours and known.calendar is calendar and known.begin <= now < known.closes:
            return known
        span = Opening(hours, calendar).span_at(self.local(now))
        if span is None:
            return None
        begin, end, closes = (one.astimezone(UTC) for one in (span.opens, span.last_ticket, span.closes))
        self._known = _Taking(hours, calendar, begin, end, closes)
        return self._known
