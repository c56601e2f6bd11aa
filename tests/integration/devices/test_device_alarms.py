"""What is wrong with devices: raised with a reason, acknowledged, over, and raised anew when it comes back."""

from pathlib import Path
from typing import Any

import pytest

from devices import alarms as device_alarms
from devices.alarms import DeviceAlarms
from devices.messages import RegisterDevice, RevokeDevice
from devices.model import DeviceKind
from hall_server.identity import Role
from hall_server.mqtt.topics import Status
from hall_server.server import Server
from tests.fakes.device_hall import ROOMS, DeviceHall, device_hall
from tests.fakes.hall import HandClock, manager, opened
from tests.fakes.mqtt_hall import Watch

ALARMS = "/api/v1/device-alarms"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked for often, and from the start on."""
    monkeypatch.setattr(device_alarms, "LOOK_S", 0.05)
    monkeypatch.setattr(device_alarms, "SETTLING_S", 0.0)


def room_of(server: Server) -> DeviceAlarms:
    found: DeviceAlarms = server.rooms["devices"].upkeep.alarms
    return found


async def alarmed(hall: DeviceHall, *codes: str) -> list[dict[str, Any]]:
    """Wait until just these alarms stand; gives them as a manager sees them."""
    while sorted(alarm.code.value for alarm in room_of(hall.server).now()) != sorted(codes):
        await changed(hall)
    return list((await hall.ask("GET", ALARMS)).body["items"])


async def changed(hall: DeviceHall) -> None:
    heard = Watch()
    hall.router.on_presence(heard)
    hall.server.listen("test", lambda recorded: heard(recorded))
    await heard.until(bool)


@pytest.mark.gen_test
async def test_a_fault_is_raised_acknowledged_over_and_raised_anew(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        pad = await hall.device("pad", "w01")
        pad.say_state(Status.FAULT, {"reason": "panel_hot"})
        [alarm] = await alarmed(hall, "device.fault")
        assert (alarm["device"], alarm["is_bad"], alarm["acknowledged"]) == ("pad-w01", True, None)
        assert alarm["fields"] == {"reason": "panel_hot"}
        address = "/api/v1/devices/pad-w01/alarms/device.fault/acknowledge"
        held = await hall.ask("POST", address, {})
        assert held.body["acknowledged"]["by"] == "staff:manager"
        [alarm] = await alarmed(hall, "device.fault")
        assert alarm["acknowledged"] == held.body["acknowledged"]
        ends = Watch()
        hall.server.listen("test", lambda recorded: ends(recorded.event.type), ("device.alarm_over",))
        pad.say_state(Status.ONLINE)
        await ends.until(bool)
        assert await alarmed(hall) == []
        assert (await hall.ask("POST", address, {})).error == "alarm.over"
        shown = (await hall.ask("GET", "/api/v1/devices/pad-w01")).body["last_fault"]
        assert (shown["detail"], shown["until"] is None) == ({"reason": "panel_hot"}, False)
        pad.say_state(Status.FAULT, {"reason": "panel_hot"})
        [alarm] = await alarmed(hall, "device.fault")
        assert alarm["acknowledged"] is None


@pytest.mark.gen_test
async def test_who_goes_is_offline_and_paper_and_clock_are_alarms_of_their_own(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        kiosk = await hall.device("kiosk", "z1")
        kiosk.say_state(Status.ONLINE, {"paper": "near_end"})
        [low] = await alarmed(hall, "device.paper_near_end")
        assert low["is_bad"] is False
        kiosk.say_state(Status.FAULT, {"paper": "out"})
        await alarmed(hall, "kiosk.paper_out")
        await kiosk.stop()
        await alarmed(hall, "device.offline")


@pytest.mark.gen_test
async def test_a_wrong_clock_an_old_firmware_and_too_much_that_is_refused_are_told(tmp_path: Path) -> None:
    class Late:
        def now(self) -> Any:
            return hall.server.clock.now().replace(year=2020)

        def monotonic(self) -> float:
            return hall.server.clock.monotonic()

    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        late = await hall.device("pad", "w01", clock=Late(), model="P", firmware="2.9")
        await hall.device("pad", "w02", model="P", firmware="2.10")
        found = {alarm["code"]: alarm["fields"] for alarm in await alarmed(hall, "device.clock", "device.firmware_old")}
        assert found["device.firmware_old"] == {"firmware": "2.9", "newest": "2.10"}
        assert found["device.clock"]["seconds"] < -1_000_000
        for _ in range(device_alarms.REFUSED_LIMIT):
            late.link.publish("hall/demo/dev/pad-w02/up/state", b"{}", qos=1)
        await late.request("time")
        codes = {alarm["code"]: alarm["fields"] for alarm in (await hall.ask("GET", ALARMS)).body["items"]}
        assert codes["device.refused"] == {"reason": "broker.publish"}


@pytest.mark.gen_test
async def test_an_acknowledgement_outlives_a_restart_and_ends_with_the_device(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        pad = await hall.device("pad", "w01")
        pad.say_state(Status.FAULT, {"reason": "panel_hot"})
        await alarmed(hall, "device.fault")
        await hall.ask("POST", "/api/v1/devices/pad-w01/alarms/device.fault/acknowledge", {})
    async with opened(tmp_path / "hall", rooms=ROOMS) as server:
        held = room_of(server).held
        assert held.of("pad-w01", "device.fault") is not None
        await server.execute(RevokeDevice(device="pad-w01"), actor=manager())
        assert held.all() == []


@pytest.mark.gen_test
async def test_an_old_credential_is_an_alarm_where_the_hall_says_how_old_it_may_be(tmp_path: Path) -> None:
    clock = HandClock()
    async with opened(tmp_path, clock=clock, rooms=("hall_queue", "devices"), device_credential_days=90) as server:
        await server.execute(RegisterDevice(kind=DeviceKind.PAD, window="w01"), actor=manager())
        clock.forward(days=89)
        assert room_of(server).now() == ()
        clock.forward(days=2)
        [alarm] = room_of(server).now()
        assert (alarm.code, alarm.fields) == ("device.credential_old", {"days": 90})
