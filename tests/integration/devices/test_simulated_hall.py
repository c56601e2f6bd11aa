"""The simulation that ships with the product, against a real hall."""

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices.demo import demo_devices
from devices.simulate import Options, Simulated, simulate
from devices.simulated.trainee import Lesson
from hall_queue.messages import CallNext, FinishService, OpenWindow, StartService
from hall_queue.rule_events import SaveRules
from hall_server.errors import NotFound, Refused
from hall_server.identity import SYSTEM, Role
from hall_server.web.accounts import Account
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import ROOMS, staff
from tests.fakes.visits import PASSWORD


class Playing:
    """A simulation under way: what it said, and how it is told to end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.told = asyncio.Event()
        self.work: asyncio.Task[Any]


async def accounts_file(hall: DeviceHall, folder: Path) -> Path:
    """What a demonstration's first start writes, for two windows and one zone."""
    web = hall.server.rooms["web"]
    people = (("s01", Role.STAFF, ("w01",)), ("s02", Role.STAFF, ("w02",)), ("boss", Role.MANAGER, ()))
    for name, role, windows in people:
        person = Account(
            id=name, name=name, display_name=name, number=f"n{name}", password="", roles=(role,), windows=windows
        )
        await web.accounts.save(person, password=PASSWORD)
    wanted = [one for one in demo_devices(hall.server.directory) if one.zone == "z1" or one.window in {"w01", "w02"}]
    for device in wanted:
        await hall.server.execute(device.registration(), actor=SYSTEM)
    file = folder / "demo-accounts.json"
    content = {
        "admin": {"name": "a", "password": "b"},
        "manager": {"name": "boss", "password": PASSWORD},
        "staff": [{"name": f"s0{n}", "password": PASSWORD, "window": f"w0{n}"} for n in (1, 2)],
        "devices": [
            {
                "id": one.id,
                "kind": str(one.kind),
                "password": hall.password(one.id),
                "window": one.window,
                "zone": one.zone,
            }
            for one in wanted
        ],
    }
    file.write_bytes(msgspec.json.encode(content))
    return file


@pytest.mark.gen_test
async def test_visitors_come_are_called_served_and_rate_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS, tickets_per_minute=10_000) as hall:
        begun: asyncio.Future[Simulated] = asyncio.get_running_loop().create_future()
        seen: dict[str, int] = {}
        enough = asyncio.Event()

        def count(recorded: object) -> None:
            type_ = recorded.event.type  # type: ignore[attr-defined]  # a recorded event
            seen[type_] = seen.get(type_, 0) + 1
            if {"ticket.issued", "ticket.called", "ticket.finished", "rating.given"} <= set(seen):
                enough.set()

        hall.server.listen("count", count)
        options = Options(
            accounts=await accounts_file(hall, tmp_path),
            http_port=hall.port,
            mqtt_port=hall.server.mqtt_port,
            visitors_per_hour=600,
            speed=400,
            seed=7,
        )
        work = asyncio.create_task(simulate(options, on_begin=begun.set_result))
        await enough.wait()
        simulated = await begun
        assert len(simulated.things) == 3 + 4
        assert simulated.visitors.came >= 1
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        assert all(not one.device.link.is_connected for one in simulated.things)


