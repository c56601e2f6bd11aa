"""Negative controls: amqtt's own broker, without our rules, lets each of these happen."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt
import pytest
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig

from tests.fakes.mqtt_hall import Embedded, Registry, free_port

CONNECT_THEN_SILENCE = b"\x10\x1a\x00\x04MQTT\x04\x0e\x00\x01\x00\x02d1\x00\x04will\x00\x04gone"


@asynccontextmanager
async def plain() -> AsyncIterator[int]:
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    port = free_port()
    broker = Broker(
        BrokerConfig(
            listeners={"default": ListenerConfig(bind=f"127.0.0.1:{port}")},
            plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        )
    )
    await broker.start()
    yield port
    await broker.shutdown()


@pytest.mark.gen_test
async def test_without_our_deadline_a_silent_client_is_never_gone() -> None:
    async with plain() as port, aiomqtt.Client("127.0.0.1", port, identifier="watch") as watch:
        await watch.subscribe("will", 1)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CONNECT_THEN_SILENCE)
        with pytest.raises(TimeoutError):  # due after 1.5 s
            await asyncio.wait_for(anext(aiter(watch.messages)), 4)
        writer.close()


@pytest.mark.gen_test
async def test_without_our_admission_a_newcomer_is_sent_what_others_asked_for() -> None:
    async with plain() as port, aiomqtt.Client("127.0.0.1", port, identifier="server") as server:
        await server.publish("secret", b"kept", 1, retain=True)
        await server.subscribe("secret", 1)
        async with aiomqtt.Client("127.0.0.1", port, identifier="spy") as spy:
            leaked = await asyncio.wait_for(anext(aiter(spy.messages)), 10)
    assert leaked.payload == b"kept"


@pytest.mark.gen_test
async def test_with_our_rules_a_newcomer_is_sent_nothing() -> None:
    made = Embedded(Registry("d1"))
    await made.start()
    server = aiomqtt.Client(
        "127.0.0.1", made.port, identifier="server", username="server", password=made.server_password()
    )
    async with server:
        await server.publish("hall/h1/secret", b"kept", 1, retain=True)
        await server.subscribe("hall/h1/secret", 1)
        password = made.registry.password("d1")
        async with aiomqtt.Client("127.0.0.1", made.port, identifier="d1", username="d1", password=password) as spy:
            await spy.subscribe("hall/h1/dev/d1/down/#", 1)
            await server.publish("hall/h1/dev/d1/down/show", b"mark", 1)
            assert (await asyncio.wait_for(anext(aiter(spy.messages)), 10)).payload == b"mark"
    await made.stop()
