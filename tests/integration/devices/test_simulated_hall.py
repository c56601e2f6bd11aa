"""The simulation that ships with the product, against a real hall."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from devices.demo import demo_devices
from devices.simulate import Options, Simulated, simulate
from hall_server.identity import SYSTEM, Role
from hall_server.web.accounts import Account
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.visits import PASSWORD


async def accounts_file(hall: DeviceHall, folder: Path) -> Path:
    """What a demonstration's first start writes, for two windows and one zone."""
    web = hall.server.rooms["web"]
    for name, window in (("s01", "w01"), ("s02", "w02")):
        person = Account(
            id=name,
            name=name,
            display_name=name,
            number=f"n{name}",
            password="",
            roles=(Role.STAFF,),
            windows=(window,),
        )
        await web.accounts.save(person, password=PASSWORD)
    wanted = [one for one in demo_devices(hall.server.directory) if one.zone == "z1" or one.window in {"w01", "w02"}]
    for device in wanted:
        await hall.server.execute(device.registration(), actor=SYSTEM)
    file = folder / "demo-accounts.json"
    content = {
        "admin": {"name": "a", "password": "b"},
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
    async with device_hall(tmp_path, tickets_per_minute=10_000) as hall:
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
    async with device_hall(tmp_path) as hall:
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
