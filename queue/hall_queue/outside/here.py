"""The code that hangs in the hall and changes: whoever has it has stood before it; nobody's place is asked."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from hall_server.clock import Clock
from hall_server.identity import keyed_text

CHANGES_S = 300
STILL_GOOD = 2
"""Codes before the present one that are still taken: a picture sent home is worth nothing in a quarter of an hour."""


class HereCodes:
    """Makes the code of the moment, and knows the last few."""

    def __init__(self, key: Callable[[], bytes], clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def now(self) -> str:
        """The code that hangs in the hall now, 10 characters."""
        return self._at(self._slot)

    def is_good(self, code: str) -> bool:
        """Whether a code hangs there, or did just now."""
        good = [self._at(self._slot - back) for back in range(STILL_GOOD + 1)]
        return any([hmac.compare_digest(one.encode(), code.encode("utf-8", "replace")) for one in good])

    @property
    def _slot(self) -> int:
        return int(self._clock.now().timestamp()) // CHANGES_S

    def _at(self, slot: int) -> str:
        return keyed_text(self._key(), f"here/{slot}")[:10]
