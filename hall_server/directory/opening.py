"""When the hall is open and takes tickets, worked out from the weekly hours and the working-day calendar."""

from datetime import date, datetime, timedelta

import msgspec

from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.fields import minutes_of
from hall_server.directory.model import Hours, Span

_MONDAY = 0
_SATURDAY = 5
_SEARCHED_DAYS = 31  # longer than any holiday


class OpenSpan(msgspec.Struct, frozen=True):
    """An opening span of one day, in hall time; ``last_ticket`` is the moment from which no ticket is issued."""

    opens: datetime
    closes: datetime
    last_ticket: datetime


class Opening:
    """The hours of a hall together with its calendar; every time is aware and in hall time."""

    def __init__(self, hours: Hours, calendar: WorkCalendar) -> None:
        """Combine checked hours with a calendar."""
        self._hours = hours
        self._calendar = calendar

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return the spans of a day: none on a public holiday, Monday's on an adjusted working weekend day (调休)."""
        spans = self._hours.days[day.weekday()]
        if not self._hours.follows_calendar:
            return spans
        is_workday = self._calendar.is_workday(day)
        if day.weekday() >= _SATURDAY and is_workday:
            return spans or self._hours.days[_MONDAY]
        # A hall may open on ordinary weekends; on an announced holiday it does not.
        return () if day in self._calendar.off or (day.weekday() < _SATURDAY and not is_workday) else spans

    def span_at(self, now: datetime) -> OpenSpan | None:
        """Return the span in which the hall is open now, or None."""
        return next((span for span in self._open_spans(now) if span.opens <= now < span.closes), None)

    def takes_tickets(self, now: datetime) -> bool:
        """Say whether a ticket may be issued now, as far as the hours go."""
        span = self.span_at(now)
        return span is not None and now < span.last_ticket

    def closes_for_the_day(self, now: datetime) -> datetime | None:
        """Return when the day's last span closes, or None on a day without any."""
        return max((span.closes for span in self._open_spans(now)), default=None)

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the hall opens next after now, or None if it does not within a month."""
        for days in range(_SEARCHED_DAYS + 1):
            later = [span.opens for span in self._open_spans(now + timedelta(days=days)) if span.opens > now]
            if later:
                return min(later)
        return None

    def _open_spans(self, at: datetime) -> list[OpenSpan]:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        before = timedelta(minutes=self._hours.last_ticket_minutes)
        found = []
        for span in self.spans_on(at.date()):
            closes = midnight + timedelta(minutes=minutes_of(span.close))
            found.append(OpenSpan(midnight + timedelta(minutes=minutes_of(span.open)), closes, closes - before))
        return found
