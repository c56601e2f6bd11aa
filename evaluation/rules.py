"""The rules of taking ratings that a hall sets."""

from __future__ import annotations

import msgspec

from hall_server.settings import Settings


class RatingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say.

    Attributes:
        asked_s: a pad asks for each rating so long, seconds.
        days: a visit may be rated so many days afterwards.
        burst_count, burst_s: more visits than this from one place within so many seconds are a burst.
        is_open: the hall's own pages need no pairing.
    """

    asked_s: float = 30
    days: int = 7
    burst_count: int = 3
    burst_s: float = 20
    is_open: bool = False


def of(settings: Settings) -> RatingRules:
    """The hall's rules."""
    return RatingRules(
        asked_s=settings.rating_s,
        days=settings.rating_days,
        burst_count=settings.rating_burst_count,
        burst_s=settings.rating_burst_s,
        is_open=settings.open_ticketing,
    )
