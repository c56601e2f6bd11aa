"""Who is left when a window goes: for whom nobody else is there, and what is said about it (domain rule 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from hall_queue import messages as m
from hall_queue.causes import Cause
from hall_queue.model import Ticket
from hall_queue.notices.messages import NoticeBroadcast, NoticeWithdrawn
from hall_queue.notices.model import NoticeKind
from hall_queue.notices.state import Notices
from hall_queue.rules import Hall
from hall_server.directory.model import Line, Matter, Window
from hall_server.messages import Event

NOTICE = "alone-"
"""How the ids of the notices begin that the hall writes by itself; one for a line."""
NAMES_MOST = 60
"""Longest list of matters in a notice, characters; beyond that they are counted."""

Others = Callable[[str, str | None], list[Window]]
"""The windows that are there for a line and matter when one of them goes."""


def waiting_alone(hall: Hall, window: Window, others: Others, more: tuple[Ticket, ...] = ()) -> dict[str, int]:
    """Line → how many wait there for a matter that this window serves and no other.

    Args:
        others: who else is there.
        more: who will wait besides: whom the window holds or puts back.
    """
    found = {line: sum(many for _, many in _left(hall, window, line, others, more)) for line in window.lines}
    return {line: many for line, many in found.items() if many}


def stopped(hall: Hall, notices: Notices, window: Window, now: datetime) -> tuple[Event, ...]:
    """What stops with a window that closes: lines that no other serves, else those of their matters; who waits is told.

    Lines and matters stop whether somebody waits there or not.
    """
    events: list[Event] = []
    for line in (one for one in window.lines if one not in hall.queue.closed_lines):
        if not hall.working(line, None, but=window.id):
            events.append(m.LineClosed(line=line, reason="", cause=Cause.ALONE))
            continue
        mine = {id_ for id_ in unserved(hall, line, but=window) if hall.has_skill(window, line, id_)}
        events += _narrowed(hall, notices, line, mine | _still(hall, line, but=window), now, closing=window)
    return tuple(events)


def left_waiting(hall: Hall, notices: Notices, window: Window, now: datetime) -> tuple[Event, ...]:
    """What begins again although the window closes: matters that it served and leaves to those who open next."""
    events: list[Event] = []
    for line in (one for one in window.lines if one in hall.queue.narrowed):
        still = {id_ for id_ in _still(hall, line, but=window) if not hall.has_skill(window, line, id_)}
        events += _narrowed(hall, notices, line, still, now, closing=window)
    return tuple(events)


def begun_again(hall: Hall, notices: Notices, window: Window, now: datetime) -> tuple[Event, ...]:
    """What begins again with a window that opens, or is open and gets skills: what had stopped and it serves.

    A line that nobody served gives numbers again for what is served now; no notice stays that is true no more.
    """
    events: list[Event] = []
    for line in window.lines:
        stop = hall.queue.closed_lines.get(line)
        if stop is not None and stop.cause is Cause.ALONE:
            events.append(m.LineOpened(line=line))
            events += _narrowed(hall, notices, line, set(unserved(hall, line, with_=window)), now, is_new=True)
        elif line in hall.queue.narrowed or NOTICE + line in notices.notices:
            events += _narrowed(hall, notices, line, _still(hall, line, with_=window), now)
    return tuple(events)


def has_stopped(hall: Hall, line: str, matter: str) -> bool:
    """Whether a matter stopped with its last window and no window has served it since."""
    had = hall.queue.narrowed.get(line, frozenset())
    return (had is None or matter in had) and not hall.working(line, matter)


def unserved(hall: Hall, line: str, *, but: Window | None = None, with_: Window | None = None) -> Iterator[str]:
    """The matters of a line that some window could serve and none that is not closed does.

    Args:
        but: a window that is about to close. with_: one that is about to open, or to have these skills.
    """
    for matter in hall.directory.matters.values():
        if not matter.active or matter.line != line or (with_ and hall.has_skill(with_, line, matter.id)):
            continue
        if hall.serving_windows(line, matter.id) and not hall.working(line, matter.id, but=but.id if but else None):
            yield matter.id


def _still(hall: Hall, line: str, *, but: Window | None = None, with_: Window | None = None) -> set[str]:
    """The matters of a line that had stopped before and that nobody serves yet."""
    had = hall.queue.narrowed.get(line, frozenset())
    if not had and had is not None:
        return set()
    gone = set(unserved(hall, line, but=but, with_=with_))
    return gone if had is None else gone & had


def _narrowed(
    hall: Hall,
    notices: Notices,
    line: str,
    matters: set[str],
    now: datetime,
    *,
    closing: Window | None = None,
    is_new: bool = False,
) -> Iterator[Event]:
    """Say for which matters a line gives no numbers from now on, where that changes, and tell those who wait.

    Args:
        closing: the window that goes; who waits for it alone will wait in the line.
        is_new: the line opens in the same moment, so that nothing had stopped there.
    """
    had = frozenset() if is_new else hall.queue.narrowed.get(line, frozenset())
    if had is None or had != matters:
        yield m.LineNarrowed(line=line, matters=tuple(sorted(matters)))
    yield from _told(hall, notices, line, matters, now, closing)


def _left(
    hall: Hall, window: Window, line: str, others: Others, more: tuple[Ticket, ...] = ()
) -> Iterator[tuple[str | None, int]]:
    """Matters, and how many wait for each, that this window serves and no other; None: for the line alone."""
    waiting = hall.queue.waiting.matters(line)
    waiting.update(one.matter for one in (*hall.queue.waiting.directed(window.id, None), *more) if one.line == line)
    for matter, many in waiting.items():
        if window in hall.serving_windows(line, matter) and not others(line, matter):
            yield matter, many


def _told(
    hall: Hall, notices: Notices, line_id: str, stopped: set[str], now: datetime, closing: Window | None
) -> Iterator[Event]:
    """The notice in the zone of those who wait for what has stopped: written, written anew, or taken off."""
    line, shown = hall.line(line_id), notices.notices.get(NOTICE + line_id)
    waiting = hall.queue.waiting.matters(line_id)
    sent_there = hall.queue.waiting.directed(closing.id, None) if closing else ()
    waiting.update(one.matter for one in sent_there if one.line == line_id)
    matters = [hall.directory.matters[id_] for id_ in waiting if id_ is not None and id_ in stopped]
    is_shown = shown is not None and now < shown.until
    if not matters:
        if is_shown:
            yield NoticeWithdrawn(notice=NOTICE + line_id, reason="", cause=Cause.ALONE)
        return
    zh, en = _words(line, matters)
    if shown is not None and is_shown and (shown.zh, shown.en) == (zh, en):
        return
    local = hall.taking.local(now)
    yield NoticeBroadcast(
        notice=NOTICE + line_id,
        zh=zh,
        en=en,
        zones=(line.zone,),
        kind=NoticeKind.WARNING,
        until=datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo),
        reason="",
        cause=Cause.ALONE,
    )


def _words(line: Line, matters: list[Matter]) -> tuple[str, str]:
    """What the boards say, in Chinese and in English."""
    zh, en = "、".join(one.name for one in matters), ", ".join(one.name_en or one.name for one in matters)
    if len(zh) > NAMES_MOST:
        zh, en = f"有 {len(matters)} 个事项", f"{len(matters)} matters"
    return (
        f"{line.name}：{zh}现在没有窗口办理，请等候通知或到咨询台询问。",
        f"{line.name_en or line.name}: no window serves {en} now. Please wait to be told, or ask at the guide desk.",
    )
