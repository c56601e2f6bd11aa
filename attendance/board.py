"""The manager's picture of today: who is where, who is missing, what waits for a decision."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from attendance.away import away_of
from attendance.days import DayDone, DayState
from attendance.late_windows import Late, costs, waits_of
from attendance.leave_year import LeaveBook, LeaveYear
from attendance.model import Span
from attendance.punch_store import LeftOver, left_over
from attendance.queue_join import Seat, seated
from attendance.records import Request, RequestKind
from attendance.sheet import Sheets
from attendance.shifts import Planned
from attendance.state import Roster
from attendance.store import spans_of
from attendance.terminals import Terminals, TerminalStanding, Unknown

if TYPE_CHECKING:
    from hall_server.directory.model import Staff
    from hall_server.server import Server


class Where(StrEnum):
    """Where somebody is now, as far as the hall knows."""

    AWAY = "away"  # 脱岗: at an open window that calls nobody while people wait
    MISSING = "missing"  # the shift has begun, and nothing was seen of them
    HERE = "here"  # punched in, at no window
    PAUSED = "paused"  # at a window that pauses
    WINDOW = "window"  # at an open window
    AHEAD = "ahead"  # the shift has not begun
    LEAVE = "leave"
    TRIP = "trip"
    GONE = "gone"  # the shift is over
    REST = "rest"


class ShiftShown(msgspec.Struct, frozen=True, kw_only=True):
    """A shift of somebody's day."""

    name: str
    name_en: str
    begin: datetime
    end: datetime


class PersonDay(msgspec.Struct, frozen=True, kw_only=True):
    """One person's day.

    Attributes:
        windows: numbers of the windows they sit at now.
        late_open_min: after the begin of the shift, until their window was opened. late_cost_min: what that cost the
            visitors in waiting; None: they were not late.
        away_n, away_min: 脱岗 that is over; away_since: one that goes on.
    """

    staff: str
    number: str
    name: str
    group: str
    where: Where
    states: tuple[DayState, ...]
    shifts: list[ShiftShown]
    first: datetime | None
    last: datetime | None
    late_min: int
    early_min: int
    windows: list[int]
    seat: Seat
    late_open_min: int
    late_cost_min: float | None
    away_n: int
    away_min: int
    away_since: datetime | None


class RequestShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request with the names of those it is about.

    Attributes:
        may_decide: whoever looks may decide it.
        year: of an open request for leave that somebody was given days of: what they had and have of it.
    """

    request: Request
    name: str
    other_name: str
    may_decide: bool
    year: LeaveYear | None = None


class BoardShown(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who works today or was seen, those who are missing first."""

    business_day: date
    now: datetime
    counts: dict[str, int]
    items: list[PersonDay]
    requests: list[RequestShown]
    terminals: list[TerminalStanding]
    unknown: list[Unknown]
    left_over: list[LeftOver]


ORDER = tuple(Where)