@pytest.mark.gen_test
async def test_a_simulation_ends_after_its_time_with_so_many_devices_as_wanted(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        begun: list[Simulated] = []
        options = Options(
            accounts=await accounts_file(hall, tmp_path),
            http_port=hall.port,
            mqtt_port=hall.server.mqtt_port,
            devices=3,
            duration_s=0.2,
        )
        await simulate(options, on_begin=begun.append)
        assert [one.thing.kind for one in begun[0].things] == ["kiosk", "pad", "window-screen"]


@asynccontextmanager
async def simulating(hall: DeviceHall, folder: Path, **options: Any) -> AsyncIterator[tuple[Simulated, Playing]]:
    """A simulation that has begun; it ends with the block."""
    begun: asyncio.Future[Simulated] = asyncio.get_running_loop().create_future()
    playing = Playing()
    wanted = Options(
        accounts=folder / "demo-accounts.json", http_port=hall.port, mqtt_port=hall.server.mqtt_port, seed=5, **options
    )
    playing.work = asyncio.create_task(
        simulate(wanted, on_begin=begun.set_result, say=playing.lines.append, told=playing.told)
    )
    try:
        await asyncio.wait({begun, playing.work}, return_when=asyncio.FIRST_COMPLETED)
        if not begun.done():
            await playing.work
        yield begun.result(), playing
    finally:
        playing.work.cancel()
        await asyncio.gather(playing.work, return_exceptions=True)


@pytest.fixture
def short_day(tmp_path: Path) -> Path:
    """Forty people of one line within ten minutes."""
    rows = [f"09:{number // 4:02d}:{number % 4 * 15:02d},business,60,3000" for number in range(40)]
    path = tmp_path / "day.csv"
    path.write_text("\n".join(("arrival,line,service_s,patience_s", *rows)))
    return path


@pytest.mark.gen_test(timeout=110)
async def test_a_recorded_day_is_played_to_its_end_and_the_books_balance(tmp_path: Path, short_day: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS, tickets_per_minute=10_000) as hall:
        await accounts_file(hall, tmp_path)
        async with simulating(hall, tmp_path, visitors=short_day, speed=120) as (simulated, playing):
            assert rules(hall)["pass_after_s"] == 30 / 120
            found = await playing.work
        assert found is not None
        assert found.holds, found.wrong
        assert simulated.visitors.came == 40
        assert found.states["done"] >= 20
        assert all(clerk.is_home for clerk in simulated.clerks)
        assert rules(hall)["pass_after_s"] == 30
        assert any("balance holds" in line for line in playing.lines)


@pytest.mark.gen_test
async def test_more_devices_are_let_in_once_each_with_a_credential_of_its_own(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        await accounts_file(hall, tmp_path)
        for _ in range(2):
            async with simulating(hall, tmp_path, devices=40) as (simulated, _):
                assert len({one.thing.id for one in simulated.things}) == 40
                assert len({one.thing.password for one in simulated.things}) == 40
                for one in simulated.things:
                    await one.device.link.connected()
        file = tmp_path / "simulated" / "devices.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(hall.server.rooms["devices"].registry.all_active()) == 40


@pytest.mark.gen_test
async def test_rules_that_a_killed_simulation_left_short_are_given_back(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        await accounts_file(hall, tmp_path)
        async with simulating(hall, tmp_path, devices=1, speed=10) as (_, playing):
            left_behind = (tmp_path / "simulated" / "rules.json").read_bytes()
            assert rules(hall)["recall_gap_s"] == 1
            playing.told.set()
            await playing.work
        await hall.do(SaveRules(values={"recall_gap_s": 1}, reason="as a kill leaves it"))
        (tmp_path / "simulated" / "rules.json").write_bytes(left_behind)
        async with simulating(hall, tmp_path, devices=1):
            assert rules(hall)["recall_gap_s"] == 10


@pytest.mark.gen_test(timeout=110)
async def test_a_trainee_has_a_window_alone_and_is_told_how_they_did(tmp_path: Path, short_day: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS, tickets_per_minute=10_000) as hall:
        await accounts_file(hall, tmp_path)
        options = {"visitors": short_day, "speed": 60, "trainee": "w01", "keeps_rules": True}
        async with simulating(hall, tmp_path, **options) as (simulated, playing):
            assert [clerk.window for clerk in simulated.clerks] == ["w02"]
            came = asyncio.Event()
            simulated.floor.on_stand = lambda window, ticket: came.set() if window == "w01" else None
            clerk = staff("s01", "w01")
            await hall.do(OpenWindow(window="w01"), clerk)
            while not came.is_set():
                with contextlib.suppress(Refused):
                    await hall.do(CallNext(window="w01"), clerk)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(came.wait(), 1)
            await hall.do(StartService(window="w01"), clerk)
            await hall.do(FinishService(window="w01"), clerk)
            lesson = await seen(simulated)
            playing.told.set()
            found = await playing.work
        assert found is not None
        assert found.holds, found.wrong
        assert (lesson.calls, lesson.finished) == (1, 1)
        assert any("finished 办结 1" in line for line in playing.lines)


@pytest.mark.gen_test
async def test_a_trainees_window_must_exist(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        await accounts_file(hall, tmp_path)
        with pytest.raises(NotFound, check=lambda exc: exc.code == "window.unknown"):
            async with simulating(hall, tmp_path, trainee="w99"):
                pass


def rules(hall: DeviceHall) -> dict[str, Any]:
    """The hall's rules as they are now."""
    found: dict[str, Any] = msgspec.to_builtins(hall.server.rooms["hall_queue"].hall.rulebook.hall)
    return found


async def seen(simulated: Simulated) -> Lesson:
    """What the trainee did, as soon as the live feed has told the simulation that a visit is over."""
    over, trainee = asyncio.Event(), simulated.trainee
    assert trainee is not None
    look = trainee._end
    trainee._end = lambda window, ticket, why: (look(window, ticket, why), over.set())[0]
    if not trainee.lesson.finished:
        await over.wait()
    return trainee.lesson
