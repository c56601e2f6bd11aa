"""Which windows are open, busy and idle in a recorded day: from its shifts, else inferred from who calls whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from hall_queue.wait import Situation

LINES_REMEMBERED = 40  # calls after which a window has forgotten a line
PATIENCE = 0.5  # of a mean service: a window that lets people wait longer than this is not there


@dataclass(slots=True)
class Place:
    """One window: what it does and which lines it was seen to serve, each with the count of its last call."""

    id: str
    ticket: str | None = None
    freed: float = -inf
    is_open: bool = True
    calls: int = 0
    lines: dict[str, int] = field(default_factory=dict)


class Floor:
    """The windows of a hall and the people who wait, as they were known at each moment of the record."""

    def __init__(self, *, knows_shifts: bool) -> None:
        self._knows_shifts = knows_shifts
        self._places: dict[str, Place] = {}
        self._anonymous: list[str] = []  # free windows of a record without window ids, the last one freed last
        self._at: dict[str, str] = {}  # ticket → window
        self._waiting: dict[str, dict[str, float]] = {}
        self._priority: dict[str, dict[str, float]] = {}
        self._service_s, self._services = 0.0, 0

    # -- what happens

    def opened(self, window: str, lines: Iterable[str]) -> None:
        """A shift began."""
        place = self._place(window)
        place.is_open, place.lines = True, dict.fromkeys(lines, 0)

    def closed(self, window: str) -> None:
        """A shift ended; whoever is there is served to the end."""
        self._place(window).is_open = False

    def came(self, ticket: str, line: str, at: float, *, has_priority: bool) -> None:
        """Somebody waits."""
        (self._priority if has_priority else self._waiting).setdefault(line, {})[ticket] = at

    def went(self, ticket: str, line: str) -> None:
        """Somebody does not wait any more."""
        for waiting in (self._waiting, self._priority):
            waiting.get(line, {}).pop(ticket, None)

    def called(self, ticket: str, line: str, window: str | None) -> None:
        """Somebody is called to a window."""
        self.went(ticket, line)
        place = self._place(window or self._some_window())
        place.ticket, place.calls = ticket, place.calls + 1
        self._at[ticket] = place.id
        if not self._knows_shifts:
            place.is_open, place.lines[line] = True, place.calls
            if len(place.lines) > 1:
                place.lines = {id_: last for id_, last in place.lines.items() if last > place.calls - LINES_REMEMBERED}

    def freed(self, ticket: str, at: float, service_s: float | None) -> None:
        """A visit ended."""
        place = self._place(self._at.pop(ticket))
        if service_s is not None:
            self._service_s, self._services = self._service_s + service_s, self._services + 1
        if place.ticket == ticket:
            place.ticket, place.freed = None, at
            if place.id.startswith("~"):
                self._anonymous.append(place.id)

    # -- what is known

    def situation(self, line: str, at: float, *, has_priority: bool) -> Situation:
        """What somebody who joins a line now finds."""
        if not self._knows_shifts:
            self._notice_absent(at)
        serving = [place for place in self._places.values() if place.is_open and line in place.lines]
        ahead = len(self._priority.get(line, ()))
        if not has_priority:
            ahead += len(self._waiting.get(line, ()))
        counts = {id_: self._count(id_) for place in serving for id_ in place.lines}
        mine = max(1, counts.get(line, 0))
        servers = sum(mine / (mine + sum(counts[id_] for id_ in place.lines if id_ != line)) for place in serving)
        return Situation(
            ahead=ahead,
            servers=servers or 1.0,
            idle=sum(place.ticket is None for place in serving),
            windows=len(serving),
            known=self._knows_shifts,
            ahead_all=max(ahead, sum(counts.values()) if not has_priority else ahead),
        )

    def _count(self, line: str) -> int:
        return len(self._waiting.get(line, ())) + len(self._priority.get(line, ()))

    def _notice_absent(self, at: float) -> None:
        mean = self._service_s / self._services if self._services else 240.0
        patience = PATIENCE * mean
        heads = {line: first for line in {*self._waiting, *self._priority} if (first := self._head(line)) is not None}
        for place in self._places.values():
            if place.ticket is None and place.is_open:
                head = min((heads[line] for line in place.lines if line in heads), default=inf)
                if at - max(place.freed, head) > patience:
                    place.is_open = False
                    if place.id.startswith("~"):
                        self._anonymous.remove(place.id)
                        self._anonymous.insert(0, place.id)

    def _head(self, line: str) -> float | None:
        heads = [next(iter(w.values())) for w in (self._waiting.get(line), self._priority.get(line)) if w]
        return min(heads, default=None)

    def _place(self, window: str) -> Place:
        found = self._places.get(window)
        if found is None:
            found = self._places[window] = Place(id=window)
        return found

    def _some_window(self) -> str:
        if self._anonymous:
            return self._anonymous.pop()
        return f"~{len(self._places)}"
