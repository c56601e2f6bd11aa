"""What the edges of numbers for a lost link share."""

from __future__ import annotations

from dataclasses import dataclass

from hall_queue.offline.model import HandedIn
from hall_queue.offline.state import OfflineNumbers
from hall_queue.rules import Hall


@dataclass(frozen=True, slots=True)
class OfflineRoom:
    """The numbers kiosks keep; others find it as ``server.rooms["offline"]``."""

    hall: Hall
    kept: OfflineNumbers

    def lately(self, within_s: float) -> list[HandedIn]:
        """The hand-ins of the last moments, newest first: what a manager should hear of."""
        now = self.hall.now()
        return [one for one in reversed(self.kept.hand_ins) if (now - one.at).total_seconds() <= within_s]
