"""What a reassignment would do to the waits: the hall's own estimate, asked of a hall that is not there."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from hall_queue.model import WindowState
from hall_queue.rules import Hall
from hall_queue.wait import Wait
from hall_server.directory.checks import check
from hall_server.directory.model import Line, Window


class LineEffect(msgspec.Struct, frozen=True, kw_only=True):
    """A line now and then.

    Attributes:
        waits_s, waits_then_s: of somebody who comes now; with no window open, as if one opened.
        unserved: how many who wait here now no window could serve any more.
        matters_unserved: how many matters of the catalogue no window would serve any more.
    """

    id: str
    name: str
    name_en: str
    prefix: str
    waiting: int
    windows_open: int
    windows_open_then: int
    wait_s: Wait
    wait_then_s: Wait
    unserved: int
    matters_unserved: int
    is_changed: bool


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a reassignment; ``is_open``: it would be felt at once, and not when the window opens."""

    window: str
    is_open: bool
    lines: tuple[LineEffect, ...]


def reassigned(hall: Hall, window: str, lines: tuple[str, ...], matters: tuple[str, ...]) -> Window:
    """A window with other skills, checked against the directory; nothing is changed.

    Raises:
        NotFound: no such window.
        Invalid: a line or matter that does not exist, or a matter of another line.
    """
    item = msgspec.structs.replace(hall.window(window), lines=lines, matters=matters)
    check(hall.directory, item)
    return item


def preview(hall: Hall, window: str, lines: tuple[str, ...], matters: tuple[str, ...]) -> Preview:
    """The effect on every line; nothing is changed.

    Raises:
        NotFound, Invalid: as `reassigned`.
    """
    item = reassigned(hall, window, lines, matters)
    directory = hall.directory.copy()
    directory.apply(item)
    then = replace(hall, directory=directory)
    state = hall.queue.desk(window).state
    return Preview(
        window=window,
        is_open=state not in {WindowState.CLOSED, WindowState.PAUSED},
        lines=tuple(_effect(hall, then, line) for line in hall.directory.lines_in_order()),
    )


def _effect(hall: Hall, then: Hall, line: Line) -> LineEffect:
    waiting = hall.queue.waiting.count(line.id)
    effect = LineEffect(
        id=line.id,
        name=line.name,
        name_en=line.name_en,
        prefix=line.prefix,
        waiting=waiting,
        windows_open=len(hall.open_windows(line.id)),
        windows_open_then=len(then.open_windows(line.id)),
        wait_s=hall.wait(line.id, waiting),
        wait_then_s=_wait_then(hall, then, line.id, waiting),
        unserved=_unserved(hall, then, line),
        matters_unserved=_matters_unserved(hall, then, line),
        is_changed=False,
    )
    is_changed = (
        effect.wait_s != effect.wait_then_s
        or effect.windows_open != effect.windows_open_then
        or bool(effect.unserved or effect.matters_unserved)
    )
    return msgspec.structs.replace(effect, is_changed=is_changed)


def _wait_then(hall: Hall, then: Hall, line: str, waiting: int) -> Wait:
    """The estimate, longer or shorter by what people, windows and services alone would make of the change."""
    now = hall.wait(line, waiting)
    plain, plain_then = hall.plain_wait(line, waiting), then.plain_wait(line, waiting)
    if plain == plain_then:
        return now
    if not (plain.p50 and now.p50):
        return plain_then
    by = plain_then.p50 / plain.p50
    return Wait(p50=round(now.p50 * by), p90=round(now.p90 * by))


def _unserved(hall: Hall, then: Hall, line: Line) -> int:
    waiting = hall.queue.waiting.matters(line.id)
    return sum(
        many
        for matter, many in waiting.items()
        if hall.serving_windows(line.id, matter) and not then.serving_windows(line.id, matter)
    )


def _matters_unserved(hall: Hall, then: Hall, line: Line) -> int:
    matters = [matter.id for matter in hall.directory.matters.values() if matter.active and matter.line == line.id]
    return sum(
        bool(hall.serving_windows(line.id, matter)) and not then.serving_windows(line.id, matter) for matter in matters
    )
