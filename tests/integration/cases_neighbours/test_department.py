"""A department's own system: it gets the case whole, and what it does is read back once, whatever it does wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cases.model import Case, Outcome, State
from cases.neighbours import Neighbours as Room
from cases.neighbours import report
from cases.neighbours import requests as r
from cases.neighbours.simulated.server import Faults, Neighbours
from hall_server.outbox.table import State as Sent
from tests.fakes.cases_desk import NAME, NUMBER, PHONE, DeskHall, case_of, desk_hall
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import answered, neighbours, places, until

SECRETS = (PHONE, NUMBER, NAME)


@asynccontextmanager
async def accepted(path: Path) -> AsyncIterator[tuple[DeskHall, Neighbours, Room, Case]]:
    """A hall without a city whose department has a system; a case with a scan is accepted."""
    clock = HandClock()
    async with neighbours(path / "others", clock) as (others, at):
        every = places(at, path / "others", departments=tuple(f"d{n}" for n in range(1, 40)))
        only = {"department": every["department"]}
        async with desk_hall(path / "hall", clock=clock, neighbours=only) as hall:
            room: Room = hall.server.rooms["neighbours"]
            department = hall.server.directory.matters[hall.matter].department
            room.room.ways["department"].place = type(every["department"])(
                url=every["department"].url, key_file=every["department"].key_file, departments=(department,)
            )
            who = await hall.signed_in()
            ticket = await hall.serve()
            [page] = await hall.scan(who, ticket)
            given = hall.wanted(ticket)["given"]
            given[2]["copies"] = [{"sha256": page["sha256"], "size": page["size"], "media": page["media"]}]
            body = hall.wanted(ticket, then="accept", hands_over=False, given=given)
            found = case_of(await who.ask("POST", "/api/v1/cases", body))
            case = hall.server.rooms["cases"].cases.numbered(found["number"])
            assert case is not None
            yield hall, others, room, case


def result(case: Case, step: str, *, by: str = "e1", id_: str = "", **more: Any) -> r.DepartmentResult:
    at = case.accepted_at or case.received_at
    return r.DepartmentResult(id=id_ or f"r-{step}", case_number=case.number, step=step, at=at, by=by, **more)


async def read_all(room: Room) -> None:
    while await room.department.read_back("department"):
        pass


@pytest.mark.gen_test
async def test_a_case_is_pushed_whole_and_its_results_read_back_once(tmp_path: Path) -> None:
    async with accepted(tmp_path) as (hall, others, room, case):
        letter = await answered(room, f"push-{case.id}")
        assert letter.state is Sent.ACCEPTED, letter.reason
        ledger = await others.books.ledger()
        assert len(ledger["files"]) == 1
        pushed = room.room.opened(letter)
        assert isinstance(pushed, r.PushCase)
        assert (pushed.form["applicant"]["name"], pushed.form["fields"]["shop"]) == (NAME, "三丰面馆")
        others.faults["department"] = Faults(twice=True)
        await others.does("department", result(case, "on_site", opinion="已现场核查"))
        await others.does("department", result(case, "examined", by="e1", opinion="符合条件"))
        await others.does("department", result(case, "granted", by="e2"))
        await read_all(room)
        now = hall.server.rooms["cases"].cases.get(case.id)
        assert (now.state, now.outcome, now.opinion) == (State.DECIDED, Outcome.GRANTED, "符合条件")
        [row] = await report.rows(room.room, hall.server.business_day, hall.server.business_day)
        assert (row.results, row.without_licence) == (1, 1)
        await others.does("department", result(case, "licensed", licence="JY1234", document=b"%PDF-1.7"))
        await read_all(room)
        now = hall.server.rooms["cases"].cases.get(case.id)
        assert (now.state, now.licence) == (State.MADE, "JY1234")
        [row] = await report.rows(room.room, hall.server.business_day, hall.server.business_day)
        assert row.without_licence == 0
        journal = await hall.journal_text()
        assert not [one for one in SECRETS if one in journal]


@pytest.mark.gen_test
async def test_a_wrong_number_and_a_strange_order_are_refused_and_change_nothing(tmp_path: Path) -> None:
    async with accepted(tmp_path) as (hall, others, _room, case):
        url = f"http://127.0.0.1:{hall.port}"

        async def told(one: r.DepartmentResult) -> str:
            hall.clock.forward(seconds=1)
            return (await others.tell(url, "department", r.ResultTold(result=one), id_=one.id)).code

        wrong = r.DepartmentResult(
            id="w", case_number="DEMO-20261123-9999X", step="granted", at=hall.clock.now(), by="e"
        )
        assert await told(wrong) == "neighbour.unknown_case"
        assert await told(result(case, "granted", by="e2")) == "case.not_now", "nobody has examined it"
        assert await told(result(case, "examined", by="e1", opinion="可以")) == ""
        assert await told(result(case, "denied", by="e2", id_="bare")) != "", "a refusal without reasons"
        assert await told(result(case, "granted", by="e2", id_="right")) == ""
        assert (
            await told(result(case, "denied", by="e2", id_="late", reasons="不符", remedies="复议")) == "case.not_now"
        )
        assert hall.server.rooms["cases"].cases.get(case.id).outcome is Outcome.GRANTED


@pytest.mark.gen_test
async def test_one_that_never_does_anything_is_silent_in_the_report(tmp_path: Path) -> None:
    async with accepted(tmp_path) as (hall, others, room, case):
        await answered(room, f"push-{case.id}")
        others.faults["department"] = Faults(never=True)
        await others.does("department", result(case, "examined"))
        hall.clock.forward(days=3)
        await read_all(room)

        async def silent() -> Any:
            return [one.code for one in await room.watch.look()]

        assert await until(silent) == ["neighbour.silent"]
        assert hall.server.rooms["cases"].cases.get(case.id).state is State.ACCEPTED
