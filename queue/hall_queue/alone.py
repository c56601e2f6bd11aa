"""Who is left when a window goes: for whom nobody else is there, and what is said about it (domain rule 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from hall_queue import messages as m
from hall_queue.model import ALONE, Ticket
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


def stopped(hall: Hall, window: Window, now: datetime) -> tuple[Event, ...]:
    """What stops with a window that closes: lines that no other serves, else those of their matters; who waits is told.

    Lines and matters stop whether somebody waits there or not.
    """
    events: list[Event] = []
    for line in (one for one in window.lines if one not in hall.queue.closed_lines):
        if not hall.working(line, None, but=window.id):
            events.append(m.LineClosed(line=line, reason=ALONE))
        elif any(unserved(hall, line, but=window)):
            events += [] if line in hall.queue.narrowed else [m.LineNarrowed(line=line)]
            events += _told(hall, window, line, now)
    return tuple(events)


def begun_again(hall: Hall, notices: Notices, window: Window, now: datetime) -> tuple[Event, ...]:
    """What begins again when a window opens: the lines and matters that had stopped and that it serves.

    A line that nobody served gives numbers again for what is served now; no notice stays that is true no more.
    """
    events: list[Event] = []
    for line in window.lines:
        is_whole, was_closed = _is_whole(hall, line, window), hall.queue.closed_lines.get(line) == ALONE
        if was_closed or (is_whole and line in hall.queue.narrowed):
            events.append(m.LineOpened(line=line))
        if was_closed and not is_whole:
            events.append(m.LineNarrowed(line=line))
        notice = notices.notices.get(NOTICE + line)
        if is_whole and notice is not None and now < notice.until:
            events.append(NoticeWithdrawn(notice=notice.id, reason=ALONE))
    return tuple(events)


def _is_whole(hall: Hall, line: str, window: Window) -> bool:
    """Whether all that could be served of a line is, once a window opens; asked only where something had stopped."""
    has_stopped = line in hall.queue.narrowed or hall.queue.closed_lines.get(line) == ALONE
    return not (has_stopped and any(unserved(hall, line, with_=window)))


def unserved(hall: Hall, line: str, *, but: Window | None = None, with_: Window | None = None) -> Iterator[Matter]:
    """The matters of a line that some window could serve and none that is not closed does.

    Args:
        but: a window that is about to close. with_: one that is about to open.
    """
    for matter in hall.directory.matters.values():
        if matter.active and matter.line == line and (able := hall.serving_windows(line, matter.id)):
            if with_ in able or hall.working(line, matter.id, but=but.id if but else None):
                continue
            yield matter


def _left(
    hall: Hall, window: Window, line: str, others: Others, more: tuple[Ticket, ...] = ()
) -> Iterator[tuple[str | None, int]]:
    """Matters, and how many wait for each, that this window serves and no other; None: for the line alone."""
    waiting = hall.queue.waiting.matters(line)
    waiting.update(one.matter for one in (*hall.queue.waiting.directed(window.id, None), *more) if one.line == line)
    for matter, many in waiting.items():
        if window in hall.serving_windows(line, matter) and not others(line, matter):
            yield matter, many


def _told(hall: Hall, window: Window, line_id: str, now: datetime) -> list[Event]:
    """A notice in the zone of those who wait for matters that nobody serves any more; nothing where nobody does."""
    left = _left(hall, window, line_id, lambda line, matter: hall.working(line, matter, but=window.id))
    matters = [hall.directory.matters[id_] for id_, _ in left if id_ is not None]
    if not matters:
        return []
    line, local = hall.line(line_id), hall.taking.local(now)
    zh, en = _words(line, matters)
    until = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return [
        NoticeBroadcast(
            notice=NOTICE + line.id,
            zh=zh,
            en=en,
            zones=(line.zone,),
            kind=NoticeKind.WARNING,
            until=until,
            reason=ALONE,
        )
    ]


def _words(line: Line, matters: list[Matter]) -> tuple[str, str]:
    """What the boards say, in Chinese and in English."""
    zh, en = "、".join(one.name for one in matters), ", ".join(one.name_en or one.name for one in matters)
    if len(zh) > NAMES_MOST:
        zh, en = f"有 {len(matters)} 个事项", f"{len(matters)} matters"
    return (
        f"{line.name}：{zh}现在没有窗口办理，请等候通知或到咨询台询问。",
        f"{line.name_en or line.name}: no window serves {en} now. Please wait to be told, or ask at the guide desk.",
    )
