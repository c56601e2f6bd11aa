"""Seeded halls: a small event simulation with the calling order of the rules (domain rule 3)."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator

import msgspec

from bench.wait.recorded import Outcome, RecordedDay, Shift, Visit

HOUR = 3_600.0
AGEING_S = 1_800.0


class Rate(msgspec.Struct, frozen=True):
    """So many arrivals an hour from ``begin`` to ``end``, seconds of the day."""

    begin: float
    end: float
    per_hour: float


class LinePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A line: its arrivals, its service times (lognormal) and crowds that come at once, as (second, people)."""

    id: str
    rates: tuple[Rate, ...]
    service_s: float
    spread: float = 0.8
    crowds: tuple[tuple[float, int], ...] = ()


class HallPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A hall and the habits of its people.

    Attributes:
        shifts: when which window serves which lines.
        no_show: share of those called who do not come; each costs ``no_show_s``.
        walk_s: mean from the call to the start.
        reaction_s: mean until an idle window presses "next".
        priority: share with statutory priority.
        patience_s: mean patience before a visitor leaves; None: everybody stays.
        drift: services at the end of the day last so many times those at its beginning.
        days: how many days in a row.
    """

    name: str
    seed: int
    lines: tuple[LinePlan, ...]
    shifts: tuple[Shift, ...]
    no_show: float = 0.0
    no_show_s: float = 60.0
    walk_s: float = 15.0
    reaction_s: float = 6.0
    priority: float = 0.0
    patience_s: float | None = None
    drift: float = 1.0
    days: int = 1


def simulate(plan: HallPlan) -> RecordedDay:
    """Let the hall run; the same plan gives the same days."""
    visits: list[Visit] = []
    shifts: list[Shift] = []
    for day in range(plan.days):
        offset = day * 24 * HOUR
        run = _Run(plan, random.Random(f"{plan.seed}/{day}"), offset)
        visits += run.run()
        shifts += [
            Shift(window=s.window, lines=s.lines, begin=s.begin + offset, end=s.end + offset) for s in plan.shifts
        ]
    return RecordedDay(name=plan.name, visits=tuple(visits), shifts=tuple(shifts))


class _Visitor:
    __slots__ = ("arrival", "has_priority", "id", "line", "patience")

    def __init__(self, id_: str, arrival: float, line: LinePlan, patience: float, *, has_priority: bool) -> None:
        self.id, self.arrival, self.line, self.patience = id_, arrival, line, patience
        self.has_priority = has_priority


class _Order:
    """Who waits, and whom a window calls: the aged by arrival, then priority, then the window's first lines."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, bool], dict[str, _Visitor]] = {}

    def add(self, visitor: _Visitor) -> None:
        """Let somebody wait; called in the order of arrival."""
        self._lines.setdefault((visitor.line.id, visitor.has_priority), {})[visitor.id] = visitor

    def remove(self, visitor: _Visitor) -> None:
        """Let somebody wait no more."""
        del self._lines[visitor.line.id, visitor.has_priority][visitor.id]

    def next(self, lines: tuple[str, ...], at: float) -> _Visitor | None:
        """Whom a window with these lines, in order of preference, calls now."""
        best: tuple[tuple[int, int, float], _Visitor] | None = None
        for tier, line in enumerate(lines):
            for has_priority in (True, False):
                head = next(iter(self._lines.get((line, has_priority), {}).values()), None)
                if head is not None:
                    has_aged = head.arrival <= at - AGEING_S
                    key = (0, 0, head.arrival) if has_aged else (1 if has_priority else 2, tier, head.arrival)
                    if best is None or key < best[0]:
                        best = key, head
        return None if best is None else best[1]


