"""What readers say of the card that lies on them, told to the kiosk beside, which says it to whoever stands there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from devices.identity_pairs import Pairs
from hall_server.errors import DomainError
from hall_server.mqtt.presence import Presence, Standing

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter

NEWS_S = 10.0
"""What a reader is doing now is of no interest later: the kiosk asks for it when it comes back."""


class ReaderState(StrEnum):
    """How a reader is, as far as a visitor before it is concerned."""

    READY = "ready"  # nothing lies on it
    READING = "reading"
    READ = "read"
    UNREADABLE = "unreadable"  # something lies on it that gives no number: to be laid on again, or worn out
    WRONG_KIND = "wrong_kind"  # a card whose number is of no use here
    REFUSED = "refused"  # the hall does not take the number
    AWAY = "away"


SAID = {
    "none": ReaderState.READY,
    "reading": ReaderState.READING,
    "read": ReaderState.READ,
    "unreadable": ReaderState.UNREADABLE,
    "wrong_kind": ReaderState.WRONG_KIND,
    "refused": ReaderState.REFUSED,
    "not_handed_on": ReaderState.UNREADABLE,
}
"""``detail.card`` of a reader's ``up/state``; one that says nothing of it is ready."""


class Forgetting(Protocol):
    """Whoever keeps what was read."""

    def away(self, reader: str) -> None:
        """The card no longer lies on the reader."""
        ...


class ReaderWatch:
    """Follows the readers."""

    def __init__(
        self,
        pairs: Pairs,
        cards: Forgetting,
        router: Callable[[], DeviceRouter | None],
        tell: Callable[[str, ReaderState], None],
    ) -> None:
        """``tell(kiosk, state)`` reaches the kiosk beside, and nobody else."""
        self._pairs, self._cards, self._router, self._tell = pairs, cards, router, tell
        self._told: dict[str, ReaderState] = {}

    def start(self) -> None:
        """Listen to the readers; once the way to the devices is there."""
        router = self._router()
        if router is not None:
            router.on_presence(self._heard)
            for known in router.all_presence():
                self._heard(known)

    def state(self, reader: str) -> ReaderState:
        """How a reader is now."""
        router = self._router()
        heard = router.presence(reader) if router is not None else None
        return _state(heard) if heard is not None else ReaderState.AWAY

    def _heard(self, presence: Presence) -> None:
        if not self._pairs.is_reader(presence.device):
            return
        state = _state(presence)
        if self._told.get(presence.device) is state:
            return
        self._told[presence.device] = state
        if state in (ReaderState.READY, ReaderState.AWAY):
            self._cards.away(presence.device)
        try:
            self._tell(self._pairs.holder_of(presence.device), state)
        except DomainError:
            return  # it stands beside none, or nobody has said beside which


def _state(presence: Presence) -> ReaderState:
    if presence.status in (Standing.FAULT, Standing.OFFLINE):
        return ReaderState.AWAY
    return SAID.get(str(presence.detail.get("card", "none")), ReaderState.READY)
