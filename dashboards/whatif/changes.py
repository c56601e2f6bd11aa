"""What may be changed of a recorded day; each change is checked at its field before anything is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from dashboards.whatif.model import Day, Shift
from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import PER_LINE, Rulebook
from hall_server.directory.model import Window
from hall_server.errors import Invalid
from hall_server.messages import Recorded
from hall_server.settings import Settings

_NEVER = datetime.fromtimestamp(0, UTC)
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
MOST = 20
"""Changes at once."""
MINUTE_S = 60.0
BREAK_LEAST_S = 600.0
"""A shorter pause was no break that could be moved."""
SHOWN_RULES = frozenset(
    {
        "ageing_s",
        "ratio",
        "preference",
        "pass_places",
        "transfer_keeps_arrival",
        "transfer_keeps_priority",
        "transfer_bar_s",
    }
)
"""Rules that decide who is next; the others change nothing that a played day could show."""


class OpenMore(msgspec.Struct, frozen=True, kw_only=True, tag="open", forbid_unknown_fields=True):
    """So many more windows for a line, of those that were closed then."""

    line: str
    windows: Annotated[int, Meta(ge=1, le=50)]
    begin: Clock
    end: Clock


class CloseOne(msgspec.Struct, frozen=True, kw_only=True, tag="close", forbid_unknown_fields=True):
    """A window is not there; all day where no hours are given."""

    window: str
    begin: Clock = "00:00"
    end: Clock = "24:00"


class MoveBreak(msgspec.Struct, frozen=True, kw_only=True, tag="break", forbid_unknown_fields=True):
    """A window's break lies here instead of where its longest one was."""

    window: str
    begin: Clock
    end: Clock


class MergeLines(msgspec.Struct, frozen=True, kw_only=True, tag="merge", forbid_unknown_fields=True):
    """Whoever comes for ``line`` waits in ``into``; the windows of both serve both."""

    line: str
    into: str


class ServeAlso(msgspec.Struct, frozen=True, kw_only=True, tag="serve", forbid_unknown_fields=True):
    """A window serves one more line, after its own."""

    window: str
    line: str


class OtherRules(msgspec.Struct, frozen=True, kw_only=True, tag="rules", forbid_unknown_fields=True):
    """Other rules of the calling order, for the hall or for one line; as the rules page writes them."""

    values: dict[str, Any]
    line: str | None = None


class MoreVisitors(msgspec.Struct, frozen=True, kw_only=True, tag="visitors", forbid_unknown_fields=True):
    """So many percent more visitors, of one line or of all; fewer where negative."""

    percent: Annotated[int, Meta(ge=-90, le=300)]
    line: str | None = None


