"""Clocks of the steps of a matter (环节时限): each begins when the one before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cases.catalogue.model import Node, NodeDone
from cases.clocks.model import ClockFacts, ClockKind, Suspension
from cases.model import Case, Outcome

_BY_ID = {
    "accept": NodeDone.ACCEPTED,
    "examine": NodeDone.EXAMINED,
    "forward": NodeDone.FORWARDED,
    "decide": NodeDone.DECIDED,
    "handle": NodeDone.DECIDED,
    "make": NodeDone.MADE,
    "deliver": NodeDone.DELIVERED,
}


def done_of(case: Case, nodes: Sequence[Node]) -> dict[str, datetime]:
    """When each step of its matter was done, as the case's own steps tell it."""
    at = {
        NodeDone.ACCEPTED: case.accepted_at,
        NodeDone.EXAMINED: case.examined_at,
        NodeDone.FORWARDED: case.forwarded_at,
        NodeDone.DECIDED: case.decided_at,
        NodeDone.MADE: case.made_at,
        NodeDone.DELIVERED: case.delivered_at,
    }
    return {one.id: done for one in nodes if (with_ := _done_with(one)) is not None and (done := at[with_]) is not None}


def ahead_of(case: Case, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The steps a case goes through: what is denied is neither made nor delivered."""
    if case.outcome is not Outcome.DENIED:
        return tuple(nodes)
    return tuple(one for one in nodes if _done_with(one) not in {NodeDone.MADE, NodeDone.DELIVERED})


def _done_with(node: Node) -> NodeDone | None:
    return node.done_with or _BY_ID.get(node.id)


def node_clocks(
    nodes: Sequence[Node],
    *,
    started_at: datetime,
    done: Mapping[str, datetime],
    suspensions: tuple[Suspension, ...] = (),
    ended_at: datetime | None = None,
) -> tuple[ClockFacts, ...]:
    """The clocks of the steps that have begun; a step without a limit of its own has none.

    Args:
        nodes: of the edition, in the order in which they follow each other.
        started_at: when the first begins: the case's acceptance.
        done: node → when it was done; a step that was left out is over with the next that was done.
        suspensions: of the case; a step stands while it does.
        ended_at: when the case was over, in whatever way; a step that was going on ends there.
    """
    return tuple(_clocks(nodes, started_at, done, suspensions, ended_at))


def _clocks(
    nodes: Sequence[Node],
    started_at: datetime,
    done: Mapping[str, datetime],
    suspensions: tuple[Suspension, ...],
    ended_at: datetime | None,
) -> Iterator[ClockFacts]:
    begun = started_at
    for index, node in enumerate(nodes):
        later = [done[one.id] for one in nodes[index:] if one.id in done]
        ended = min(later) if later else ended_at
        if node.limit_workdays is not None:
            yield ClockFacts(
                kind=ClockKind.NODE,
                node=node.id,
                started_at=begun,
                limit_workdays=node.limit_workdays,
                suspensions=suspensions,
                ended_at=ended,
            )
        if ended is None or not later:
            return
        begun = max(begun, ended)
