"""What the simulated people were told, kept beside the hall: at the end both must say the same."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

KEPT_WAITS = 4000
STATES = ("waiting", "called", "serving", "held", "done", "passed", "cancelled", "expired")


@dataclass(slots=True, kw_only=True)
class Entry:
    """A number somebody holds.

    Attributes:
        token: of its page; None where the kiosk gave it without the server and has not handed it in.
        ended: how it ended, as the people saw it: done, cancelled; None while it is open or nobody saw it.
        window: where it is now.
    """

    id: str
    number: str
    token: str | None
    ended: str | None = None
    window: str | None = None


@dataclass(slots=True)
class Ledger:
    """All numbers and figures of a simulation.

    Attributes:
        counts: of what happened, by word.
        errors: what the hall refused although it should not, by code.
        waits: from the number to the first call, real seconds, the last ones.
        shown: from the press of the call key to the first screen that showed it, seconds.
        faults: what must never be: a number twice, a visitor at two windows.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_WAITS))
    shown: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_WAITS))
    faults: list[str] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)

    def issued(self, ticket: dict[str, Any]) -> Entry:
        """Note a number that somebody was given; the same ticket again is no other one."""
        id_, number = str(ticket["id"]), str(ticket["number"])
        if id_ in self.entries:
            return self.entries[id_]
        holder = self._numbers.setdefault(number, id_)
        if holder != id_:
            self.faults.append(f"number {number} was given twice: {holder} and {id_}")
        self.counts["issued"] += 1
        entry = self.entries[id_] = Entry(id=id_, number=number, token=ticket.get("token"))
        return entry

    def called(self, ticket: str, number: str, window: str) -> None:
        """Note that a window has called somebody; nobody can be at two."""
        self.counts["calls"] += 1
        entry = self.entries.get(ticket)
        if entry is None:
            return
        if entry.window not in {None, window}:
            self.faults.append(f"{number} was called to {window} while at {entry.window}")
        if entry.ended is not None:
            self.faults.append(f"{number} was called to {window} after it was {entry.ended}")
        entry.window = window

    def left(self, ticket: str, ended: str | None = None) -> None:
        """Note that a ticket is at no window any more, or how it ended."""
        if entry := self.entries.get(ticket):
            entry.window, entry.ended = None, ended

    def failed(self, code: str) -> None:
        """Note a refusal that nobody expected."""
        self.errors[code] += 1

    def median_wait_s(self) -> float | None:
        """Of the last waits, real seconds."""
        waits = sorted(self.waits)
        return waits[len(waits) // 2] if waits else None

    def shown_s(self) -> tuple[float, float] | None:
        """Median and 99th percentile until a call was seen."""
        if len(self.shown) < 2:
            return None
        cuts = quantiles(self.shown, n=100, method="inclusive")
        return cuts[49], cuts[98]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the hall says at the end, and what is wrong with it.

    Attributes:
        totals: of the hall's day. others: numbers that were not given to simulated people.
        wrong: a line for everything that was lost or doubled.
    """

    totals: dict[str, int]
    ours: int
    others: int
    states: dict[str, int]
    wrong: list[str]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost or doubled."""
        return not self.wrong


def balance(
    ledger: Ledger, totals: dict[str, int], pages: Iterable[tuple[Entry, dict[str, Any] | None]], *, issued_before: int
) -> Balance:
    """Compare.

    Args:
        ledger: what the people were told.
        totals: of the manager's picture.
        pages: of each number its page, None where the hall does not know it.
        issued_before: how many numbers the hall had given before the simulation.
    """
    wrong = list(ledger.faults)
    states: Counter[str] = Counter()
    ours = 0
    for entry, page in pages:
        ours += 1
        if page is None:
            wrong.append(f"{entry.number} is lost: the hall does not know it")
            continue
        states[page["state"]] += 1
        if page["number"] != entry.number:
            wrong.append(f"{entry.number} is {page['number']} in the hall")
        if entry.ended is not None and page["state"] != entry.ended:
            wrong.append(f"{entry.number} was {entry.ended}, the hall says {page['state']}")
    standing = sum(totals[state] for state in STATES)
    if standing != totals["issued"]:
        wrong.append(f"the hall issued {totals['issued']} and knows of {standing}")
    others = totals["issued"] - issued_before - ours
    if others < 0:
        wrong.append(f"{-others} numbers are lost: {ours} were given, the hall counts {totals['issued']}")
    return Balance(totals=totals, ours=ours, others=others, states=dict(states), wrong=wrong)
