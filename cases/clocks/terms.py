"""What clocks are counted by: the working-day calendar, the time zone and when a working day closes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.fields import DAY_MINUTES, minutes_of
from hall_server.directory.model import Hours

_DAY = timedelta(days=1)
_HOUR = 60
_WEEKDAYS = 5


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar, the hall's time zone and its closing time; all moments given are aware.

    Attributes:
        closes: hall time; ``time.max`` where the day ends at 24:00 (online only).
            Source: 民法典 203 (有业务时间的，停止业务活动的时间为截止时间).
    """

    calendar: WorkCalendar
    zone: tzinfo
    closes: time

    def day(self, at: datetime) -> date:
        """The date on the hall's calendar."""
        return at.astimezone(self.zone).date()

    def close_of(self, day: date) -> datetime:
        """When a day closes."""
        return datetime.combine(day, self.closes, self.zone)

    def closed_before(self, at: datetime) -> date:
        """The last day whose close lies before ``at``."""
        local = at.astimezone(self.zone)
        return local.date() if local.time() > self.closes else local.date() - _DAY

    def workdays_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of ``start`` up to and with that of ``end`` (民法典 201)."""
        return self.calendar.workdays_between(self.day(start), self.day(end))


def closing_time(hours: Hours | None) -> time:
    """When working days close in a hall: the latest close of Monday to Friday; without hours the day ends at 24:00."""
    spans = hours.days[:_WEEKDAYS] if hours is not None else ()
    minutes = max((minutes_of(span.close, field="close") for day in spans for span in day), default=DAY_MINUTES)
    return time.max if minutes >= DAY_MINUTES else time(*divmod(minutes, _HOUR))
