"""What boards, window screens and their devices are told of an emergency and of notices, each in its zone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from displays.pictures import Screens
from displays.touched import Touches
from hall_queue.notices import messages as n
from hall_queue.notices.model import EmergencyKind, NoticeKind
from hall_server.server import Server
from tests.fakes.hall import HandClock, manager, opened

WINDOW = "w10"


@asynccontextmanager
async def shown(tmp_path: Path, clock: HandClock) -> AsyncIterator[tuple[Server, Screens]]:
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "devices", "displays")) as server:
        yield server, server.rooms["displays"].screens


@pytest.mark.gen_test
async def test_an_emergency_stands_in_every_picture_until_it_is_lifted(tmp_path: Path) -> None:
    async with shown(tmp_path, HandClock()) as (server, screens):
        await server.execute(n.RaiseEmergency(kind=EmergencyKind.FIRE, reason="烟雾"), actor=manager())
        told = [screens.board(zone).emergency for zone in server.directory.zones]
        told += [screens.window(window).emergency for window in server.directory.windows]
        assert {one.kind if one else None for one in told} == {EmergencyKind.FIRE}
        await server.execute(n.LiftEmergency(reason="排除"), actor=manager())
        assert screens.board(next(iter(server.directory.zones))).emergency is None
        assert screens.window(WINDOW).emergency is None


@pytest.mark.gen_test
async def test_a_notice_stands_in_its_zones_pictures_until_its_time_is_over(tmp_path: Path) -> None:
    clock = HandClock()
    async with shown(tmp_path, clock) as (server, screens):
        zone = server.directory.windows[WINDOW].zone
        other = next(one for one in server.directory.zones if one != zone)
        until = clock.now() + timedelta(minutes=5)
        command = n.BroadcastNotice(zh="维护", kind=NoticeKind.WARNING, zones=(zone,), until=until, reason="维护")
        await server.execute(command, actor=manager())
        for notices in (screens.board(zone).notices, screens.window(WINDOW).notices):
            assert [(one.zh, one.kind) for one in notices] == [("维护", NoticeKind.WARNING)]
        assert screens.board(other).notices == ()
        clock.forward(minutes=5)
        assert screens.board(zone).notices == ()


@pytest.mark.gen_test
async def test_notices_and_emergencies_change_every_picture(tmp_path: Path) -> None:
    async with shown(tmp_path, HandClock()) as (server, _):
        touches = Touches(server.rooms["hall_queue"].hall)
        everything = touches.everything()
        assert touches.of(n.EmergencyLifted(emergency="e", reason="x")) == everything
        assert touches.of(n.NoticeWithdrawn(notice="n", reason="x")) == everything
