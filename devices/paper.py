"""Whether a kiosk can print a slip, by what it last said of its paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from hall_server.clock import Clock
from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from hall_server.mqtt.presence import Presence
    from hall_server.mqtt.router import DeviceRouter


class Paper(StrEnum):
    """``detail.paper`` of ``up/state``; any other word, or none, counts as enough."""

    OK = "ok"
    NEAR_END = "near_end"  # shown to the manager; numbers are still given
    OUT = "out"


class PaperWatch:
    """Knows the paper of the hall's kiosks, and since when one has none."""

    def __init__(self, router: Callable[[], DeviceRouter | None], clock: Clock) -> None:
        self._router = router
        self._clock = clock
        self._out_since: dict[str, datetime] = {}

    def start(self) -> None:
        """Listen to what kiosks say; with the router, which has heard some of them already."""
        router = self._router()
        if router is not None:
            router.on_presence(self._heard)
            for known in router.all_presence():
                self._heard(known)

    def out_since(self, device: str) -> datetime | None:
        """Since when a device says that it has no paper, as far as the hall has heard since its own start."""
        return self._out_since.get(device)

    def _heard(self, presence: Presence) -> None:
        """A device that says nothing of its paper, as when it goes, has not been given any."""
        match presence.detail.get("paper"):
            case None:
                return
            case Paper.OUT:
                self._out_since.setdefault(presence.device, self._clock.now())
            case _:
                self._out_since.pop(presence.device, None)

    def has_paper(self, actor: Actor) -> bool:
        """Whether whoever asks for a number can print it; only a device that says it cannot is doubted."""
        router = self._router()
        heard = router.presence(actor.id) if router is not None and actor.kind is Role.DEVICE else None
        return heard is None or heard.detail.get("paper") != Paper.OUT
