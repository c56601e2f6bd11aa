"""Why a window calls one ticket before another, and why it does not call a third at all: the order's own reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import msgspec

from hall_queue.model import Rank, Ticket
from hall_queue.order import JUMPING, Caller, Waiting
from hall_server.directory.model import Express, Window

EVERYBODY = 1_000_000


class StepKind(StrEnum):
    """What decides between two tickets: the first of these in which they differ."""

    SKIPPED = "skipped"  # the lower one was put back here and comes when nobody else does
    RANK = "rank"  # the class of the order
    EXPRESS = "express"  # the window calls express matters first
    PREFERENCE = "preference"  # the window prefers the upper one's line
    ARRIVAL = "arrival"
    SERIAL = "serial"  # arrived in the same moment


class Hindrance(StrEnum):
    """Why a window does not call a ticket that waits."""

    OTHER_LINE = "other_line"  # the window does not serve its line
    OTHER_WINDOW = "other_window"  # it waits for a certain window
    OTHER_PERSON = "other_person"  # it waits for somebody who does not sit here
    NO_SKILL = "no_skill"  # its matter is not among those of the window
    NOT_EXPRESS = "not_express"  # the window serves express matters only
    SLOT_TO_COME = "slot_to_come"  # its appointment has not begun
    BARRED = "barred"  # this window has just given it away


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Why a ticket goes before the one that follows it.

    Attributes:
        upper, lower: the classes the two are called in, as the page names them.
        gap_s: how much earlier the upper one arrived, for ``arrival``.
    """

    kind: StepKind
    upper: str
    lower: str
    gap_s: float = 0.0


class Placed(NamedTuple):
    """A ticket with the class a window calls it in."""

    rank: Rank
    ticket: Ticket


def order(waiting: Waiting, asking: Caller, limit: int) -> list[Placed]:
    """The next tickets of a window as it really calls them: what it put back itself comes when nobody else does."""
    here, extra = asking.window.id, 0
    while True:
        found = [Placed(*one) for one in waiting.in_order(asking, limit + extra)]
        put_back = sum(one.ticket.skipped_by == here for one in found)
        if put_back <= extra or len(found) < limit + extra:
            break
        extra = put_back  # so many more may stand behind those
    if put_back and asking.turns:
        return _by_turn(waiting, asking)[:limit]
    found.sort(key=lambda one: one.ticket.skipped_by == here)
    return found[:limit]


def step(upper: Placed, lower: Placed, asking: Caller) -> Step:
    """Why one ticket goes before another that comes after it in the same order."""
    kind, gap_s = _decides(upper, lower, asking), 0.0
    if kind is StepKind.ARRIVAL:
        gap_s = (lower.ticket.arrival - upper.ticket.arrival).total_seconds()
    return Step(kind=kind, upper=name_of(upper.rank), lower=name_of(lower.rank), gap_s=gap_s)


def steps(placed: list[Placed], asking: Caller) -> list[Step | None]:
    """For each ticket why it goes before the next; None for the last."""
    found: list[Step | None] = [step(upper, lower, asking) for upper, lower in pairwise(placed)]
    return [*found, None] if placed else []


def name_of(rank: Rank) -> str:
    """A class as events and pictures name it."""
    return rank.name.lower()


def preference(ticket: Ticket, rank: Rank, asking: Caller) -> int | None:
    """The place of a ticket's line among those of the window, from 0; None where it does not count."""
    lines = asking.window.lines
    counts = rank in JUMPING and asking.rules.hall.preference and ticket.line in lines
    return lines.index(ticket.line) if counts else None


