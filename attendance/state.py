"""What attendance knows now: numbers on terminals, shifts, weeks, requests, words on days; folded from events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from attendance import messages as m
from attendance import post_messages as p
from attendance import shifts as plan
from attendance.records import DayWord, LeaveKind, Request, RequestKind, RequestState, Rota, Shift
from hall_server.days import DayOpened
from hall_server.messages import Event, Recorded


class Roster:
    """The live state (the Fold port). Punches are in a table; of them only today's marks are here.

    Attributes:
        pins: number on the terminals → staff. departments, groups: staff → theirs. shifts: by id.
        cards: what is kept of a card → staff. allowances: (staff, year, kind) → days of leave.
        rotas: staff → theirs, in the order they were set.
        requests: by id. words: (staff, day) → what a manager said.
        away, away_staff: window → since when it is 脱岗, and who.
        own_today: staff → their last punch at the console today.
    """

    def __init__(self) -> None:
        self.pins: dict[str, str] = {}
        self.departments: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.cards: dict[str, str] = {}
        self.allowances: dict[tuple[str, int, LeaveKind], float] = {}
        self.shifts: dict[str, Shift] = {}
        self.rotas: dict[str, list[Rota]] = {}
        self.requests: dict[str, Request] = {}
        self.words: dict[tuple[str, date], DayWord] = {}
        self.away: dict[str, datetime] = {}
        self.away_staff: dict[str, str | None] = {}
        self.own_today: dict[str, datetime] = {}
        self._about: dict[str, list[str]] = {}
        self._marks: tuple[set[str], set[str]] = (set(), set())
        self._apply: dict[type[Event], Callable[[Any, Recorded], None]] = {
            DayOpened: self._day_opened,
            m.PinSet: self._pin_set,
            m.DepartmentSet: self._department_set,
            p.GroupSet: self._group_set,
            p.CardSet: self._card_set,
            p.AllowanceSet: self._allowance_set,
            m.PunchesTaken: self._punches_taken,
            m.RequestMade: self._request_made,
            m.RequestAgreed: self._request_agreed,
            m.RequestDecided: self._request_decided,
            m.RequestWithdrawn: self._request_withdrawn,
            m.ShiftSaved: self._shift_saved,
            m.RotaSet: self._rota_set,
            m.DayDecided: self._day_decided,
            m.AwayNoted: self._away_noted,
        }
        self.types = frozenset(event.type for event in self._apply)

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self._apply[type(recorded.event)](recorded.event, recorded)

    # -- questions

    def pin_of(self, staff: str) -> str | None:
        """Somebody's number on the terminals."""
        return next((pin for pin, owner in self.pins.items() if owner == staff), None)

    def is_known(self, terminal: str, mark: str) -> bool:
        """Whether a punch was handed in today or yesterday; older ones are in the table."""
        name = f"{terminal} {mark}"
        return name in self._marks[0] or name in self._marks[1]

    def about(self, staff: str) -> list[Request]:
        """All requests about somebody, swaps of others with them too, in the order they were made."""
        return [self.requests[id_] for id_ in self._about.get(staff, ())]

    def holding(self, staff: str, kind: RequestKind) -> list[Request]:
        """Those of a kind that count."""
        return [one for one in self.about(staff) if one.kind is kind and one.holds]

    def shifts_on(
        self,
        staff: str,
        day: date,
        is_workday: Callable[[date], bool],
        *,
        more: Iterable[Request] = (),
    ) -> tuple[Shift, ...]:
        """Which shifts somebody works on a day.

        Args:
            more: swaps that are looked at as if they held.
        """

        def of(who: str, when: date) -> tuple[Shift, ...]:
            return plan.week_shifts(self.rotas.get(who, ()), self.shifts, when, is_workday=is_workday)

        swaps = [*self.holding(staff, RequestKind.SWAP), *more]
        return plan.swapped(staff, day, of(staff, day), swaps, of)

    # -- the fold

    def _day_opened(self, _: DayOpened, __: Recorded) -> None:
        self._marks = (set(), self._marks[0])
        self.own_today.clear()
        self.away.clear()

    def _pin_set(self, event: m.PinSet, _: Recorded) -> None:
        self.pins = {pin: staff for pin, staff in self.pins.items() if staff != event.staff}
        if event.pin is not None:
            self.pins[event.pin] = event.staff

    def _department_set(self, event: m.DepartmentSet, _: Recorded) -> None:
        if event.department is None:
            self.departments.pop(event.staff, None)
        else:
            self.departments[event.staff] = event.department

    def _group_set(self, event: p.GroupSet, _: Recorded) -> None:
        if event.group is None:
            self.groups.pop(event.staff, None)
        else:
            self.groups[event.staff] = event.group

    def _card_set(self, event: p.CardSet, _: Recorded) -> None:
        self.cards = {mark: staff for mark, staff in self.cards.items() if staff != event.staff}
        if event.mark is not None:
            self.cards[event.mark] = event.staff

    def _allowance_set(self, event: p.AllowanceSet, _: Recorded) -> None:
        key = event.staff, event.year, event.leave
        if event.days is None:
            self.allowances.pop(key, None)
        else:
            self.allowances[key] = event.days

    def _punches_taken(self, event: m.PunchesTaken, recorded: Recorded) -> None:
        self._marks[0].update(f"{event.terminal} {one.mark}" for one in event.punches)
        if event.terminal == m.CONSOLE:
            self.own_today.update({one.staff: recorded.at for one in event.punches if one.staff})

    def _request_made(self, event: m.RequestMade, _: Recorded) -> None:
        request = event.request
        self.requests[request.id] = request
        for staff in {request.staff, request.other}:
            if staff is not None:
                self._about.setdefault(staff, []).append(request.id)

    def _request_agreed(self, event: m.RequestAgreed, _: Recorded) -> None:
        self._change(event.request, agreed=True)

    def _request_decided(self, event: m.RequestDecided, recorded: Recorded) -> None:
        state = RequestState.APPROVED if event.approved else RequestState.REFUSED
        self._change(event.request, state=state, decided_by=recorded.actor, decided_at=recorded.at, answer=event.answer)

    def _request_withdrawn(self, event: m.RequestWithdrawn, _: Recorded) -> None:
        self._change(event.request, state=RequestState.WITHDRAWN)

    def _shift_saved(self, event: m.ShiftSaved, _: Recorded) -> None:
        self.shifts[event.shift.id] = event.shift

    def _rota_set(self, event: m.RotaSet, _: Recorded) -> None:
        others = [one for one in self.rotas.get(event.staff, []) if one.from_day != event.rota.from_day]
        self.rotas[event.staff] = [*others, event.rota]

    def _day_decided(self, event: m.DayDecided, _: Recorded) -> None:
        if event.word is None:
            self.words.pop((event.staff, event.day), None)
        else:
            self.words[event.staff, event.day] = event.word

    def _away_noted(self, event: m.AwayNoted, _: Recorded) -> None:
        if event.since is None:
            self.away.pop(event.window, None)
        else:
            self.away[event.window] = event.since
            self.away_staff[event.window] = event.staff

    def _change(self, request: str, **changes: object) -> None:
        if request in self.requests:
            self.requests[request] = msgspec.structs.replace(self.requests[request], **changes)
