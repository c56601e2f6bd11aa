"""Today's figures by line and window, counted from the live state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import fmean

import msgspec

from hall_queue.model import Ticket, TicketState
from hall_queue.rules import Hall
from hall_queue.standings import waited_s


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of some tickets.

    Attributes:
        issued: all of them. done, passed: how they ended.
        mean_wait_s: from the issue to the first call, of those that were called, seconds; None before the first.
        mean_service_s: from the last start to the end, of those that are done, seconds; None before the first.
    """

    issued: int
    done: int
    passed: int
    mean_wait_s: float | None
    mean_service_s: float | None


class LineFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A line's day; a ticket that was sent on counts for the line it was sent to."""

    id: str
    name: str
    name_en: str
    figures: Figures


class WindowFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A window's day: the tickets that were called there last; ``issued`` counts those."""

    id: str
    name: str
    name_en: str
    figures: Figures


class TodayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's day so far."""

    business_day: date
    hall: Figures
    lines: tuple[LineFigures, ...]
    windows: tuple[WindowFigures, ...]


def today(hall: Hall) -> TodayFigures:
    """Count the day so far."""
    by_line: dict[str, list[Ticket]] = {}
    by_window: dict[str, list[Ticket]] = {}
    for ticket in hall.queue.tickets.values():
        by_line.setdefault(ticket.line, []).append(ticket)
        if ticket.window is not None:
            by_window.setdefault(ticket.window, []).append(ticket)
    lines = hall.directory.lines_in_order()
    windows = sorted((w for w in hall.directory.windows.values() if w.active), key=lambda window: window.number)
    return TodayFigures(
        business_day=hall.queue.day,
        hall=figures(hall.queue.tickets.values()),
        lines=tuple(
            LineFigures(id=one.id, name=one.name, name_en=one.name_en, figures=figures(by_line.get(one.id, ())))
            for one in lines
        ),
        windows=tuple(
            WindowFigures(id=one.id, name=one.name, name_en=one.name_en, figures=figures(by_window.get(one.id, ())))
            for one in windows
        ),
    )


def figures(tickets: Iterable[Ticket]) -> Figures:
    """What became of these tickets."""
    found = list(tickets)
    done = [ticket for ticket in found if ticket.state is TicketState.DONE]
    waits = [waited_s(ticket, ticket.first_called_at) for ticket in found if ticket.first_called_at is not None]
    services = [
        (ticket.ended_at - ticket.started_at).total_seconds()
        for ticket in done
        if ticket.ended_at is not None and ticket.started_at is not None
    ]
    return Figures(
        issued=len(found),
        done=len(done),
        passed=sum(ticket.state is TicketState.PASSED for ticket in found),
        mean_wait_s=_mean(waits),
        mean_service_s=_mean(services),
    )


def _mean(seconds: Sequence[float]) -> float | None:
    return round(fmean(seconds), 1) if seconds else None
