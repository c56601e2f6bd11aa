"""The calling order: who is next at a window, total and deterministic.

Back from a hold → pinned → directed → aged → by turn → statutory priority → due appointments → normal; within the last
three what the window prefers first, then effective arrival, then serial. Everybody ages, those with priority too, and
the aged are called by arrival alone: otherwise a hall that is always full would never come to priority or to a window's
second line. The hall's ratio does the same by count instead of by time. Source: domain rule 3.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from math import ceil
from typing import NamedTuple

from hall_queue.model import Desk, Rank, Ticket
from hall_queue.rulebook import Rulebook
from hall_server.directory.model import Express, Window

Place = tuple[datetime, int, str]  # effective arrival, serial, ticket id
Key = tuple[Rank, int, datetime, int]

BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
JUMPING = frozenset({Rank.PRIORITY, Rank.DUE, Rank.NORMAL})  # classes in which somebody may go before a longer wait
ALL_AT_ONCE = 1_000_000
AFTER_ALL = 2**62  # no serial is greater
JUST_AFTER = timedelta(microseconds=1)


class Pick(NamedTuple):
    """Whom a window calls, in which class, and whether somebody it may serve has waited longer."""

    ticket: Ticket
    rank: Rank
    favoured: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """A window that asks who is next.

    Attributes:
        staff: who sits there.
        turns: so many of its next calls go to the longest wait.
    """

    window: Window
    staff: str | None
    now: datetime
    rules: Rulebook
    turns: int = 0

    def aged(self, line: str) -> datetime:
        """Who arrived in a line until then has aged."""
        ageing = self.rules.of(line).ageing
        return self.now - ageing if ageing is not None else BEFORE_ALL


def caller(window: Window, desk: Desk, now: datetime, rules: Rulebook) -> Caller:
    """A window as it stands now."""
    ratio = rules.hall.ratio
    turns = 0 if ratio is None else desk.turns if ratio.favoured else ALL_AT_ONCE
    return Caller(window, desk.staff, now, rules, turns)


def place(ticket: Ticket) -> Place:
    """Where a ticket stands among those of its class."""
    return (ticket.arrival, ticket.serial, ticket.id)


@dataclass(slots=True)
class Bucket:
    """Those of one class in one line, and the same again by matter and by express, for windows that take only some."""

    all: list[Place] = field(default_factory=list)
    express: list[Place] = field(default_factory=list)
    by_matter: dict[str | None, list[Place]] = field(default_factory=dict)

    def lists(self, ticket: Ticket) -> Iterator[list[Place]]:
        """The lists a ticket stands in."""
        yield self.all
        yield self.by_matter.setdefault(ticket.matter, [])
        if ticket.express:
            yield self.express

    def able(self, window: Window) -> Iterable[Place]:
        """Those a window may have, in order; for a window of express matters others may be among them."""
        if window.matters:
            return merge(*(self.by_matter.get(matter, ()) for matter in (*window.matters, None)))
        return self.express if window.express is Express.ONLY else self.all


@dataclass(slots=True)
class WaitingLine:
    """Those who wait in one line, each in the class that fits."""

    pinned: Bucket = field(default_factory=Bucket)
    priority: Bucket = field(default_factory=Bucket)
    due: Bucket = field(default_factory=Bucket)
    normal: Bucket = field(default_factory=Bucket)
    count: int = 0  # how many wait, the directed ones and those whose slot has not come included

    @property
    def classes(self) -> tuple[tuple[Rank, Bucket], ...]:
        """The classes in order."""
        return (
            (Rank.PINNED, self.pinned),
            (Rank.PRIORITY, self.priority),
            (Rank.DUE, self.due),
            (Rank.NORMAL, self.normal),
        )


class Waiting:
    """All waiting tickets of a hall, kept in calling order."""

    def __init__(self, tickets: dict[str, Ticket]) -> None:
        self._tickets = tickets
        self._lines: dict[str, WaitingLine] = {}
        self._for_window: dict[str, list[Place]] = {}
        self._returned: dict[str, list[Place]] = {}
        self._for_staff: dict[str, list[Place]] = {}

    # -- who waits

    def add(self, ticket: Ticket) -> None:
        """Let a ticket wait."""
        at = place(ticket)
        for places in self._lists(ticket):
            if places and at < places[-1]:
                insort(places, at)
            else:  # as nearly everybody who comes
                places.append(at)
        self._line(ticket.line).count += 1

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out; it must not have changed since it was added."""
        at = place(ticket)
        for places in self._lists(ticket):
            where = bisect_left(places, at)
            assert places[where][2] == ticket.id, "a waiting ticket changed its place"  # noqa: S101  # the fold's own invariant
            del places[where]
        self._line(ticket.line).count -= 1

    def count(self, line: str) -> int:
        """How many wait in a line."""
        found = self._lines.get(line)
        return 0 if found is None else found.count

    def matters(self, line: str) -> Counter[str | None]:
        """How many wait in a line for which matter, directed tickets left out."""
        found: Counter[str | None] = Counter()
        for _, bucket in self._line(line).classes:
            found.update({matter: len(places) for matter, places in bucket.by_matter.items() if places})
        return found

    def directed(self, window: str | None, staff: str | None) -> list[Ticket]:
        """Who waits for this window only, or for this person only."""
        here, who = window or "", staff or ""
        buckets = (self._returned.get(here, ()), self._for_window.get(here, ()), self._for_staff.get(who, ()))
        return [self._tickets[id_] for bucket in buckets for _, _, id_ in bucket]

    def sent(self) -> Iterator[Ticket]:
        """Everybody who waits for one window or one person only, whichever it is."""
        for kind in (self._returned, self._for_window, self._for_staff):
            for places in kind.values():
                for _, _, ticket in places:
                    yield self._tickets[ticket]

    def line_of(self, line: str) -> Iterator[Ticket]:
        """Everybody who waits in a line, directed tickets left out, class by class."""
        for _, bucket in self._line(line).classes:
            for _, _, ticket in bucket.all:
                yield self._tickets[ticket]

    def longest(self, line: str, now: datetime) -> datetime | None:
        """The earliest effective arrival in a line, directed tickets and slots to come left out."""
        heads = [bucket.all[0][0] for _, bucket in self._line(line).classes if bucket.all]
        return min((head for head in heads if head <= now), default=None)

    # -- where one stands

    def ahead(self, ticket: Ticket, now: datetime, rules: Rulebook) -> int:
        """How many of its line are called before a waiting ticket, as things stand now."""
        line, at = self._line(ticket.line), place(ticket)
        ageing = rules.of(ticket.line).ageing
        aged = now - ageing if ageing is not None else BEFORE_ALL
        pinned, priority, due, normal = line.pinned.all, line.priority.all, line.due.all, line.normal.all
        if _is_directed(ticket):
            return bisect_left(self._directed_list(ticket), at)
        if ticket.pinned:
            return bisect_left(pinned, at)
        if ticket.arrival <= aged:
            return len(pinned) + bisect_left(priority, at) + bisect_left(due, at) + bisect_left(normal, at)
        faster: tuple[list[Place], ...] = ()
        slower: tuple[list[Place], ...] = ()
        if ticket.priority is not None:
            mine, slower = priority, (due, normal)
        elif ticket.due is not None:
            faster, mine, slower = (priority,), due, (normal,)
        else:
            faster, mine = (priority, due), normal
        same = len(mine) - 1 if mine and mine[-1] == at else bisect_left(mine, at)
        jumpers = overtaken = 0
        for places in faster:
            jumpers += _until(places, now)
        for places in slower:
            overtaken += _until(places, aged)
        if ratio := rules.hall.ratio:  # at most so many, as it depends on the window how far its count is
            longer = min(jumpers, sum(bisect_left(places, at) for places in faster))
            older = sum(bisect_left(places, at) for places in slower)
            turns = (same + jumpers) // ratio.favoured * ratio.oldest if ratio.favoured else older
            again = longer * max(0, ratio.favoured - 1)  # a call before nobody begins the window's count anew
            most = ratio.favoured * ceil((longer + same + 1) / ratio.oldest) + again
            jumpers = longer + min(jumpers - longer, most)
            overtaken = min(older, overtaken + turns)
        return len(pinned) + jumpers + same + overtaken

    def first(self, line: str, limit: int) -> list[Ticket]:
        """The first few of each class of a line."""
        return [self._tickets[id_] for _, bucket in self._line(line).classes for _, _, id_ in bucket.all[:limit]]

    def places_back(self, ticket: Ticket, places: int, now: datetime) -> datetime:
        """The arrival that puts a ticket behind so many of its class, never before its own; now where fewer wait."""
        line = self._line(ticket.line)
        behind = (line.normal if ticket.priority is None else line.priority).all
        if places > _until(behind, now):
            return now
        return min(now, max(ticket.arrival, behind[places - 1][0] + JUST_AFTER))

    # -- who is next

    def next(self, asking: Caller) -> Pick | None:
        """The ticket this window calls next, None when nobody waits for it."""
        for skipping in (True, False):  # one put back to be skipped is taken only when there is nobody else
            heads = list(self._candidates(asking, 1, skipping=skipping))
            if best := min(heads, default=None, key=_key_of):
                return self._pick(asking, *best, heads if skipping else ())
        return None

    def in_order(self, asking: Caller, limit: int) -> list[tuple[Rank, Ticket]]:
        """The next tickets of a window with the class each is called in, at most ``limit``."""
        plain = Caller(asking.window, asking.staff, asking.now, asking.rules)
        found = {ticket.id: (key, ticket) for key, ticket in self._candidates(plain, limit, skipping=False)}
        keyed = sorted(found.values(), key=_key_of)
        if asking.turns:
            keyed = _by_turn(keyed, asking)
        return [(key[0], ticket) for key, ticket in keyed[:limit]]

    # -- inside

    def _pick(self, asking: Caller, key: Key, ticket: Ticket, heads: Sequence[tuple[Key, Ticket]]) -> Pick:
        """The pick; ``heads``: the first of each class, without those put back to be skipped."""
        favoured = False
        if asking.rules.hall.ratio is not None and key[0] in JUMPING:
            mine = (ticket.arrival, ticket.serial)
            favoured = any(other[0] in JUMPING and other[2:] < mine for other, _ in heads)
        return Pick(ticket, key[0], favoured)

    def _candidates(self, asking: Caller, limit: int, *, skipping: bool) -> Iterator[tuple[Key, Ticket]]:
        window = asking.window
        for rank, directed in self._directed(asking):
            for ticket in self._first(directed, asking, limit, skipping=skipping):
                yield (rank, 0, ticket.arrival, ticket.serial), ticket
        for tier, id_ in enumerate(window.lines):
            line = self._lines.get(id_)
            if line is None:
                continue
            aged = asking.aged(id_)
            for rank, bucket in line.classes:
                if not bucket.all:
                    continue
                for places in _sources(bucket, window):
                    for ticket in self._first(places, asking, limit, skipping=skipping):
                        yield _key(rank, tier, ticket, asking, aged), ticket

    def _directed(self, asking: Caller) -> Iterator[tuple[Rank, Sequence[Place]]]:
        here = asking.window.id
        if found := self._returned.get(here):
            yield Rank.RETURNED, found
        if found := self._for_window.get(here):
            yield Rank.DIRECTED, found
        if asking.staff is not None and (found := self._for_staff.get(asking.staff)):
            yield Rank.DIRECTED, found

    def _first(self, places: Iterable[Place], asking: Caller, limit: int, *, skipping: bool) -> Iterator[Ticket]:
        here = asking.window.id
        for arrival, _, id_ in places:
            ticket = self._tickets[id_]
            if ticket.due is not None and arrival > asking.now and not (ticket.pinned or _is_directed(ticket)):
                return  # a slot to come; in order of arrival nobody after it is due either
            barred = ticket.barred_window == here and (ticket.barred_until or asking.now) >= asking.now
            if barred or (skipping and ticket.skipped_by == here) or not may_serve(asking.window, ticket):
                continue
            if ticket.here_by is not None:  # taken outside, and nobody has come with it yet
                continue
            yield ticket
            limit -= 1
            if not limit:
                return

    def _line(self, line: str) -> WaitingLine:
        found = self._lines.get(line)
        if found is None:
            found = self._lines[line] = WaitingLine()
        return found

    def _lists(self, ticket: Ticket) -> Iterable[list[Place]]:
        if _is_directed(ticket):
            return (self._directed_list(ticket),)
        return self._bucket(ticket).lists(ticket)

    def _directed_list(self, ticket: Ticket) -> list[Place]:
        if ticket.directed_window is not None:
            places = self._returned if ticket.returned else self._for_window
            return places.setdefault(ticket.directed_window, [])
        return self._for_staff.setdefault(ticket.directed_staff or "", [])

    def _bucket(self, ticket: Ticket) -> Bucket:
        line = self._line(ticket.line)
        if ticket.pinned:
            return line.pinned
        if ticket.priority is not None:
            return line.priority
        return line.normal if ticket.due is None else line.due


