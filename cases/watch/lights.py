"""The lights and warnings of open cases, counted as they change: a picture costs the same however many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date

import msgspec

from cases.clocks.model import Light
from cases.clocks.recount import CaseClocks
from cases.figures.facts import CaseFacts
from cases.model import State
from cases.supervision.judging import Finding

KEPT_AT_ONCE = 5_000


class CaseLight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An open case, as its clocks stand.

    Attributes:
        due: the nearest last day; statute: by law. over_workdays: of the clock that is over most.
        is_provisional: a due day may still move by itself.
    """

    case: str
    number: str
    department: str
    matter: str
    hall: str
    state: State
    light: Light
    due: date | None
    statute: date | None
    over_workdays: int
    is_provisional: bool
    received_on: date


class Lights:
    """Every open case's light, its clocks and its warnings.

    Attributes:
        by_case: light of each open case. clocks: its running clocks, for a recount. facts: for the boards.
        counts: department → light → how many. provisional: how many due days may still move.
    """

    def __init__(self) -> None:
        self.by_case: dict[str, CaseLight] = {}
        self.clocks: dict[str, CaseClocks] = {}
        self.facts: dict[str, CaseFacts] = {}
        self.counts: defaultdict[str, Counter[Light]] = defaultdict(Counter)
        self.provisional = 0
        self._warnings: dict[str, tuple[Finding, ...]] = {}

    def put(self, light: CaseLight, clocks: CaseClocks, facts: CaseFacts) -> None:
        """A case stands like this now."""
        self._forget(light.case)
        self.by_case[light.case], self.clocks[light.case], self.facts[light.case] = light, clocks, facts
        self.counts[light.department][light.light] += 1
        self.provisional += light.is_provisional

    def drop(self, case: str) -> None:
        """A case is over."""
        self._forget(case)
        self._warnings.pop(case, None)

    def warn(self, case: str, findings: Iterable[Finding]) -> None:
        """What somebody is told of a case while it lasts."""
        found = tuple(findings)
        if found:
            self._warnings[case] = found
        else:
            self._warnings.pop(case, None)

    def keep(self, cases: Collection[str]) -> Iterator[None]:
        """Drop all others: they are over, and nobody said so; stops now and then, for whoever waits."""
        for place, case in enumerate(list(self.by_case)):
            if case not in cases:
                self.drop(case)
            if place % KEPT_AT_ONCE == 0:
                yield

    def warned(self) -> list[tuple[Finding, ...]]:
        """The warnings, those of a case together; there may be many."""
        return list(self._warnings.values())

    @property
    def warnings(self) -> dict[str, Finding]:
        """Every warning by its key."""
        return {one.key: one for some in self._warnings.values() for one in some}

    def lit(self, department: str | None = None) -> Counter[Light]:
        """How many cases show each light; of a department, or of all."""
        if department is not None:
            return self.counts.get(department, Counter())
        return sum(self.counts.values(), Counter[Light]())

    def _forget(self, case: str) -> None:
        known = self.by_case.pop(case, None)
        if known is not None:
            self.counts[known.department][known.light] -= 1
            self.provisional -= known.is_provisional
            del self.clocks[case], self.facts[case]
