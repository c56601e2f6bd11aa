"""The city's server: what several processes decide at once is decided once, and cases go on where halls stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from cases import messages as m
from cases.model import Case, Given, Outcome, State
from city import casework
from city.server import City
from city.settings import CitySettings
from hall_server.directory.commands import SaveStaff
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.model import Staff
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.errors import Refused
from hall_server.identity import SYSTEM
from hall_server.messages import Recorded
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.city_databases import address_for
from tests.fakes.hall import HandClock


@asynccontextmanager
async def opened(data: Path, database: str = "") -> AsyncIterator[City]:
    city = City(CitySettings(database=database or address_for(data)), data, clock=HandClock())
    city.types.add(*DIRECTORY_EVENTS)
    city.fold(DirectoryFold(city.directory))
    for command, handler in DirectoryService(city.directory).handlers().items():
        city.handle(command, handler)
    editions = {"food@1": edition()}
    casework.install(city, editions.get)
    await city.open()
    try:
        yield city
    finally:
        await city.stop()


async def received(city: City, key: str = "k1") -> Case:
    given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
    command = m.ReceiveCase(edition="food@1", answers={"who": ("self",), "where": ("shop",)}, given=given)
    return msgspec.json.decode(await city.execute(command, actor=CLERK, command_id=key), type=Case)


async def do(city: City, command: m.CaseCommand, by: object = CLERK) -> Case:
    return msgspec.json.decode(await city.execute(command, actor=by), type=Case)  # type: ignore[arg-type]  # an Actor


@pytest.mark.gen_test
async def test_a_case_of_the_city_goes_to_its_decision(tmp_path: Path) -> None:
    async with opened(tmp_path) as city:
        case = await received(city)
        case = await do(city, m.AcceptCase(case=case.id, seen=case.step))
        opinion = m.ExamineCase(case=case.id, seen=case.step, opinion="符合", proposes=Outcome.GRANTED)
        case = await do(city, opinion, EXAMINER)
        case = await do(city, m.DecideCase(case=case.id, seen=case.step, outcome=Outcome.GRANTED), LEADER)
        assert case.state is State.DECIDED
        with pytest.raises(Refused, match=r"case\.changed"):
            await do(city, m.MakeLicence(case=case.id, seen=1, licence="JY1"), EXAMINER)
        assert await city.log.verify() is None


@pytest.mark.gen_test
async def test_two_processes_never_give_a_number_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        places = (one, other)
        cases = await asyncio.gather(*(received(places[n % 2], f"k{n}") for n in range(40)))
        assert len({case.number for case in cases}) == 40
        assert len({case.papers[0].number for case in cases}) == 40


@pytest.mark.gen_test
async def test_the_same_request_again_gets_the_first_reply(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        assert (await received(one)).id == (await received(other)).id


@pytest.mark.gen_test
async def test_what_one_process_saves_the_other_knows_when_it_decides(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        await one.execute(SaveStaff(item=Staff(id="s1", number="001", roles=("leader",))), actor=SYSTEM)
        with pytest.raises(Refused):
            await other.execute(SaveStaff(item=Staff(id="s2", number="001", roles=("leader",))), actor=SYSTEM)
        assert set(other.directory.staff) == {"s1"}


@pytest.mark.gen_test
async def test_a_caller_who_goes_away_in_the_middle_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as city:
        fold = city._fold

        def goes_away(recorded: list[Recorded], known: list[Recorded]) -> None:
            fold(recorded, known)
            asking.cancel()

        monkeypatch.setattr(city, "_fold", goes_away)
        asking = asyncio.ensure_future(received(city))
        await asyncio.gather(asking, return_exceptions=True)
        monkeypatch.undo()
        assert asking.cancelled()
        after = await received(city)
        assert not city.failed.is_set()
        assert await city.log.verify() is None
        assert (await city.log.head())[0] == city.journal.committed == 1
        assert after.number
