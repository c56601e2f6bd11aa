"""The process in which a day is played: work as JSON on standard input, what it says on standard output, by lines."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

import msgspec

from dashboards.whatif.changes import planned, unchanged
from dashboards.whatif.engine import Played
from dashboards.whatif.figures import HALL, baseline, compared, compared_windows, curve
from dashboards.whatif.journal_day import read_day
from dashboards.whatif.model import Day
from dashboards.whatif.runs import Player, run_all
from dashboards.whatif.work import DayPicture, Found, Refusal, Said, WindowHours, Work
from hall_server.errors import Invalid, NotFound
from hall_server.settings import load

NICER = 10
"""Visitors are served meanwhile: the hall's own process goes first."""


def main() -> int:
    """Do one piece of work."""
    work = msgspec.json.decode(sys.stdin.buffer.read(), type=Work)
    if hasattr(os, "nice"):
        os.nice(NICER)
    gc.disable()  # a played day leaves nothing behind that counting references does not find
    try:
        _say(_done(work))
    except (Invalid, NotFound) as exc:
        _say(Said(refused=Refusal(code=exc.code, fields=exc.fields)))
    return 0


def _done(work: Work) -> Said:
    begun = time.monotonic()
    settings = load(None, timezone=work.timezone, **work.rules)
    day = read_day(Path(work.database), work.day, timezone=work.timezone, rules=work.rules)
    if not day.visitors or not day.shifts:
        raise NotFound("what_if.nothing_that_day", field="day", day=work.day)
    plan = planned(day, work.changes, settings)
    player = Player(day, unchanged(day), settings, work.seed)
    picture = _picture(day, player, player.recorded())
    if not work.runs:
        return Said(picture=picture)
    state = (day, plan, settings, work.seed)
    runs = run_all(state, runs=work.runs, processes=work.processes, told=_tell, before=work.before)
    lines, windows = compared(runs), compared_windows(runs)
    seconds = round(time.monotonic() - begun, 3)
    found = Found(day=picture, runs=work.runs, seconds=seconds, lines=lines, windows=windows)
    return Said(found=found, before=tuple(before for before, _ in runs))


def _picture(day: Day, player: Player, played: Played) -> DayPicture:
    lines = tuple(sorted({visitor.ticket.line for visitor in day.visitors}))
    hours: dict[str, list[tuple[float, float]]] = {}
    for shift in day.shifts:
        hours.setdefault(shift.window.id, []).append((shift.begin, shift.end))
    serves = {shift.window.id: shift.window.lines for shift in day.shifts}
    left = sum(visitor.left is not None for visitor in day.visitors)
    return DayPicture(
        day=day.day,
        visitors=len(day.visitors),
        left=left,
        unserved=sum(not visitor.legs and visitor.left is None for visitor in day.visitors),
        slots=curve(day),
        lines=lines,
        windows=tuple(
            WindowHours(window=id_, lines=serves[id_], shifts=tuple(some)) for id_, some in sorted(hours.items())
        ),
        baseline={key: baseline(day, played, key) for key in (HALL, *lines)},
        limits=player.limits,
    )


def _tell(done: int) -> None:
    _say(Said(done=done))


def _say(said: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
