"""Who is let in, and what they can read and write there: the same at both brokers."""

import aiomqtt
import pytest

from hall_server.mqtt.credentials import SERVER_USER, credential
from tests.fakes.mqtt_hall import HALL, KEY, Broker, Watch, device, served, server_link, tool, trusted


def client(broker: Broker, user: str, password: str, identifier: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        username=user,
        password=password,
        identifier=identifier or user,
        timeout=5,
        tls_context=trusted(broker),
    )


@pytest.mark.gen_test
async def test_the_right_credential_is_let_in(broker: Broker) -> None:
    async with client(broker, "d1", broker.registry.password("d1")):
        pass


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("d1", "wrong"),
        ("d1", ""),
        ("d1", credential(KEY, "d2", 1)),
        ("d1", credential(KEY, "d1", 0)),
        ("d1", credential(KEY, "d1", 2)),
        ("d9", credential(KEY, "d9", 1)),
        (SERVER_USER, credential(KEY, SERVER_USER, 0)),
        ("D1", credential(KEY, "D1", 1)),
    ],
)
@pytest.mark.gen_test
async def test_a_wrong_credential_is_not_let_in(broker: Broker, user: str, password: str) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with client(broker, user, password):
            pass


@pytest.mark.gen_test
async def test_nobody_is_let_in_without_a_name(broker: Broker) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", broker.port, identifier="d1", timeout=5, tls_context=trusted(broker)):
            pass


@pytest.mark.gen_test
async def test_a_revoked_device_is_cut_off_and_does_not_come_back(broker: Broker) -> None:
    async with client(broker, "d1", broker.registry.password("d1")) as revoked:
        password = broker.registry.password("d1")
        del broker.registry.known["d1"]
        await broker.renew("d1")
        with pytest.raises(aiomqtt.MqttError):
            async for _ in revoked.messages:
                pass
    with pytest.raises(aiomqtt.MqttError):
        async with client(broker, "d1", password):
            pass


@pytest.mark.gen_test
async def test_a_rotated_credential_works_and_the_old_one_no_more(broker: Broker) -> None:
    old = broker.registry.password("d1")
    async with client(broker, "d1", old) as before:
        broker.registry.known["d1"] += 1
        await broker.renew("d1")
        with pytest.raises(aiomqtt.MqttError):
            async for _ in before.messages:
                pass
    with pytest.raises(aiomqtt.MqttError):
        async with client(broker, "d1", old):
            pass
    async with client(broker, "d1", broker.registry.password("d1")):
        pass


@pytest.mark.parametrize(
    "topic",
    [
        f"hall/{HALL}/dev/d2/up/state",
        f"hall/{HALL}/dev/d1/down/show",
        f"hall/{HALL}/dev/d2/down/show",
        "hall/other/dev/d1/up/state",
        "anything",
    ],
)
@pytest.mark.gen_test
async def test_a_foreign_publish_reaches_nobody(broker: Broker, topic: str) -> None:
    heard = Watch()
    link = server_link(broker)
    link.subscribe(f"hall/{HALL}/#")
    link.on_message(heard)
    link.start()
    await link.connected()
    async with (
        client(broker, "d2", broker.registry.password("d2")) as victim,
        client(broker, "d1", broker.registry.password("d1")) as attacker,
    ):
        await victim.subscribe(f"hall/{HALL}/dev/d2/down/#", 1)
        await attacker.publish(topic, b"evil", 1, retain=True)
        await attacker.publish(f"hall/{HALL}/dev/d1/up/report", b"mark", 1)  # comes after it, on the same connection
        seen = await heard.until(lambda messages: any(message.payload == b"mark" for message in messages))
        link.publish(f"hall/{HALL}/dev/d2/down/show", b"good")
        assert (await anext(aiter(victim.messages))).payload == b"good"
        assert [message.payload for message in seen] == [b"mark", b"good"][: len(seen)]
    await link.stop()


@pytest.mark.parametrize(
    "wanted",
    [
        "#",
        "+/#",
        f"hall/{HALL}/#",
        f"hall/{HALL}/dev/+/down/#",
        f"hall/{HALL}/dev/d2/#",
        f"hall/{HALL}/dev/d2/down/show",
    ],
)
@pytest.mark.gen_test
async def test_a_foreign_or_wide_subscription_hears_nothing(broker: Broker, wanted: str) -> None:
    link = server_link(broker)
    link.start()
    await link.connected()
    link.publish(f"hall/{HALL}/dev/d2/down/show", b"kept secret", retain=True)
    async with client(broker, "d1", broker.registry.password("d1")) as spy:
        await spy.subscribe(wanted, 1)
        link.publish(f"hall/{HALL}/dev/d2/down/show", b"secret")
        await spy.subscribe(f"hall/{HALL}/dev/d1/down/command", 1)
        link.publish(f"hall/{HALL}/dev/d1/down/command", b"mine")
        assert (await anext(aiter(spy.messages))).payload == b"mine"
    await link.stop()


@pytest.mark.gen_test
async def test_another_devices_client_id_takes_nothing_over(broker: Broker) -> None:
    heard = Watch()
    async with (
        served(broker, prepare=lambda router: router.on_presence(heard)) as router,
        device(broker, "d2") as victim,
    ):
        await heard.until(lambda seen: any(presence.status == "online" for presence in seen))
        thief = await tool("mosquitto_sub", broker, "d1", "-i", "d2", "-t", f"hall/{HALL}/dev/d2/down/#", "-E")
        await thief.wait()
        router.show("d2", {"number": "A001"})
        assert await victim.shown(bool) == {"number": "A001"}
        assert [presence.status for presence in heard.seen] == ["online"]


@pytest.mark.gen_test
async def test_a_stranger_with_a_known_client_id_takes_nothing_over(broker: Broker) -> None:
    async with served(broker) as router, device(broker, "d2") as victim:
        with pytest.raises(aiomqtt.MqttError):
            async with client(broker, "d2", "wrong"):
                pass
        router.show("d2", {"number": "A001"})
        assert await victim.shown(bool) == {"number": "A001"}
