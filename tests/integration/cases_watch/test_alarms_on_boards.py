"""What supervision and the neighbours find is among the alarms of both boards, with the page that deals with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.model import Case, Given
from cases.neighbours import requests as r
from cases.neighbours.simulated.server import Faults
from tests.fakes.case_place import CLERK, edition
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import answered, neighbours, places
from tests.fakes.running_city import Browser, password, running_city

GIVEN = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
ANSWERS: Any = {"who": ("self",), "where": ("shop",)}
WANTED = {"supervision.red": "/supervision", "supervision.over_law": "/supervision", "neighbour.refused": "/neighbours"}


async def troubled(server: Any, clock: HandClock, others: Any) -> None:
    """A case over the limit by law, and a message that was refused."""
    received = await server.execute(m.ReceiveCase(edition="food@1", answers=ANSWERS, given=GIVEN), actor=CLERK)
    case = msgspec.json.decode(received, type=Case)
    await server.execute(m.AcceptCase(case=case.id, seen=case.step), actor=CLERK)
    clock.forward(days=40)
    index = server.rooms.get("case_index")
    if index is not None:
        await index.catch_up()
    await server.rooms["supervision"].watch.look_at_all()
    others.faults["sms"] = Faults(rejects="bad_phone")
    room = server.rooms["neighbours"]
    await answered(room, await room.room.request(r.SendMessage(phone="1", text="x"), subject="test"))
    await room.watch.look()


@pytest.mark.gen_test(timeout=60)
async def test_the_managers_board_shows_them(tmp_path: Path) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, at):
        only = {"sms": places(at, tmp_path / "others")["sms"]}
        async with running(tmp_path / "hall", clock=clock, neighbours=only) as (server, _):
            server.rooms["cases"].editions.take(edition())
            await troubled(server, clock, others)
            view = server.live_views["hall"].picture("")
            found = {one.code: one.href for one in view.alarms}
            assert found.items() >= WANTED.items()
            texts = [
                server.locales.text(f"manager.{kind}.{code}", "en") for code in WANTED for kind in ("alarm", "alarm_do")
            ]
            assert not [one for one in texts if one.startswith("manager.")]


@pytest.mark.gen_test(timeout=60)
async def test_the_citys_board_shows_them(tmp_path: Path) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, at):
        only = {"sms": places(at, tmp_path / "others")["sms"]}
        async with running_city(tmp_path / "city", clock=clock, neighbours=only) as (city, port):
            city.rooms["catalogue"].take(edition())
            await troubled(city, clock, others)
            admin = Browser()
            await admin.sign_in(port, "admin", password(tmp_path / "city", "admin"))
            board = await admin.read(port, "/api/v1/city/board")
            found = {one["code"]: one["href"] for one in board["alarms"]}
            assert found.items() >= WANTED.items()
            texts = [
                city.locales.text(f"city.{kind}.{code}", "en") for code in WANTED for kind in ("alarm", "alarm_do")
            ]
            assert not [one for one in texts if one.startswith("city.")]
