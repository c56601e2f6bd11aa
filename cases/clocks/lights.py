"""The lights of supervision: yellow when little is left, red over the promise, double red over the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from cases.clocks.model import ClockKind, ClockNow, Light

OVER: Mapping[ClockKind, Light] = MappingProxyType(
    {
        ClockKind.PROMISE: Light.RED,
        ClockKind.NODE: Light.RED,
        ClockKind.STATUTE: Light.DOUBLE_RED,
        ClockKind.NOTICE: Light.DOUBLE_RED,  # 行政许可法 32
        ClockKind.DELIVERY: Light.DOUBLE_RED,  # 行政许可法 44
    }
)
"""What a clock that is over shows."""


class LightRule(msgspec.Struct, frozen=True, kw_only=True):
    """When a running clock turns yellow: either is enough.

    Attributes:
        yellow_workdays: so many working days left, or fewer.
        yellow_percent: so many hundredths of the limit with its extension left, or fewer.
    """

    yellow_workdays: int = 1
    yellow_percent: int = 20


DEFAULT_LIGHTS = LightRule()


def light(
    kind: ClockKind, *, left_workdays: int, total_workdays: int, is_overdue: bool, is_ended: bool, rule: LightRule
) -> Light:
    """The light of one clock; one that ended in time is green whatever was left."""
    if is_overdue:
        return OVER[kind]
    if is_ended:
        return Light.GREEN
    is_little = left_workdays <= rule.yellow_workdays or left_workdays * 100 <= total_workdays * rule.yellow_percent
    return Light.YELLOW if is_little else Light.GREEN


def worst(clocks: Iterable[ClockNow]) -> Light:
    """The light of a case: the worst of its clocks."""
    return max((clock.light for clock in clocks), key=lambda one: one.rank, default=Light.GREEN)
