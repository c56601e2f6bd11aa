"""The register of devices: what it lets in, what it refuses, and what is left after a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from devices.demo import demo_devices
from devices.messages import ChangeDevice, RegisterDevice, RevokeDevice, RotateCredential
from devices.model import DeviceKind
from devices.registry import DeviceRegistry
from hall_server.directory.commands import SaveZone
from hall_server.directory.model import Zone
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import SYSTEM, Actor, device_actor, visitor
from tests.fakes.hall import HandClock, manager, opened, staff
from tests.fakes.visits import Visits


class Hall(Visits):
    @property
    def registry(self) -> DeviceRegistry:
        registry: DeviceRegistry = self.server.rooms["devices"].registry
        return registry


@asynccontextmanager
async def registering(data: Path) -> AsyncIterator[Hall]:
    clock = HandClock()
    async with opened(data, clock=clock, rooms=("hall_queue", "devices")) as server:
        yield Hall(server, clock)


PAD = RegisterDevice(kind=DeviceKind.PAD, window="w01", name="一号评价器")


@pytest.mark.gen_test
async def test_a_device_gets_an_id_from_its_kind_and_place(tmp_path: Path) -> None:
    async with registering(tmp_path) as hall:
        names = [(await hall.do(PAD))["id"] for _ in range(3)]
        assert names == ["pad-w01", "pad-w01-2", "pad-w01-3"]
        assert hall.registry.at_window("pad", "w01") == ("pad-w01", "pad-w01-2", "pad-w01-3")


@pytest.mark.gen_test
async def test_a_device_acts_for_its_window_and_for_nothing_once_it_is_revoked(tmp_path: Path) -> None:
    async with registering(tmp_path) as hall:
        await hall.do(PAD)
        assert (hall.registry.generation("pad-w01"), hall.registry.windows("pad-w01")) == (1, {"w01"})
        await hall.do(RevokeDevice(device="pad-w01"))
        assert (hall.registry.generation("pad-w01"), hall.registry.windows("pad-w01")) == (None, frozenset())
        assert hall.registry.at_window("pad", "w01") == ()


@pytest.mark.gen_test
async def test_a_generation_never_comes_back(tmp_path: Path) -> None:
    async with registering(tmp_path) as hall:
        seen = [(await hall.do(PAD))["generation"]]
        seen.append((await hall.do(RotateCredential(device="pad-w01")))["generation"])
        await hall.do(RevokeDevice(device="pad-w01"))
        again = RegisterDevice(kind=DeviceKind.SPEAKER, id="pad-w01", zone="z1")
        seen.append((await hall.do(again))["generation"])
        assert seen == [1, 2, 3]
        assert hall.registry.devices["pad-w01"].kind is DeviceKind.SPEAKER


@pytest.mark.gen_test
async def test_a_change_moves_a_device_and_the_same_again_is_no_event(tmp_path: Path) -> None:
    async with registering(tmp_path) as hall:
        await hall.do(PAD)
        change = ChangeDevice(device="pad-w01", name="二号", window="w02")
        await hall.do(change)
        seq = hall.server.journal.seq
        await hall.do(change)
        assert hall.server.journal.seq == seq
        assert (hall.registry.at_window("pad", "w01"), hall.registry.at_window("pad", "w02")) == ((), ("pad-w01",))


@pytest.mark.gen_test
async def test_the_register_is_whole_after_a_restart_on_another_day(tmp_path: Path) -> None:
    async with registering(tmp_path) as hall:
        for device in demo_devices(hall.server.directory):
            await hall.do(device.registration(), SYSTEM)
        await hall.do(RotateCredential(device="pad-w01"))
        await hall.do(RevokeDevice(device="pad-w02"))
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        before = dict(hall.registry.devices)
    async with registering(tmp_path) as hall:
        assert hall.registry.devices == before
        assert len(before) == 3 * 5 + 2 * 20


@pytest.mark.parametrize(
    ("command", "error", "code"),
    [
        (RegisterDevice(kind=DeviceKind.PAD), Invalid, "device.needs_window"),
        (RegisterDevice(kind=DeviceKind.KIOSK), Invalid, "device.needs_zone"),
        (RegisterDevice(kind=DeviceKind.LED, zone="z1", window="w01"), Invalid, "device.two_places"),
        (RegisterDevice(kind=DeviceKind.PAD, window="w99"), NotFound, "device.no_such_window"),
        (RegisterDevice(kind=DeviceKind.BOARD, zone="off"), NotFound, "device.no_such_zone"),
        (RegisterDevice(kind=DeviceKind.LED, id="server"), Invalid, "device.reserved"),
        (RegisterDevice(kind=DeviceKind.LED, id="known"), Refused, "device.duplicate"),
        (RegisterDevice(kind=DeviceKind.LED, name="a\x00b"), Invalid, "device.bad_name"),
        (ChangeDevice(device="known", name="", window="w99"), NotFound, "device.no_such_window"),
        (ChangeDevice(device="none", name=""), NotFound, "device.not_registered"),
        (RotateCredential(device="none"), NotFound, "device.not_registered"),
        (RevokeDevice(device="none"), NotFound, "device.not_registered"),
    ],
)
@pytest.mark.gen_test
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    tmp_path: Path, command: Any, error: type[DomainError], code: str
) -> None:
    async with registering(tmp_path) as hall:
        await hall.do(RegisterDevice(kind=DeviceKind.LED, id="known"))
        await hall.do(SaveZone(item=Zone(id="off", name="停用", active=False)))
        before = dict(hall.registry.devices)
        with pytest.raises(error) as refused:
            await hall.do(command)
        assert (refused.value.code, hall.registry.devices) == (code, before)


@pytest.mark.parametrize("actor", [staff("s01", "w01"), visitor(), device_actor("known", frozenset())], ids=str)
@pytest.mark.gen_test
async def test_only_managers_and_administrators_may(tmp_path: Path, actor: Actor) -> None:
    async with registering(tmp_path) as hall:
        await hall.do(RegisterDevice(kind=DeviceKind.LED, id="known"), manager())
        for command in (PAD, RotateCredential(device="known"), RevokeDevice(device="known")):
            with pytest.raises(Forbidden):
                await hall.do(command, actor)
