"""Until when something must be done about a bad review: pure functions in working days of the hall's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from evaluation.orders.model import Clock, FixLimit
from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.model import Hours
from hall_server.directory.opening import Opening

CONTACT_WORKDAYS = 1
"""Within so many working days the visitor is contacted. Source: domain page, evaluation."""
REMIND_WORKDAYS = 1
"""So many working days before a limit it is reminded of."""
_DAY = timedelta(days=1)
_WORKDAYS = {FixLimit.WORKDAYS_5: 5, FixLimit.WORKDAYS_15: 15}
_DAYS = {FixLimit.DAYS_7: 7}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What limits are counted by: the working days, the hall's hours (None: none are set) and its time zone."""

    calendar: WorkCalendar
    hours: Hours | None
    zone: tzinfo

    def day(self, at: datetime) -> date:
        """The date on the hall's calendar."""
        return at.astimezone(self.zone).date()

    def last_day(self, due: datetime) -> date:
        """The last date that lies before a limit: 24:00 belongs to the day that ends."""
        return self.day(due - timedelta(microseconds=1))

    def end_of(self, day: date) -> datetime:
        """When a day ends for who must do something: when the hall closes, else at 24:00.

        Source: 民法典 203 (有业务时间的，停止业务活动的时间为截止时间).
        """
        midnight = datetime.combine(day, time(), self.zone)
        closes = Opening(self.hours, self.calendar).closes_for_the_day(midnight) if self.hours is not None else None
        return closes or datetime.combine(day + _DAY, time(), self.zone)

    def is_last_day(self, day: date) -> bool:
        """Whether a limit may end on this day."""
        return self.calendar.is_workday(day)


def contact_due(opened: datetime, terms: Terms) -> datetime:
    """Until when the visitor is to be contacted; the day of the rating is not counted (民法典 201)."""
    return terms.end_of(terms.calendar.add_workdays(terms.day(opened), CONTACT_WORKDAYS))


def fix_due(begun: datetime, limit: FixLimit, terms: Terms) -> datetime:
    """Until when it is to be put right; a limit in calendar days that ends on a day off ends on the next working day.

    Source: 民法典 201, 203 (期间的最后一日是法定休假日的，以法定休假日结束的次日为最后一日).
    """
    day = terms.day(begun)
    if limit in _WORKDAYS:
        return terms.end_of(terms.calendar.add_workdays(day, _WORKDAYS[limit]))
    last = day + timedelta(days=_DAYS[limit])
    return terms.end_of(last if terms.is_last_day(last) else terms.calendar.next_workday(last))


def remind_from(clock: Clock, due: datetime, terms: Terms) -> datetime:
    """From when a limit is reminded of: one working day before it; the contact's is but one: on its last day."""
    local = due.astimezone(terms.zone)
    last = terms.last_day(due)
    if clock is Clock.CONTACT:
        return datetime.combine(last, time(), terms.zone)
    return local - (last - terms.calendar.add_workdays(last, -REMIND_WORKDAYS))


def until_limits(due: datetime, least: datetime, most: timedelta, terms: Terms) -> tuple[date, date]:
    """The first and last date somebody may set instead of a limit: after ``least``, at most so much beyond ``due``."""
    return terms.last_day(least) + _DAY, terms.last_day(due) + most
