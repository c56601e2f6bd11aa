"""What the city's board shows: halls side by side, and what somebody must look at."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from city.cases_index import Counts
from city.figures.day_sums import DaySums
from city.store.halls import HallState
from dashboards.told import HallNow

SECOND = 1_000_000


class Severity(StrEnum):
    """How urgent something is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class PeriodShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hall's figures of a period, as its own statistics count them; None: nothing to divide by.

    Attributes:
        days: business days with anything in them.
        wait_mean_s, service_mean_s: seconds. on_time, good_rate: shares.
    """

    days: int
    visits: int
    served: int
    wait_mean_s: float | None
    on_time: float | None
    service_mean_s: float | None
    ratings: int
    good_rate: float | None


class HallCard(msgspec.Struct, frozen=True, kw_only=True):
    """A hall on the board.

    Attributes:
        behind: events that the hall has and the city has not. waiting_down: items it has not taken.
        now: how it said it was, at ``now_at``; None: it has said nothing lately.
        figures: of the period; None: nothing happened.
        severity: the worst of its alarms.
    """

    id: str
    name: str
    name_en: str
    state: HallState
    since: datetime
    heard_at: datetime | None
    behind: int
    waiting_down: int
    clock_off_s: int
    latitude: float | None
    longitude: float | None
    now: HallNow | None
    now_at: datetime | None
    figures: PeriodShown | None
    cases: Counts
    severity: Severity


class CityAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at; ``city.alarm.{code}`` says what, ``city.alarm_do.{code}`` what to do, ``href`` where."""

    code: str
    severity: Severity
    hall: str
    name: str
    name_en: str
    since: datetime | None
    fields: dict[str, Any]
    href: str | None = None


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All halls together."""

    halls: int
    linked: int
    waiting: int
    windows_open: int
    windows: int
    figures: PeriodShown | None
    cases: Counts


class BoardPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The board of a period; halls by name, alarms the worst first."""

    name: str
    name_en: str
    at: datetime
    first: date
    last: date
    totals: Totals
    halls: tuple[HallCard, ...]
    alarms: tuple[CityAlarm, ...]


def shown(sums: DaySums | None) -> PeriodShown | None:
    """Sums as they are read; the same division as in a hall."""
    if sums is None or not (sums.visits or sums.ratings or sums.served_stays):
        return None
    return PeriodShown(
        days=sums.days,
        visits=sums.visits,
        served=sums.served,
        wait_mean_s=sums.wait_us / (sums.called * SECOND) if sums.called else None,
        on_time=sums.on_time / sums.called if sums.called else None,
        service_mean_s=sums.serve_us / (sums.served_stays * SECOND) if sums.served_stays else None,
        ratings=sums.ratings,
        good_rate=sums.good / sums.ratings if sums.ratings else None,
    )


def added(every: list[DaySums]) -> DaySums:
    """Sums of all halls."""
    return _summed(DaySums, every)


def counted(every: list[Counts]) -> Counts:
    """Cases of all halls."""
    return _summed(Counts, every)


_S = TypeVar("_S", bound=msgspec.Struct)


def _summed(kind: type[_S], every: list[_S]) -> _S:
    return kind(**{name: sum(getattr(one, name) for one in every) for name in kind.__struct_fields__})
