"""What cases are found by follows the fold: received, corrected, ended, a new day, a restart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.model import Gap
from cases.state import Cases
from hall_server.days import DayOpened
from hall_server.messages import EventTypes, Recorded
from tests.fakes.case_place import SHANGHAI, TestPlace


class Hall:
    """Cases as a hall folds them, and everything that was recorded."""

    def __init__(self) -> None:
        self.place = TestPlace()
        self.log: list[Recorded] = []
        self.cases = folded([])

    def happens(self, event: Any, at: datetime) -> None:
        self.log.append(Recorded(seq=len(self.log) + 1, at=at, business_day=at.date(), event=event, actor="staff:s1"))
        self.cases.apply(self.log[-1])

    def filed(self, application: str, person: str, ticket: str | None = None) -> str:
        case = self.place.receive(applicant=person, ticket=ticket)
        event, at, _ = self.place.log[-1]
        self.happens(msgspec.structs.replace(event, application=application), at)
        return case.id

    def does(self, case: str, command: type[m.CaseCommand], **values: Any) -> None:
        self.place.do(self.cases.get(case), command, **values)
        event, at, _ = self.place.log[-1]
        self.happens(event, at)

    def found(self) -> dict[str, Any]:
        return found(self.cases)


def folded(log: list[Recorded]) -> Cases:
    types = EventTypes()
    types.add(*m.EVENTS, DayOpened)
    cases = Cases(types, SHANGHAI)
    for recorded in log:
        cases.apply(recorded)
    return cases


def found(cases: Cases) -> dict[str, Any]:
    people = ("p1", "p2", "nobody")
    return {
        "people": {one: [case.id for case in cases.of_applicant(one)] for one in people},
        "applications": {one: case.id for one in ("a1", "a2", "") if (case := cases.of_application(one))},
        "came_in": [case.id for case in cases.came_in()],
    }


def scanned(cases: Cases) -> dict[str, Any]:
    """The same by looking through all of them: what the indexes must agree with."""
    every = list(cases.by_id.values())
    return {
        "people": {one: [c.id for c in every if c.applicant == one] for one in ("p1", "p2", "nobody")},
        "applications": {c.application: c.id for c in every if c.application},
        "came_in": [c.id for c in every if c.application and c.state in {"received", "correction"}],
    }


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_what_cases_are_found_by_follows_them_to_their_end_and_over_a_restart(hall: Hall) -> None:
    first, second = hall.filed("a1", "p1"), hall.filed("a2", "p2")
    at_window = hall.filed("", "p1", ticket="t1")
    assert hall.found() == scanned(hall.cases)
    assert hall.found()["people"] == {"p1": [first, at_window], "p2": [second], "nobody": []}
    assert hall.found()["came_in"] == [first, second]

    hall.does(first, m.AskCorrection, gaps=(Gap(part="fields.name", what="名称与证照不符"),))
    hall.does(second, m.WithdrawCase, words="id-in-the-vault")
    assert hall.found()["came_in"] == [first]
    assert hall.cases.get(second).own_words == "id-in-the-vault"
    assert hall.found() == scanned(hall.cases) == found(folded(hall.log))

    next_day = datetime(2026, 11, 24, 1, tzinfo=UTC)
    hall.happens(DayOpened(day=next_day.date()), next_day)
    assert hall.found() == scanned(hall.cases) == found(folded(hall.log))
    assert hall.found()["people"] == {"p1": [first, at_window], "p2": [], "nobody": []}
    assert hall.cases.of_application("a2") is None, "what was over is forgotten with its day"


def test_what_a_window_has_accepted_waits_no_longer(hall: Hall) -> None:
    case = hall.filed("a1", "p1")
    hall.does(case, m.AcceptCase)
    assert hall.cases.came_in() == ()
    assert hall.cases.of_application("a1") is hall.cases.get(case)
