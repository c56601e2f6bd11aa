"""Whether a kiosk can print a slip, by what it last said of its paper."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter


class Paper(StrEnum):
    """``detail.paper`` of ``up/state``; any other word, or none, counts as enough."""

    OK = "ok"
    NEAR_END = "near_end"  # shown to the manager; numbers are still given
    OUT = "out"


class PaperWatch:
    """Knows the paper of the hall's kiosks."""

    def __init__(self, router: Callable[[], DeviceRouter | None]) -> None:
        self._router = router

    def has_paper(self, actor: Actor) -> bool:
        """Whether whoever asks for a number can print it; only a device that says it cannot is doubted."""
        router = self._router()
        heard = router.presence(actor.id) if router is not None and actor.kind is Role.DEVICE else None
        return heard is None or heard.detail.get("paper") != Paper.OUT
