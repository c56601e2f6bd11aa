"""What the waits of a hall have taught so far, folded from what happens; the estimate uses nothing else."""

from __future__ import annotations

from heapq import heappop, heappush
from math import ceil

from hall_queue.wait.flow import Occupied
from hall_queue.wait.forecasts import Forecast
from hall_queue.wait.line import Hall, LineWaits
from hall_queue.wait.model import Situation, Wait
from hall_queue.wait.naive import NaiveRule
from hall_queue.wait.structural import PRIOR_S

PRIOR_HALL = 1.0  # so many visits ``PRIOR_S`` counts for in a hall
RECENT_WAITS = 40  # waits a typical one is the mean of


class Waits:
    """The learnt state of a hall: the same happenings in the same order give the same answers.

    Times are seconds on one clock (the journal's), never going back. A ticket waits from ``issued`` to ``called`` or
    ``left`` and occupies a window from ``called`` to ``freed``. One that waits a second time (held, sent back, sent on)
    needs no call here: it is told its wait by ``estimate``, and nothing is learnt from it.
    """

    name = "estimate"

    def __init__(self) -> None:
        self._lines: dict[str, LineWaits] = {}
        self._occupied = Occupied()
        self._hall, self._naive = Hall(PRIOR_S), NaiveRule()
        self._made: dict[str, Forecast] = {}
        self._serving: dict[str, tuple[str, float]] = {}  # ticket → line and call
        self._due: list[tuple[float, int, str]] = []  # when a waiting ticket's p90 is over
        self._count = 0
        self._typical_s, self._typical_of = 0.0, 0

    def estimate(self, line: str, situation: Situation, at: float) -> Wait:
        """The wait of somebody who finds this in a line; changes nothing."""
        return self._rounded(self._forecast(line, situation, at))

    def visits(self, line: str) -> int:
        """How many visits of a line have taught something."""
        known = self._lines.get(line)
        return known.occupied.count if known is not None else 0

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """Somebody joins a line; the answer is what they are told."""
        self._notice_overdue(at)
        made = self._forecast(line, situation, at)
        self._made[ticket] = made
        own = self._line(line)
        own.pending[ticket] = made
        own.flow.join(at)
        own.usual.look(situation)
        self._count += 1
        wait = self._rounded(made)
        made.told = wait.p90
        heappush(self._due, (at + wait.p90, self._count, ticket))
        return wait

    def called(self, ticket: str, line: str, at: float) -> None:
        """Somebody is called; ``line`` is where the ticket stands now."""
        self._notice_overdue(at)
        made = self._leave(ticket, at)
        if made is not None:
            self._learn(made, at - made.at)
        self._serving[ticket] = line, at
        self._line(line).occupied.begin(at)
        self._occupied.begin(at)

    def left(self, ticket: str, at: float) -> None:
        """Somebody gave up or was sent away before the call: how long it would have been is not known."""
        self._notice_overdue(at)
        self._leave(ticket, at)

    def freed(self, ticket: str, at: float) -> None:
        """The window a ticket was called to is free again, however the visit ended."""
        line, began = self._serving.pop(ticket, (None, 0.0))
        if line is not None:
            self._line(line).occupied.end(began, at)
            self._occupied.end(began, at)
            self._hall.visit_s = self._occupied.mean(PRIOR_S, PRIOR_HALL)

    def served(self, line: str, service_s: float) -> None:
        """A service of a line ended; the naive rule among the forecasts learns from it, as it does in ``Accuracy``."""
        self._naive.served(line, service_s)

    def forgotten(self, ticket: str) -> None:
        """It is not known when the window was free again: the visit teaches nothing."""
        line, began = self._serving.pop(ticket, (None, 0.0))
        if line is not None:
            self._line(line).occupied.stop(began)
            self._occupied.stop(began)

    def day_opened(self) -> None:
        """A new day: nobody waits and nobody is served; what was learnt stays."""
        for ticket in list(self._serving):
            self.forgotten(ticket)
        self._made.clear()
        self._due.clear()
        self._hall.margin.day_opened()
        for line in self._lines.values():
            line.pending.clear()
            line.flow.forget_waiting()

    # -- small moves

    def _line(self, id_: str) -> LineWaits:
        found = self._lines.get(id_)
        if found is None:
            found = self._lines[id_] = LineWaits()
        return found

    def _forecast(self, line: str, situation: Situation, at: float) -> Forecast:
        known = self._lines.get(line) or LineWaits()
        visit_s = known.visit_s(self._hall.visit_s, at)
        naive_s = self._naive.wait_s(line, situation, visit_s)
        return known.forecast(line, situation, at, visit_s=visit_s, naive_s=naive_s, hall=self._hall)

    def _leave(self, ticket: str, at: float) -> Forecast | None:
        made = self._made.pop(ticket, None)
        if made is not None:
            line = self._line(made.line)
            del line.pending[ticket]
            line.flow.leave(at, line.visit_s(self._hall.visit_s, at))
        return made

    def _learn(self, made: Forecast, waited_s: float) -> None:
        line = self._line(made.line)
        self._typical_of = min(self._typical_of + 1, RECENT_WAITS)
        self._typical_s += (waited_s - self._typical_s) / self._typical_of
        if not made.is_counted:
            self._hall.margin.learn(is_above=waited_s > made.told)
        line.learn(made, waited_s, self._typical_s, self._hall)

    def _notice_overdue(self, at: float) -> None:
        """Count those who wait beyond their p90 at once: when they are called is too late to learn it."""
        due = self._due
        while due and due[0][0] < at:
            made = self._made.get(heappop(due)[2])
            if made is not None:
                made.is_counted = True
                self._hall.margin.learn(is_above=True)

    def _rounded(self, made: Forecast) -> Wait:
        """In whole seconds; p90 up, or down where it was kept too often: in a hall without queues a second matters."""
        p50 = round(made.p50)
        return Wait(p50=p50, p90=max(p50, int(made.p90) if self._hall.margin.is_ample else ceil(made.p90)))