class Board:
    """Makes the picture."""

    def __init__(self, server: Server, roster: Roster, sheets: Sheets, terminals: Terminals, leave: LeaveBook) -> None:
        self._server, self._roster, self._sheets, self._terminals = server, roster, sheets, terminals
        self._leave = leave

    async def shown(self, actor_id: str, actor: str) -> BoardShown:
        """The picture of now, for one manager."""
        server = self._server
        day, now = server.business_day, server.now()
        spans = await spans_of(server.views, day, is_over=False)
        people = [one for one in server.directory.staff.values() if one.active]
        days = await self._sheets.days([one.id for one in people], day, day)
        lates = self._lates(people, spans, now)
        cost = costs(lates, spans, server.directory.windows, await waits_of(server.views, day), now) if lates else {}
        away = await away_of(server.views, day, day)
        late_min = {staff: int((late.until(now) - late.due).total_seconds() // 60) for staff, late in lates.items()}
        items = [self._person(one, days[one.id][day], spans, (cost, late_min), away, day, now) for one in people]
        items = [one for one in items if one.shifts or one.first or one.windows or one.where is not Where.REST]
        items.sort(key=lambda one: (ORDER.index(one.where), one.number))
        counts = {where.value: sum(one.where is where for one in items) for where in Where}
        since = self._sheets.midnight(day)
        return BoardShown(
            business_day=day,
            now=now,
            counts=counts,
            items=items,
            requests=self.requests(actor_id, actor),
            terminals=self._terminals.standings(),
            unknown=self._terminals.unknown(),
            left_over=await left_over(server.views, since),
        )

    def requests(self, actor_id: str, actor: str) -> list[RequestShown]:
        """What waits for a decision, the oldest first."""
        return [self.request(one, actor_id, actor) for one in self._roster.requests.values() if one.is_open]

    def request(self, one: Request, actor_id: str, actor: str) -> RequestShown:
        """A request with its names."""
        may = one.is_open and actor_id not in (one.staff, one.other) and actor != one.asked_by
        return RequestShown(
            request=one,
            name=self.name(one.staff),
            other_name=self.name(one.other) if one.other else "",
            may_decide=may,
            year=self._year(one) if one.is_open else None,
        )

    def _year(self, one: Request) -> LeaveYear | None:
        if one.kind is not RequestKind.LEAVE or one.begin is None:
            return None
        years = self._leave.year(one.staff, one.begin.astimezone(self._sheets.zone).year)
        return next((found for found in years if found.kind is one.leave and found.allowed is not None), None)

    def name(self, staff: str) -> str:
        """How somebody is called."""
        found: Any = self._server.rooms["hall_queue"].pictures.staff_name(staff)
        return str(found)

    def shift(self, one: Planned) -> ShiftShown:
        """A shift with its names."""
        kept = self._roster.shifts[one.shift]
        return ShiftShown(name=kept.name, name_en=kept.name_en or kept.name, begin=one.begin, end=one.end)

    def _lates(self, people: list[Staff], spans: list[Span], now: datetime) -> dict[str, Late]:
        found = dict[str, Late]()
        for one in people:
            planned = self._sheets.planned(one.id, self._server.business_day)
            if not planned or planned[0].begin >= now or not one.windows:
                continue
            due = self._sheets.due(one.id, planned[0])
            mine = [span for span in spans if span.staff == one.id]
            opened = mine[0].opened_at if mine else None
            if due is not None and (opened or now) > due and due < planned[-1].end:
                window = mine[0].window if mine else one.windows[0]
                found[one.id] = Late(window=window, due=due, opened=opened or min(now, planned[-1].end))
        return found

    def _person(
        self,
        one: Staff,
        done: DayDone,
        spans: list[Span],
        late: tuple[dict[str, float], dict[str, int]],
        away: dict[tuple[str, str], tuple[int, int]],
        day: date,
        now: datetime,
    ) -> PersonDay:
        mine = [span for span in spans if span.staff == one.id]
        open_ = [span for span in mine if span.closed_at is None]
        planned = self._sheets.planned(one.id, day)
        seat = seated(planned, mine, now)
        times, seconds = away.get((one.id, day.isoformat()), (0, 0))
        since = min((at for span in open_ if (at := self._roster.away.get(span.window))), default=None)
        windows = self._server.directory.windows
        firsts = [shift.first for shift in done.shifts if shift.first]
        lasts = [shift.last for shift in done.shifts if shift.last]
        return PersonDay(
            staff=one.id,
            number=one.number,
            name=self.name(one.id),
            group=self._roster.groups.get(one.id, ""),
            where=_where(done, open_, mine, since is not None),
            states=done.states,
            shifts=[self.shift(plan) for plan in planned],
            first=min(firsts, default=done.punches[0] if done.punches else None),
            last=max(lasts, default=None),
            late_min=done.late_min,
            early_min=done.early_min,
            windows=[windows[span.window].number for span in open_ if span.window in windows],
            seat=seat,
            late_open_min=late[1].get(one.id, 0),
            late_cost_min=round(late[0][one.id], 1) if one.id in late[0] else None,
            away_n=times,
            away_min=seconds // 60,
            away_since=since,
        )


def _where(done: DayDone, open_: list[Span], mine: list[Span], is_away: bool) -> Where:
    states = set(done.states)
    if is_away:
        return Where.AWAY
    if open_:
        return Where.PAUSED if all(span.paused_since for span in open_) else Where.WINDOW
    for state, where in (
        (DayState.LEAVE, Where.LEAVE),
        (DayState.TRIP, Where.TRIP),
        (DayState.AHEAD, Where.AHEAD),
    ):
        if states <= {state}:
            return where
    is_under_way = DayState.UNDER_WAY in states
    if done.punches or mine:
        return Where.HERE if is_under_way else Where.REST if not done.shifts else Where.GONE
    if is_under_way or DayState.NO_PUNCH in states or DayState.ABSENT in states:
        return Where.MISSING
    return Where.REST if not done.shifts else Where.GONE
