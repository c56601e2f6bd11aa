"""Who should work when: shifts, weeks, the calendar with 调休 and swaps, as pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

import msgspec

from attendance.records import Request, RequestKind, Rota, Shift

_DAY = timedelta(days=1)
_SATURDAY = 5


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A shift on a day; times are aware.

    Attributes:
        breaks: pairs of begin and end inside it.
    """

    shift: str
    begin: datetime
    end: datetime
    breaks: tuple[tuple[datetime, datetime], ...] = ()
    grace: timedelta = timedelta()
    flexible: timedelta = timedelta()

    @property
    def work_s(self) -> float:
        """Its length without breaks, seconds."""
        return (self.end - self.begin).total_seconds() - sum((e - b).total_seconds() for b, e in self.breaks)


@lru_cache(maxsize=8_192)
def on_day(shift: Shift, day: date, zone: tzinfo) -> Planned:
    """A shift on a day, in UTC; what lies before its begin on the clock belongs to the next day."""
    begin = _at(day, shift.begin, zone)
    end = _after(_at(day, shift.end, zone), begin)
    breaks = []
    for one in shift.breaks:
        opens = _at(day, one.begin, zone)
        opens = opens if opens >= begin else opens + _DAY
        breaks.append((opens.astimezone(UTC), _after(_at(day, one.end, zone), opens).astimezone(UTC)))
    return Planned(
        shift=shift.id,
        begin=begin.astimezone(UTC),
        end=end.astimezone(UTC),
        breaks=tuple(breaks),
        grace=timedelta(minutes=shift.grace_min),
        flexible=timedelta(minutes=shift.flexible_min),
    )


def week_shifts(
    rotas: Sequence[Rota], shifts: Mapping[str, Shift], day: date, *, is_workday: Callable[[date], bool]
) -> tuple[Shift, ...]:
    """The shifts of somebody's week on a day, before swaps.

    A weekday that is a public holiday has only the shifts that do not follow the calendar. A weekend day that is
    worked instead (调休) has its own shifts, and where it has none, Monday's: as the hall's opening hours do.

    Args:
        rotas: theirs; the last one that has begun holds.
    """
    begun = [one for one in rotas if one.from_day <= day]
    if not begun:
        return ()
    week = max(begun, key=lambda one: one.from_day).week
    names = week[day.weekday()]
    is_weekend, is_worked = day.weekday() >= _SATURDAY, is_workday(day)
    if is_weekend and is_worked:
        names = names or week[0]
    found = tuple(shifts[name] for name in names if name in shifts)
    if not is_weekend and not is_worked:
        return tuple(one for one in found if not one.follows_calendar)
    return found


def swapped(
    staff: str,
    day: date,
    own: tuple[Shift, ...],
    swaps: Iterable[Request],
    of: Callable[[str, date], tuple[Shift, ...]],
) -> tuple[Shift, ...]:
    """The shifts of a day after swaps.

    Args:
        own: what the week says. swaps: those that hold.
        of: what the week says of another one, on another day.
    """
    given, taken = False, list[Shift]()
    for swap in swaps:
        if swap.kind is not RequestKind.SWAP or swap.day is None or swap.other is None:
            continue
        if (swap.staff, swap.day) == (staff, day) or (swap.other, swap.other_day) == (staff, day):
            given = True
        if (swap.other, swap.day) == (staff, day):
            taken.extend(of(swap.staff, day))
        if swap.staff == staff and swap.other_day == day:
            taken.extend(of(swap.other, day))
    return (*(() if given else own), *taken)


def first_overlap(planned: Iterable[Planned]) -> tuple[Planned, Planned] | None:
    """Two shifts that somebody would have to work at the same time, or None."""
    in_order = sorted(planned, key=lambda one: one.begin)
    return next(((a, b) for a, b in pairwise(in_order) if b.begin < a.end), None)


def week_overlap(week: Sequence[Sequence[str]], shifts: Mapping[str, Shift], zone: tzinfo) -> int | None:
    """The weekday (0 is Monday) on which a week's shifts overlap each other or those of the day before; None: none."""
    monday = date(2024, 1, 1)  # any Monday: the week is laid on it, and the next Monday closes the round
    days = [monday + _DAY * n for n in range(8)]
    planned = [(n % 7, on_day(shifts[name], day, zone)) for n, day in enumerate(days) for name in week[n % 7]]
    in_order = sorted(planned, key=lambda one: one[1].begin)
    return next((later for (_, a), (later, b) in pairwise(in_order) if b.begin < a.end), None)


def break_fault(shift: Shift, zone: tzinfo) -> bool:
    """Whether a break lies outside its shift, or two overlap."""
    plan = on_day(shift, date(2024, 1, 1), zone)
    breaks = sorted(plan.breaks)
    is_outside = any(b < plan.begin or e > plan.end for b, e in breaks)
    return is_outside or any(later[0] < earlier[1] for earlier, later in pairwise(breaks))


def _at(day: date, clock: str, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)


def _after(end: datetime, begin: datetime) -> datetime:
    return end if end > begin else end + _DAY
