"""How right the estimate was today, beside the naive rule: what managers are shown (domain rule 19)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from hall_queue.wait.model import Situation, Wait
from hall_queue.wait.naive import NaiveRule


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The estimate's record over the waits that came out; None before the first.

    Attributes:
        waits: how many came out.
        error_s: mean distance of p50 from the wait, seconds; ``naive_error_s`` the same of the naive rule.
        pinball_50_s, pinball_90_s: mean pinball loss at the two quantiles; the naive rule's beside them.
        coverage: share of waits at or below p90; should be near 0.9.
    """

    waits: int
    error_s: float | None
    naive_error_s: float | None
    pinball_50_s: float | None
    pinball_90_s: float | None
    naive_pinball_50_s: float | None
    naive_pinball_90_s: float | None
    coverage: float | None


class AccuracyPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The hall and each of its lines, by line id."""

    hall: Figures
    lines: dict[str, Figures]


@dataclass(slots=True)
class _Sum:
    waits: int = 0
    error: float = 0.0
    naive_error: float = 0.0
    high: float = 0.0
    naive_high: float = 0.0
    covered: int = 0

    def add(self, told: Wait, naive_s: float, waited_s: float) -> None:
        self.waits += 1
        self.error += abs(waited_s - told.p50)
        self.naive_error += abs(waited_s - naive_s)
        self.high += pinball(waited_s, told.p90, 0.9)
        self.naive_high += pinball(waited_s, naive_s, 0.9)
        self.covered += waited_s <= told.p90

    def figures(self) -> Figures:
        def mean(total: float) -> float | None:
            return round(total / self.waits, 3) if self.waits else None

        return Figures(
            waits=self.waits,
            error_s=mean(self.error),
            naive_error_s=mean(self.naive_error),
            pinball_50_s=mean(self.error / 2),
            pinball_90_s=mean(self.high),
            naive_pinball_50_s=mean(self.naive_error / 2),
            naive_pinball_90_s=mean(self.naive_high),
            coverage=mean(self.covered),
        )


def pinball(waited_s: float, quantile_s: float, level: float) -> float:
    """The loss that the true quantile makes smallest (Koenker and Bassett 1978)."""
    short = waited_s - quantile_s
    return max(level * short, (level - 1) * short)


class Accuracy:
    """Folded beside ``Waits``: what visitors were told, what came, and what the naive rule would have said."""

    __slots__ = ("_hall", "_lines", "_naive", "_told")

    def __init__(self) -> None:
        self._naive = NaiveRule()
        self._told: dict[str, tuple[str, float, Wait, float]] = {}
        self._hall, self._lines = _Sum(), dict[str, _Sum]()

    def issued(self, ticket: str, line: str, situation: Situation, at: float, told: Wait) -> None:
        """Somebody joined and was told a wait."""
        self._told[ticket] = line, at, told, self._naive.wait_s(line, situation)

    def called(self, ticket: str, at: float) -> None:
        """The first call: the wait has come out. Later calls count no more."""
        found = self._told.pop(ticket, None)
        if found is not None:
            line, since, told, naive_s = found
            for total in (self._hall, self._lines.setdefault(line, _Sum())):
                total.add(told, naive_s, at - since)

    def left(self, ticket: str) -> None:
        """Somebody left before the call: a wait that did not come out is no wait."""
        self._told.pop(ticket, None)

    def served(self, line: str, service_s: float) -> None:
        """A service ended; the naive rule learns from it."""
        self._naive.served(line, service_s)

    def picture(self) -> AccuracyPicture:
        """Today's figures."""
        return AccuracyPicture(
            hall=self._hall.figures(), lines={line: total.figures() for line, total in sorted(self._lines.items())}
        )

    def day_opened(self) -> None:
        """A new day begins to count anew; the naive rule keeps what it has seen, as the estimate does."""
        self._told.clear()
        self._hall, self._lines = _Sum(), {}
