"""Fault 17: the broker dies under 200 devices, forgets everything and comes back."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from hall_server.mqtt.commands import Commands
from hall_server.mqtt.names import Channel, topic
from hall_server.mqtt.router import DeviceRouter
from tests.fakes.mqtt_hall import HALL, Broker, Embedded, Mosquitto, Registry, Watch, device, served, simulate

DEVICES = [f"d{number}" for number in range(200)]
TTL_S = 600
"""How long a command is good for: longer than any machine takes until all are back."""


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, io_loop: IOLoop, tmp_path: Path) -> Iterator[Broker]:
    """A running broker that knows 200 devices."""

    async def start() -> Broker:
        registry = Registry(*DEVICES)
        made: Broker = (
            Embedded(registry) if request.param == "embedded" else Mosquitto(registry, tmp_path / "mosquitto")
        )
        await made.start()
        return made

    made = io_loop.run_sync(start)
    yield made
    io_loop.run_sync(made.stop)


class Spoken:
    """What all devices did, by command text."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self._heard = Watch()

    async def __call__(self, do: str, args: dict[str, Any]) -> None:
        self.times[args["text"]] += 1
        self._heard(args["text"])

    async def until(self, count: int) -> None:
        """Waits until so many commands were done."""
        await self._heard.until(lambda seen: len(seen) >= count)


@pytest.mark.gen_test(timeout=400)
async def test_200_devices_come_back_and_every_command_is_done_once(broker: Broker) -> None:
    spoken, ends = Spoken(), Watch()
    async with contextlib.AsyncExitStack() as stack:
        router = await stack.enter_async_context(served(broker, prepare=lambda router: router.on_command_end(ends)))
        devices = [simulate(broker, device_id, on_command=spoken) for device_id in DEVICES]
        for each in devices:
            each.start()
            stack.push_async_callback(each.stop, says_goodbye=False)
        for each in devices:
            await each.link.connected()
        say(router, "before")
        await asyncio.sleep(0)  # some are on their way when the broker dies
        await broker.stop()
        say(router, "while it is dead")
        for device_id in DEVICES:
            router.show(device_id, {"number": device_id})
        await broker.start()
        say(router, "after")
        for each in devices:
            assert await each.shown(bool) == {"number": each.device_id}
        await ends.until(lambda seen: len(seen) == 3 * len(DEVICES), within_s=300)
        assert {end.end for end in ends.seen} == {"done"}
        assert set(spoken.times.values()) == {1}
        assert len(spoken.times) == 3 * len(DEVICES)


def say(router: DeviceRouter, text: str) -> None:
    for device_id in DEVICES:
        router.command(device_id, "speak", {"text": f"{text} {device_id}"}, ttl_s=TTL_S)


@pytest.mark.gen_test
async def test_control_without_sending_again_the_command_is_lost(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Commands, "back", lambda self, device: None)
    monkeypatch.setattr(Commands, "tick", lambda self: None)
    spoken = Spoken()
    async with served(broker) as router:
        router.command("d1", "speak", {"text": "lost"}, ttl_s=TTL_S)
        async with device(broker, "d1", on_command=spoken) as late:
            router.show("d1", {"mark": 1})
            await late.shown(bool)
            router.command("d1", "speak", {"text": "heard"}, ttl_s=TTL_S)
            await spoken.until(1)
    assert spoken.times == {"heard": 1}


@pytest.mark.gen_test
async def test_control_without_remembering_ids_a_command_is_done_twice(broker: Broker) -> None:
    spoken = Spoken()
    async with served(broker) as router, device(broker, "d1", on_command=spoken) as forgetful:
        command = {"id": "c1", "at": "2024-05-06T01:00:00Z", "until": "2024-05-06T01:01:00Z", "do": "speak"}
        payload = str({**command, "args": {"text": "twice"}}).replace("'", '"').encode()
        for round_trip in (1, 2):
            router._link.publish(topic(HALL, "d1", Channel.COMMAND), payload)
            router.show("d1", {"mark": round_trip})
            await forgetful.shown(lambda picture, now=round_trip: picture == {"mark": now})
            await spoken.until(round_trip)
            forgetful._seen.clear()
    assert spoken.times == {"twice": 2}


@pytest.mark.gen_test
async def test_control_without_republishing_a_forgetful_broker_leaves_a_black_screen(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DeviceRouter, "_show_all_again", lambda self: None)
    spoken = Spoken()
    async with served(broker) as router:
        async with device(broker, "d1") as screen:
            router.show("d1", {"number": "A001"})
            await screen.shown(bool)
        await broker.stop()
        await broker.start()
        async with device(broker, "d1", on_command=spoken) as screen:
            router.command("d1", "speak", {"text": "mark"}, ttl_s=30)
            await spoken.until(1)
            assert screen.picture is None


@pytest.mark.gen_test(timeout=60)
async def test_1000_repeated_and_reordered_commands_are_each_done_once(broker: Broker) -> None:
    spoken = Spoken()
    async with served(broker) as router, device(broker, "d1", on_command=spoken):
        issued = [
            f'{{"id":"c{number}","at":"2024-05-06T01:00:00Z","until":"2024-05-06T01:01:00Z","do":"speak",'
            f'"args":{{"text":"{number}"}}}}'.encode()
            for number in range(251)
        ]
        last = issued.pop()
        for payload in issued + issued[::-1] + issued[100:] + issued[:100] + issued:
            router._link.publish(topic(HALL, "d1", Channel.COMMAND), payload)
        await spoken.until(len(issued))
        router._link.publish(topic(HALL, "d1", Channel.COMMAND), last)
        await spoken.until(len(issued) + 1)
    assert set(spoken.times.values()) == {1}
