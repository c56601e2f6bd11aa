"""What adds up case by case of a log: sums, lights, limits kept and missed, and how long things took."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cases.clocks.model import Light
from cases.figures.compute import CaseFigure, figures
from cases.figures.sums import CaseSums
from cases.logs.case_fold import LogCase
from cases.logs.mapping import Mapping
from cases.logs.report import OnTime
from cases.supervision.daily import DepartmentDay, Ranked, overdue_ranking
from cases.supervision.facts import Happening

BEGIN, END = 1, 2
"""What an event's lifecycle says; 0: something between."""
WORK_A, SINCE_A, WORK_R, SINCE_R = 1, 2, 3, 4
"""Kinds of spans: work, and time since the event before, of activities and of resources."""
_DAY_US = 86_400_000_000
UNTOLD = frozenset({"immediate_case_rate", "immediate_matter_rate", "visits_mean", "materials_saved_rate"})
"""Figures that no log tells of."""
TIMED = frozenset({"early_rate", "on_time_rate", "overdue_rate", "promise_saved_rate"})
"""Figures about a limit: they are over the cases that have one."""


class Tally:
    """The sums of a log.

    Attributes:
        untold: figures that the log cannot tell of. skipped: rules that it cannot.
        timed: sums of the cases that have a limit.
    """

    def __init__(self) -> None:
        self.sums = CaseSums()
        self.timed = CaseSums()
        self.departments: dict[str, CaseSums] = {}
        self.lights: Counter[Light] = Counter()
        self.findings: Counter[str] = Counter()
        self.skipped: tuple[str, ...] = ()
        self.untold: frozenset[str] = UNTOLD
        self.event_late: Counter[int] = Counter()
        self.event_in_time: Counter[int] = Counter()
        self._in_time = self._late = self._open_late = self._without = self._at_midnight = self._late_by_hours = 0

    def add(self, case: LogCase, at_midnight: bool) -> None:
        facts = case.facts
        self.sums.add(facts)
        if case.due_at is not None:
            self.timed.add(facts)
        self.departments.setdefault(facts.department, CaseSums()).add(facts)
        self.lights[case.light] += facts.closed_on is None
        if facts.is_withdrawn:
            return
        if case.ended_at is None:
            self._open_late += bool(case.is_late)
        elif case.is_late is None:
            self._without += 1
        else:
            self._late += case.is_late
            self._in_time += not case.is_late
            self._at_midnight += at_midnight
            over = 0 if case.due_at is None else case.ended_at - case.due_at
            self._late_by_hours += at_midnight and case.is_late and over < _DAY_US

    def add_events(self, rows: list[tuple[Any, ...]]) -> list[tuple[int, int, int]]:
        """Spans of a case's events: work from begin to end, else since the event before."""
        found: list[tuple[int, int, int]] = []
        begun: dict[int, list[int]] = {}
        before: int | None = None
        for _, at, activity, resource, phase, start, due, _ in rows:
            if due is not None:
                (self.event_late if at > due else self.event_in_time)[activity] += 1
            if before is not None:
                found.append((SINCE_A, activity, at - before))
                found.append((SINCE_R, resource, at - before))
            before = at
            if phase == BEGIN:
                begun.setdefault(activity, []).append(at)
            elif phase == END:
                waiting = begun.get(activity)
                if start is None and waiting:
                    start = waiting.pop(0)
                if start is not None:
                    found.append((WORK_A, activity, at - start))
                    found.append((WORK_R, resource, at - start))
        return found

    def on_time(self) -> OnTime:
        whole = self._in_time + self._late
        return OnTime(
            in_time=self._in_time,
            late=self._late,
            rate=self._in_time / whole if whole else None,
            open_late=self._open_late,
            without=self._without,
            at_midnight=self._at_midnight,
            rate_whole_days=(self._in_time + self._late_by_hours) / whole if whole else None,
        )

    def events_on_time(self) -> OnTime:
        in_time, late = self.event_in_time.total(), self.event_late.total()
        rate = in_time / (in_time + late) if in_time + late else None
        return OnTime(in_time=in_time, late=late, rate=rate, rate_whole_days=rate)

    def figures(self) -> tuple[CaseFigure, ...]:
        of_all, of_timed = figures(self.sums), figures(self.timed)
        pairs = zip(of_all, of_timed, strict=True)
        return tuple(timed if one.id in TIMED else one for one, timed in pairs if one.id not in self.untold)

    def ranking(self) -> tuple[Ranked, ...]:
        return overdue_ranking(_whole(department, sums) for department, sums in self.departments.items())


def untold(mapping: Mapping) -> frozenset[str]:
    """The figures that a log with this mapping cannot tell of; a 0 for them would be a lie."""
    found = set(UNTOLD)
    if not mapping.columns.channel:
        found |= {"online_rate", "one_window_rate"}
    if Happening.ASK_CORRECTION not in mapping.marks:
        found |= {"one_notice_rate", "second_notice_rate"}
    if not (mapping.statute.workdays or mapping.statute.days):
        found |= {"overdue_statute_rate", "promise_saved_rate", "handling_saved_rate"}
    return frozenset(found)


def _whole(department: str, sums: CaseSums) -> DepartmentDay:
    """A department over the whole log."""
    return DepartmentDay(
        department=department, received=sums.received, accepted=sums.accepted, decided=sums.decided, early=sums.early,
        overdue=sums.over_promise, open=sums.open, open_overdue=sums.open_overdue, lights={}, raised={}, upheld=0,
        withdrawn=sums.withdrawn, unanswered=0,
    )  # fmt: skip
