"""What is asked of the figures: from when to when, of what, told apart by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from dashboards.figures.cells import Dim
from evaluation.figures.facts import By
from evaluation.figures.narrowing import Of
from evaluation.figures.period import Period

_DAY = timedelta(days=1)
MONTHS = 12


class GroupBy(StrEnum):
    """What figures are told apart by."""

    HALL = "hall"
    LINE = "line"
    MATTER = "matter"
    DEPARTMENT = "department"
    WINDOW = "window"
    STAFF = "staff"  # for managers only
    HOUR = "hour"
    WEEKDAY = "weekday"
    CHANNEL = "channel"
    PRIORITY = "priority"
    DAY = "day"
    MONTH = "month"
    SLOT = "slot"  # half hours of the hall's clock, for staffing; not asked for by itself


BYS = tuple(by for by in GroupBy if by is not GroupBy.SLOT)
"""What may be asked for by itself."""


_DIM = {
    GroupBy.LINE: Dim.LINE,
    GroupBy.MATTER: Dim.MATTER,
    GroupBy.DEPARTMENT: Dim.MATTER,
    GroupBy.WINDOW: Dim.WINDOW,
    GroupBy.STAFF: Dim.STAFF,
    GroupBy.HOUR: Dim.HOUR,
    GroupBy.WEEKDAY: Dim.WEEKDAY,
    GroupBy.CHANNEL: Dim.CHANNEL,
    GroupBy.PRIORITY: Dim.PRIORITY,
    GroupBy.SLOT: Dim.SLOT,
}


_RATED: Mapping[GroupBy, By] = {GroupBy.CHANNEL: By.TAKEN, GroupBy.SLOT: By.HALL}
"""What is called otherwise of ratings: a rating has a channel of its own."""


def rated_by(by: GroupBy) -> By:
    """The same of ratings."""
    return _RATED.get(by) or By(by)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question.

    Attributes:
        across: what each group is told apart by once more; its key is then both, joined by a tab.
        only: dimension → the values that count; a dimension that is not in it is not narrowed.
        department_of: matter → department, as the directory is today.
    """

    period: Period
    by: GroupBy = GroupBy.HALL
    across: GroupBy | None = None
    only: Mapping[Dim, frozenset[str]] = msgspec.field(default_factory=dict)
    department_of: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def rated(self) -> dict[Of, frozenset[str]]:
        """What ratings are narrowed by."""
        return {Of(dim): values for dim, values in self.only.items()}

    @property
    def dims(self) -> frozenset[Dim]:
        """The dimensions that must be known."""
        return frozenset((*self.only, *(_DIM[by] for by in (self.by, self.across) if by in _DIM)))

    def group(self, place: Mapping[Dim, str], span: str) -> str | None:
        """The group a place belongs to; None: it does not count. ``span``: its day or month."""
        for dim, values in self.only.items():
            if place.get(dim, "") not in values:
                return None
        key = self._key(self.by, place, span)
        return key if self.across is None else f"{key}\t{self._key(self.across, place, span)}"

    def _key(self, by: GroupBy, place: Mapping[Dim, str], span: str) -> str:
        match by:
            case GroupBy.HALL:
                return ""
            case GroupBy.DAY:
                return span
            case GroupBy.MONTH:
                return span[:7]
            case GroupBy.DEPARTMENT:
                return self.department_of.get(place.get(Dim.MATTER, ""), "")
            case _:
                return place.get(_DIM[by], "")

    def spans(self) -> tuple[list[str], list[tuple[str, str]]]:
        """The whole years and months in the period (no years where months are asked for), and the days beside them."""
        first, last = self.period.first, self.period.last
        if GroupBy.DAY in {self.by, self.across}:
            return [], [(first.isoformat(), last.isoformat())]
        months, days, at = list[str](), list[tuple[str, str]](), first
        while at <= last:
            end = (at.replace(day=1) + _DAY * 31).replace(day=1) - _DAY
            if at.day == 1 and end <= last:
                months.append(f"{at:%Y-%m}")
            else:
                days.append((at.isoformat(), min(end, last).isoformat()))
            at = end + _DAY
        return self._years(months), days

    def _years(self, months: list[str]) -> list[str]:
        """Twelve months of a year as that year."""
        full = Counter(month[:4] for month in months)
        whole = {year for year, many in full.items() if many == MONTHS and GroupBy.MONTH not in {self.by, self.across}}
        return [*sorted(whole), *(month for month in months if month[:4] not in whole)]

    def holds(self, day: str) -> bool:
        """Whether a day lies in the period."""
        return self.period.first.isoformat() <= day <= self.period.last.isoformat()


def year_before(period: Period) -> Period:
    """The same days a year earlier; the 29th of February is the 28th there."""
    return Period(first=_year_before(period.first), last=_year_before(period.last))


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
