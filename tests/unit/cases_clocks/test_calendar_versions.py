"""The calendar is published in versions; every open case is counted anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cases.clocks.counting import clock_now
from cases.clocks.model import ClockFacts, ClockKind, Suspension
from cases.clocks.recount import CaseClocks, KnownClock, recompute
from cases.clocks.terms import Terms
from cases.clocks.versions import CalendarVersion, changed_days, check_follows, checked, first_version, successor
from hall_server.directory.calendar import WorkCalendar, read_years
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid, Refused

ZONE = ZoneInfo("Asia/Shanghai")
PUBLISHED = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = first_version(read_years(Path(__file__).resolve().parents[3] / "config" / "calendar"), published_at=PUBLISHED)
YEAR_2027 = CalendarYear(
    year=2027,
    off=(date(2027, 1, 1), *(date(2027, 2, day) for day in range(5, 13))),
    work=(date(2027, 1, 30), date(2027, 2, 14)),
)
SECOND = successor(FIRST, [YEAR_2027], published_at=PUBLISHED + timedelta(days=20))
NOW = datetime(2026, 12, 21, 9, tzinfo=ZONE)


def terms(calendar: WorkCalendar) -> Terms:
    return Terms(calendar=calendar, zone=ZONE, closes=time(17, 30))


def case(name: str, *facts: ClockFacts, calendar: WorkCalendar) -> CaseClocks:
    seen = [(one, clock_now(one, terms=terms(calendar), now=NOW)) for one in facts]
    return CaseClocks(name, tuple(KnownClock(one, found.due, found.is_provisional) for one, found in seen))


def clock(start: date, limit: int, kind: ClockKind = ClockKind.STATUTE) -> ClockFacts:
    return ClockFacts(kind=kind, started_at=datetime.combine(start, time(9), ZONE), limit_workdays=limit)


def test_a_calendar_published_mid_case_moves_what_runs_over_new_year() -> None:
    """行政许可法 82 with the notice of the year 2027."""
    old, new = FIRST.calendar(), SECOND.calendar()
    cases = [
        case("c1", clock(date(2026, 12, 21), 20), calendar=old),  # 1 January becomes a day off
        case("c2", clock(date(2026, 12, 1), 10), calendar=old),  # over before
        case("c3", clock(date(2026, 12, 30), 1), clock(date(2026, 12, 30), 3), calendar=old),
    ]
    moved = list(recompute(cases, terms=terms(new), now=NOW))
    assert [(one.case, one.was, one.due, one.was_provisional, one.is_provisional) for one in moved] == [
        ("c1", date(2027, 1, 18), date(2027, 1, 19), True, False),
        ("c3", date(2027, 1, 4), date(2027, 1, 5), True, False),
    ]


def test_a_day_that_stays_but_becomes_certain_is_told() -> None:
    old = FIRST.calendar()
    quiet = successor(FIRST, [CalendarYear(year=2027, off=(date(2027, 10, 1),))], published_at=SECOND.published_at)
    moved = list(
        recompute([case("c1", clock(date(2026, 12, 28), 5), calendar=old)], terms=terms(quiet.calendar()), now=NOW)
    )
    assert [(one.was == one.due, one.was_provisional, one.is_provisional) for one in moved] == [(True, True, False)]


def test_ended_clocks_are_left_alone_and_standing_ones_move_with_the_day() -> None:
    old = FIRST.calendar()
    ended = msgspec.structs.replace(clock(date(2026, 12, 21), 20), ended_at=NOW)
    standing = msgspec.structs.replace(
        clock(date(2026, 12, 14), 5), suspensions=(Suspension(datetime(2026, 12, 16, 9, tzinfo=ZONE)),)
    )
    cases = [case("c1", ended, calendar=old), case("c2", standing, calendar=old)]
    assert list(recompute(cases, terms=terms(old), now=NOW)) == []
    moved = list(recompute(cases, terms=terms(old), now=NOW + timedelta(days=1)))
    assert [(one.case, one.was, one.due) for one in moved] == [("c2", date(2026, 12, 25), date(2026, 12, 28))]


def test_a_recount_can_be_taken_in_slices() -> None:
    old, new = FIRST.calendar(), SECOND.calendar()
    cases = (case(f"c{n}", clock(date(2026, 12, 21), 20), calendar=old) for n in range(5))
    rest = recompute(cases, terms=terms(new), now=NOW)
    assert [len(list(islice(rest, 2))) for _ in range(4)] == [2, 2, 1, 0]


def test_versions_count_up_and_keep_what_was_known() -> None:
    assert (FIRST.number, SECOND.number, SECOND.calendar().number) == (1, 2, 2)
    assert [year.year for year in SECOND.years] == list(range(2007, 2028))
    assert SECOND.calendar().horizon == date(2027, 12, 31)
    assert msgspec.json.decode(msgspec.json.encode(SECOND), type=CalendarVersion) == SECOND


def test_the_days_that_change_are_named() -> None:
    assert changed_days(FIRST.calendar(), SECOND.calendar()) == (
        date(2027, 1, 1),
        date(2027, 1, 30),
        *(date(2027, 2, day) for day in (5, 8, 9, 10, 11, 12)),
        date(2027, 2, 14),
    )
    assert changed_days(FIRST.calendar(), FIRST.calendar()) == ()


def test_an_old_version_and_one_that_forgets_a_year_are_refused() -> None:
    with pytest.raises(Refused, match=r"calendar\.not_newer"):
        check_follows(SECOND, FIRST)
    with pytest.raises(Refused, match=r"calendar\.not_newer"):
        check_follows(SECOND, SECOND)
    with pytest.raises(Refused, match=r"calendar\.not_newer"):
        successor(SECOND, [], published_at=PUBLISHED)  # younger by number, older by time
    with pytest.raises(Refused, match=r"calendar\.year_lost"):
        successor(SECOND, [CalendarYear(year=2027)], published_at=SECOND.published_at)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": 0}, "calendar.number"),
        ({"published_at": datetime(2026, 11, 1)}, "calendar.moment"),  # noqa: DTZ001  # what must be refused
        ({"years": (YEAR_2027, YEAR_2027)}, "calendar.year_twice"),
        (
            {"years": (CalendarYear(year=2027, off=(date(2024, 1, 1),)),)},
            "directory.calendar_day_outside",
        ),
    ],
)
def test_a_version_that_is_none_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(msgspec.structs.replace(FIRST, **changes))
    assert refusal.value.code == code
    assert "field" in refusal.value.fields