def may_serve(window: Window, ticket: Ticket) -> bool:
    """Whether a window has the skill for a ticket: the (department, matter) pair that a matter's id stands for."""
    if ticket.directed_window == window.id:
        return True
    if window.express is Express.ONLY and not ticket.express:
        return False
    return not window.matters or ticket.matter is None or ticket.matter in window.matters


def _is_directed(ticket: Ticket) -> bool:
    return ticket.directed_window is not None or ticket.directed_staff is not None


def _sources(bucket: Bucket, window: Window) -> Iterator[Iterable[Place]]:
    yield bucket.able(window)
    if window.express is Express.FIRST and bucket.express:
        yield bucket.express


def _key(rank: Rank, tier: int, ticket: Ticket, asking: Caller, aged: datetime) -> Key:
    if rank is not Rank.PINNED and ticket.arrival <= aged:
        return (Rank.AGED, 0, ticket.arrival, ticket.serial)
    if rank is Rank.PINNED:
        return (rank, 0, ticket.arrival, ticket.serial)
    if asking.turns:
        return (Rank.TURN, 0, ticket.arrival, ticket.serial)
    tier = tier if asking.rules.hall.preference else 0
    if asking.window.express is Express.FIRST and not ticket.express:
        tier += len(asking.window.lines)
    return (rank, tier, ticket.arrival, ticket.serial)


def _key_of(found: tuple[Key, Ticket]) -> Key:
    return found[0]


def _by_turn(keyed: list[tuple[Key, Ticket]], asking: Caller) -> list[tuple[Key, Ticket]]:
    """The order with the next ``turns`` calls of those who may be favoured given to the longest wait."""
    fixed = [found for found in keyed if found[0][0] not in JUMPING]
    free = [found for found in keyed if found[0][0] in JUMPING]
    longest = sorted(free, key=lambda found: found[0][2:])[: asking.turns]
    chosen = {ticket.id for _, ticket in longest}
    turned = [((Rank.TURN, 0, *key[2:]), ticket) for key, ticket in longest]
    return [*fixed, *turned, *(found for found in free if found[1].id not in chosen)]


def _until(places: list[Place], moment: datetime) -> int:
    """How many arrived until a moment."""
    return bisect_right(places, (moment, AFTER_ALL, "")) if places else 0
