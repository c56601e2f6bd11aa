"""Makes the record of a day out of its events, folded by the hall's own queue: nothing about people is kept.

Why this long: one short step for each happening that matters to waits, beside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from dashboards.whatif.model import Act, Day, Ending, Gap, Leg, Shift, Visitor
from hall_queue import messages as m
from hall_queue.model import MatterOutcome, Rank
from hall_queue.order import caller, may_serve
from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import Rulebook
from hall_queue.state import HallQueue
from hall_server.days import DayOpened
from hall_server.directory.events import WindowSaved
from hall_server.directory.model import Window
from hall_server.messages import Event, Recorded

BY_HAND = frozenset({Rank.RETURNED, Rank.PINNED})
CLOSING = "closing"  # the reason of what the end of the day did, not a person


@dataclass(slots=True)
class _Number:
    """A number as the record has come to it."""

    issued: Recorded
    at: float
    from_: float
    waits_from: float
    legs: list[Leg] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    call: float | None = None
    start: float | None = None
    window: str = ""
    line: str = ""
    left: float | None = None
    aside_from: float | None = None


@dataclass(slots=True)
class _Seat:
    """A window as the record has come to it."""

    window: Window
    staff: str | None = None
    begin: float | None = None
    free_from: float = 0.0


class Recording:
    """Takes the events of one day in, those before it that still hold first."""

    def __init__(self, day: date, zone: ZoneInfo, rulebook: Rulebook) -> None:
        """Begin with an empty hall."""
        self.rulebook = rulebook
        self._day = day
        self._midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        self._queue = HallQueue(lambda id_: id_, rulebook)
        self._windows: dict[str, Window] = {}
        self._numbers: dict[str, _Number] = {}
        self._seats: dict[str, _Seat] = {}
        self._shifts: list[Shift] = []
        self._gaps: list[Gap] = []
        self._in_order = self._calls = 0

    def before(self, recorded: Iterable[Recorded]) -> None:
        """Take in what holds from earlier days: windows and rules."""
        for one in recorded:
            if isinstance(one.event, RulesSaved):
                self.rulebook.apply(one)
            elif isinstance(one.event, WindowSaved):
                self._windows[one.event.item.id] = one.event.item

    def play(self, recorded: Iterable[Recorded]) -> Day:
        """Take the day in; keys that were taken back count as never pressed."""
        for one in _without_undone(list(recorded)):
            now = self._seconds(one.at)
            if step := _STEPS.get(type(one.event)):
                step(self, one, one.event, now)
            if isinstance(one.event, RulesSaved):
                self.rulebook.apply(one)
            elif one.event.type in self._queue.types:
                self._queue.apply(one)
        return self._finished()

    # -- tickets

    def _issued(self, recorded: Recorded, event: m.TicketIssued, now: float) -> None:
        taken = self._seconds(event.offline_at) if event.offline_at else now
        due = self._seconds(event.due) if event.due else taken
        kept = msgspec.structs.replace(event, person=None, appointment=None, language=None, flags=())
        issued = msgspec.structs.replace(recorded, event=kept, actor="", command_id=None)
        since = max(taken, due)
        self._numbers[event.ticket] = _Number(issued, now, since, since, line=event.line)

    def _called(self, recorded: Recorded, event: m.TicketCalled, now: float) -> None:
        number, seat = self._numbers.get(event.ticket), self._seat(event.window)
        if number is None:
            return
        if number.aside_from is not None:
            self._back(number, now)
        self._judge(event, seat, recorded.at, now)
        ticket = self._queue.tickets[event.ticket]
        number.call, number.start, number.window, number.line = now, None, event.window, ticket.line

    def _judge(self, event: m.TicketCalled, seat: _Seat, at: datetime, now: float) -> None:
        """How long the window took, and whom the rules would have called."""
        waiting, window = self._queue.waiting, seat.window
        since = [
            max(self._seconds(ticket.since or ticket.arrival), self._seconds(ticket.due) if ticket.due else 0.0)
            for line in window.lines
            for ticket in waiting.line_of(line)
            if may_serve(window, ticket)
        ]
        first = min((one for one in since if one <= now), default=now)
        gap_s = max(0.0, now - max(seat.free_from, first))
        self._gaps.append(Gap(window=window.id, gap_s=gap_s, was_idle=first > seat.free_from))
        if event.reason or event.rank in {rank.name.lower() for rank in BY_HAND}:
            return
        pick = waiting.next(caller(window, self._queue.desk(window.id), at, self.rulebook))
        self._calls += 1
        self._in_order += pick is not None and pick.ticket.id == event.ticket

    def _started(self, _: Recorded, event: m.TicketStarted, now: float) -> None:
        if number := self._numbers.get(event.ticket):
            number.start = now

    def _finished_visit(self, _: Recorded, event: m.TicketFinished, now: float) -> None:
        by_night = event.outcome is MatterOutcome.INACCURATE
        self._end(event.ticket, now, Ending.DONE, is_known=not by_night)

    def _passed(self, _: Recorded, event: m.TicketPassed, now: float) -> None:
        if event.window:
            self._end(event.ticket, now, Ending.NO_SHOW, is_known=event.reason != CLOSING)
            if number := self._numbers.get(event.ticket):
                number.aside_from = now

    def _expired(self, _: Recorded, event: m.TicketExpired, now: float) -> None:
        self._end(event.ticket, now, Ending.NO_SHOW, is_known=event.window is not None)

    def _cancelled(self, _: Recorded, event: m.TicketCancelled, now: float) -> None:
        number = self._numbers.get(event.ticket)
        if number is None:
            return
        if number.call is not None:
            self._end(event.ticket, now, Ending.NO_SHOW)
        elif event.reason != CLOSING:
            number.left = None if number.legs else now
            number.acts.append(Act(at=now, event=event))

    def _held(self, _: Recorded, event: m.TicketHeld, now: float) -> None:
        self._end(event.ticket, now, Ending.ASIDE, event=event)
        if number := self._numbers.get(event.ticket):
            number.aside_from = now

    def _released(self, _: Recorded, event: m.TicketReleased, now: float) -> None:
        number = self._numbers.get(event.ticket)
        if number is not None and number.aside_from is not None:
            self._back(number, now)

    def _back(self, number: _Number, now: float) -> None:
        """Who was put aside may be called again."""
        if number.legs and number.aside_from is not None:
            last = number.legs[-1]
            aside_s = now - number.aside_from
            number.legs[-1] = msgspec.structs.replace(last, ending=Ending.ASIDE, aside_s=aside_s)
        number.aside_from, number.waits_from = None, now

    def _again(self, _: Recorded, event: Any, now: float) -> None:
        number = self._numbers.get(event.ticket)
        if number is None:
            return
        if number.call is None:
            number.acts.append(Act(at=now, event=event))
            return
        self._end(event.ticket, now, Ending.AGAIN, event=event)
        number.waits_from = now

    def _pinned(self, _: Recorded, event: m.TicketPinned, now: float) -> None:
        if number := self._numbers.get(event.ticket):
            number.acts.append(Act(at=now, event=event))

    def _end(
        self, ticket: str, now: float, ending: Ending, *, is_known: bool = True, event: Event | None = None
    ) -> None:
        number = self._numbers.get(ticket)
        if number is None or number.call is None:
            return
        walked = now if number.start is None else number.start
        number.legs.append(
            Leg(
                line=number.line,
                window=number.window,
                waited_from=number.waits_from,
                called=number.call,
                walk_s=max(0.0, walked - number.call),
                service_s=None if not is_known else now - walked,
                ending=ending if is_known or ending is Ending.NO_SHOW else Ending.DONE,
                event=event,
            )
        )
        number.call = None
        self._seat(number.window).free_from = now

    # -- windows

    def _opened(self, _: Recorded, event: m.WindowOpened, now: float) -> None:
        seat = self._seat(event.window)
        if seat.begin is not None:
            self._shut(seat, now, is_break=True)
        seat.begin, seat.staff = now, event.staff
        seat.free_from = now

    def _resumed(self, _: Recorded, event: m.WindowResumed, now: float) -> None:
        seat = self._seat(event.window)
        seat.begin = seat.free_from = now

    def _paused(self, _: Recorded, event: m.WindowPaused, now: float) -> None:
        self._shut(self._seat(event.window), now, is_break=True)

    def _closed(self, _: Recorded, event: m.WindowClosed, now: float) -> None:
        self._shut(self._seat(event.window), now, is_break=False)

    def _saved(self, _: Recorded, event: WindowSaved, now: float) -> None:
        window = event.item
        self._windows[window.id] = window
        seat = self._seats.get(window.id)
        if seat is None:
            return
        was_there = seat.begin is not None
        self._shut(seat, now, is_break=True)
        seat.window = window
        seat.begin = now if was_there and window.active else None

    def _shut(self, seat: _Seat, now: float, *, is_break: bool) -> None:
        if seat.begin is not None and now > seat.begin:
            shift = Shift(window=seat.window, staff=seat.staff, begin=seat.begin, end=now, is_break=is_break)
            self._shifts.append(shift)
        seat.begin = None

    def _seat(self, window: str) -> _Seat:
        found = self._seats.get(window)
        if found is None:
            known = self._windows.get(window) or Window(id=window, number=0, name=window, zone="")
            found = self._seats[window] = _Seat(known)
        return found

    # -- the end

    def _finished(self) -> Day:
        last = max((one.at for one in self._numbers.values()), default=0.0)
        last = max([last, *(leg.called + leg.walk_s + (leg.service_s or 0.0) for leg in self._legs())])
        for seat in self._seats.values():
            self._shut(seat, last + 1.0, is_break=False)
        return Day(
            day=self._day,
            midnight=self._midnight,
            visitors=tuple(self._visitor(number) for number in self._numbers.values()),
            shifts=tuple(sorted(self._shifts, key=lambda shift: (shift.begin, shift.window.id))),
            gaps=tuple(self._gaps),
            windows=self._windows,
            rules=self.rulebook.changed,
            in_order=self._in_order,
            calls=self._calls,
        )

    def _legs(self) -> Iterable[Leg]:
        for number in self._numbers.values():
            yield from number.legs

    def _visitor(self, number: _Number) -> Visitor:
        if number.call is not None:  # the day is not over yet
            self._end(number.issued.event.ticket, number.call, Ending.DONE, is_known=False)  # type: ignore[attr-defined]  # issued events only
        waited_s = max(0.0, number.legs[0].called - number.from_) if number.legs else None
        return Visitor(
            issued=number.issued,
            at=number.at,
            from_=number.from_,
            legs=tuple(number.legs),
            acts=tuple(number.acts),
            waited_s=waited_s,
            left=number.left,
        )

    def _seconds(self, at: datetime) -> float:
        return (at - self._midnight) / _SECOND


_SECOND = timedelta(seconds=1)


def _without_undone(recorded: list[Recorded]) -> Iterable[Recorded]:
    undone = {one.event.undone_seq for one in recorded if isinstance(one.event, m.KeyUndone)}
    return (one for one in recorded if one.seq not in undone and not isinstance(one.event, m.KeyUndone))


_Step: TypeAlias = Callable[[Recording, Recorded, Any, float], None]
_STEPS: dict[type[Event], _Step] = {
    m.TicketIssued: Recording._issued,
    m.TicketCalled: Recording._called,
    m.TicketStarted: Recording._started,
    m.TicketFinished: Recording._finished_visit,
    m.TicketPassed: Recording._passed,
    m.TicketExpired: Recording._expired,
    m.TicketCancelled: Recording._cancelled,
    m.TicketHeld: Recording._held,
    m.TicketReleased: Recording._released,
    m.TicketRequeued: Recording._again,
    m.TicketSetBack: Recording._again,
    m.TicketTransferred: Recording._again,
    m.TicketForwarded: Recording._again,
    m.TicketPinned: Recording._pinned,
    m.WindowOpened: Recording._opened,
    m.WindowPaused: Recording._paused,
    m.WindowResumed: Recording._resumed,
    m.WindowClosed: Recording._closed,
    WindowSaved: Recording._saved,
}
READ: tuple[type[Event], ...] = (DayOpened, RulesSaved, m.TicketRecalled, m.TicketNear, m.KeyUndone, *_STEPS)
"""What of the journal a recording needs."""
