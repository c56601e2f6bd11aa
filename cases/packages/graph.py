"""Which parts of a package wait for which: no circles, and everything comes to its turn; pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter

from hall_server.errors import Invalid

After = Mapping[str, tuple[str, ...]]
"""Part → the parts that are decided before it begins."""


def in_turn(after: After) -> tuple[str, ...]:
    """The parts, each behind those it waits for.

    Raises:
        Invalid: ``package.cycle``, they wait for each other; ``package.part_unknown``.
    """
    for part, before in after.items():
        for one in before:
            if one not in after:
                raise Invalid("package.part_unknown", field=part, value=one)
    try:
        return tuple(TopologicalSorter(after).static_order())
    except CycleError as exc:
        raise Invalid("package.cycle", parts=", ".join(exc.args[1])) from exc


def ready(after: After, *, begun: AbstractSet[str], granted: AbstractSet[str]) -> tuple[str, ...]:
    """The parts that may begin now: not begun, and everything they wait for is granted."""
    return tuple(part for part in in_turn(after) if part not in begun and set(after[part]) <= granted)


def lost(after: After, failed: AbstractSet[str]) -> frozenset[str]:
    """The parts that can never begin, because something they wait for, at any depth, was not granted."""
    found: set[str] = set()
    for part in in_turn(after):
        if part not in failed and any(one in failed or one in found for one in after[part]):
            found.add(part)
    return frozenset(found)
