"""Who stands on the roll of honour 光荣榜, and in which place; pure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from dashboards.efficiency.model import Publication

Share = tuple[float, float | None] | None
"""Numerator and denominator of a published figure; None: it is not published for this one."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A department, window or person, by its figures of the closed days."""

    key: str
    served: int
    good: Share
    on_time: Share


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the roll, from 1; those with the same figures share it."""

    place: int
    key: str


def roll(candidates: Iterable[Candidate], rule: Publication) -> list[Place]:
    """The places that are earned, the best first.

    Whoever served enough, whose ratings and waits are published (a group that is too small has none) and reach what the
    rule asks for; by good ratings, then by calls within the goal, then by visits served.
    """
    worthy = [(merit, one.key) for one in candidates if (merit := _merit(one, rule)) is not None]
    worthy.sort(key=lambda found: found[1])
    worthy.sort(key=lambda found: found[0], reverse=True)
    merits = [merit for merit, _ in worthy]
    places = [Place(place=merits.index(merit) + 1, key=key) for merit, key in worthy]
    return [one for one in places if one.place <= rule.places]


def _merit(one: Candidate, rule: Publication) -> tuple[Fraction, Fraction, int] | None:
    good, on_time = _share(one.good), _share(one.on_time)
    if good is None or on_time is None or one.served < rule.served_least:
        return None
    if good < Fraction(rule.good_least_percent, 100) or on_time < Fraction(rule.on_time_least_percent, 100):
        return None
    return good, on_time, one.served


def _share(share: Share) -> Fraction | None:
    if share is None or not share[1]:
        return None
    return Fraction(int(share[0]), int(share[1]))
