"""The embedded broker's own rules, which Mosquitto has in other words."""

import asyncio
import contextlib
import socket

import aiomqtt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_server.mqtt import packets
from hall_server.mqtt.permissions import Denial
from hall_server.mqtt.session import BrokerLimits, Throttle, send_at_once
from tests.fakes.mqtt_hall import HALL, Embedded, Registry, Watch, device, server_link


async def broker(limits: BrokerLimits | None = None) -> Embedded:
    made = Embedded(Registry("d1", "d2"), limits)
    await made.start()
    return made


def client(made: Embedded, user: str, identifier: str | None = None, password: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        made.port,
        username=user,
        password=made.registry.password(user) if password is None else password,
        identifier=identifier or user,
        timeout=5,
    )


@pytest.mark.gen_test
async def test_everything_turned_away_is_told_and_counted() -> None:
    made = await broker()
    with pytest.raises(aiomqtt.MqttError):
        async with client(made, "d1", password="wrong"):
            pass
    with pytest.raises(aiomqtt.MqttError):
        async with client(made, "d1", identifier="d2"):
            pass
    async with client(made, "d1") as spy:
        await spy.publish("hall/h1/dev/d2/up/state", b"x", 1)
        assert (await spy.subscribe("hall/#", 1))[0] == 0x80
    told = [made.denials.get_nowait() for _ in range(made.denials.qsize())]
    assert told == [
        ("d1", Denial.CREDENTIAL, ""),
        ("d1", Denial.IMPERSONATION, "d2"),
        ("d1", Denial.PUBLISH, "hall/h1/dev/d2/up/state"),
        ("d1", Denial.SUBSCRIBE, "hall/#"),
    ]
    assert made.broker.denied["d1", Denial.PUBLISH] == 1
    await made.stop()


@pytest.mark.gen_test
async def test_a_will_for_anothers_topic_is_not_said() -> None:
    made = await broker()
    heard = Watch()
    link = server_link(made)
    link.subscribe(f"hall/{HALL}/#")
    link.on_message(heard)
    link.start()
    await link.connected()
    evil = aiomqtt.Client(
        "127.0.0.1",
        made.port,
        username="d1",
        password=made.registry.password("d1"),
        identifier="d1",
        will=aiomqtt.Will(f"hall/{HALL}/dev/d2/up/state", b"evil", 1, True),
    )
    async with evil as session:
        made.broker.kick("d1")
        with pytest.raises(aiomqtt.MqttError):
            await anext(aiter(session.messages))
    assert await made.denials.get() == ("d1", Denial.PUBLISH, f"hall/{HALL}/dev/d2/up/state")
    assert heard.seen == []
    await link.stop()
    await made.stop()


@pytest.mark.gen_test
async def test_who_comes_twice_replaces_himself_and_the_old_will_comes_first() -> None:
    made = await broker()
    heard = Watch()
    link = server_link(made)
    link.subscribe(f"hall/{HALL}/dev/d1/up/state")
    link.on_message(lambda message: heard(b"online" in message.payload))
    link.start()
    await link.connected()
    async with device(made, "d1") as first:
        await heard.until(lambda seen: seen == [True])
        async with device(made, "d1"):
            await heard.until(lambda seen: len(seen) >= 3)
            assert heard.seen[:3] == [True, False, True]
        await first.stop()
    await link.stop()
    await made.stop()


@pytest.mark.gen_test
async def test_a_connection_that_never_says_who_it_is_ends() -> None:
    made = await broker(BrokerLimits(connect_s=0.05))
    reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
    writer.write(b"\x10\x40\x00\x04MQ")  # half a CONNECT
    assert await reader.read() == b""
    writer.close()
    await made.stop()


@pytest.mark.gen_test
async def test_more_connections_than_there_is_room_for_are_closed() -> None:
    made = await broker(BrokerLimits(connections=1))
    async with client(made, "d1"):
        with pytest.raises(aiomqtt.MqttError):
            async with client(made, "d2"):
                pass
    await made.stop()


