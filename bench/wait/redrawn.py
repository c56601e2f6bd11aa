"""Further days out of a recorded one: arrivals drawn anew from each half hour, served by a part of its windows."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import msgspec

from bench.wait.recorded import Outcome, RecordedDay, Visit
from bench.wait.simulated import HOUR

BLOCK_S = 0.5 * HOUR  # arrivals are drawn from those of the same half hour
AWAY_S = 1_500.0  # a window that calls nobody for so long is away
DAY_S = 24 * HOUR


class Redraw(msgspec.Struct, frozen=True, kw_only=True):
    """How a day is drawn anew.

    Attributes:
        seed: of the dice.
        busy: how many come, as a share of those who came.
        absent: share of the windows that stay away all day.
        days: how many days in a row.
    """

    seed: int
    busy: float = 1.0
    absent: float = 0.0
    days: int = 1


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What a recorded day tells of its hall; seconds.

    Attributes:
        came: number of the half hour → the lines of those who came in it.
        visits: line → how long each of its visits occupied a window.
        lines: window → the lines it served.
        stays: window → when it was there, in spans.
        patience_s: mean patience before somebody gives up; None where nobody did.
    """

    came: dict[int, tuple[str, ...]]
    visits: dict[str, tuple[float, ...]]
    lines: dict[str, frozenset[str]]
    stays: dict[str, tuple[tuple[float, float], ...]]
    patience_s: float | None


def habits(day: RecordedDay) -> Habits:
    """Read a recorded day; visits without a window or an end tell nothing of the windows."""
    came: dict[int, list[str]] = defaultdict(list)
    visits: dict[str, list[float]] = defaultdict(list)
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    lines: dict[str, set[str]] = defaultdict(set)
    for visit in day.visits:
        came[int(visit.arrival // BLOCK_S)].append(visit.line)
        if visit.call is not None and visit.end is not None and visit.window is not None:
            visits[visit.line].append(visit.end - visit.call)
            seen[visit.window].append((visit.call, visit.end))
            lines[visit.window].add(visit.line)
    return Habits(
        came={block: tuple(found) for block, found in came.items()},
        visits={line: tuple(found) for line, found in visits.items()},
        lines={window: frozenset(found) for window, found in lines.items()},
        stays={window: tuple(_stays(sorted(found))) for window, found in seen.items()},
        patience_s=_patience_s(day),
    )


def _patience_s(day: RecordedDay) -> float | None:
    """The mean of an exponential patience of which most was never used up: all waiting ÷ those who gave up."""
    waited = [(visit.end if visit.call is None else visit.call) or visit.arrival for visit in day.visits]
    total = sum(until - visit.arrival for until, visit in zip(waited, day.visits, strict=True))
    gave_up = sum(visit.call is None for visit in day.visits)
    return total / gave_up if gave_up and total else None


def _stays(visits: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    begin, end = visits[0]
    for call, until in visits[1:]:
        if call - end > AWAY_S:
            yield begin, end
            begin = call
        end = max(end, until)
    yield begin, end


def redrawn(name: str, day: RecordedDay, how: Redraw) -> RecordedDay:
    """Draw days anew; the same dice give the same days."""
    known = habits(day)
    visits: list[Visit] = []
    for number in range(how.days):
        visits += _Run(known, how, number).run()
    return RecordedDay(name=name, visits=tuple(visits))


class _Waiting(msgspec.Struct, frozen=True):
    """Somebody who came."""

    ticket: str
    line: str
    arrival: float


class _Run:
    """One day: windows take whoever of their lines came first; who has waited too long leaves."""

    def __init__(self, known: Habits, how: Redraw, number: int) -> None:
        self._known, self._dice = known, random.Random(f"redrawn {how.seed}/{number}")
        self._number, self._count = number, count()
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._waiting: dict[str, _Waiting] = {}
        self._idle: list[str] = []  # windows with nobody in front, the longest idle first
        self._until: dict[str, float] = {}  # when a window goes away
        self._busy: set[str] = set()
        self._visits: list[Visit] = []
        self._draw(how)

    def run(self) -> list[Visit]:
        """Let the day happen; whoever still waits when the last window has gone away leaves with it."""
        at = 0.0
        while self._heap:
            at, _, happens = heapq.heappop(self._heap)
            happens(at)
        for who in self._waiting.values():
            self._record(who, None, at, None)
        return sorted(self._visits, key=lambda visit: visit.arrival)

    def _draw(self, how: Redraw) -> None:
        for block, lines in sorted(self._known.came.items()):
            for _ in lines:
                for _ in range(int(how.busy) + (self._dice.random() < how.busy % 1)):
                    at = (block + self._dice.random()) * BLOCK_S
                    who = _Waiting(f"{self._number}-{next(self._count)}", self._dice.choice(lines), at)
                    self._later(at, partial(self._comes, who))
        for window, stays in sorted(self._known.stays.items()):
            if self._dice.random() >= how.absent:
                for begin, end in stays:
                    self._later(begin, partial(self._opens, window, end))

    def _later(self, at: float, happens: Callable[[float], None]) -> None:
        heapq.heappush(self._heap, (at, next(self._count), happens))

    def _comes(self, who: _Waiting, at: float) -> None:
        self._idle = [window for window in self._idle if self._until[window] > at]
        self._waiting[who.ticket] = who
        for window in self._idle:
            if who.line in self._known.lines[window]:
                self._idle.remove(window)
                self._serve(window, who, at)
                return
        if self._known.patience_s is not None:
            self._later(at + self._dice.expovariate(1 / self._known.patience_s), partial(self._leaves, who))

    def _leaves(self, who: _Waiting, at: float) -> None:
        if self._waiting.pop(who.ticket, None) is not None:
            self._record(who, None, at, None)

    def _opens(self, window: str, end: float, at: float) -> None:
        self._until[window] = end
        if window not in self._busy and window not in self._idle:
            self._next(window, at)

    def _free(self, window: str, at: float) -> None:
        self._busy.remove(window)
        if self._until[window] > at:
            self._next(window, at)

    def _next(self, window: str, at: float) -> None:
        lines = self._known.lines[window]
        who = next((one for one in self._waiting.values() if one.line in lines), None)
        if who is None:
            self._idle.append(window)
        else:
            self._serve(window, who, at)

    def _serve(self, window: str, who: _Waiting, at: float) -> None:
        del self._waiting[who.ticket]
        self._busy.add(window)
        end = at + self._dice.choice(self._known.visits[who.line])
        self._record(who, at, end, window)
        self._later(end, partial(self._free, window))

    def _record(self, who: _Waiting, call: float | None, end: float, window: str | None) -> None:
        """In whole seconds, as the recorded day is."""
        offset = self._number * DAY_S
        called = None if call is None else round(call + offset)
        self._visits.append(
            Visit(
                ticket=who.ticket,
                line=who.line,
                arrival=round(who.arrival + offset),
                call=called,
                start=called,
                end=round(end + offset),
                window=window,
                outcome=Outcome.LEFT if call is None else Outcome.SERVED,
            )
        )
