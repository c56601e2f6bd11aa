"""Who sat where and when, told by marks: what happened at a window, in order.

A span begins when somebody opens a window and ends when it is closed, when somebody else sits down there, or, where
nobody closed it, with the last sign of life at that window: the end of the day makes nobody work till midnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark says."""

    OPENED = "opened"
    PAUSED = "paused"
    RESUMED = "resumed"
    SEEN = "seen"  # a sign of life: called
    SERVING = "serving"  # began to serve
    SERVED = "served"
    TAKEN_BACK = "taken_back"  # a visit was finished by mistake
    CLOSED = "closed"
    DAY_END = "day_end"  # the hall closed what was left open


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at a window."""

    kind: MarkKind
    at: datetime
    window: str
    staff: str | None = None


@dataclass(slots=True, kw_only=True)
class Span:
    """Somebody at a window, from sitting down to leaving.

    Attributes:
        staff: None where a manager opened the window for nobody in particular.
        closed_at: None while it is open.
        paused_since: the pause under way.
        paused_s: of the pauses that are over, seconds.
        is_left_open: nobody closed it; its end is the last sign of life.
        pauses, serving: each from when to when; None: it goes on.
    """

    staff: str | None
    window: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
    paused_since: datetime | None = None
    paused_s: float = 0.0
    served: int = 0
    is_left_open: bool = False
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    serving: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def open_s(self, now: datetime) -> float:
        """From opening to closing, pauses included, seconds."""
        return ((self.closed_at or now) - self.opened_at).total_seconds()

    def pauses_s(self, now: datetime) -> float:
        """All pauses, the one under way included, seconds."""
        running = (now - self.paused_since).total_seconds() if self.paused_since else 0.0
        return self.paused_s + running


def spans(marks: Iterable[Mark], *, is_over: bool = False) -> list[Span]:
    """The spans of a day, in the order in which they began.

    Args:
        marks: of one day, in the journal's order.
        is_over: the day is over; what nobody closed ends.
    """
    found: list[Span] = []
    open_at: dict[str, Span] = {}
    for mark in marks:
        _take(mark, found, open_at)
    for span in open_at.values() if is_over else ():
        _leave(span)
    return found


def _take(mark: Mark, found: list[Span], open_at: dict[str, Span]) -> None:
    span = open_at.get(mark.window)
    if mark.kind is MarkKind.OPENED:
        open_at[mark.window] = _begun(mark, span)
        found.append(open_at[mark.window])
        return
    if span is None:
        return
    if mark.kind is MarkKind.DAY_END:
        _leave(open_at.pop(mark.window))
        return
    span.last_at = mark.at
    match mark.kind:
        case MarkKind.PAUSED:
            _stop(span.serving, mark.at)
            if span.paused_since is None:
                span.paused_since = mark.at
                span.pauses.append((mark.at, None))
        case MarkKind.RESUMED:
            _go_on(span, mark.at)
        case MarkKind.SEEN:
            _stop(span.serving, mark.at)
        case MarkKind.SERVING:
            _stop(span.serving, mark.at)
            span.serving.append((mark.at, None))
        case MarkKind.SERVED:
            _stop(span.serving, mark.at)
            span.served += 1
        case MarkKind.TAKEN_BACK:
            span.served = max(0, span.served - 1)
        case MarkKind.CLOSED:
            _end(open_at.pop(mark.window), mark.at)


def _begun(mark: Mark, before: Span | None) -> Span:
    """A new span; a window that pauses goes on pausing, whoever sits down."""
    is_paused = before is not None and before.paused_since is not None
    if before is not None:
        _end(before, mark.at)
    span = Span(staff=mark.staff, window=mark.window, opened_at=mark.at, last_at=mark.at)
    span.paused_since = mark.at if is_paused else None
    span.pauses = [(mark.at, None)] if is_paused else []
    return span


def _end(span: Span, at: datetime) -> None:
    _go_on(span, at)
    _stop(span.serving, at)
    span.closed_at = span.last_at = at


def _leave(span: Span) -> None:
    _end(span, span.last_at)
    span.is_left_open = True


def _go_on(span: Span, at: datetime) -> None:
    if span.paused_since is not None:
        span.paused_s += (at - span.paused_since).total_seconds()
        span.paused_since = None
        _stop(span.pauses, at)


def _stop(stretches: list[tuple[datetime, datetime | None]], at: datetime) -> None:
    """End the last stretch, where it goes on."""
    if stretches and stretches[-1][1] is None:
        stretches[-1] = (stretches[-1][0], at)


@dataclass(slots=True, kw_only=True)
class Presence:
    """A day of one person.

    Attributes:
        windows: where they sat, in the order of sitting down first.
        last_close: None while they sit somewhere.
        open_s, paused_s: of all spans, seconds; pauses are part of the open time.
        is_left_open: a span of theirs was closed by the end of the day, not by a person.
    """

    staff: str | None
    windows: list[str]
    first_open: datetime
    last_close: datetime | None
    open_s: float
    paused_s: float
    served: int
    is_left_open: bool


def by_staff(found: Iterable[Span], now: datetime) -> list[Presence]:
    """One entry for each person, the earliest first.

    Args:
        found: spans of one day, in the order in which they began.
        now: spans that are open are counted up to here.
    """
    people: dict[str | None, list[Span]] = {}
    for span in found:
        people.setdefault(span.staff, []).append(span)
    return [_presence(staff, theirs, now) for staff, theirs in people.items()]


def _presence(staff: str | None, theirs: list[Span], now: datetime) -> Presence:
    closes = [span.closed_at for span in theirs if span.closed_at is not None]
    return Presence(
        staff=staff,
        windows=list(dict.fromkeys(span.window for span in theirs)),
        first_open=theirs[0].opened_at,
        last_close=max(closes) if len(closes) == len(theirs) else None,
        open_s=sum(span.open_s(now) for span in theirs),
        paused_s=sum(span.pauses_s(now) for span in theirs),
        served=sum(span.served for span in theirs),
        is_left_open=any(span.is_left_open for span in theirs),
    )
