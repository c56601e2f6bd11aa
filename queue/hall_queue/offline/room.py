"""What the edges of numbers for a lost link share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hall_queue.offline.state import OfflineNumbers
from hall_queue.rules import Hall

TOLD_S = 1800
"""So long after a hand-in a manager is told of it."""

MOST_NAMED = 5
"""Refused numbers that a notice names; the list has all."""


@dataclass(frozen=True, slots=True)
class OfflineAlarm:
    """What a manager should hear: a kiosk was without the server; the dashboards show it among their alarms."""

    code: str
    since: datetime
    fields: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class OfflineRoom:
    """The numbers kiosks keep; others find it as ``server.rooms["offline"]``."""

    hall: Hall
    kept: OfflineNumbers

    def alarms(self) -> Iterator[OfflineAlarm]:
        """The hand-ins of the last half hour, newest first; refused tickets by themselves, as somebody must look."""
        now = self.hall.now()
        for one in reversed(self.kept.hand_ins):
            if (now - one.at).total_seconds() > TOLD_S:
                return
            if one.accepted:
                yield OfflineAlarm("kiosk.handed_in", one.at, {"kiosk": one.kiosk, "tickets": one.accepted})
            if one.refused:
                numbers = ", ".join(one.numbers[:MOST_NAMED])
                yield OfflineAlarm(
                    "kiosk.refused", one.at, {"kiosk": one.kiosk, "tickets": one.refused, "numbers": numbers}
                )
