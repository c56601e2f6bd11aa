"""What a day was for somebody: shifts, punches and leave in, states and minutes out; a pure function.

First in, last out, for each shift. A punch belongs to the shift it is nearest to: the border between two shifts lies in
the middle between the end of the one and the begin of the next, and a shift reaches four hours before its begin and
eight behind its end. Which key was pressed does not matter, as most people press none: the first punch is the coming
and the last one, a minute or more later, the going.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from attendance.records import DayWord, LeaveKind
from attendance.shifts import Planned

BEFORE, BEHIND = timedelta(hours=4), timedelta(hours=8)
TWICE = timedelta(minutes=1)
"""Who touches the terminal twice within a minute has punched once."""
OVERTIME_FROM_MIN = 30
"""Who stays less than this after the shift has not worked overtime."""


class DayState(StrEnum):
    """What a day, or a shift of it, was. Source: domain page attendance."""

    NORMAL = "normal"  # 正常
    LATE = "late"  # 迟到
    EARLY = "early"  # 早退
    MISSING_IN = "missing_in"  # 缺卡, the coming
    MISSING_OUT = "missing_out"  # 缺卡, the going
    NO_PUNCH = "no_punch"  # 未打卡, not absence until a manager says so
    ABSENT = "absent"  # 旷工
    LEAVE = "leave"  # 请假
    TRIP = "trip"  # 公出
    REST = "rest"  # 休息
    OVERTIME = "overtime"  # 加班
    UNDER_WAY = "under_way"  # the shift is not over
    AHEAD = "ahead"  # it has not begun


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """A leave that was approved."""

    kind: LeaveKind
    begin: datetime
    end: datetime


class ShiftDone(msgspec.Struct, frozen=True, kw_only=True):
    """One shift of a day.

    Attributes:
        due_in, due_out: from when and until when one had to be there, leave and flexible time taken in; None: not.
    """

    shift: str
    begin: datetime
    end: datetime
    states: tuple[DayState, ...]
    first: datetime | None = None
    last: datetime | None = None
    due_in: datetime | None = None
    due_out: datetime | None = None
    late_min: int = 0
    early_min: int = 0
    overtime_min: int = 0
    worked_min: int = 0
    leave_min: int = 0


class DayDone(msgspec.Struct, frozen=True, kw_only=True):
    """A day; its minutes are the sums of its shifts'."""

    states: tuple[DayState, ...]
    shifts: tuple[ShiftDone, ...] = ()
    punches: tuple[datetime, ...] = ()
    overtime_min: int = 0

    @property
    def late_min(self) -> int:
        """Minutes late."""
        return sum(one.late_min for one in self.shifts)

    @property
    def early_min(self) -> int:
        """Minutes early."""
        return sum(one.early_min for one in self.shifts)

    @property
    def worked_min(self) -> int:
        """Minutes between coming and going inside the shifts, without breaks and overtime."""
        return sum(one.worked_min for one in self.shifts)


def judged(
    planned: Sequence[Planned],
    punches: Iterable[datetime],
    leaves: Sequence[Leave],
    *,
    now: datetime,
    word: DayWord | None = None,
) -> DayDone:
    """What a day was.

    Args:
        planned: the day's shifts; none: a day of rest.
        punches: what counts, from around the day; what belongs to no shift is overtime on a day of rest and else left.
        leaves: that were approved.
        now: a shift that is not over is not judged to its end.
        word: what a manager says of a day without punches.
    """
    stamps = sorted(punches)
    if not planned:
        return _rest(stamps)
    in_order = sorted(planned, key=lambda one: one.begin)
    shifts = tuple(
        _shift(one, _near(in_order, n, stamps), leaves, now=now, word=word) for n, one in enumerate(in_order)
    )
    states = tuple(dict.fromkeys(state for one in shifts for state in one.states))
    bad = tuple(state for state in states if state is not DayState.NORMAL)
    return DayDone(
        states=bad or states,
        shifts=shifts,
        punches=tuple(stamp for n in range(len(in_order)) for stamp in _near(in_order, n, stamps)),
        overtime_min=sum(one.overtime_min for one in shifts),
    )


def reach(
    planned: Sequence[Planned], before: Sequence[Planned] = (), behind: Sequence[Planned] = ()
) -> tuple[datetime, datetime] | None:
    """From when to when punches may belong to the shifts of a day; None where there are none.

    Args:
        before, behind: the shifts of the day before and of the next one, which have their half of what lies between.
    """
    if not planned:
        return None
    first, last = min(one.begin for one in planned), max(one.end for one in planned)
    begin, end = first - BEFORE, last + BEHIND
    if before:
        ended = max(one.end for one in before)
        begin = max(begin, ended + (first - ended) / 2)
    if behind:
        begins = min(one.begin for one in behind)
        end = min(end, last + (begins - last) / 2)
    return begin, end


def _rest(stamps: Sequence[datetime]) -> DayDone:
    minutes = _minutes(stamps[-1] - stamps[0]) if stamps else 0
    if minutes < OVERTIME_FROM_MIN:
        return DayDone(states=(DayState.REST,), punches=tuple(stamps))
    return DayDone(states=(DayState.REST, DayState.OVERTIME), punches=tuple(stamps), overtime_min=minutes)


