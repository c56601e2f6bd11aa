"""The naive rule the estimate must beat, and one of the forecasts it blends."""

from __future__ import annotations

from hall_queue.wait.model import Situation
from hall_queue.wait.structural import PRIOR_S


class NaiveRule:
    """People ahead × mean service of the line so far ÷ open windows; before any, the hall's mean."""

    __slots__ = ("_hall", "_lines")

    def __init__(self) -> None:
        self._lines: dict[str, tuple[float, int]] = {}
        self._hall = (0.0, 0)

    def wait_s(self, line: str, situation: Situation, prior_s: float = PRIOR_S) -> float:
        """The rule's answer for somebody who joins, seconds; a service takes ``prior_s`` before any was seen."""
        total, services = self._lines.get(line, self._hall)
        mean = total / services if services else prior_s
        return situation.ahead * mean / max(1, situation.windows)

    def served(self, line: str, service_s: float) -> None:
        """A service ended."""
        total, services = self._lines.get(line, (0.0, 0))
        self._lines[line] = (total + service_s, services + 1)
        self._hall = (self._hall[0] + service_s, self._hall[1] + 1)
