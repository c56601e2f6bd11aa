"""Plays recorded days to the rules in the order of time: each predicts at an arrival and learns from what is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bench.wait.floor import Floor
from bench.wait.recorded import Outcome, RecordedDay, Shift, Visit
from bench.wait.rules import Rule
from hall_queue.wait import Wait


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules said at an arrival, and what came."""

    visit: Visit
    waits: tuple[Wait, ...]

    @property
    def waited_s(self) -> float:
        """The truth, seconds."""
        assert self.visit.call is not None
        return self.visit.call - self.visit.arrival


# What happens in one instant happens in this order: windows open, visits end, those who waited are called or leave,
# people come, those who came in this instant are called, visits of no length end, windows close.
OPENS, FREED, CALLED, CAME, CALLED_AT_ONCE, FREED_AT_ONCE, CLOSES = range(7)
Step = tuple[float, int, int, Visit | Shift]


def replay(day: RecordedDay, rules: Sequence[Rule]) -> list[Prediction]:
    """Play a record; the predictions for those who were called, in the order of arrival."""
    play = _Play(rules, knows_shifts=bool(day.shifts))
    for at, kind, _, what in sorted(_steps(day), key=lambda step: step[:3]):
        if isinstance(what, Shift):
            play.shift(what, is_open=kind == OPENS)
        else:
            play.visit(what, kind, at)
    called = (visit for visit in day.visits if visit.call is not None and visit.is_told)
    in_order = sorted(called, key=lambda visit: visit.arrival)
    return [Prediction(visit=visit, waits=play.said[visit.ticket]) for visit in in_order]


def _steps(day: RecordedDay) -> Iterator[Step]:
    for number, visit in enumerate(day.visits):
        yield visit.arrival, CAME, number, visit
        leaves = visit.end if visit.call is None else visit.call
        if leaves is not None:
            yield leaves, CALLED if leaves > visit.arrival else CALLED_AT_ONCE, number, visit
        if visit.call is not None and visit.end is not None:
            yield visit.end, FREED if visit.end > visit.call else FREED_AT_ONCE, number, visit
    for number, shift in enumerate(day.shifts):
        yield shift.begin, OPENS, number, shift
        yield shift.end, CLOSES, number, shift


class _Play:
    """A replay as far as it has come."""

    def __init__(self, rules: Sequence[Rule], *, knows_shifts: bool) -> None:
        self._rules = rules
        self._floor = Floor(knows_shifts=knows_shifts)
        self.said: dict[str, tuple[Wait, ...]] = {}

    def shift(self, shift: Shift, *, is_open: bool) -> None:
        """A window opens or closes."""
        if is_open:
            self._floor.opened(shift.window, shift.lines)
        else:
            self._floor.closed(shift.window)

    def visit(self, visit: Visit, kind: int, at: float) -> None:
        """Something happens to a visit."""
        if kind == CAME:
            self._came(visit, at)
        elif kind in (FREED, FREED_AT_ONCE):
            self._freed(visit, at)
        elif visit.call is None:
            self._left(visit, at)
        else:
            self._called(visit, at)

    def _came(self, visit: Visit, at: float) -> None:
        if visit.is_told:
            found = self._floor.situation(visit.line, at, has_priority=visit.has_priority)
            self.said[visit.ticket] = tuple(rule.issued(visit.ticket, visit.line, found, at) for rule in self._rules)
        self._floor.came(visit.ticket, visit.line, at, has_priority=visit.has_priority)

    def _called(self, visit: Visit, at: float) -> None:
        self._floor.called(visit.ticket, visit.line, visit.window)
        for rule in self._rules:
            rule.called(visit.ticket, visit.line, at)

    def _left(self, visit: Visit, at: float) -> None:
        self._floor.went(visit.ticket, visit.line)
        for rule in self._rules:
            rule.left(visit.ticket, at)

    def _freed(self, visit: Visit, at: float) -> None:
        was_served = visit.outcome is Outcome.SERVED and visit.start is not None
        service_s = at - visit.start if was_served and visit.start is not None else None
        self._floor.freed(visit.ticket, at, service_s)
        for rule in self._rules:
            rule.freed(visit.ticket, at, service_s)