@pytest.mark.gen_test
async def test_a_packet_beyond_the_limit_ends_the_connection_before_it_is_read() -> None:
    made = await broker()
    async with client(made, "d1") as flooding:
        with pytest.raises(aiomqtt.MqttError):
            await flooding.publish("hall/h1/dev/d1/up/report", b"x" * 10_000_000, 1)
    assert (await made.denials.get())[:2] == ("d1", Denial.PROTOCOL)
    async with client(made, "d2"):
        pass
    await made.stop()


@pytest.mark.gen_test
async def test_a_device_that_does_not_read_is_cut_off() -> None:
    made = await broker(BrokerLimits(backlog_bytes=10_000))
    link = server_link(made)
    link.start()
    await link.connected()
    async with client(made, "d1") as stuck:
        await stuck.subscribe(f"hall/{HALL}/dev/d1/down/#", 0)
        inner = stuck._client.socket()
        assert isinstance(inner, socket.socket)
        asyncio.get_running_loop().remove_reader(inner.fileno())
        while "d1" in made.broker.connected():
            link.publish(f"hall/{HALL}/dev/d1/down/show", b"x" * 60_000, qos=0)
            await asyncio.sleep(0)
    await link.stop()
    await made.stop()


@pytest.mark.gen_test
async def test_a_device_cannot_have_topics_of_its_own_kept() -> None:
    made = await broker()
    async with client(made, "d1") as hoarder:
        for number in range(100):
            await hoarder.publish(f"hall/{HALL}/dev/d1/up/x{number}", b"x", 1, retain=True)
        await hoarder.publish(f"hall/{HALL}/dev/d1/up/state", b"{}", 1, retain=True)
    heard = Watch()
    link = server_link(made)
    link.subscribe(f"hall/{HALL}/dev/+/up/#")
    link.on_message(heard)
    link.start()
    await heard.until(bool)
    assert [message.topic for message in heard.seen] == [f"hall/{HALL}/dev/d1/up/state"]
    await link.stop()
    await made.stop()


@pytest.mark.gen_test
async def test_a_message_of_quality_2_arrives_once() -> None:
    made = await broker()
    heard = Watch()
    link = server_link(made)
    link.subscribe(f"hall/{HALL}/dev/+/up/#")
    link.on_message(heard)
    link.start()
    await link.connected()
    async with client(made, "d1") as careful:
        await careful.publish(f"hall/{HALL}/dev/d1/up/report", b"once", 2)
        await careful.publish(f"hall/{HALL}/dev/d1/up/report", b"mark", 1)
    await heard.until(lambda seen: seen[-1:] != [] and seen[-1].payload == b"mark")
    assert [message.payload for message in heard.seen] == [b"once", b"mark"]
    await link.stop()
    await made.stop()


@pytest.mark.gen_test
async def test_another_version_of_mqtt_is_told_so() -> None:
    made = await broker()
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", made.port, protocol=aiomqtt.ProtocolVersion.V5, timeout=5):
            pass
    await made.stop()


@pytest.mark.gen_test
async def test_accepted_sockets_send_at_once() -> None:
    seen: asyncio.Queue[int] = asyncio.Queue()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        send_at_once(writer)
        is_at_once = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        await writer.wait_closed()
        seen.put_nowait(is_at_once)

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await seen.get() != 0
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def test_bursts_go_through_and_a_flood_waits() -> None:
    now = [100.0]
    throttle = Throttle(BrokerLimits(messages_per_s=10, burst=5), lambda: now[0])
    assert [throttle.wait_s() for _ in range(5)] == [0.0] * 5
    assert throttle.wait_s() == pytest.approx(0.1)
    now[0] += 10
    assert throttle.wait_s() == 0.0


@given(st.integers(0, 15), st.integers(0, 15), st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_packet_is_read_or_refused(kind: int, flags: int, body: bytes) -> None:
    with contextlib.suppress(packets.BrokenPacket):
        asyncio.run(packets.parse(packets.Frame(kind, flags, body)))
