"""What the estimate is asked and what it answers."""

from __future__ import annotations

import msgspec


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """A wait in seconds: one half of all visitors wait at most p50, nine tenths at most p90."""

    p50: int
    p90: int


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who joins a line finds.

    Attributes:
        ahead: people of the line who are called before.
        servers: windows that serve the line, above 0; a window shared with other lines counts by its share.
        idle: windows that serve the line and have nobody in front.
        windows: open windows that serve the line, shared or not; 0 while all are closed or pause.
        ahead_all: people who wait in any of the lines these windows serve; at least ``ahead``.
        known: the hall says which windows are open; False where that is guessed from who calls whom.
    """

    ahead: int
    servers: float = 1.0
    idle: int = 0
    windows: int = 1
    ahead_all: int = 0
    known: bool = True
