"""Recorded days out of a OneDoor hall's own journal: read only, and without any person, number or member of staff.

Why this long: one short step for each of the hall's happenings that matter to waits, beside each other.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from bench.wait.recorded import Outcome, RecordedDay, Shift, Visit
from hall_queue import messages as m
from hall_queue.model import MatterOutcome
from hall_server.days import DayOpened
from hall_server.directory.events import WindowSaved
from hall_server.errors import UnknownEvent
from hall_server.journal import rows
from hall_server.messages import Event, EventTypes, Recorded
from hall_server.settings import load

DATABASE = "hall.db"
CLOSING = "closing"  # the reason of what the end of the day did, not a person


class NoHall(Exception):
    """The folder holds no journal that can be read, or none with a wait; the message says which."""


class Why(StrEnum):
    """Why something in the journal tells of no wait."""

    APPOINTMENT = "numbers of appointments: they wait for their time"
    OFFLINE = "numbers that a kiosk gave without the server: they were told nothing"
    AGAIN = "further waits of the same number (held, put back, sent on): the hall does not learn from them"
    UNDONE = "keys that were taken back"
    OVERNIGHT = "visits that the end of the day ended, not a person: their length is not known"
    WAITING = "numbers that still wait where the journal ends"
    UNREADABLE = "rows that this program cannot read"


@dataclass(slots=True)
class FromHall:
    """What came of a journal.

    Attributes:
        rows: how many rows of tickets, windows and days it has.
        days: how many business days they are of.
        unused: how often something told of no wait.
    """

    day: RecordedDay
    rows: int
    days: int
    unused: Counter[Why]

    def report(self) -> str:
        """What was used and what was not, for people."""
        told = sum(visit.is_told for visit in self.day.visits)
        head = f"{self.day.name}: {self.rows} rows of {self.days} days, {told} numbers with a wait that was told, "
        lines = [f"{head}{len(self.day.shifts)} shifts of windows"]
        return "\n".join([*lines, *(f"  not used: {count} × {why.value}" for why, count in self.unused.most_common())])


def read_hall(data: Path, *, timezone: str | None = None) -> FromHall:
    """Read the journal of a hall, which may run meanwhile.

    Args:
        data: the hall's folder.
        timezone: of the hours of the day; the settings' own where None.

    Raises:
        NoHall: there is nothing to read.
    """
    path = data / DATABASE
    if not path.exists():
        raise NoHall(f"{path} is not there")
    unused: Counter[Why] = Counter()
    try:
        recorded = list(_recorded(path, unused))
    except sqlite3.DatabaseError as exc:
        raise NoHall(f"{path} cannot be read: {exc}") from exc
    fold = _Fold(ZoneInfo(timezone or load(None).timezone), unused)
    for one in _without_undone(recorded, unused):
        fold.apply(one)
    day = fold.finish(data.name or "hall")
    if not any(visit.call is not None and visit.is_told for visit in day.visits):
        raise NoHall(f"{path}: nobody who was told a wait has been called yet")
    return FromHall(day=day, rows=len(recorded), days=len({one.business_day for one in recorded}), unused=unused)


def _recorded(path: Path, unused: Counter[Why]) -> Iterator[Recorded]:
    types = EventTypes()
    types.add(*_STEPS, m.KeyUndone)
    names = [cls.type for cls in types.known()]
    asked = f"SELECT * FROM journal WHERE type IN ({','.join('?' * len(names))}) ORDER BY seq"  # noqa: S608  # marks only
    with closing(_opened(path)) as connection:
        for row in connection.execute(asked, names):
            try:
                yield rows.read(row, types)
            except (UnknownEvent, msgspec.DecodeError):
                unused[Why.UNREADABLE] += 1


def _opened(path: Path) -> sqlite3.Connection:
    """Read only; where no hall has it open, SQLite is told so, for it would leave its two side files behind."""
    is_in_use = path.with_name(f"{path.name}-wal").exists()
    return sqlite3.connect(f"file:{path}?mode=ro{'' if is_in_use else '&immutable=1'}", uri=True)


def _without_undone(recorded: list[Recorded], unused: Counter[Why]) -> Iterator[Recorded]:
    """The record as if keys that were taken back had never been pressed: the ticket was as before."""
    undone = {one.event.undone_seq for one in recorded if isinstance(one.event, m.KeyUndone)}
    unused[Why.UNDONE] += len(undone)
    for one in recorded:
        if one.seq not in undone and not isinstance(one.event, m.KeyUndone):
            yield one


@dataclass(slots=True)
class _Stay:
    """A wait and what came of it; a number that waits again begins another."""

    name: str
    line: str
    arrival: float
    has_priority: bool
    is_told: bool
    call: float | None = None
    start: float | None = None
    window: str | None = None


@dataclass(slots=True)
class _Number:
    """A number that was taken: its line now, its wait or visit while there is one."""

    name: str
    line: str
    has_priority: bool
    stays: int = 0
    stay: _Stay | None = None


@dataclass(slots=True)
class _Fold:
    """The hall as its journal tells it."""

    zone: ZoneInfo
    unused: Counter[Why]
    _numbers: dict[str, _Number] = field(default_factory=dict)
    _visits: list[Visit] = field(default_factory=list)
    _serves: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _open: dict[str, float] = field(default_factory=dict)
    _shifts: list[Shift] = field(default_factory=list)
    _taken: int = 0
    _now: float = 0.0
    _day: date | None = None
    _offset_s: float = 0.0

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if recorded.business_day != self._day:  # hours are the hall's; the same all day
            self._day, offset = recorded.business_day, recorded.at.astimezone(self.zone).utcoffset()
            self._offset_s = offset.total_seconds() if offset else 0.0
        self._now = recorded.at.timestamp() + self._offset_s
        _STEPS[type(recorded.event)](self, recorded.event)

    def finish(self, name: str) -> RecordedDay:
        """The journal ends here: who waits waits on, and what is open stays so."""
        for number in list(self._numbers.values()):
            if number.stay is not None:
                self.unused[Why.WAITING] += number.stay.call is None and number.stay.is_told
                self._end(number, None, Outcome.LEFT if number.stay.call is None else Outcome.SERVED)
        for window in list(self._open):
            self._shut(window, self._now + 1.0)
        self.unused += Counter()  # what never happened is not told of
        return RecordedDay(name=name, visits=tuple(self._visits), shifts=tuple(self._shifts))

    # -- tickets

    def issued(self, event: m.TicketIssued) -> None:
        """A number of an appointment waits from its time on."""
        self._taken += 1
        number = _Number(f"n{self._taken}", event.line, event.priority is not None)
        self._numbers[event.ticket] = number
        why = Why.APPOINTMENT if event.due is not None else Why.OFFLINE if event.offline_at is not None else None
        if why is not None:
            self.unused[why] += 1
        due = self._now if event.due is None else event.due.timestamp() + self._offset_s
        self._wait(number, max(self._now, due), is_told=why is None)

    def called(self, event: m.TicketCalled) -> None:
        """One that was passed or is held may be called without a wait of its own."""
        number = self._numbers.get(event.ticket)
        if number is None:
            return
        if number.stay is None:
            self._wait_again(number)
        stay = number.stay
        assert stay is not None
        stay.arrival, stay.call, stay.window = min(stay.arrival, self._now), self._now, event.window

    def started(self, event: m.TicketStarted) -> None:
        """Service began."""
        number = self._numbers.get(event.ticket)
        if number is not None and number.stay is not None:
            number.stay.start = self._now

    def not_there(self, event: m.TicketPassed | m.TicketExpired) -> None:
        """Nobody came, or the day ended first."""
        number = self._numbers.get(event.ticket)
        if number is not None and number.stay is not None:
            is_called = number.stay.call is not None
            self._over(number, Outcome.NO_SHOW if is_called else Outcome.LEFT, overnight=is_called and _by_night(event))

    def cancelled(self, event: m.TicketCancelled) -> None:
        """The visitor gave the number up, perhaps after the call."""
        number = self._numbers.get(event.ticket)
        if number is not None and number.stay is not None:
            self._over(number, Outcome.LEFT if number.stay.call is None else Outcome.NO_SHOW)

    def finished(self, event: m.TicketFinished) -> None:
        """A visit ended."""
        number = self._numbers.get(event.ticket)
        if number is not None and number.stay is not None:
            self._over(number, Outcome.SERVED, overnight=event.outcome is MatterOutcome.INACCURATE)

    def held(self, event: m.TicketHeld) -> None:
        """The window is free, and the visitor does not wait."""
        self._put_aside(event.ticket)

    def released(self, event: m.TicketReleased) -> None:
        """A held visitor waits again."""
        number = self._numbers.get(event.ticket)
        if number is not None and number.stay is None:
            self._wait_again(number)

    def put_back(self, event: m.TicketRequeued | m.TicketSetBack) -> None:
        """Called, and waits again in the same line."""
        self._put_aside(event.ticket)
        if event.ticket in self._numbers:
            self._wait_again(self._numbers[event.ticket])

    def sent_on(self, event: m.TicketTransferred | m.TicketForwarded) -> None:
        """Waits again, perhaps in another line."""
        self._put_aside(event.ticket)
        if event.ticket in self._numbers:
            self._numbers[event.ticket].line = event.line
            self._wait_again(self._numbers[event.ticket])

    # -- windows and days

    def window_saved(self, event: WindowSaved) -> None:
        """A window serves other lines from now on."""
        window, was_open = event.item, event.item.id in self._open
        if was_open:
            self._shut(window.id, self._now)
        self._serves[window.id] = window.lines if window.active else ()
        if was_open:
            self._open[window.id] = self._now

    def window_opened(self, event: m.WindowOpened | m.WindowResumed) -> None:
        """A shift begins; opening an open window changes who sits there."""
        self._open.setdefault(event.window, self._now)

    def window_shut(self, event: m.WindowClosed | m.WindowPaused) -> None:
        """A shift ends."""
        if event.window in self._open:
            self._shut(event.window, self._now)

    def day_opened(self, _: DayOpened) -> None:
        """Whoever the end of the day left behind is gone."""
        for number in self._numbers.values():
            if number.stay is not None:
                is_called = number.stay.call is not None
                self._over(number, Outcome.SERVED if is_called else Outcome.LEFT, overnight=is_called)
        for window in list(self._open):
            self._shut(window, self._now)
        self._numbers.clear()

    # -- small moves

    def _wait(self, number: _Number, arrival: float, *, is_told: bool) -> None:
        number.stays += 1
        name = number.name if number.stays == 1 else f"{number.name}.{number.stays}"
        number.stay = _Stay(name, number.line, arrival, number.has_priority, is_told)

    def _wait_again(self, number: _Number) -> None:
        self.unused[Why.AGAIN] += 1
        self._wait(number, self._now, is_told=False)

    def _put_aside(self, ticket: str) -> None:
        """The window is free again, but how long the visit took says nothing."""
        number = self._numbers.get(ticket)
        if number is not None and number.stay is not None:
            number.stay.start = None
            self._over(number, Outcome.LEFT if number.stay.call is None else Outcome.SERVED)

    def _over(self, number: _Number, outcome: Outcome, *, overnight: bool = False) -> None:
        self.unused[Why.OVERNIGHT] += overnight
        self._end(number, None if overnight else self._now, outcome)

    def _end(self, number: _Number, end: float | None, outcome: Outcome) -> None:
        stay, number.stay = number.stay, None
        assert stay is not None
        arrival = stay.arrival if end is None else min(stay.arrival, end)
        self._visits.append(
            Visit(
                ticket=stay.name,
                line=stay.line,
                arrival=arrival,
                call=stay.call,
                start=stay.start,
                end=end,
                window=stay.window,
                outcome=outcome,
                has_priority=stay.has_priority,
                is_told=stay.is_told,
            )
        )

    def _shut(self, window: str, at: float) -> None:
        lines = self._serves.get(window, ())
        self._shifts.append(Shift(window=window, lines=lines, begin=self._open.pop(window), end=at))


def _by_night(event: m.TicketPassed | m.TicketExpired) -> bool:
    return event.reason == CLOSING


_Step: TypeAlias = Callable[[_Fold, Any], None]
_STEPS: dict[type[Event], _Step] = {
    m.TicketIssued: _Fold.issued,
    m.TicketCalled: _Fold.called,
    m.TicketStarted: _Fold.started,
    m.TicketPassed: _Fold.not_there,
    m.TicketExpired: _Fold.not_there,
    m.TicketCancelled: _Fold.cancelled,
    m.TicketFinished: _Fold.finished,
    m.TicketHeld: _Fold.held,
    m.TicketReleased: _Fold.released,
    m.TicketRequeued: _Fold.put_back,
    m.TicketSetBack: _Fold.put_back,
    m.TicketTransferred: _Fold.sent_on,
    m.TicketForwarded: _Fold.sent_on,
    WindowSaved: _Fold.window_saved,
    m.WindowOpened: _Fold.window_opened,
    m.WindowResumed: _Fold.window_opened,
    m.WindowClosed: _Fold.window_shut,
    m.WindowPaused: _Fold.window_shut,
    DayOpened: _Fold.day_opened,
}
