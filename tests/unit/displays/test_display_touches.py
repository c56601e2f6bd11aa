"""Every event touches the pictures it changes: held against the pictures themselves, before and after."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from displays.pictures import BoardPicture
from displays.touched import Touches
from hall_queue import messages as q
from hall_queue.wait import Wait
from hall_server.directory.commands import SaveWindow
from hall_server.errors import DomainError
from hall_server.messages import Command, Recorded
from tests.fakes.hall import HandClock, manager, opened

WINDOWS = ("w01", "w03", "w05", "w13", "w14", "w15", "w17")
LINES = ("business", "building", "farming", "police", "general", "tax")


def commands(dice: random.Random) -> Command:
    """Something somebody may want at this moment; many are refused, which is part of a day."""
    window = dice.choice(WINDOWS)
    return dice.choice(
        [
            q.IssueTicket(line=dice.choice(LINES)),
            q.IssueTicket(line=dice.choice(LINES)),
            q.OpenWindow(window=window),
            q.CallNext(window=window),
            q.CallNext(window=window, finish=True),
            q.StartService(window=window),
            q.FinishService(window=window),
            q.RecallTicket(window=window),
            q.PassTicket(window=window),
            q.HoldTicket(window=window),
            q.RequeueTicket(window=window),
            q.TransferTicket(window=window, to_window=dice.choice(WINDOWS)),
            q.PauseWindow(window=window),
            q.ResumeWindow(window=window),
            q.CloseWindow(window=window),
            q.CloseLine(line=dice.choice(LINES)),
            q.OpenLine(line=dice.choice(LINES)),
        ]
    )


def without_waits(board: BoardPicture) -> BoardPicture:
    """A board but for its estimates, which change by time and are looked after by `WaitsShown`."""
    lines = tuple(msgspec.structs.replace(line, wait_s=Wait(p50=0, p90=0)) for line in board.lines)
    return msgspec.structs.replace(board, lines=lines)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.gen_test
async def test_no_picture_changes_untouched(tmp_path: Path, seed: int) -> None:
    dice, clock = random.Random(seed), HandClock()
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "devices", "displays")) as server:
        screens, touches = server.rooms["displays"].screens, Touches(server.rooms["hall_queue"].hall)
        heard: list[Recorded] = []
        server.listen("heard", heard.append)

        def pictures() -> dict[tuple[str, str], bytes]:
            boards = {("board", zone): encoded(without_waits(screens.board(zone))) for zone in server.directory.zones}
            return boards | {("window", window): encoded(screens.window(window)) for window in WINDOWS}

        changed_ever: set[str] = set()
        for _ in range(600):
            before = pictures()
            heard.clear()
            try:
                await server.execute(commands(dice), actor=manager())
            except DomainError:
                continue
            after = pictures()
            found = [touches.of(one.event) for one in heard]
            touched = {("board", zone) for one in found for zone in one.zones}
            touched |= {("window", window) for one in found for window in one.windows}
            changed = {key for key in after if after[key] != before[key]}
            assert changed <= touched, [one.event for one in heard]
            changed_ever |= {one.event.type for one in heard if changed}
        assert {"ticket.issued", "ticket.called", "ticket.started", "window.opened"} <= changed_ever


def encoded(picture: Any) -> bytes:
    return msgspec.json.encode(picture)


@pytest.mark.gen_test
async def test_a_window_that_moved_while_nobody_looked_is_looked_for_in_its_new_zone(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue",)) as server:
        touches = Touches(server.rooms["hall_queue"].hall)
        server.fold(touches)
        window = server.directory.windows["w01"]
        line = window.lines[0]
        zones = touches.of(q.LineOpened(line=line)).zones
        other = next(zone for zone in server.directory.zones if zone not in zones)
        await server.execute(SaveWindow(item=msgspec.structs.replace(window, zone=other)), actor=manager())
        assert touches.of(q.LineOpened(line=line)).zones == zones | {other}
