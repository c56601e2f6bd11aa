"""What makes a rating suspicious; it is kept and marked, never refused (domain page, evaluation: misuse)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from evaluation.model import RatingChannel


class Tap(NamedTuple):
    """A rating as it was given at one place.

    Attributes:
        at: when it was tapped, as far as that can be believed.
    """

    at: datetime
    rating: str
    ticket: str
    window: str


def tapped_at(
    channel: RatingChannel, *, now: datetime, said: datetime | None, ended_at: datetime, asked: timedelta
) -> datetime:
    """When a rating was tapped.

    A machine at the window asks right after the visit and for a while only. What it hands in later was tapped within
    that while, whatever its clock says, so a pad that comes back after an hour shows no burst. Everywhere else a
    rating is tapped when it comes in.

    Args:
        channel: where it was given.
        now: when it came in.
        said: what the machine says, None where it says nothing.
        ended_at: when the visit ended.
        asked: so long the machine asks at most.
    """
    if not channel.is_asked_at_window:
        return now
    return max(ended_at, min(said or now, now, ended_at + asked))


def burst(known: Iterable[Tap], new: Tap, *, count: int, within: timedelta) -> tuple[str, ...]:
    """The ratings of a burst, the new one last; none where it is no burst.

    A burst is more than ``count`` visits of one window, rated from one place within this time. One window ends a visit
    in minutes, not in seconds: whoever rates several of its visits at once has not been served there several times.
    Several matters of one visit are rated one after the other and count once; neighbours behind one address that were
    served at different windows do not count together.

    Args:
        known: earlier ratings from the same place (device, or keyed network address).
        new: the rating that is given now.
        count: so many visits are no burst yet.
        within: seconds between the first and the last, as a span.
    """
    near = [one for one in known if one.window == new.window and abs(one.at - new.at) <= within]
    if len({new.ticket, *(one.ticket for one in near)}) <= count:
        return ()
    return (*(one.rating for one in near), new.rating)


def is_own_window(*, is_signed_in: bool, channel: RatingChannel, address: str, consoles: frozenset[str]) -> bool:
    """Whether those who are rated may have rated themselves.

    Args:
        is_signed_in: somebody of the staff is signed in where the rating was given.
        channel: what a caller says is entered by staff, and that is journalled, not suspicious.
        address: where it came from, as a keyed hash; "" for a paired device, which stands where it stands.
        consoles: from where the rated window's console is signed in now.
    """
    if channel is RatingChannel.TELEPHONE:
        return False
    return is_signed_in or address in consoles
