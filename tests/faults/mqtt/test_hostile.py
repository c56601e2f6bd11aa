"""Fault 22: thousands of hostile payloads; the server neither stops nor grows."""

import gc
import json
import random
from pathlib import Path

import pytest

from hall_server.mqtt.names import Channel, topic
from hall_server.mqtt.router import DeviceRouter
from hall_server.mqtt.session import BrokerLimits
from hall_server.mqtt.topics import BadPayload, decode
from tests.fakes.mqtt_hall import HALL, Embedded, Registry, Watch, device, served

MESSAGES = 5_000
ROOM_BYTES = 10 << 20


def hostile(dice: random.Random) -> bytes:
    """One payload no vendor's manual would have."""
    kind = dice.randrange(9)
    good = b'{"id":"r1","do":"ticket.issue","args":{"line":"a"}}'
    if kind == 0:
        return dice.randbytes(dice.randrange(2_000))
    if kind == 1:
        return b"[" * dice.randrange(1, 60_000)
    if kind == 2:
        return good.replace(b'"a"', b"NaN")
    if kind == 3:
        return good.replace(b"issue", b"issue\xff\xc0")
    if kind == 4:
        return good.replace(b'"do"', b'"do_%d"' % dice.randrange(10**9))
    if kind == 5:
        return good.replace(b'"a"', b'"' + b"x" * 63_000 + b'"').replace(
            b"issue", b"no.such.verb%d" % dice.randrange(10**6)
        )
    if kind == 6:
        return good.replace(b'"a"', b"9" * dice.randrange(17, 9_000))
    if kind == 7:
        return b'{"id":"r%d","do":"x","args":{"a":' % dice.randrange(10**9) + b"[" * 40 + b"]" * 40 + b"}}"
    return good[: dice.randrange(len(good))]


def is_refused(payload: bytes) -> bool:
    try:
        decode(topic(HALL, "d1", Channel.REQUEST), payload)
    except BadPayload:
        return True
    return False


def memory_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.gen_test(timeout=400)
async def test_hostile_payloads_are_refused_and_leave_nothing_behind() -> None:
    made = Embedded(Registry("evil", "d1"), BrokerLimits(messages_per_s=1e6, burst=1_000_000))
    await made.start()
    refused, dice = Watch(), random.Random(22)

    async def issue(device_id: str, request_id: str, args: dict[str, object]) -> object:
        return {"number": "A001"}

    def prepare(router: DeviceRouter) -> None:
        router.on_bad_input(lambda device_id, code, fields: refused(device_id))
        router.on_request("ticket.issue", issue)

    channels = [channel for channel in Channel if channel.startswith("up/")]
    async with (
        served(made, prepare=prepare, messages_per_s=1e6) as router,
        device(made, "evil") as evil,
        device(made, "d1") as good,
    ):

        async def attack(count: int) -> None:
            for number in range(count):
                name = (
                    topic(HALL, "evil", dice.choice(channels)) if number % 10 else f"hall/{HALL}/dev/evil/up/{number}"
                )
                evil.link.publish(name, hostile(dice), qos=1, retain=number % 7 == 0)
                if number % 100 == 99:
                    assert await good.request("ticket.issue") == {"number": "A001"}

        await attack(1_000)  # pools and caches fill
        before = memory_bytes()
        await attack(MESSAGES)
        assert await good.request("ticket.issue") == {"number": "A001"}
        assert memory_bytes() - before <= ROOM_BYTES
        counted = router.bad_input("evil")
        assert set(refused.seen) == {"evil"}
        assert sum(counted.values()) >= MESSAGES // 2
        assert len(counted) < 12
    await made.stop()


def test_control_a_plain_reader_takes_or_chokes_on_what_is_refused() -> None:
    dice, refused, taken, choked = random.Random(22), 0, 0, 0
    for _ in range(1_000):
        payload = hostile(dice)
        refused += is_refused(payload)
        try:
            json.loads(payload)
            taken += 1
        except ValueError:
            pass
        except RecursionError:
            choked += 1
    assert refused > 850  # the others are good requests of an unknown verb
    assert taken > 100
    assert choked > 50
