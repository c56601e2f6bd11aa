"""100,000 open cases counted anew after a calendar was published, beside the same dates without any suspension."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bench.measure import Better, Comparison, Result, by_name
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind, Suspension
from cases.clocks.recount import CaseClocks, KnownClock, recompute
from cases.clocks.terms import Terms
from cases.clocks.versions import first_version, successor
from hall_server.directory.calendar import WorkCalendar, read_years
from hall_server.directory.model import CalendarYear

CASES, CASES_QUICK = 100_000, 2_000
ASKED_S = 20.0
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 15, 10, tzinfo=ZONE)
YEARS = Path(__file__).resolve().parents[1] / "config" / "calendar"
NEW_YEAR = CalendarYear(year=2027, off=(date(2027, 1, 1), *(date(2027, 2, n) for n in range(5, 13))))
LIMITS = (
    *((ClockKind.PROMISE, 10), (ClockKind.STATUTE, 20), (ClockKind.NODE, 5)),
    *((ClockKind.NODE, 8), (ClockKind.DELIVERY, 10)),
)
"""Five clocks each: more than most cases have."""


def measure(*, runs: int, is_quick: bool) -> Result:
    """Count all cases anew ``runs`` times."""
    cases = CASES_QUICK if is_quick else CASES
    first = first_version(read_years(YEARS), published_at=NOW - timedelta(days=300))
    second = successor(first, [NEW_YEAR], published_at=NOW)
    known = _open_cases(cases, _terms(first.calendar()))
    found = [_run(known, second.calendar()) for _ in range(runs)]
    name = "recount of all open cases after a calendar"
    return Result(
        name="case_clocks",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, name, "s"), limit=None, better=Better.LOWER, asked=ASKED_S),
            Comparison(
                ours=by_name(found, name, "s"),
                limit=by_name(found, "add_workdays alone, once a clock", "s"),
                better=Better.LOWER,
                asked=20.0,
            ),
        ],
        notes=[
            by_name(found, "the whole picture of every clock", "s"),
            by_name(found, "due days that moved", "clocks"),
            by_name(found, "open cases", "cases"),
        ],
    )


def _run(known: list[CaseClocks], calendar: WorkCalendar) -> dict[str, float]:
    terms = _terms(calendar)
    begun = clock.perf_counter()
    moved = sum(1 for _ in recompute(known, terms=terms, now=NOW))
    recounted = clock.perf_counter()
    for case in known:
        for one in case.clocks:
            clock_now(one.facts, terms=terms, now=NOW)
    pictured = clock.perf_counter()
    start = date(2026, 12, 1)
    for case in known:
        for one in case.clocks:
            calendar.add_workdays(start, one.facts.limit_workdays)
    bare = clock.perf_counter()
    return {
        "recount of all open cases after a calendar": recounted - begun,
        "the whole picture of every clock": pictured - recounted,
        "add_workdays alone, once a clock": bare - pictured,
        "due days that moved": float(moved),
        "open cases": float(len(known)),
    }


def _open_cases(many: int, terms: Terms) -> list[CaseClocks]:
    dice = Random(7)
    return [_case(f"c{number:06d}", dice, terms) for number in range(many)]


def _case(name: str, dice: Random, terms: Terms) -> CaseClocks:
    started = NOW - timedelta(hours=dice.randrange(24 * 40))
    stands: tuple[Suspension, ...] = ()
    if dice.random() < 0.3:
        since = started + timedelta(hours=dice.randrange(24 * 10))
        until = None if dice.random() < 0.3 else since + timedelta(hours=dice.randrange(24 * 15))
        stands = (Suspension(since, until), Suspension(since + timedelta(days=1), until))[: dice.randrange(1, 3)]
    clocks = []
    for kind, limit in LIMITS:
        facts = ClockFacts(kind=kind, started_at=started, limit_workdays=limit, suspensions=stands)
        seen = clock_now(facts, terms=terms, now=NOW)
        clocks.append(KnownClock(facts, seen.due, seen.is_provisional))
    return CaseClocks(name, tuple(clocks))


def _terms(calendar: WorkCalendar) -> Terms:
    return Terms(calendar=calendar, zone=ZONE, closes=time(17, 30))
