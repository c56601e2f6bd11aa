"""Visits and stays at windows, folded from the steps of a day; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dashboards.figures.steps import StepKind


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """A ticket's way through the hall; times in UTC microseconds, spans in microseconds.

    Attributes:
        line, matter: as taken; empty: none.
        window, staff: of the last call; empty before the first.
        end: how it ended: done, day_end, passed, cancelled, expired; empty: it has not.
        is_in_vain: it ended because nobody came to a window (passed, or expired after a call).
        calls: recalls included.
        transfers: how often a window sent it on. holds: how often it was put aside.
        promised_p50_s, promised_p90_s: the wait that the visitor was told, whole seconds; None: told none.
    """

    ticket: str
    line: str
    matter: str
    window: str
    staff: str
    channel: str
    priority: str
    issued_at: int
    first_called_at: int | None
    ended_at: int | None
    end: str
    is_in_vain: bool
    waiting_us: int
    walking_us: int
    serving_us: int
    held_us: int
    calls: int
    recalls: int
    transfers: int
    holds: int
    promised_p50_s: int | None
    promised_p90_s: int | None


class Stay(msgspec.Struct, frozen=True, array_like=True):
    """From a call to a window until the ticket left it.

    Attributes:
        line, matter: in which it was called.
        issued_at, channel, priority: of its visit.
        end: the `StepKind` with which it left the window; empty: it has not.
    """

    ticket: str
    line: str
    matter: str
    window: str
    staff: str
    issued_at: int
    called_at: int
    started_at: int | None
    left_at: int | None
    end: str
    recalls: int
    channel: str
    priority: str


_SPENT = {"waiting": 0, "called": 1, "serving": 2, "held": 3}
_BECOMES = {
    StepKind.ISSUED: "waiting",
    StepKind.CALLED: "called",
    StepKind.STARTED: "serving",
    StepKind.HELD: "held",
    StepKind.BACK: "waiting",
    StepKind.REQUEUED: "waiting",
    StepKind.SET_BACK: "waiting",
    StepKind.MOVED: "waiting",
    StepKind.TRANSFERRED: "waiting",
    StepKind.FORWARDED: "waiting",
}
_LEAVES = frozenset(
    {
        *(StepKind.HELD, StepKind.REQUEUED, StepKind.SET_BACK, StepKind.TRANSFERRED, StepKind.FORWARDED),
        *(StepKind.DONE, StepKind.DAY_END, StepKind.PASSED, StepKind.EXPIRED),
    }
)
_ENDS = frozenset({StepKind.DONE, StepKind.DAY_END, StepKind.PASSED, StepKind.CANCELLED, StepKind.EXPIRED})
_SENT_ON = frozenset({StepKind.TRANSFERRED, StepKind.FORWARDED})


@dataclass(slots=True)
class _Stay:
    line: str
    matter: str
    window: str
    staff: str
    called_at: int
    started_at: int | None = None
    left_at: int | None = None
    end: str = ""
    recalls: int = 0


@dataclass(slots=True)
class _Visit:
    taken: tuple[str, str, str, str]  # line, matter, channel, priority
    promised: tuple[int | None, int | None]  # p50, p90
    issued_at: int
    line: str
    matter: str
    state: str
    since: int
    spent: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    stays: list[_Stay] = field(default_factory=list)
    ended_at: int | None = None
    end: str = ""
    is_in_vain: bool = False
    recalls: int = 0
    transfers: int = 0
    holds: int = 0


def folded(steps: Iterable[tuple[Any, ...]]) -> tuple[list[Visit], list[Stay]]:
    """The visits and stays of a day.

    Args:
        steps: rows as `steps.steps_of` reads them, in the journal's order. What belongs to a ticket whose issue is not
            among them is left out.
    """
    found: dict[str, _Visit] = {}
    for ticket, kind, at, line, matter, window, staff, channel, priority, p50_s, p90_s in steps:
        if kind == StepKind.ISSUED:
            taken = (line, matter, channel, priority)
            found[ticket] = _Visit(taken, (p50_s, p90_s), at, line, matter, "waiting", at)
        elif (visit := found.get(ticket)) is not None:
            _take(visit, StepKind(kind), at, line, matter, window, staff)
    visits = [_visit(ticket, visit) for ticket, visit in found.items()]
    return visits, [_stay(ticket, visit, stay) for ticket, visit in found.items() for stay in visit.stays]


def _take(visit: _Visit, kind: StepKind, at: int, line: str, matter: str, window: str, staff: str) -> None:
    stay = visit.stays[-1] if visit.stays and visit.stays[-1].left_at is None else None
    if kind is StepKind.RECALLED:
        visit.recalls += 1
        if stay is not None:
            stay.recalls += 1
        return
    if (place := _SPENT.get(visit.state)) is not None:
        visit.spent[place] += max(0, at - visit.since)
    visit.state, visit.since = _BECOMES.get(kind, "ended"), at
    visit.end, visit.ended_at = (kind.value, at) if kind in _ENDS else ("", None)
    visit.is_in_vain = kind is StepKind.PASSED or (kind is StepKind.EXPIRED and window != "")
    if kind is StepKind.CALLED:
        visit.stays.append(_Stay(visit.line, visit.matter, window, staff, at))
    elif stay is not None and kind is StepKind.STARTED:
        stay.started_at = at
    elif stay is not None and kind in _LEAVES:
        stay.left_at, stay.end = at, kind.value
    visit.holds += kind is StepKind.HELD
    visit.transfers += kind in _SENT_ON
    if line:
        visit.line, visit.matter = line, matter


def _visit(ticket: str, one: _Visit) -> Visit:
    line, matter, channel, priority = one.taken
    last = one.stays[-1] if one.stays else None
    waiting_us, walking_us, serving_us, held_us = one.spent
    return Visit(
        ticket=ticket,
        line=line,
        matter=matter,
        window=last.window if last else "",
        staff=last.staff if last else "",
        channel=channel,
        priority=priority,
        issued_at=one.issued_at,
        first_called_at=one.stays[0].called_at if one.stays else None,
        ended_at=one.ended_at,
        end=one.end,
        is_in_vain=one.is_in_vain,
        waiting_us=waiting_us,
        walking_us=walking_us,
        serving_us=serving_us,
        held_us=held_us,
        calls=len(one.stays) + one.recalls,
        recalls=one.recalls,
        transfers=one.transfers,
        holds=one.holds,
        promised_p50_s=one.promised[0],
        promised_p90_s=one.promised[1],
    )


def _stay(ticket: str, visit: _Visit, one: _Stay) -> Stay:
    where = (one.line, one.matter, one.window, one.staff)
    times = (visit.issued_at, one.called_at, one.started_at, one.left_at)
    _, _, channel, priority = visit.taken
    return Stay(ticket, *where, *times, one.end, one.recalls, channel, priority)
