"""Cases in a hall's journal: they outlive nights and restarts, and leave the start when they are over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import Room
from cases import messages as m
from cases.model import Case, Given, State
from hall_server.errors import Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.server import Server
from tests.fakes.case_place import edition
from tests.fakes.hall import HandClock, opened

CLERK = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF}))
GIVEN = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))


def room(server: Server) -> Room:
    found: Room = server.rooms["cases"]
    found.editions.take(edition())
    return found


async def receive(server: Server) -> Case:
    room(server)
    answers: Any = {"who": ("self",), "where": ("shop",)}
    command = m.ReceiveCase(edition="food@1", answers=answers, given=GIVEN)
    return msgspec.json.decode(await server.execute(command, actor=CLERK), type=Case)


@pytest.mark.gen_test
async def test_open_cases_are_there_after_nights_and_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "cases")) as server:
        open_, gone = await receive(server), await receive(server)
        await server.execute(m.WithdrawCase(case=gone.id, seen=1), actor=CLERK)
        for _ in range(3):
            clock.forward(days=1)
            await server.roll_day()
        assert set(room(server).cases.by_id) == {open_.id}
        before = room(server).cases.by_id[open_.id]
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "cases")) as server:
        assert room(server).cases.by_id == {open_.id: before}
        days = await server.journal.days()
        read = await server.journal.lasting(days[-1][1], days[-1][0])
        assert {one.event.subject for one in read if isinstance(one.event, m.CaseEvent)} == {f"case:{open_.id}"}


@pytest.mark.gen_test
async def test_the_city_goes_on_with_a_case_that_was_handed_over(tmp_path: Path) -> None:
    async with opened(tmp_path, rooms=("hall_queue", "cases")) as server:
        case = await receive(server)
        for seen, command in ((1, m.AcceptCase), (2, m.HandOver)):
            await server.execute(command(case=case.id, seen=seen), actor=CLERK)
        event = m.CaseExamined(case=case.id, opinion="符合", proposes="granted")  # type: ignore[arg-type]  # as it travels
        step = m.TakeCityStep(
            case=case.id,
            step=4,
            at=datetime(2026, 11, 23, 2, tzinfo=UTC),
            type=event.type,
            version=1,
            actor="examiner:e1",
            payload=msgspec.to_builtins(event),
        )
        for _ in range(2):  # the second time it is here already
            await server.execute(step, actor=SYSTEM)
        known = room(server).cases.by_id[case.id]
        assert (known.state, known.events) == (State.EXAMINED, 4)
        with pytest.raises(Refused, match=r"case\.step_gap"):
            await server.execute(msgspec.structs.replace(step, step=6), actor=SYSTEM)
