"""Fault 19: a device that was killed is offline within 2 s, one that hangs within 25 s, at both brokers."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from hall_server.mqtt import presence
from hall_server.mqtt.presence import PresenceTable, Standing
from hall_server.mqtt.topics import State, Status
from tests.fakes.mqtt_hall import (
    Broker,
    Embedded,
    HandClock,
    Mosquitto,
    Registry,
    Watch,
    device_process,
    ended,
    served,
)

KILLED_S, HUNG_S = 2.0, 25.0
WORD_S = 10.0
"""What a busy machine may take for the word to come through."""


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, io_loop: IOLoop, tmp_path: Path) -> Iterator[Broker]:
    """A running broker that knows one device."""

    async def start() -> Broker:
        registry = Registry("d1")
        made: Broker = (
            Embedded(registry) if request.param == "embedded" else Mosquitto(registry, tmp_path / "mosquitto")
        )
        await made.start()
        return made

    made = io_loop.run_sync(start)
    yield made
    io_loop.run_sync(made.stop)


@pytest.mark.gen_test
async def test_a_killed_device_is_offline_in_2_s(broker: Broker) -> None:
    heard = Watch()
    async with served(broker, prepare=lambda router: router.on_presence(heard)):
        process = await device_process(broker, "d1", keepalive_s=15)
        await heard.until(lambda seen: bool(seen) and seen[-1].status == "online")
        process.kill()
        await heard.until(lambda seen: seen[-1].status == "offline", within_s=KILLED_S + WORD_S)
        assert heard.seen[-1].is_hung is False
        await ended(process)


@pytest.mark.long
@pytest.mark.gen_test(timeout=90)
async def test_a_hung_device_is_offline_in_25_s(broker: Broker) -> None:
    heard = Watch()
    async with served(broker, prepare=lambda router: router.on_presence(heard)):
        process = await device_process(broker, "d1", keepalive_s=15)
        await heard.until(lambda seen: bool(seen) and seen[-1].status == "online")
        process.send_signal(signal.SIGSTOP)
        await heard.until(lambda seen: seen[-1].status == "offline", within_s=HUNG_S + WORD_S)
        process.send_signal(signal.SIGCONT)
        await heard.until(lambda seen: seen[-1].status == "online")
        await ended(process)


def silent_for(seconds: float) -> Standing:
    clock = HandClock()
    table = PresenceTable(clock=clock)
    table.state("d1", State(status=Status.ONLINE))
    clock.move(seconds)
    table.sweep()
    found = table.of("d1")
    assert found is not None
    return found.status


def test_the_hall_itself_sees_silence_whatever_the_broker_says() -> None:
    assert (silent_for(HUNG_S - 1), silent_for(HUNG_S)) == (Standing.ONLINE, Standing.OFFLINE)


def test_control_without_looking_for_silence_a_hung_device_seems_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "SILENCE_S", float("inf"))
    assert silent_for(10 * HUNG_S) is Standing.ONLINE
