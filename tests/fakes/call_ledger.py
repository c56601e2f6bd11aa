"""What the journal says of every call, beside what the things in the hall showed of it: none lost, doubled or late."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LATE_S = 5.0
"""A call that is not shown so long after it was written down is late; one that ends sooner need not be seen."""
US = 1_000_000
LEAVES = {
    *("ticket.finished", "ticket.forwarded", "ticket.passed", "ticket.requeued", "ticket.set_back"),
    *("ticket.transferred", "ticket.held", "ticket.expired", "ticket.cancelled"),
}


@dataclass(slots=True, kw_only=True)
class Stay:
    """A visitor at a window: from the call until they left it.

    Attributes:
        begun, ended: seconds since 1970; ended is None for one who is there still.
        is_call: False: a key was taken back, and they are there again.
    """

    number: str
    window: str
    begun: float
    is_call: bool
    ended: float | None = None

    @property
    def must_be_seen(self) -> bool:
        """Whether it lasted longer than a thing may take to show it."""
        return self.ended is None or self.ended - self.begun >= LATE_S


@dataclass(slots=True)
class Journal:
    """The day as the journal has it.

    Attributes:
        stays: all, in the order they began. issued: number → actor and channel.
        calls: first calls and calls once more.
    """

    stays: list[Stay] = field(default_factory=list)
    issued: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: int = 0


def read(data: Path) -> Journal:
    """Read a hall's journal with nothing of ours between."""
    found, numbers, at = Journal(), dict[str, str](), dict[str, Stay]()
    with sqlite3.connect(f"file:{data / 'hall.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT at, type, actor, payload FROM journal WHERE type LIKE 'ticket.%' ORDER BY seq")
        for at_us, kind, actor, text in rows:
            event, when = json.loads(text), at_us / US
            if kind == "ticket.issued":
                numbers[event["ticket"]] = event["number"]
                found.issued[event["number"]] = (actor, event["channel"])
                continue
            ticket, undone = event["ticket"], event.get("undone")
            found.calls += kind in {"ticket.called", "ticket.recalled"}
            if kind in LEAVES or undone == "ticket.called":
                if stay := at.pop(ticket, None):
                    stay.ended = when
            elif kind == "ticket.called" or undone in LEAVES:
                number, window = numbers[ticket], event["window"]
                at[ticket] = Stay(number=number, window=window, begun=when, is_call=kind == "ticket.called")
                found.stays.append(at[ticket])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A number stood somewhere from a moment on."""

    number: str
    at: float


def runs(history: Sequence[str], times: Sequence[float], numbers: Iterable[str]) -> list[Shown]:
    """The numbers that stood on a bar one after the other; a text that turns to its other language is the same."""
    known = sorted(numbers, key=len, reverse=True)
    stood = [(next((n for n in known if n in text), None), at) for text, at in zip(history, times, strict=True)]
    return [
        Shown(number=number, at=min(at for _, at in group))
        for number, group in ((key, list(items)) for key, items in itertools.groupby(stood, key=lambda one: one[0]))
        if number is not None
    ]


def wrong_on_bar(window: str, journal: Journal, shown: list[Shown]) -> list[str]:
    """What a window's bar lost, doubled, showed late or out of its time."""
    stays = [stay for stay in journal.stays if stay.window == window]
    found = [
        f"{stay.number} at {window}: lost or late ({_delays(stay, shown)})"
        for stay in stays
        if stay.must_be_seen
        and not any(one.number == stay.number and -0.5 <= one.at - stay.begun <= LATE_S for one in shown)
    ]
    for one in shown:
        if not any(_is_due(one, stay) for stay in stays):
            found.append(f"{one.number} at {window}: shown when nobody was called")
    often = Counter(one.number for one in shown)
    there = Counter(stay.number for stay in stays)
    found += [f"{number} at {window}: shown {many} times" for number, many in often.items() if many > there[number]]
    return found


def wrong_on_board(windows: set[str], journal: Journal, shown: list[Shown]) -> list[str]:
    """The calls of a zone that its board did not show in time."""
    return [
        f"{stay.number} to {stay.window}: not on the board in time"
        for stay in journal.stays
        if stay.window in windows
        and stay.is_call
        and stay.must_be_seen
        and not any(one.number == stay.number and one.at <= stay.begun + LATE_S for one in shown)
    ]


def _delays(stay: Stay, shown: list[Shown]) -> str:
    after = ", ".join(f"{one.at - stay.begun:.1f} s" for one in shown if one.number == stay.number)
    return f"shown after {after}" if after else "never shown"


def _is_due(one: Shown, stay: Stay) -> bool:
    ended = stay.ended or float("inf")
    return one.number == stay.number and stay.begun - 0.5 <= one.at <= ended + LATE_S