Change: TypeAlias = OpenMore | CloseOne | MoveBreak | MergeLines | ServeAlso | OtherRules | MoreVisitors


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A day as it is to be played.

    Attributes:
        moved: line → the line it is merged into.
        rules: line (None: the hall) → what it has of its own.
        more: line (None: every line) → percent.
    """

    shifts: tuple[Shift, ...]
    moved: dict[str, str] = msgspec.field(default_factory=dict)
    rules: dict[str | None, dict[str, Any]] = msgspec.field(default_factory=dict)
    more: tuple[MoreVisitors, ...] = ()


def unchanged(day: Day) -> Plan:
    """The day as it was."""
    return Plan(shifts=day.shifts, rules=day.rules)


def planned(day: Day, changes: tuple[Change, ...], settings: Settings) -> Plan:
    """The day with changes, made one after the other.

    Args:
        settings: the hall's, as its file has them.

    Raises:
        Invalid: ``what_if.…`` or ``rules.…`` with ``change`` (its place, from 0) and ``field``.
    """
    if len(changes) > MOST:
        raise Invalid("what_if.too_many", field="changes", most=MOST)
    plan = unchanged(day)
    for place, change in enumerate(changes):
        try:
            plan = _changed(day, plan, change, settings)
        except Invalid as exc:
            exc.fields["change"] = place
            raise
    return plan


def book(settings: Settings, rules: Mapping[str | None, Mapping[str, Any]]) -> Rulebook:
    """The rulebook of a hall whose file says ``settings`` and whose managers have set ``rules``."""
    made = Rulebook(settings)
    for line, values in rules.items():
        event = RulesSaved(line=line, values=dict(values))
        made.apply(Recorded(seq=0, at=_NEVER, business_day=_NEVER.date(), event=event, actor=""))
    return made


def _changed(day: Day, plan: Plan, change: Change, settings: Settings) -> Plan:
    replace = msgspec.structs.replace
    match change:
        case OpenMore():
            return replace(plan, shifts=_opened(day, plan, change))
        case CloseOne():
            begin, end = _span(change.begin, change.end)
            _window(day, change.window)
            return replace(plan, shifts=_ordered(_cut(plan.shifts, change.window, begin, end, is_break=False)))
        case MoveBreak():
            return replace(plan, shifts=_broken(day, plan, change))
        case MergeLines():
            return _merged(day, plan, change)
        case ServeAlso():
            window = _window(day, change.window)
            if _line(day, change.line) in window.lines:
                raise Invalid("what_if.serves_already", field="line", window=window.number)
            return replace(plan, shifts=_serving(plan, change))
        case OtherRules():
            return replace(plan, rules=_ruled(day, plan, change, settings))
        case MoreVisitors():
            if change.line is not None:
                _line(day, change.line)
            return replace(plan, more=(*plan.more, change))


def _opened(day: Day, plan: Plan, change: OpenMore) -> tuple[Shift, ...]:
    begin, end = _span(change.begin, change.end)
    _line(day, change.line)
    there = {shift.window.id for shift in plan.shifts if shift.begin < end and begin < shift.end}
    free = [window for window in day.windows.values() if window.active and window.id not in there]
    if len(free) < change.windows:
        raise Invalid("what_if.windows_few", field="windows", most=len(free))
    line = plan.moved.get(change.line, change.line)
    free.sort(key=lambda window: (change.line not in window.lines, window.number))
    chosen = [msgspec.structs.replace(one, lines=(line,), matters=()) for one in free[: change.windows]]
    more = [Shift(window=window, staff=None, begin=begin, end=end) for window in chosen]
    return _ordered((*plan.shifts, *more))


def _broken(day: Day, plan: Plan, change: MoveBreak) -> tuple[Shift, ...]:
    begin, end = _span(change.begin, change.end)
    window = _window(day, change.window)
    mine = [shift for shift in plan.shifts if shift.window.id == window.id]
    if not mine:
        raise Invalid("what_if.was_closed", field="window", window=window.number)
    breaks = [(after.begin - before.end, number) for number, (before, after) in enumerate(pairwise(mine))]
    longest, number = max(breaks, default=(0.0, 0))
    if longest >= BREAK_LEAST_S:
        before, after = mine[number], mine[number + 1]
        filled = msgspec.structs.replace(before, end=after.begin, is_break=True)
        mine = [*mine[:number], filled, *mine[number + 1 :]]
    others = [shift for shift in plan.shifts if shift.window.id != window.id]
    return _ordered((*others, *_cut(mine, window.id, begin, end, is_break=True)))


def _merged(day: Day, plan: Plan, change: MergeLines) -> Plan:
    line, into = _line(day, change.line), _line(day, change.into, "into")
    if line == into or plan.moved.get(into, into) == line:
        raise Invalid("what_if.same_line", field="into")
    into = plan.moved.get(into, into)
    moved = {**{old: into if new == line else new for old, new in plan.moved.items()}, line: into}

    def both(window: Window) -> Window:
        if line not in window.lines and into not in window.lines:
            return window
        lines = tuple(dict.fromkeys(moved.get(one, one) for one in window.lines))
        return msgspec.structs.replace(window, lines=lines)

    shifts = tuple(msgspec.structs.replace(shift, window=both(shift.window)) for shift in plan.shifts)
    return msgspec.structs.replace(plan, moved=moved, shifts=shifts)


def _serving(plan: Plan, change: ServeAlso) -> tuple[Shift, ...]:
    line = plan.moved.get(change.line, change.line)

    def more(window: Window) -> Window:
        return msgspec.structs.replace(window, lines=tuple(dict.fromkeys((*window.lines, line))), matters=())

    return tuple(
        msgspec.structs.replace(shift, window=more(shift.window)) if shift.window.id == change.window else shift
        for shift in plan.shifts
    )


def _ruled(day: Day, plan: Plan, change: OtherRules, settings: Settings) -> dict[str | None, dict[str, Any]]:
    if change.line is not None:
        _line(day, change.line)
    if not change.values:
        raise Invalid("what_if.no_rules", field="values")
    for name in change.values:
        if name not in SHOWN_RULES:
            raise Invalid("what_if.rule_not_shown", field=f"values.{name[:60]}", rule=name[:60])
        if change.line is not None and name not in PER_LINE:
            raise Invalid("rules.hall_only", field=f"values.{name}", line=change.line)
    found = book(settings, plan.rules).plan({change.line: change.values})
    return {**plan.rules, **found}


def _cut(shifts: Iterable[Shift], window: str, begin: float, end: float, *, is_break: bool) -> list[Shift]:
    """Shifts of a window without these hours."""
    found = []
    for shift in shifts:
        if shift.window.id != window or shift.end <= begin or end <= shift.begin:
            found.append(shift)
            continue
        if shift.begin < begin:
            found.append(msgspec.structs.replace(shift, end=begin, is_break=is_break or end < shift.end))
        if end < shift.end:
            found.append(msgspec.structs.replace(shift, begin=end))
    return found


def _ordered(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    return tuple(sorted(shifts, key=lambda shift: (shift.begin, shift.window.id)))


def _span(begin: str, end: str) -> tuple[float, float]:
    first, last = _seconds(begin), _seconds(end)
    if last <= first:
        raise Invalid("what_if.ends_first", field="end", begin=begin)
    return first, last


def _seconds(clock: str) -> float:
    hours, minutes = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE_S


def _window(day: Day, window: str) -> Window:
    found = day.windows.get(window)
    if found is None:
        raise Invalid("what_if.window_unknown", field="window", window=window[:60])
    return found


def _line(day: Day, line: str, field: str = "line") -> str:
    known = {one for window in day.windows.values() for one in window.lines}
    if line not in known and all(visitor.ticket.line != line for visitor in day.visitors):
        raise Invalid("what_if.line_unknown", field=field, line=line[:60])
    return line
