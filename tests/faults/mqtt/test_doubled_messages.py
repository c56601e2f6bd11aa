"""Fault 20: 10,000 doubled and reordered requests of a kiosk; nobody gets two numbers."""

import asyncio
import random
from pathlib import Path

import pytest

from hall_server.mqtt.session import BrokerLimits
from hall_server.mqtt.topics import Reply
from tests.fakes.device_hall import DeviceHall, device_hall

WISHES, TIMES = 1_000, 10


async def ask_all(hall: DeviceHall, wishes: int, times: int) -> tuple[int, dict[str, set[bytes]]]:
    """Send every wish several times in any order; how many numbers were given, and the numbers told for each wish."""
    hall.server.rooms["devices"].mqtt.broker._limits = BrokerLimits(messages_per_s=1e6, burst=1_000_000)
    kiosk = await hall.device("kiosk", "z1")
    hall.router._rate = 1e6
    told: dict[str, set[bytes]] = {}
    answered = asyncio.Event()

    def note(device: str, reply: Reply) -> None:
        if reply.id is not None and reply.ok:
            told.setdefault(reply.id, set()).add(bytes(reply.result))
            answered.set()

    publish = hall.router._requests._reply
    hall.router._requests._reply = lambda device, reply: (note(device, reply), publish(device, reply))  # type: ignore[func-returns-value]  # both are called for what they do
    picture = await kiosk.shown(lambda picture: picture is not None)
    line = next(line["id"] for line in picture["lines"] if line["open"])
    everything = [number for number in range(wishes) for _ in range(times)]
    random.Random(20).shuffle(everything)
    before = hall.room.queue.serial
    for begin in range(0, len(everything), 10):
        for number in everything[begin : begin + 10]:
            kiosk.link.publish(
                "hall/demo/dev/kiosk-z1/up/request",
                b'{"id":"r%d","do":"ticket.issue","args":{"line":"%s","channel":"kiosk"}}' % (number, line.encode()),
                qos=1,
            )
        while not all(f"r{number}" in told for number in everything[begin : begin + 10]):
            answered.clear()  # no more at once than a device may ask for
            await answered.wait()
    return hall.room.queue.serial - before, told


@pytest.mark.gen_test(timeout=120)
async def test_10_000_doubled_and_reordered_requests_give_each_wish_one_number(tmp_path: Path) -> None:
    async with device_hall(tmp_path, within_s=110) as hall:
        given, told = await ask_all(hall, WISHES, TIMES)
        assert given == WISHES
        assert {len(numbers) for numbers in told.values()} == {1}


@pytest.mark.gen_test
async def test_control_without_the_id_in_the_command_a_wish_gets_several_numbers(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk = await hall.device("kiosk", "z1")
        handlers = hall.router._requests._handlers
        issue, fresh = handlers["ticket.issue"], iter(range(1_000))
        handlers["ticket.issue"] = lambda device, request_id, args: issue(device, f"other-{next(fresh)}", args)
        picture = await kiosk.shown(lambda picture: picture is not None)
        line = next(line["id"] for line in picture["lines"] if line["open"])
        wish = {"line": line, "channel": "kiosk"}
        numbers = [(await kiosk.request("ticket.issue", wish, request_id="r1"))["number"] for _ in range(3)]
        assert len(set(numbers)) == 3
