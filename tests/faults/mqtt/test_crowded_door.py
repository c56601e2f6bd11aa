"""Whoever opens connections and says nothing keeps no device out; who was shut out leaves nothing at the broker."""

import asyncio
from pathlib import Path

import aiomqtt
import pytest

from hall_server.mqtt import newcomers
from hall_server.mqtt.credentials import server_credential
from hall_server.mqtt.session import BrokerLimits
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import Embedded, Registry, Secure, Watch, trusted

SILENT = 120
LIMITS = BrokerLimits(connections=40, newcomers=20, connect_s=30.0)

Opened = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def crowded(made: Embedded) -> Opened:
    """Three times as many silent connections as there is room for."""
    return [await asyncio.open_connection("127.0.0.1", made.port) for _ in range(SILENT)]


async def leave(opened: Opened) -> None:
    for _, writer in opened:
        writer.transport.abort()


async def is_let_in(made: Embedded, *, timeout_s: float = 5) -> bool:
    client = aiomqtt.Client(
        "127.0.0.1",
        made.port,
        username="d1",
        password=made.registry.password("d1"),
        identifier="d1",
        timeout=timeout_s,
        tls_context=trusted(made),
    )
    try:
        async with client:
            return True
    except aiomqtt.MqttError:
        return False


@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.gen_test
async def test_silent_connections_are_bounded_and_a_device_comes_in(tmp_path: Path, is_secure: bool) -> None:
    made = Embedded(Registry("d1"), LIMITS, secure=Secure(tmp_path / "tls") if is_secure else None)
    await made.start()
    opened = await crowded(made)
    assert await is_let_in(made)
    cut = [asyncio.create_task(reader.read(1)) for reader, _ in opened[: SILENT - LIMITS.newcomers]]
    await asyncio.wait_for(asyncio.gather(*cut, return_exceptions=True), 10)
    await leave(opened)
    await made.stop()


@pytest.mark.gen_test
async def test_control_where_the_newest_has_to_go_silence_keeps_the_device_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def come(self: newcomers.Newcomers, turn: asyncio.Timeout, where: str) -> None:
        self._waiting[turn] = where
        if len(self._waiting) > self._limit:
            self._cut(turn)

    monkeypatch.setattr(newcomers.Newcomers, "come", come)
    made = Embedded(Registry("d1"), LIMITS)
    await made.start()
    opened = await crowded(made)
    assert not await is_let_in(made, timeout_s=1)
    await leave(opened)
    await made.stop()


@pytest.mark.gen_test
async def test_who_tries_the_port_without_tls_fills_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = Embedded(Registry("d1"), LIMITS, secure=Secure(tmp_path / "tls"))
    await made.start()
    for _ in range(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1_000)
        writer.transport.abort()
    assert sum(made.broker.denied.values()) == 10
    assert caplog.text.count("no TLS with 127.0.0.1") == 1
    await made.stop()


@pytest.mark.parametrize("broker", ["embedded", "mosquitto"])
@pytest.mark.gen_test
async def test_a_device_that_was_shut_out_leaves_nothing_at_the_broker(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        pad = await hall.device("pad", "w01")
        await hall.present("pad-w01")
        refused = Watch()
        pad.link.on_refused(lambda: refused("no"))
        await hall.revoke("pad-w01")
        await refused.until(bool)
        inside = hall.server.rooms["devices"].mqtt.broker
        if inside is not None:
            assert [topic for topic, _ in inside.retained() if "pad-w01" in topic] == []
            return
        topic = "hall/demo/dev/pad-w01/up/state"
        assert await kept_at_mosquitto(hall, topic) == b""


async def kept_at_mosquitto(hall: DeviceHall, topic: str) -> bytes:
    """What Mosquitto keeps under a topic, once the last will has come and was cleared."""
    password = server_credential(hall.server.keys.device)
    port = hall.server.mqtt_port
    while True:
        async with aiomqtt.Client(
            "127.0.0.1", port, username="server", password=password, identifier="watch", timeout=5
        ) as client:
            await client.subscribe([(topic, 1), ("hall/demo/dev/end/up/state", 1)])
            await client.publish("hall/demo/dev/end/up/state", b"end", 1)
            async for message in client.messages:
                if str(message.topic) != topic:
                    return b""
                break
