"""Made-up days of a large hall as steps of tickets, for the benchmark of figures: what the journal's events leave."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from dashboards.figures.facts import Sitting
from dashboards.figures.steps import StepKind
from hall_server.journal.rows import microseconds

SECOND = 1_000_000
LINES, WINDOWS, MATTERS = 24, 60, 400
CHANNELS = ("kiosk", "kiosk", "kiosk", "phone", "staff", "appointment")
SLOTS = tuple(f"{hour:02d}:{minute}" for hour in range(9, 17) for minute in ("00", "30"))
OPENS_H, HOURS = 1, 8  # UTC: nine to five in the hall
PASSED, CANCELLED, HELD, FORWARDED, RECALLED = 0.03, 0.02, 0.04, 0.05, 0.1

StepRow = tuple[Any, ...]


def steps_of(dice: Random, day: date, many: int) -> list[StepRow]:
    """The steps of a day with so many tickets, as `dashboards.figures.steps.steps_of` reads them."""
    opens = microseconds(datetime(day.year, day.month, day.day, OPENS_H, tzinfo=UTC))
    found: list[StepRow] = []
    for number in range(many):
        at = opens + int(dice.random() * HOURS * 3_600 * SECOND)
        found += _visit(dice, f"{day}-{number}", at)
    return found


def sittings_of(dice: Random) -> list[Sitting]:
    """Every window open all day, half an hour at a time, each with one of its two people."""
    people = [f"s{window + WINDOWS * dice.randrange(2):03d}" for window in range(WINDOWS)]
    return [
        Sitting(f"w{window:02d}", people[window], slot, 1_700 * SECOND) for window in range(WINDOWS) for slot in SLOTS
    ]


def _visit(dice: Random, ticket: str, at: int) -> Generator[StepRow, None, None]:
    matter = dice.randrange(MATTERS)
    fate, wait_s = dice.random(), dice.expovariate(1 / 900)
    p50_s = round(900 * (0.5 + dice.random()))
    line, name = f"line{matter % LINES:02d}", f"matter{matter:03d}"
    priority = "elderly" if dice.random() < 0.05 else ""
    yield _step(ticket, StepKind.ISSUED, at, line, name, "", "", dice.choice(CHANNELS), priority, p50_s, 2 * p50_s)
    at += int(wait_s * SECOND)
    if fate < CANCELLED:
        yield _step(ticket, StepKind.CANCELLED, at)
        return
    at, window = yield from _called(dice, ticket, at, matter)
    if fate < CANCELLED + PASSED:
        yield _step(ticket, StepKind.PASSED, at + 90 * SECOND, window=window)
        return
    at = yield from _served(dice, ticket, at, window)
    if dice.random() < HELD:
        yield _step(ticket, StepKind.HELD, at, window=window)
        at += int(dice.expovariate(1 / 600) * SECOND)
        at, window = yield from _called(dice, ticket, at, matter)
        at = yield from _served(dice, ticket, at, window)
    if dice.random() < FORWARDED:
        matter = (matter + 1) % MATTERS
        yield _step(ticket, StepKind.FORWARDED, at, f"line{matter % LINES:02d}", f"matter{matter:03d}", window)
        at, window = yield from _called(dice, ticket, at + int(wait_s * SECOND), matter)
        at = yield from _served(dice, ticket, at, window)
    yield _step(ticket, StepKind.DONE, at, window=window)


def _called(dice: Random, ticket: str, at: int, matter: int) -> Generator[StepRow, None, tuple[int, str]]:
    place = (matter % LINES + LINES * dice.randrange(3)) % WINDOWS
    window, staff = f"w{place:02d}", f"s{place + WINDOWS * dice.randrange(2):03d}"
    yield _step(ticket, StepKind.CALLED, at, window=window, staff=staff)
    if dice.random() < RECALLED:
        at += 30 * SECOND
        yield _step(ticket, StepKind.RECALLED, at, window=window)
    return at, window


def _served(dice: Random, ticket: str, at: int, window: str) -> Generator[StepRow, None, int]:
    at += int(dice.expovariate(1 / 25) * SECOND)
    yield _step(ticket, StepKind.STARTED, at, window=window)
    return at + int(dice.expovariate(1 / 420) * SECOND)


def _step(
    ticket: str, kind: StepKind, at: int, line: str = "", matter: str = "", window: str = "", staff: str = "",
    *more: Any,
) -> StepRow:  # fmt: skip
    """A row of the table, in the order of its columns."""
    channel, priority, p50_s, p90_s = more or ("", "", None, None)
    return ticket, kind.value, at, line, matter, window, staff, channel, priority, p50_s, p90_s
