"""Where the times of a simulated day come from: the record itself, or a draw out of what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from random import Random
from typing import NamedTuple

from dashboards.whatif.model import Day, Ending, Leg, Visitor

LEAST = 5
"""So many visits of a matter say how long it takes; with fewer its line says it."""
USUAL_SERVICE_S, USUAL_WALK_S, USUAL_GAP_S = 300.0, 20.0, 5.0
"""Where the whole day has no such thing at all."""
ARRIVES_WITHIN_S = 900.0
"""A visitor more comes so close to the one it is drawn from."""


class Times(NamedTuple):
    """How long somebody walks and is served, seconds."""

    walk_s: float
    service_s: float


class Pools:
    """What a day recorded, by what it is drawn for."""

    def __init__(self, day: Day) -> None:
        """Sort the day."""
        self.services: dict[tuple[str, str | None], list[float]] = {}
        self.walks: dict[str, list[float]] = {}
        self.absences: list[float] = []
        self.gaps: dict[tuple[str, bool], list[float]] = {}
        for visitor in day.visitors:
            for leg in visitor.legs:
                self._take(leg, visitor.ticket.matter)
        for gap in day.gaps:
            for window in (gap.window, ""):
                self.gaps.setdefault((window, gap.was_idle), []).append(gap.gap_s)

    def _take(self, leg: Leg, matter: str | None) -> None:
        if leg.ending is Ending.NO_SHOW:
            self.absences.append(leg.walk_s)
            return
        if leg.service_s is None:
            return
        for line in (leg.line, ""):
            self.walks.setdefault(line, []).append(leg.walk_s)
            if leg.ending is Ending.DONE:
                self.services.setdefault((line, None), []).append(leg.service_s)
        if leg.ending is Ending.DONE and matter is not None:
            self.services.setdefault((leg.line, matter), []).append(leg.service_s)

    def service(self, line: str, matter: str | None) -> list[float]:
        """Service times of a matter, else of its line, else of the hall."""
        found = self.services.get((line, matter), [])
        if len(found) >= LEAST:
            return found
        line_s = self.services.get((line, None)) or self.services.get(("", None))
        return line_s or [USUAL_SERVICE_S]

    def walk(self, line: str) -> list[float]:
        """Walks to the windows of a line, else of the hall."""
        return self.walks.get(line) or self.walks.get("") or [USUAL_WALK_S]

    def gap(self, window: str, *, was_idle: bool) -> list[float]:
        """Gaps before a window's calls, else of the hall's."""
        return self.gaps.get((window, was_idle)) or self.gaps.get(("", was_idle)) or [USUAL_GAP_S]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


class Recorded:
    """Everything as it was; what the record does not know as it usually is."""

    def __init__(self, day: Day, pools: Pools) -> None:
        """Take the day's own times."""
        self._pools = pools
        self._gaps: dict[tuple[str, bool], list[float]] = {}
        for gap in day.gaps:
            self._gaps.setdefault((gap.window, gap.was_idle), []).append(gap.gap_s)

    def visitors(self, visitors: tuple[Visitor, ...]) -> list[list[Times]]:
        """Of every visitor the times of each call, in the order of the record; one more for a call that never was."""
        return [[*(self._leg(visitor, leg) for leg in visitor.legs), self._unknown(visitor)] for visitor in visitors]

    def gaps(self, window: str, *, was_idle: bool) -> Iterator[float]:
        """The window's gaps one after the other."""
        usual = _median(self._pools.gap(window, was_idle=was_idle))
        return chain(self._gaps.get((window, was_idle), ()), repeat(usual))

    def _leg(self, visitor: Visitor, leg: Leg) -> Times:
        if leg.service_s is None:
            return Times(leg.walk_s, _median(self._pools.service(leg.line, visitor.ticket.matter)))
        return Times(leg.walk_s, leg.service_s)

    def _unknown(self, visitor: Visitor) -> Times:
        line, matter = visitor.ticket.line, visitor.ticket.matter
        return Times(_median(self._pools.walk(line)), _median(self._pools.service(line, matter)))


class Drawn:
    """Every time drawn anew; the same run draws the same for a day before and after its changes."""

    def __init__(self, pools: Pools, *, seed: int, run: int) -> None:
        """Begin a run."""
        self._pools = pools
        self._seed = f"{seed}/{run}"

    def random(self, what: str) -> Random:
        """A stream of chance of its own for each thing that draws."""
        return Random(f"{self._seed}/{what}")  # noqa: S311  # chance, no secret

    def visitors(self, visitors: tuple[Visitor, ...], what: str = "visitors") -> list[list[Times]]:
        """As `Recorded.visitors`."""
        chance = self.random(what).random
        pools, found = self._pools, []
        walks: dict[str, list[float]] = {}
        services: dict[tuple[str, str | None], list[float]] = {}

        def times(line: str, matter: str | None, leg: Leg | None) -> Times:
            walk = walks.get(line)
            if walk is None:
                walk = walks[line] = pools.walk(line)
            service = services.get((line, matter))
            if service is None:
                service = services[line, matter] = pools.service(line, matter)
            if leg is not None and leg.ending is Ending.NO_SHOW:
                absences = pools.absences
                return Times(absences[int(chance() * len(absences))], 0.0)
            if leg is not None and leg.ending is not Ending.DONE and leg.service_s is not None:
                return Times(walk[int(chance() * len(walk))], leg.service_s)
            return Times(walk[int(chance() * len(walk))], service[int(chance() * len(service))])

        for visitor in visitors:
            ticket = visitor.ticket
            row = [times(leg.line, ticket.matter, leg) for leg in visitor.legs]
            row.append(times(ticket.line, ticket.matter, None))
            found.append(row)
        return found

    def gaps(self, window: str, *, was_idle: bool) -> Iterator[float]:
        """Gaps without end."""
        pool = self._pools.gap(window, was_idle=was_idle)
        chance, many = self.random(f"{window}/{was_idle}").random, len(pool)
        while True:
            yield pool[int(chance() * many)]
