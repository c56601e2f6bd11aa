"""Lights of supervision: yellow, red, double red."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.clocks.counting import clock_now
from cases.clocks.lights import LightRule, worst
from cases.clocks.model import ClockFacts, ClockKind, Light
from cases.clocks.terms import Terms
from hall_server.directory.calendar import from_years, read_years

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = from_years(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"))
TERMS = Terms(calendar=CALENDAR, zone=ZONE, closes=time(17, 30))
START = datetime(2026, 11, 2, 9, tzinfo=ZONE)


def shown(
    kind: ClockKind, limit: int, day: int, hour: int = 12, *, ended: bool = False, rule: LightRule | None = None
) -> Light:
    now = datetime(2026, 11, day, hour, tzinfo=ZONE)
    facts = ClockFacts(kind=kind, started_at=START, limit_workdays=limit, ended_at=now if ended else None)
    return clock_now(facts, terms=TERMS, now=now, rule=rule or LightRule()).light


@pytest.mark.parametrize(
    ("limit", "day", "light"),
    [
        (3, 3, Light.GREEN),  # two left of three
        (3, 4, Light.YELLOW),  # one left
        (3, 5, Light.YELLOW),  # the last day
        (3, 6, Light.RED),
        (15, 18, Light.YELLOW),  # three left of fifteen: 20 %
        (15, 17, Light.GREEN),  # four left: 27 %
        (1, 2, Light.YELLOW),  # a promise of one day is short from the beginning
    ],
)
def test_a_promise_turns_yellow_and_red(limit: int, day: int, light: Light) -> None:
    """Default lights: yellow at ≤1 working day or ≤20 % left, red over the promise."""
    assert shown(ClockKind.PROMISE, limit, day) is light


@pytest.mark.parametrize(
    ("kind", "light"),
    [
        (ClockKind.PROMISE, Light.RED),
        (ClockKind.NODE, Light.RED),
        (ClockKind.STATUTE, Light.DOUBLE_RED),
        (ClockKind.NOTICE, Light.DOUBLE_RED),
        (ClockKind.DELIVERY, Light.DOUBLE_RED),
    ],
)
def test_what_the_law_sets_is_double_red(kind: ClockKind, light: Light) -> None:
    """Double red over the statute: 行政许可法 42, notice 32, delivery 44."""
    assert shown(kind, 5, 10) is light


def test_a_clock_that_ended_in_time_is_green_and_one_that_ended_late_stays_red() -> None:
    assert shown(ClockKind.PROMISE, 3, 5, ended=True) is Light.GREEN
    assert shown(ClockKind.PROMISE, 3, 5, 18, ended=True) is Light.RED
    assert shown(ClockKind.STATUTE, 3, 9, ended=True) is Light.DOUBLE_RED


def test_a_hall_may_want_to_be_warned_earlier() -> None:
    rule = LightRule(yellow_workdays=3, yellow_percent=50)
    assert shown(ClockKind.PROMISE, 10, 9) is Light.GREEN
    assert shown(ClockKind.PROMISE, 10, 9, rule=rule) is Light.YELLOW


def test_a_case_shows_the_worst_of_its_clocks() -> None:
    now = datetime(2026, 11, 10, 12, tzinfo=ZONE)
    promise, statute = (
        clock_now(ClockFacts(kind=kind, started_at=START, limit_workdays=limit), terms=TERMS, now=now)
        for kind, limit in ((ClockKind.PROMISE, 5), (ClockKind.STATUTE, 20))
    )
    assert worst([statute, promise]) is Light.RED
    assert worst([]) is Light.GREEN
    assert [one for one in Light if one.is_at_least(Light.RED)] == [Light.RED, Light.DOUBLE_RED]
