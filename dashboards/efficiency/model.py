"""What the hall publishes of its efficiency 效能公示, of which days, and who is honoured; pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from evaluation.figures.period import Period, month_of

FROM_STATISTICS = (
    *("visits", "visits_served", "wait_mean", "wait_median", "wait_p90", "wait_on_time", "service_mean"),
)
"""Figures of `dashboards.figures` that a hall may publish."""
FROM_RATINGS = ("good_rate", "ratings", "active_rate")
"""Figures of `evaluation.figures` that a hall may publish."""
CHOICES = FROM_STATISTICS + FROM_RATINGS
FIGURES_MOST = 6
"""So many stand on a wall and are read from five metres."""
OF_GROUPS = ("visits_served", "wait_mean", "wait_on_time", "good_rate")
"""What of it is told of each department and window, in this order."""
OF_HONOURED = ("good_rate", "wait_on_time", "visits_served")
"""What the roll of honour goes by, in this order, and what it shows."""


class Span(StrEnum):
    """The days that are shown beside each other, each up to today."""

    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


class HonoursOf(StrEnum):
    """Whose last closed days the roll of honour 光荣榜 is of."""

    NONE = "none"  # there is no roll
    WEEK = "week"
    MONTH = "month"


class People(StrEnum):
    """How members of staff stand on the roll of honour."""

    NONE = "none"  # not at all: windows and departments only
    NUMBER = "number"  # by their 工号
    NAME = "name"  # by the name that their window's screen shows


class Publication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the manager has approved.

    Attributes:
        figures: ids, in the order in which they are shown.
        departments, windows: whether figures are told of each of them.
        places: so many of a kind stand on the roll; those with the same figures share a place.
        served_least: so many visits served, in the days of the roll.
        good_least_percent, on_time_least_percent: so many good ratings, so many called within the goal.
    """

    figures: tuple[str, ...] = ("visits", "visits_served", "wait_mean", "wait_on_time", "good_rate", "ratings")
    departments: bool = True
    windows: bool = True
    honours: HonoursOf = HonoursOf.WEEK
    places: int = 3
    served_least: int = 30
    good_least_percent: int = 95
    on_time_least_percent: int = 80
    people: People = People.NONE


def running(span: Span, today: date) -> Period:
    """The days of a span up to today."""
    match span:
        case Span.DAY:
            first = today
        case Span.WEEK:
            first = today - timedelta(days=today.weekday())
        case Span.MONTH:
            first = today.replace(day=1)
    return Period(first=first, last=today)


def closed(honours: HonoursOf, today: date) -> Period | None:
    """The last whole week (Monday to Sunday) or month before today; None where there is no roll."""
    match honours:
        case HonoursOf.NONE:
            return None
        case HonoursOf.WEEK:
            monday = today - timedelta(days=today.weekday() + 7)
            return Period(first=monday, last=monday + timedelta(days=6))
        case HonoursOf.MONTH:
            return month_of(today.replace(day=1) - timedelta(days=1))