class _Run:
    """One day."""

    def __init__(self, plan: HallPlan, dice: random.Random, offset: float) -> None:
        self._plan, self._dice, self._offset = plan, dice, offset
        self._issued = 0
        self._waiting = _Order()
        self._visitors: dict[str, _Visitor] = {}
        self._visits: list[Visit] = []
        self._open: dict[str, tuple[str, ...]] = {}
        self._free: set[str] = set()
        self._busy: set[str] = set()
        self._events: list[tuple[float, int, str, object]] = []
        self._count = 0
        self._last = max(shift.end for shift in plan.shifts)

    def run(self) -> list[Visit]:
        self._prepare()
        while self._events:
            at, _, kind, what = heapq.heappop(self._events)
            getattr(self, f"_{kind}")(at, what)
        for visitor in self._visitors.values():
            self._note(visitor, None, None, self._last, None, Outcome.LEFT)
        return self._visits

    def _prepare(self) -> None:
        for shift in self._plan.shifts:
            self._at(shift.begin, "opens", shift)
            self._at(shift.end, "closes", shift.window)
        for line in self._plan.lines:
            for arrival in self._arrivals(line):
                self._at(arrival, "arrives", line)

    def _at(self, at: float, kind: str, what: object) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, kind, what))

    def _arrivals(self, line: LinePlan) -> Iterator[float]:
        for rate in line.rates:
            at = rate.begin
            while rate.per_hour > 0 and (at := at + self._dice.expovariate(rate.per_hour / HOUR)) < rate.end:
                yield at
        for second, people in line.crowds:
            yield from (second + self._dice.random() * 120 for _ in range(people))

    # -- what happens

    def _opens(self, at: float, shift: Shift) -> None:
        self._open[shift.window] = shift.lines
        if shift.window not in self._busy:
            self._free.add(shift.window)
            self._at(at + self._reaction(), "looks", shift.window)

    def _closes(self, at: float, window: str) -> None:
        self._open.pop(window, None)
        self._free.discard(window)

    def _arrives(self, at: float, line: LinePlan) -> None:
        plan, dice = self._plan, self._dice
        self._issued += 1
        id_ = f"{self._offset / HOUR / 24:.0f}-{self._issued}"
        leaves = math.inf if plan.patience_s is None else at + dice.expovariate(1 / plan.patience_s)
        visitor = _Visitor(id_, at, line, leaves, has_priority=dice.random() < plan.priority)
        self._visitors[id_] = visitor
        self._waiting.add(visitor)
        if leaves < self._last:
            self._at(leaves, "leaves", id_)
        for window in sorted(self._free):
            if line.id in self._open[window]:
                self._at(at + self._reaction(), "looks", window)

    def _leaves(self, at: float, id_: str) -> None:
        visitor = self._visitors.pop(id_, None)
        if visitor is not None:
            self._waiting.remove(visitor)
            self._note(visitor, None, None, at, None, Outcome.LEFT)

    def _looks(self, at: float, window: str) -> None:
        if window not in self._free:
            return
        visitor = self._waiting.next(self._open[window], at)
        if visitor is not None:
            self._call(at, window, self._visitors.pop(visitor.id))

    def _call(self, at: float, window: str, visitor: _Visitor) -> None:
        self._waiting.remove(visitor)
        self._free.discard(window)
        self._busy.add(window)
        plan, dice = self._plan, self._dice
        if dice.random() < plan.no_show:
            end = at + plan.no_show_s * (0.5 + dice.random())
            self._note(visitor, at, None, end, window, Outcome.NO_SHOW)
        else:
            start = at + plan.walk_s * (0.5 + dice.random())
            end = start + self._service(start, visitor.line)
            self._note(visitor, at, start, end, window, Outcome.SERVED)
        self._at(end, "frees", window)

    def _frees(self, at: float, window: str) -> None:
        self._busy.discard(window)
        if window in self._open:
            self._free.add(window)
            self._at(at + 0.3 * self._reaction(), "looks", window)

    # -- dice

    def _reaction(self) -> float:
        return self._dice.expovariate(1 / self._plan.reaction_s) if self._plan.reaction_s > 0 else 0.0

    def _service(self, at: float, line: LinePlan) -> float:
        sigma = math.sqrt(math.log(1 + line.spread**2))
        mean = line.service_s * (1 + (self._plan.drift - 1) * min(1.0, at / self._last))
        return max(1.0, self._dice.lognormvariate(math.log(mean) - sigma**2 / 2, sigma))

    def _note(
        self,
        visitor: _Visitor,
        call: float | None,
        start: float | None,
        end: float,
        window: str | None,
        outcome: Outcome,
    ) -> None:
        def clock(at: float | None) -> float | None:
            return None if at is None else round(at + self._offset)

        self._visits.append(
            Visit(
                ticket=visitor.id,
                line=visitor.line.id,
                arrival=round(visitor.arrival + self._offset),
                call=clock(call),
                start=clock(start),
                end=clock(end),
                window=window,
                outcome=outcome,
                has_priority=visitor.has_priority,
            )
        )
