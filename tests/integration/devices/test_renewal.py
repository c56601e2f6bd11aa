"""A new credential reaches its device over its own connection; the old one ends when it may, also over a restart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from devices import renewal
from devices.messages import RenewCredential
from hall_server.identity import Role
from hall_server.mqtt.credentials import credential
from hall_server.mqtt.simulated import NotDone, SimulatedDevice
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import Watch

BROKERS = pytest.mark.parametrize("broker", ["embedded", "mosquitto"])


class Ends(Watch):
    """What happened to credentials, by event type."""

    def __init__(self, hall: DeviceHall) -> None:
        super().__init__()
        hall.server.listen("test", lambda recorded: self(recorded.event.type))


class Pad:
    """A device that takes a new credential, or not."""

    def __init__(self, *, takes: str = "yes") -> None:
        self.device: SimulatedDevice | None = None
        self.given: list[str] = []
        self._takes = takes
        self._never = asyncio.Event()

    async def __call__(self, do: str, args: dict[str, Any]) -> None:
        assert do == "credential.renew"
        if self._takes == "fails":
            raise NotDone("disk_full")
        if self._takes == "says nothing":
            await self._never.wait()
        self.given.append(args["credential"])
        assert self.device is not None
        self.device.link.sign_in_with(args["credential"])


async def pad_of(hall: DeviceHall, pad: Pad, **more: Any) -> str:
    pad.device = await hall.device("pad", "w01", on_command=pad, **more)
    await hall.present("pad-w01")
    return "pad-w01"


async def is_let_in(hall: DeviceHall, generation: int) -> bool:
    password = credential(hall.server.keys.device, "pad-w01", generation)
    client = aiomqtt.Client(
        "127.0.0.1", hall.server.mqtt_port, username="pad-w01", password=password, identifier="pad-w01", timeout=5
    )
    with contextlib.suppress(aiomqtt.MqttError):
        async with client:
            return True
    return False


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old credential ends after half a second, so that nobody waits for ten."""
    monkeypatch.setattr(renewal, "WITHIN_S", 0.5)
    monkeypatch.setattr(renewal, "LOOK_S", 0.05)


