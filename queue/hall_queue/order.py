"""The calling order: who is next at a window, total and deterministic.

Back from a hold → pinned → directed → aged → statutory priority → normal; within priority and normal the window's
preferred lines first, then effective arrival, then serial. Everybody ages, those with priority too, and the aged are
called by arrival alone: otherwise a hall that is always full would never come to priority or to a window's second line.
Source: domain rule 3.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hall_queue.model import Rank, Ticket
from hall_server.directory.model import Window

Place = tuple[datetime, int, str]  # effective arrival, serial, ticket id
Key = tuple[Rank, int, datetime, int]


def place(ticket: Ticket) -> Place:
    """Where a ticket stands among those of its class."""
    return (ticket.arrival, ticket.serial, ticket.id)


@dataclass(slots=True)
class WaitingLine:
    """Those who wait in one line, each in the class that fits."""

    pinned: list[Place] = field(default_factory=list)
    priority: list[Place] = field(default_factory=list)
    normal: list[Place] = field(default_factory=list)
    directed: int = 0  # how many of the line wait for a certain window or person

    @property
    def count(self) -> int:
        """How many wait, the directed ones included."""
        return len(self.pinned) + len(self.priority) + len(self.normal) + self.directed


class Waiting:
    """All waiting tickets of a hall, kept in calling order."""

    def __init__(self, tickets: dict[str, Ticket]) -> None:
        self._tickets = tickets
        self._lines: dict[str, WaitingLine] = {}
        self._for_window: dict[str, list[Place]] = {}
        self._returned: dict[str, list[Place]] = {}
        self._for_staff: dict[str, list[Place]] = {}

    def add(self, ticket: Ticket) -> None:
        """Let a ticket wait."""
        insort(self._bucket(ticket), place(ticket))
        self._line(ticket.line).directed += _is_directed(ticket)

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out; it must not have changed since it was added."""
        bucket = self._bucket(ticket)
        where = bisect_left(bucket, place(ticket))
        assert bucket[where][2] == ticket.id, "a waiting ticket changed its place"  # noqa: S101  # the fold's own invariant
        del bucket[where]
        self._line(ticket.line).directed -= _is_directed(ticket)

    def count(self, line: str) -> int:
        """How many wait in a line."""
        found = self._lines.get(line)
        return 0 if found is None else found.count

    def directed(self, window: str | None, staff: str | None) -> list[Ticket]:
        """Who waits for this window only, or for this person only."""
        here, who = window or "", staff or ""
        buckets = (self._returned.get(here, ()), self._for_window.get(here, ()), self._for_staff.get(who, ()))
        return [self._tickets[id_] for bucket in buckets for _, _, id_ in bucket]

    def ahead(self, ticket: Ticket, aged: datetime) -> int:
        """How many of its line are called before a waiting ticket, as things stand now.

        Args:
            ticket: one that waits.
            aged: who arrived until then has aged.
        """
        line = self._line(ticket.line)
        at = place(ticket)
        if _is_directed(ticket):
            return bisect_left(self._bucket(ticket), at)
        if ticket.pinned:
            return bisect_left(line.pinned, at)
        if ticket.arrival <= aged:
            return len(line.pinned) + bisect_left(line.priority, at) + bisect_left(line.normal, at)
        if ticket.priority is not None:
            aged_normal = bisect_right(line.normal, aged, key=lambda waiting: waiting[0])
            return len(line.pinned) + aged_normal + bisect_left(line.priority, at)
        return len(line.pinned) + len(line.priority) + bisect_left(line.normal, at)

    def longest(self, line: str) -> datetime | None:
        """The earliest effective arrival in a line, directed tickets left out."""
        waiting = self._line(line)
        heads = [bucket[0][0] for bucket in (waiting.pinned, waiting.priority, waiting.normal) if bucket]
        return min(heads, default=None)

    def next(self, window: Window, staff: str | None, now: datetime, ageing: timedelta) -> Ticket | None:
        """The ticket this window calls next, None when nobody waits for it."""
        for skipping in (True, False):  # one put back to be skipped is taken only when there is nobody else
            heads = self._heads(window, staff, now - ageing, skipping=skipping)
            if best := min(heads, default=None, key=lambda found: found[0]):
                return best[1]
        return None

    def in_order(
        self, window: Window, staff: str | None, now: datetime, ageing: timedelta, limit: int
    ) -> list[tuple[Rank, Ticket]]:
        """The next tickets of a window with the class each is called in, at most ``limit``."""
        found = [
            (self._key(rank, tier, ticket), ticket)
            for rank, tier, bucket in self._buckets(window, staff)
            for ticket in self._first(bucket, window, limit, skipping=False)
        ]
        aged = now - ageing
        keyed = [(_aged_key(key, aged), ticket) for key, ticket in found]
        keyed.sort(key=lambda pair: pair[0])
        return [(key[0], ticket) for key, ticket in keyed[:limit]]

    def line_of(self, line: str) -> Iterator[Ticket]:
        """Everybody who waits in a line, directed tickets left out, in calling order."""
        waiting = self._line(line)
        for bucket in (waiting.pinned, waiting.priority, waiting.normal):
            for _, _, ticket in bucket:
                yield self._tickets[ticket]

    def _heads(
        self, window: Window, staff: str | None, aged: datetime, *, skipping: bool
    ) -> Iterator[tuple[Key, Ticket]]:
        for rank, tier, bucket in self._buckets(window, staff):
            for ticket in self._first(bucket, window, 1, skipping=skipping):
                yield _aged_key(self._key(rank, tier, ticket), aged), ticket

    def _buckets(self, window: Window, staff: str | None) -> Iterator[tuple[Rank, int, list[Place]]]:
        yield Rank.RETURNED, 0, self._returned.get(window.id, [])
        yield Rank.DIRECTED, 0, self._for_window.get(window.id, [])
        if staff is not None:
            yield Rank.DIRECTED, 0, self._for_staff.get(staff, [])
        for tier, line in enumerate(window.lines):
            waiting = self._line(line)
            yield Rank.PINNED, 0, waiting.pinned
            yield Rank.PRIORITY, tier, waiting.priority
            yield Rank.NORMAL, tier, waiting.normal

    def _first(self, bucket: Iterable[Place], window: Window, limit: int, *, skipping: bool) -> Iterator[Ticket]:
        for _, _, id_ in bucket:
            ticket = self._tickets[id_]
            barred = ticket.barred_window == window.id or (skipping and ticket.skipped_by == window.id)
            if not barred and may_serve(window, ticket):
                yield ticket
                limit -= 1
                if not limit:
                    return

    @staticmethod
    def _key(rank: Rank, tier: int, ticket: Ticket) -> Key:
        return (rank, tier, ticket.arrival, ticket.serial)

    def _line(self, line: str) -> WaitingLine:
        found = self._lines.get(line)
        if found is None:
            found = self._lines[line] = WaitingLine()
        return found

    def _bucket(self, ticket: Ticket) -> list[Place]:
        if ticket.directed_window is not None:
            buckets = self._returned if ticket.returned else self._for_window
            return buckets.setdefault(ticket.directed_window, [])
        if ticket.directed_staff is not None:
            return self._for_staff.setdefault(ticket.directed_staff, [])
        line = self._line(ticket.line)
        if ticket.pinned:
            return line.pinned
        return line.normal if ticket.priority is None else line.priority


def may_serve(window: Window, ticket: Ticket) -> bool:
    """Whether a window has the skill for a ticket: the (department, matter) pair that a matter's id stands for."""
    if ticket.directed_window == window.id or not window.matters or ticket.matter is None:
        return True
    return ticket.matter in window.matters


def _is_directed(ticket: Ticket) -> bool:
    return ticket.directed_window is not None or ticket.directed_staff is not None


def _aged_key(key: Key, aged: datetime) -> Key:
    has_aged = key[0] in {Rank.PRIORITY, Rank.NORMAL} and key[2] <= aged
    return (Rank.AGED, 0, *key[2:]) if has_aged else key
