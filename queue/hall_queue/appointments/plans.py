"""Slots as pure functions: which a day has by the line's plan and the hall's hours, and which plans are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hall_queue.appointments.model import DayPlan, LinePlan, Plan, Rows, Slot, WeekRow
from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.fields import minutes_of
from hall_server.directory.model import Hours, Span
from hall_server.directory.opening import Opening
from hall_server.errors import Invalid

_MONDAY, _SATURDAY = 1, 6
_FIRST, _LAST = date.min, date.max


class Days:
    """The days of a hall: when it is open, and which slots a line's plan gives it then."""

    def __init__(self, hours: Hours | None, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        """``hours`` None: the hall names none and is open at all times."""
        self._opening = Opening(hours, calendar) if hours else None
        self._follows = hours is None or hours.follows_calendar
        self._calendar = calendar
        self._zone = zone

    def spans(self, day: date) -> tuple[Span, ...]:
        """When the hall is open on a day."""
        return self._opening.spans_on(day) if self._opening else (Span(open="00:00", close="24:00"),)

    def last_bookable(self, today: date, workdays: int) -> date:
        """The last day that may be booked so many working days ahead. Source: domain rule 15."""
        return self._calendar.add_workdays(today, workdays)

    def slots(self, plan: LinePlan, day: date) -> list[Slot]:
        """A day's slots in order; those that do not lie within the opening hours of that day are left out."""
        spans = self.spans(day)
        found = (slot for row in self._rows(plan, day) for slot in _cut(row) if _is_within(slot, spans))
        return [
            Slot(begins=self._at(day, begin), ends=self._at(day, end), quota=quota)
            for begin, end, quota in sorted(found)
        ]

    def is_open_at(self, moment: datetime) -> bool:
        """Whether the hall's hours hold a moment."""
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        return any(minutes_of(span.open) <= minute < minutes_of(span.close) for span in self.spans(local.date()))

    def utc(self, day: date, clock: str) -> datetime:
        """A time of a day in the hall, UTC."""
        return self._at(day, minutes_of(clock)).astimezone(UTC)

    def _rows(self, plan: LinePlan, day: date) -> Sequence[Rows]:
        for one in plan.days:
            if one.day == day:
                return one.rows
        week = next((one for one in plan.plans if one.holds_on(day)), None)
        if week is None:
            return ()
        rows = of_weekday(week, day.isoweekday())
        if not rows and self._follows and day.isoweekday() >= _SATURDAY and self._calendar.is_workday(day):
            return of_weekday(week, _MONDAY)  # 调休: worked as on Monday, as the opening hours have it
        return rows

    def _at(self, day: date, minutes: int) -> datetime:
        midnight = datetime.combine(day, datetime.min.time(), tzinfo=self._zone)
        return midnight + timedelta(minutes=minutes)


def of_weekday(plan: Plan, weekday: int) -> list[WeekRow]:
    """The rows of a plan for a weekday."""
    return [row for row in plan.rows if weekday in row.weekdays]


def check(plan: LinePlan, hours: Hours | None, days: Days) -> None:
    """Refuse plans that contradict themselves or the opening hours; the field is named as in the request.

    Raises:
        Invalid: ``slots.ends_before_begin``, ``slots.too_short``, ``slots.uneven``, ``slots.overlap``,
            ``slots.outside_hours``, ``slots.plans_overlap``, ``slots.plan_ends_first`` or ``slots.day_twice``.
    """
    for at, one in enumerate(plan.plans):
        _check_week(one, hours, f"plans[{at}]")
    _check_dates(plan.plans)
    seen: set[date] = set()
    for at, day in enumerate(plan.days):
        if day.day in seen:
            raise _fault("slots.day_twice", f"days[{at}].day", day=day.day.isoformat())
        seen.add(day.day)
        _check_day(day, days.spans(day.day), f"days[{at}]")


def _check_week(plan: Plan, hours: Hours | None, path: str) -> None:
    if plan.begins and plan.ends and plan.ends < plan.begins:
        raise _fault("slots.plan_ends_first", f"{path}.ends")
    for at, row in enumerate(plan.rows):
        _check_row(row, f"{path}.rows[{at}]")
        for weekday in row.weekdays:
            spans = hours.days[weekday - 1] if hours else (Span(open="00:00", close="24:00"),)
            _check_hours(row, spans, f"{path}.rows[{at}]", weekday=weekday)
    for weekday in range(_MONDAY, 8):
        _check_overlap([(at, row) for at, row in enumerate(plan.rows) if weekday in row.weekdays], path)


def _check_day(day: DayPlan, spans: Sequence[Span], path: str) -> None:
    for at, row in enumerate(day.rows):
        _check_row(row, f"{path}.rows[{at}]")
        _check_hours(row, spans, f"{path}.rows[{at}]", weekday=day.day.isoweekday())
    _check_overlap(list(enumerate(day.rows)), path)


def _check_row(row: Rows, path: str) -> None:
    length = minutes_of(row.end) - minutes_of(row.begin)
    if length <= 0:
        raise _fault("slots.ends_before_begin", f"{path}.end", begin=row.begin)
    if length < row.minutes:
        raise _fault("slots.too_short", f"{path}.minutes", most=length)
    if length % row.minutes:
        raise _fault("slots.uneven", f"{path}.minutes", left=length % row.minutes)


def _check_hours(row: Rows, spans: Sequence[Span], path: str, *, weekday: int) -> None:
    begin, end = minutes_of(row.begin), minutes_of(row.end)
    if not any(minutes_of(span.open) <= begin and end <= minutes_of(span.close) for span in spans):
        field = "end" if any(minutes_of(span.open) <= begin < minutes_of(span.close) for span in spans) else "begin"
        hours = ", ".join(f"{span.open}–{span.close}" for span in spans) or "–"
        raise _fault("slots.outside_hours", f"{path}.{field}", weekday=weekday, hours=hours)


def _check_overlap(rows: Iterable[tuple[int, Rows]], path: str) -> None:
    last: Rows | None = None
    for at, row in sorted(rows, key=lambda entry: (minutes_of(entry[1].begin), entry[0])):
        if last is not None and minutes_of(row.begin) < minutes_of(last.end):
            raise _fault("slots.overlap", f"{path}.rows[{at}].begin", begin=last.begin, end=last.end)
        last = row


def _check_dates(plans: Sequence[Plan]) -> None:
    last = None
    for at, plan in sorted(enumerate(plans), key=lambda entry: (entry[1].begins or _FIRST, entry[0])):
        if last is not None and (plan.begins or _FIRST) <= (last.ends or _LAST):
            raise _fault("slots.plans_overlap", f"plans[{at}].begins")
        last = plan


def _fault(code: str, field: str, **about: object) -> Invalid:
    """A refusal that names the field as the request does."""
    return Invalid(code, field=field, **about)


def _cut(row: Rows) -> Iterable[tuple[int, int, int]]:
    begin, end = minutes_of(row.begin), minutes_of(row.end)
    for at in range(begin, end - row.minutes + 1, row.minutes):
        yield at, at + row.minutes, row.quota


def _is_within(slot: tuple[int, int, int], spans: Sequence[Span]) -> bool:
    begin, end, _ = slot
    return any(minutes_of(span.open) <= begin and end <= minutes_of(span.close) for span in spans)