@BROKERS
@pytest.mark.gen_test
async def test_an_online_device_has_its_new_credential_and_comes_back_with_it(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        await hall.sign_in(Role.MANAGER)
        ends, pad = Ends(hall), Pad()
        name = await pad_of(hall, pad)
        begun = await hall.ask("POST", f"/api/v1/devices/{name}/renew", {})
        assert (begun.code, begun.body["id"]) == (200, name)
        await ends.until(lambda seen: "device.rotated" in seen, within_s=renewal.WITHIN_S)
        assert pad.given == [hall.password(name)]
        while await is_let_in(hall, 1):  # noqa: ASYNC110  # Mosquitto reads its files a moment later
            await asyncio.sleep(0.05)
        assert pad.device is not None
        await pad.device.request("hello")
        rows = await hall.server.database.fetch("SELECT payload FROM journal")
        assert not any(pad.given[0] in str(row) for row in rows)


@pytest.mark.gen_test
async def test_both_credentials_hold_until_the_device_has_reported(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pad = Pad(takes="says nothing")
        await pad_of(hall, pad)
        await hall.do(RenewCredential(device="pad-w01"))
        assert pad.device is not None
        await pad.device.stop(says_goodbye=False)
        assert [await is_let_in(hall, generation) for generation in (1, 2, 3)] == [True, True, False]


@BROKERS
@pytest.mark.usefixtures("quick")
@pytest.mark.gen_test
async def test_a_device_that_says_nothing_loses_the_old_one_in_time(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        ends, pad = Ends(hall), Pad(takes="says nothing")
        await pad_of(hall, pad)
        assert pad.device is not None
        refused = Watch()
        pad.device.link.on_refused(lambda: refused("no"))
        await hall.do(RenewCredential(device="pad-w01"))
        await ends.until(lambda seen: "device.rotated" in seen)
        await refused.until(bool)


@pytest.mark.usefixtures("quick")
@pytest.mark.gen_test
async def test_control_without_the_clock_the_old_credential_would_hold_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal.Renewer, "tick", lambda self: None)
    async with device_hall(tmp_path) as hall:
        pad = Pad(takes="says nothing")
        await pad_of(hall, pad)
        await hall.do(RenewCredential(device="pad-w01"))
        await asyncio.sleep(1.0)  # twice as long as it may last
        assert hall.server.device_gate.generations("pad-w01") == (1, 2)


@pytest.mark.gen_test
async def test_a_device_that_cannot_take_it_keeps_the_old_one(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        ends, pad = Ends(hall), Pad(takes="fails")
        await pad_of(hall, pad)
        await hall.do(RenewCredential(device="pad-w01"))
        await ends.until(lambda seen: "device.renewal_failed" in seen)
        assert hall.server.device_gate.generations("pad-w01") == (1,)
        again = await hall.do(RenewCredential(device="pad-w01"))
        assert again["renewal"]["generation"] == 3  # the one that was handed out is never used again


@BROKERS
@pytest.mark.gen_test
async def test_an_absent_device_is_waited_for_or_shut_out_as_the_manager_says(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        await hall.sign_in(Role.MANAGER)
        await hall.register("pad", "w01")
        path = "/api/v1/devices/pad-w01/renew"
        first = hall.password("pad-w01")
        assert (await hall.ask("POST", path, {"offline": "wait"})).code == 200
        assert hall.server.device_gate.generation("pad-w01") == 1
        ends, pad = Ends(hall), Pad()
        pad.device = hall.simulate("pad-w01", password=first, on_command=pad)
        pad.device.start()
        await ends.until(lambda seen: "device.rotated" in seen)
        assert pad.given == [hall.password("pad-w01")]
        await pad.device.stop()
        await gone(hall)
        assert (await hall.ask("POST", path, {"offline": "end"})).code == 200
        assert hall.server.device_gate.generations("pad-w01") == (3,)


async def gone(hall: DeviceHall) -> None:
    heard = Watch()
    hall.router.on_presence(heard)
    presence = hall.router.presence("pad-w01")
    if presence is None or presence.status != "offline":
        await heard.until(lambda seen: bool(seen) and seen[-1].status == "offline")


@contextlib.asynccontextmanager
async def one_after_the_other(data: Path) -> AsyncIterator[list[str]]:
    """A hall that is stopped in the middle of a renewal."""
    kept: list[str] = []
    async with device_hall(data) as hall:
        pad = Pad(takes="says nothing")
        await pad_of(hall, pad)
        kept.append(hall.password("pad-w01"))
        await hall.do(RenewCredential(device="pad-w01"))
        kept.append(credential(hall.server.keys.device, "pad-w01", 2))
    yield kept


@pytest.mark.parametrize("has_new", [False, True])
@pytest.mark.gen_test
async def test_a_restart_in_the_middle_ends_the_renewal_whichever_the_device_has(tmp_path: Path, has_new: bool) -> None:
    async with one_after_the_other(tmp_path) as kept, device_hall(tmp_path) as hall:
        ends, pad = Ends(hall), Pad()
        pad.device = hall.simulate("pad-w01", password=kept[has_new], on_command=pad)
        pad.device.start()
        await ends.until(lambda seen: "device.rotated" in seen)
        assert hall.server.device_gate.generations("pad-w01") == (2,)
        assert pad.given == [kept[1]]


@BROKERS
@pytest.mark.gen_test
async def test_revoking_ends_both_at_once(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        pad = Pad(takes="says nothing")
        await pad_of(hall, pad)
        assert pad.device is not None
        refused = Watch()
        pad.device.link.on_refused(lambda: refused("no"))
        await hall.do(RenewCredential(device="pad-w01"))
        await hall.revoke("pad-w01")
        await refused.until(bool)
        assert hall.server.device_gate.generations("pad-w01") == ()
