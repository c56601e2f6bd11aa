"""The agent and a hall's MQTT side: each device by itself, drivers that fail, credentials that change."""

import asyncio
import gc
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.gateway.agent import Agent
from devices.gateway.credentials import CredentialFile
from hall_server.errors import Refused
from hall_server.mqtt import credentials
from hall_server.mqtt.commands import End, Ended
from hall_server.mqtt.embedded import EmbeddedBroker
from hall_server.mqtt.presence import Presence, Standing
from hall_server.mqtt.router import DeviceRouter
from tests.fakes.gateway_floor import BrokenDriver, GoodDriver, Pauses, Running, entry, means
from tests.fakes.mqtt_hall import HALL, KEY, Embedded, Registry, Watch, served
from tests.fakes.own_certificate import certificate


class Hall:
    """A broker with a router, and what the router has heard."""

    def __init__(self, broker: Embedded, router: DeviceRouter) -> None:
        self.broker = broker
        self.router = router
        self.ends, self.presences = Watch(), Watch()
        router.on_command_end(self.ends)
        router.on_presence(self.presences)

    async def stands(self, device: str, standing: Standing) -> Presence:
        """Wait until a device stands so."""

        def found() -> Presence | None:
            heard = self.router.presence(device)
            return heard if heard is not None and heard.status is standing else None

        await self.presences.until(lambda _: found() is not None)
        presence = found()
        assert presence is not None
        return presence

    async def ended(self, device: str, do: str = "beep", **args: str) -> Ended:
        """Tell a device something and wait how that ends."""
        command = self.router.command(device, do, dict(args), ttl_s=20)
        seen = await self.ends.until(lambda seen: any(end.id == command for end in seen))
        return next(end for end in seen if end.id == command)


@asynccontextmanager
async def hall(*devices: str) -> AsyncIterator[Hall]:
    broker = Embedded(Registry(*devices))
    await broker.start()
    try:
        async with served(broker) as router:
            yield Hall(broker, router)
    finally:
        await broker.stop()


@pytest.mark.gen_test
async def test_a_failing_driver_is_started_again_after_growing_pauses_and_disturbs_no_other(tmp_path: Path) -> None:
    pauses = Pauses(free=7)
    async with hall("d1", "d2") as here:
        given = means(here.broker, tmp_path, entry("d1", BrokenDriver), entry("d2", GoodDriver), pause=pauses)
        async with Running(given):
            await pauses.stuck.wait()
            assert (await here.stands("d1", Standing.FAULT)).detail["reason"] == "driver_failed"
            assert (await here.stands("d2", Standing.ONLINE)).detail == {"works": True}
            assert (await here.ended("d2")).detail == {"did": "beep"}
            failed = await here.ended("d1")
    assert pauses.taken_s == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (failed.end, failed.detail["reason"]) == (End.FAILED, "driver_down")


@pytest.mark.gen_test
async def test_a_driver_that_comes_back_shows_the_newest_picture_and_works(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def pause(_: float) -> None:
        await gate.wait()

    async with hall("d1") as here:
        given = means(here.broker, tmp_path, entry("d1", BrokenDriver, GoodDriver), pause=pause)
        async with Running(given) as agent:
            await here.stands("d1", Standing.FAULT)
            here.router.show("d1", {"number": "A001"})
            await agent.devices[0].side.shown(lambda picture: picture == {"number": "A001"})
            gate.set()
            await here.stands("d1", Standing.ONLINE)
            assert (await here.ended("d1")).end is End.DONE
            driver = agent.devices[0].driver
            assert isinstance(driver, GoodDriver)
            assert driver.shown == [{"number": "A001"}]


@pytest.mark.gen_test
async def test_an_agent_that_ends_says_so(tmp_path: Path) -> None:
    async with hall("d1") as here:
        async with Running(means(here.broker, tmp_path, entry("d1", GoodDriver))):
            shown = await here.stands("d1", Standing.ONLINE)
            assert (shown.kind, shown.model) == ("led", "Made Up 1")
        assert not (await here.stands("d1", Standing.OFFLINE)).is_hung


@pytest.mark.gen_test
async def test_a_new_credential_is_on_the_disk_before_it_is_reported_and_used_from_then_on(tmp_path: Path) -> None:
    async with hall("d1") as here:
        registry = here.broker.registry
        async with Running(means(here.broker, tmp_path, entry("d1", GoodDriver))) as agent:
            await here.stands("d1", Standing.ONLINE)
            new = credentials.credential(KEY, "d1", 2)
            assert (await here.ended("d1", "credential.renew", credential=new)).end is End.DONE
            kept = CredentialFile(tmp_path / "credentials.json").of("d1")
            assert kept is not None
            assert (kept.credential, kept.previous) == (new, registry.password("d1"))

            registry.known["d1"] = 2
            here.presences.seen.clear()
            await here.broker.renew("d1")
            await here.stands("d1", Standing.OFFLINE)
            await here.stands("d1", Standing.ONLINE)
            assert agent.devices[0].side.link.is_connected
        kept = CredentialFile(tmp_path / "credentials.json").of("d1")
        assert kept is not None
        assert (kept.credential, kept.previous) == (new, None)


@pytest.mark.gen_test
async def test_a_renewal_that_broke_off_leaves_the_old_credential_in_use(tmp_path: Path) -> None:
    async with hall("d1") as here:
        given = means(here.broker, tmp_path, entry("d1", GoodDriver))
        given.credentials.renewed("d1", credentials.credential(KEY, "d1", 2))  # the hall never heard of it
        async with Running(given):
            await here.stands("d1", Standing.ONLINE)


@pytest.mark.gen_test
async def test_a_renewal_without_a_credential_is_refused(tmp_path: Path) -> None:
    async with hall("d1") as here, Running(means(here.broker, tmp_path, entry("d1", GoodDriver))):
        await here.stands("d1", Standing.ONLINE)
        ended = await here.ended("d1", "credential.renew")
    assert (ended.end, ended.detail) == (End.FAILED, {"reason": "no_credential"})


@pytest.mark.gen_test
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_the_hall_is_reached_over_tls_and_only_the_right_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    crt, key = certificate(tmp_path)
    foreign, _ = certificate(tmp_path, "foreign")
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(crt, key)
    broker = Embedded(Registry("d1"))
    broker.broker = EmbeddedBroker(gate=broker.registry, device_key=KEY, hall=HALL, port=None, tls=secure)
    await broker.start()
    try:
        right = means(broker, tmp_path, entry("d1", GoodDriver), tls=ssl.create_default_context(cafile=crt))
        async with Running(right) as agent:
            await agent.devices[0].side.link.connected()
        wrong = means(broker, tmp_path, entry("d1", GoodDriver), tls=ssl.create_default_context(cafile=foreign))
        caplog.set_level(logging.INFO)
        async with Running(wrong) as agent:
            while "mqtt.tls" not in {getattr(one, "action", "") for one in caplog.records}:  # noqa: ASYNC110  # only the log tells of it
                await asyncio.sleep(0.01)
            assert not agent.devices[0].side.link.is_connected
    finally:
        await broker.stop()
        gc.collect()  # paho drops the socket of a handshake that failed without closing it


def test_an_agent_without_any_paired_device_says_what_to_do(tmp_path: Path) -> None:
    given = means(Embedded(Registry()), tmp_path)
    with pytest.raises(Refused) as caught:
        Agent(given)
    assert caught.value.code == "gateway.not_paired"