def _near(planned: Sequence[Planned], n: int, stamps: Sequence[datetime]) -> list[datetime]:
    one = planned[n]
    begin = one.begin - BEFORE
    if n > 0:
        begin = max(begin, planned[n - 1].end + (one.begin - planned[n - 1].end) / 2)
    end = one.end + BEHIND
    if n + 1 < len(planned):
        end = min(end, one.end + (planned[n + 1].begin - one.end) / 2)
    return [stamp for stamp in stamps if begin <= stamp < end]


def _shift(
    one: Planned, stamps: Sequence[datetime], leaves: Sequence[Leave], *, now: datetime, word: DayWord | None
) -> ShiftDone:
    mine = [leave for leave in leaves if leave.begin < one.end and one.begin < leave.end]
    due_in, due_out = _due(one, mine)
    leave_min = sum(_minutes(min(leave.end, one.end) - max(leave.begin, one.begin)) for leave in mine)
    first, last = _first_last(stamps, due_in or one.begin, due_out or one.end, now)
    done = ShiftDone(
        shift=one.shift,
        begin=one.begin,
        end=one.end,
        states=(),
        first=first,
        last=last,
        due_in=due_in,
        due_out=due_out,
        leave_min=leave_min,
    )
    if due_in is None or due_out is None:
        is_trip = all(leave.kind is LeaveKind.TRIP for leave in mine)
        return msgspec.structs.replace(done, states=(DayState.TRIP if is_trip else DayState.LEAVE,))
    if now < due_in and first is None:
        return msgspec.structs.replace(done, states=(DayState.AHEAD,))
    return _timed(done, one, mine, now=now, word=word)


def _due(one: Planned, leaves: Sequence[Leave]) -> tuple[datetime | None, datetime | None]:
    """From when to when one has to be there beside leave at either end; a leave in the middle changes neither."""
    due_in, due_out = one.begin, one.end
    for leave in sorted(leaves, key=lambda leave: leave.begin):
        if leave.begin <= due_in < leave.end:
            due_in = leave.end
    for leave in sorted(leaves, key=lambda leave: leave.end, reverse=True):
        if leave.begin < due_out <= leave.end:
            due_out = leave.begin
    for begin, end in one.breaks:  # nobody comes in the break for what follows it
        due_in = end if begin <= due_in < end else due_in
        due_out = begin if begin < due_out <= end else due_out
    return (due_in, due_out) if due_in < due_out else (None, None)


def _first_last(
    stamps: Sequence[datetime], due_in: datetime, due_out: datetime, now: datetime
) -> tuple[datetime | None, datetime | None]:
    if not stamps:
        return None, None
    first, last = stamps[0], stamps[-1]
    if first >= due_out:
        return None, last  # only going
    if last <= due_in:
        return first, None  # only coming
    if last - first >= TWICE:
        return first, last
    is_coming = now < due_out or abs(first - due_in) <= abs(due_out - first)  # who is here has come
    return (first, None) if is_coming else (None, last)


def _timed(done: ShiftDone, one: Planned, leaves: Sequence[Leave], *, now: datetime, word: DayWord | None) -> ShiftDone:
    assert done.due_in is not None and done.due_out is not None  # noqa: S101, PT018 - the caller has looked
    is_over = now >= done.due_out
    if done.first is None and done.last is None:
        return msgspec.structs.replace(done, states=(_unseen(is_over, word),))
    shift_by = min(max((done.first or done.due_in) - done.due_in, timedelta()), one.flexible)
    due_out = done.due_out + shift_by
    states, late, early, overtime = list[DayState](), 0, 0, 0
    if done.first is None:
        states.append(DayState.MISSING_IN)
    elif done.first >= done.due_in + one.flexible + one.grace + TWICE:
        late = _minutes(done.first - done.due_in - one.flexible)
        states.append(DayState.LATE)
    if done.last is not None and done.last < due_out - one.grace:
        early = max(1, _minutes(due_out - done.last))
    if done.last is None and now >= due_out:
        states.append(DayState.MISSING_OUT)
    if now < due_out:
        early = 0  # who went out may come back
        states.append(DayState.UNDER_WAY)
    elif early:
        states.append(DayState.EARLY)
    if done.last is not None and (overtime := _minutes(done.last - due_out)) >= OVERTIME_FROM_MIN:
        states.append(DayState.OVERTIME)
    else:
        overtime = 0
    return msgspec.structs.replace(
        done,
        states=tuple(states) or (DayState.NORMAL,),
        due_out=due_out,
        late_min=late,
        early_min=early,
        overtime_min=overtime,
        worked_min=_worked_min(done, one, leaves, due_out),
    )


def _worked_min(done: ShiftDone, one: Planned, leaves: Sequence[Leave], due_out: datetime) -> int:
    """From the coming to the going inside the shift, without breaks and leave."""
    if done.first is None or done.last is None:
        return 0
    reached, end, worked = max(done.first, one.begin), min(done.last, max(due_out, one.end)), timedelta()
    for begin, over in sorted((*one.breaks, *((leave.begin, leave.end) for leave in leaves))):
        worked += max(min(begin, end) - reached, timedelta())
        reached = max(reached, over)
    return _minutes(worked + max(end - reached, timedelta()))


def _unseen(is_over: bool, word: DayWord | None) -> DayState:
    if word is DayWord.EXCUSED:
        return DayState.NORMAL
    if word is DayWord.ABSENT:
        return DayState.ABSENT
    return DayState.NO_PUNCH if is_over else DayState.UNDER_WAY


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))
