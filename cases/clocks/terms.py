"""What clocks are counted by: the working-day calendar, the time zone and when a working day closes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from hall_server.directory.calendar import WorkCalendar

_DAY = timedelta(days=1)


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
