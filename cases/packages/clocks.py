"""The joint clock of a package: above the clocks of its cases, which have their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

import msgspec

from cases.clocks.counting import clock_now
from cases.clocks.lights import worst
from cases.clocks.model import ClockFacts, ClockKind, ClockNow, Light, Suspension
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.model import Case
from cases.packages.graph import in_turn
from cases.packages.model import Package


def joint_clock(package: Package, kind: ClockKind, *, terms: Terms) -> ClockFacts:
    """The promise or the statute clock of the whole: 45 working days and 15 more, standing during joint visits.

    Source: 行政许可法 42, 45.
    """
    is_promise = kind is ClockKind.PROMISE
    return ClockFacts(
        kind=kind,
        started_at=datetime.combine(package.opened_on, time(), terms.zone),
        limit_workdays=package.promise_workdays if is_promise else package.statute_workdays,
        extension_workdays=package.extended,
        suspensions=tuple(Suspension(one.begun_at, one.until) for one in package.visits),
        ended_at=package.decided_at or package.ended_at,
    )


def joint_clocks_now(package: Package, *, terms: Terms, now: datetime) -> tuple[ClockNow, ClockNow]:
    """How the promise and the statute clock stand."""
    promise, statute = (joint_clock(package, one, terms=terms) for one in (ClockKind.PROMISE, ClockKind.STATUTE))
    return clock_now(promise, terms=terms, now=now), clock_now(statute, terms=terms, now=now)


class FamilyNow(msgspec.Struct, frozen=True, kw_only=True):
    """The joint clock above and the parts' own clocks below.

    Attributes:
        joint: promise and statute of the whole. parts: by part, of those that have become cases.
        light: the worst of the joint clocks. behind: parts that are over a limit of their own though the whole is not.
        beyond: running parts whose own promise ends after that of the whole: they endanger it.
    """

    joint: tuple[ClockNow, ClockNow]
    parts: dict[str, tuple[ClockNow, ...]]
    light: Light
    behind: tuple[str, ...]
    beyond: tuple[str, ...]


def family_now(package: Package, cases: Mapping[str, Case], *, terms: Terms, now: datetime) -> FamilyNow:
    """How the whole and its parts stand: a part's limit is its own and takes nothing from the joint one.

    Source: 行政许可法 42, 45; a joint visit stands in the joint clock and in those of the parts it is for.

    Args:
        cases: by id; a part whose case is not there has no clocks yet.
    """
    joint = joint_clocks_now(package, terms=terms, now=now)
    parts = {
        id_: clocks_now(cases[one.case], terms=terms, now=now)
        for id_, one in package.parts.items()
        if one.case is not None and one.case in cases
    }
    promise = joint[0]
    return FamilyNow(
        joint=joint,
        parts=parts,
        light=worst(joint),
        behind=tuple(id_ for id_, clocks in parts.items() if any(one.is_overdue for one in clocks)),
        beyond=tuple(id_ for id_, clocks in parts.items() if any(_outlives(one, promise) for one in clocks)),
    )


def chain_workdays(after: Mapping[str, tuple[str, ...]], promised: Mapping[str, int]) -> int:
    """The working days of the longest chain of parts, each begun when those before it are done.

    Args:
        after: part → the parts it waits for. promised: part → its own promise.
    """
    done: dict[str, int] = {}
    for part in in_turn(dict(after)):
        before = max((done[one] for one in after[part] if one in done), default=0)
        done[part] = before + promised.get(part, 0)
    return max(done.values(), default=0)


def _outlives(clock: ClockNow, joint: ClockNow) -> bool:
    return clock.kind is ClockKind.PROMISE and clock.ended_at is None and clock.due > joint.due
