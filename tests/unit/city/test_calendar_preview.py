"""What publishing a year would change is told before it is done."""

from __future__ import annotations

import asyncio
from datetime import date

import msgspec
import pytest

from cases import messages as m
from cases.clocks.terms import Terms
from cases.model import Case
from city.web import calendar_preview
from city.web.calendar_preview import preview
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid
from tests.fakes.case_place import SHANGHAI, TestPlace, calendar

YEAR = CalendarYear(year=2027, off=(date(2027, 1, 1), date(2027, 1, 4)), work=(date(2027, 1, 9),))


class Cases:
    """Open cases by id (the OpenCases port)."""

    def __init__(self, *cases: Case) -> None:
        self.rows = sorted((one.id, msgspec.json.encode(one).decode()) for one in cases)

    async def bodies_after(self, id_: str, limit: int, first: str, last: str) -> list[tuple[str, str]]:
        return [one for one in self.rows if one[0] > id_][:limit]


def accepted(place: TestPlace, day: str) -> Case:
    place.at(day)
    return place.do(place.receive(), m.AcceptCase)


def test_cases_that_run_through_the_new_holidays_are_counted_and_nothing_is_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar_preview, "AT_ONCE", 2)  # so that three cases are more than one go
    place = TestPlace()
    early = accepted(place, "2026-12-01")  # 9 working days: over before the year ends
    late = [accepted(place, "2026-12-24") for _ in range(2)]
    terms = Terms(calendar=calendar(), zone=SHANGHAI, closes=place.closes)
    found = asyncio.run(preview(Cases(early, *late), YEAR, terms=terms, now=place.now))
    assert [(one.day, one.is_workday) for one in found.days] == [
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), False),
        (date(2027, 1, 9), True),
    ]
    assert (found.open, found.is_new) == (3, True)
    assert found.by_kind["promise"] == 2
    assert found.moved >= 2
    promise = next(one for one in found.examples if one.kind == "promise")
    assert (promise.was, promise.due) == (date(2027, 1, 6), date(2027, 1, 8))
    assert terms.calendar.is_workday(date(2027, 1, 1))
    assert found.certain >= 2


def test_a_year_that_is_none_is_refused() -> None:
    wrong = CalendarYear(year=2027, off=(date(2029, 1, 1),))
    place = TestPlace()
    terms = Terms(calendar=calendar(), zone=SHANGHAI, closes=place.closes)
    with pytest.raises(Invalid, match=r"directory\.calendar_day_outside"):
        asyncio.run(preview(Cases(), wrong, terms=terms, now=place.now))