def hindrance(ticket: Ticket, asking: Caller) -> Hindrance | None:
    """Why a window cannot call a waiting ticket now; None where it can."""
    window = asking.window
    if ticket.directed_window is not None:
        if ticket.directed_window != window.id:
            return Hindrance.OTHER_WINDOW
        return Hindrance.BARRED if _is_barred(ticket, asking) else None
    if ticket.directed_staff is not None:
        if ticket.directed_staff != asking.staff:
            return Hindrance.OTHER_PERSON
    elif ticket.line not in window.lines:
        return Hindrance.OTHER_LINE
    elif ticket.due is not None and ticket.arrival > asking.now and not ticket.pinned:
        return Hindrance.SLOT_TO_COME
    if _is_barred(ticket, asking):
        return Hindrance.BARRED
    return _lacks(window, ticket)


def concerns(ticket: Ticket, asking: Caller) -> bool:
    """Whether somebody at a window would look for a waiting ticket there."""
    window = asking.window
    is_sent_here = ticket.directed_window == window.id or (asking.staff and ticket.directed_staff == asking.staff)
    return bool(is_sent_here) or ticket.line in window.lines


def looking(waiting: Waiting, asking: Caller) -> list[Ticket]:
    """Everybody who would look for a number at a window, from who waits and not from all tickets of the day."""
    in_lines = [one for line in asking.window.lines for one in waiting.line_of(line)]
    return in_lines + [one for one in waiting.sent() if concerns(one, asking)]


def ages_at(ticket: Ticket, asking: Caller) -> datetime | None:
    """When a ticket goes before classes and preference because it has waited long; None where nobody ages."""
    ageing = asking.rules.of(ticket.line).ageing
    return ticket.arrival + ageing if ageing is not None else None


def count_reasons(before: Iterable[Placed], me: Placed, asking: Caller) -> dict[tuple[StepKind, Rank], int]:
    """How many go before a ticket for which reason, and in which class they are."""
    found: dict[tuple[StepKind, Rank], int] = {}
    for one in before:
        key = (step(one, me, asking).kind, one.rank)
        found[key] = found.get(key, 0) + 1
    return found


def _by_turn(waiting: Waiting, asking: Caller) -> list[Placed]:
    """Everybody in order where calls by turn are owed and some were put back: the turns are for the others first."""
    plain, turns = replace(asking, turns=0), asking.turns
    whole = [Placed(*one) for one in waiting.in_order(plain, EVERYBODY)]
    ordered: list[Placed] = []
    for is_back in (False, True):
        mine = [one for one in whole if (one.ticket.skipped_by == asking.window.id) is is_back]
        free = [one for one in mine if one.rank in JUMPING]
        longest = sorted(free, key=lambda one: (one.ticket.arrival, one.ticket.serial))[:turns]
        chosen = {one.ticket.id for one in longest}
        ordered += [one for one in mine if one.rank not in JUMPING]
        ordered += [Placed(Rank.TURN, one.ticket) for one in longest]
        ordered += [one for one in free if one.ticket.id not in chosen]
        turns -= len(longest)
    return ordered


def _decides(upper: Placed, lower: Placed, asking: Caller) -> StepKind:
    here = asking.window.id
    if (upper.ticket.skipped_by == here) != (lower.ticket.skipped_by == here):
        return StepKind.SKIPPED
    if upper.rank is not lower.rank:
        return StepKind.RANK
    takes_express_first = upper.rank in JUMPING and asking.window.express is Express.FIRST
    if takes_express_first and upper.ticket.express != lower.ticket.express:
        return StepKind.EXPRESS
    if preference(upper.ticket, upper.rank, asking) != preference(lower.ticket, lower.rank, asking):
        return StepKind.PREFERENCE
    return StepKind.ARRIVAL if upper.ticket.arrival != lower.ticket.arrival else StepKind.SERIAL


def _is_barred(ticket: Ticket, asking: Caller) -> bool:
    if ticket.barred_window != asking.window.id:
        return False
    return ticket.barred_until is None or ticket.barred_until >= asking.now


def _lacks(window: Window, ticket: Ticket) -> Hindrance | None:
    if window.express is Express.ONLY and not ticket.express:
        return Hindrance.NOT_EXPRESS
    if window.matters and ticket.matter is not None and ticket.matter not in window.matters:
        return Hindrance.NO_SKILL
    return None
