"""Devices that were here before the restart of the hall and do not come back raise an alarm, until they are there."""

from pathlib import Path
from typing import Any

import pytest

from devices import alarms as device_alarms
from devices import missing
from devices.missing import Missing
from hall_server.identity import Role
from hall_server.mqtt.presence import PresenceTable, Standing
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import HandClock, Watch

BROKERS = pytest.mark.parametrize("broker", ["embedded", "mosquitto"])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices have half a second to come back."""
    monkeypatch.setattr(missing, "BACK_WITHIN_S", 0.5)
    monkeypatch.setattr(device_alarms, "LOOK_S", 0.05)


def standing(hall: DeviceHall) -> dict[str, Any]:
    return {one.device: (one.code.value, one.acknowledged) for one in hall.server.rooms["devices"].upkeep.alarms.now()}


async def first_day(data: Path, broker: str) -> None:
    """A pad is there, a second one was let in and never came."""
    async with device_hall(data, broker) as hall:
        came = Watch()
        hall.server.listen("test", lambda recorded: came(recorded.event.type), ("device.came",))
        await hall.device("pad", "w01")
        await hall.register("pad", "w02")
        await came.until(bool)
        assert standing(hall) == {}


async def gone(hall: DeviceHall, device: str) -> None:
    heard = Watch()
    hall.router.on_presence(heard)
    known = hall.router.presence(device)
    if known is None or known.status is not Standing.OFFLINE:
        await heard.until(lambda seen: any((one.device, one.status) == (device, Standing.OFFLINE) for one in seen))


@BROKERS
@pytest.mark.gen_test
async def test_who_does_not_come_back_is_an_alarm_and_who_never_came_is_none(tmp_path: Path, broker: str) -> None:
    await first_day(tmp_path, broker)
    async with device_hall(tmp_path, broker) as hall:
        await hall.sign_in(Role.MANAGER)
        await gone(hall, "pad-w01")
        assert standing(hall) == {"pad-w01": ("device.offline", None)}
        address = "/api/v1/devices/pad-w01/alarms/device.offline/acknowledge"
        assert (await hall.ask("POST", address, {})).code == 200
    async with device_hall(tmp_path, broker) as hall:
        await gone(hall, "pad-w01")
        [(code, held)] = standing(hall).values()
        assert (code, held is None) == ("device.offline", False)


@pytest.mark.gen_test
async def test_who_comes_back_in_time_is_no_alarm(tmp_path: Path) -> None:
    await first_day(tmp_path, "embedded")
    async with device_hall(tmp_path) as hall:
        back = hall.simulate("pad-w01")
        back.start()
        await back.request("hello")
        assert standing(hall) == {}
        rows = await hall.server.database.fetch("SELECT type FROM journal WHERE type = 'device.came'")
        assert len(rows) == 1


@pytest.mark.gen_test
async def test_control_without_being_expected_nobody_misses_the_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first_day(tmp_path, "embedded")
    monkeypatch.setattr(Missing, "start", lambda self: None)
    async with device_hall(tmp_path) as hall:
        other = await hall.device("pad", "w03")
        await other.stop()
        await gone(hall, "pad-w03")
        assert list(standing(hall)) == ["pad-w03"]


def test_a_minute_is_given_and_the_settling_is_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    clock = HandClock()
    table = PresenceTable(clock=clock)
    table.expect("pad-w01", within_s=missing.BACK_WITHIN_S)
    clock.move(59)
    table.sweep()
    assert table.of("pad-w01") is None
    clock.move(1)
    table.sweep()
    known = table.of("pad-w01")
    assert known is not None
    assert known.status is Standing.OFFLINE
    assert device_alarms.SETTLING_S > missing.BACK_WITHIN_S
