"""The rules that predict: the estimate, the two naive ones it is measured against, and a third for comparison."""

from __future__ import annotations

from typing import Protocol

from hall_queue.wait import PRIOR_S, Situation, Wait, Waits


class Rule(Protocol):
    """Something that predicts waits; it is told what happens when it happens."""

    name: str

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """Somebody joins a line: how long will it take?"""

    def called(self, ticket: str, line: str, at: float) -> None:
        """Somebody was called."""

    def left(self, ticket: str, at: float) -> None:
        """Somebody left before the call."""

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """A window is free again; ``service_s`` is None for those who did not come."""


class Estimate:
    """The hall's own estimate."""

    name = "estimate"

    def __init__(self) -> None:
        self._waits = Waits()
        self._line: dict[str, str] = {}

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """As the hall tells it."""
        self._line[ticket] = line
        return self._waits.issued(ticket, line, situation, at)

    def called(self, ticket: str, line: str, at: float) -> None:
        """As the hall learns it."""
        self._line[ticket] = line
        self._waits.called(ticket, line, at)

    def left(self, ticket: str, at: float) -> None:
        """As the hall learns it."""
        self._waits.left(ticket, at)

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """As the hall learns it."""
        self._waits.freed(ticket, at)
        if service_s is not None:
            self._waits.served(self._line[ticket], service_s)


class PeopleTimesService:
    """People ahead × mean service so far ÷ open windows; a line without a service yet takes the hall's mean."""

    name = "people × service ÷ windows"

    def __init__(self) -> None:
        self._line: dict[str, str] = {}
        self._sums: dict[str, tuple[float, int]] = {}

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """The rule's answer for somebody who joins."""
        self._line[ticket] = line
        total, services = self._sums.get(line) or self._sums.get("") or (PRIOR_S, 1)
        wait = round(situation.ahead * total / services / max(1, situation.windows))
        return Wait(p50=wait, p90=wait)

    def called(self, ticket: str, line: str, at: float) -> None:
        """Remember the line: a ticket that was told nothing may be served all the same."""
        self._line[ticket] = line

    def left(self, ticket: str, at: float) -> None:
        """The rule learns nothing from those who leave."""

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """A service counts for its line and for lines of which nothing was seen yet."""
        if service_s is not None:
            for key in (self._line[ticket], ""):
                total, services = self._sums.get(key, (0.0, 0))
                self._sums[key] = (total + service_s, services + 1)


class LastWait:
    """The wait of whoever was called last in the line."""

    name = "last wait seen"

    def __init__(self) -> None:
        self._issued: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """The rule's answer for somebody who joins."""
        self._issued[ticket] = at
        wait = round(self._last.get(line, 0.0))
        return Wait(p50=wait, p90=wait)

    def called(self, ticket: str, line: str, at: float) -> None:
        """Remember the wait."""
        if ticket in self._issued:
            self._last[line] = at - self._issued[ticket]

    def left(self, ticket: str, at: float) -> None:
        """The rule learns nothing from those who leave."""

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """The rule learns nothing from services."""


class AllPeople:
    """All people of the lines that share these windows × the hall's mean service so far ÷ open windows.

    Only shown: it tells how much of the estimate's lead is that it sees the other lines.
    """

    name = "all people × service ÷ windows"

    def __init__(self) -> None:
        self._total, self._services = 0.0, 0

    def issued(self, ticket: str, line: str, situation: Situation, at: float) -> Wait:
        """The rule's answer for somebody who joins."""
        mean = self._total / self._services if self._services else PRIOR_S
        wait = round(situation.ahead_all * mean / max(1, situation.windows))
        return Wait(p50=wait, p90=wait)

    def called(self, ticket: str, line: str, at: float) -> None:
        """The rule learns nothing from a call."""

    def left(self, ticket: str, at: float) -> None:
        """The rule learns nothing from those who leave."""

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """A service counts for all lines."""
        if service_s is not None:
            self._total, self._services = self._total + service_s, self._services + 1


RIVALS = frozenset({PeopleTimesService.name, LastWait.name})
"""The rules that the estimate must beat (domain rule 19)."""


def all_rules() -> tuple[Rule, ...]:
    """The estimate first, then the naive rules, then what is only shown; each has seen nothing."""
    return Estimate(), PeopleTimesService(), LastWait(), AllPeople()
