"""An agent in the test's own process, with drivers that do as the test says."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from devices.gateway.agent import Agent
from devices.gateway.config import DeviceEntry, GatewayConfig
from devices.gateway.credentials import CredentialFile
from devices.gateway.drivers import DriverKind, Surroundings
from devices.gateway.one_device import Means
from devices.gateway.ports import HallSide
from devices.model import DeviceKind
from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from hall_server.mqtt.topics import Status
from tests.fakes.mqtt_hall import HALL, Broker


class NoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A driver without options."""


class GoodDriver:
    """Works; answers every command with its name."""

    def __init__(self) -> None:
        self.shown: list[Any] = []

    async def run(self, hall: HallSide) -> None:
        hall.say_state(Status.ONLINE, {"works": True})
        await asyncio.Event().wait()

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        return {"did": do}

    def on_show(self, picture: Any) -> None:
        self.shown.append(picture)


class BrokenDriver(GoodDriver):
    """Fails as soon as it runs, and cannot even look at a picture."""

    async def run(self, hall: HallSide) -> None:
        raise OSError("no such hardware")

    def on_show(self, picture: Any) -> None:
        raise OSError("no such screen")


class Pauses:
    """The agent's pauses: the first few take no time, the next one never ends."""

    def __init__(self, free: int) -> None:
        self.taken_s: list[float] = []
        self.stuck = asyncio.Event()
        self._free = free

    async def __call__(self, seconds: float) -> None:
        self.taken_s.append(seconds)
        if len(self.taken_s) > self._free:
            self.stuck.set()
            await asyncio.Event().wait()


def entry(name: str, *drivers: type[GoodDriver]) -> DeviceEntry:
    """A device whose first start gets the first driver, and so on; the last one stays."""
    left = list(drivers)

    def made(address: str, options: Any, around: Surroundings) -> GoodDriver:
        return (left.pop(0) if len(left) > 1 else left[0])()

    kind = DriverKind(
        name="made-up", kind=DeviceKind.LED, options=NoOptions, made=made, check=lambda address, options: None
    )
    return DeviceEntry(id=name, kind=kind, address="nowhere", options=NoOptions(), model="Made Up 1")


def means(broker: Broker, folder: Path, *entries: DeviceEntry, **more: Any) -> Means:
    """What an agent of these devices needs; all are paired under their own names."""
    kept = CredentialFile(folder / "credentials.json")
    for one in entries:
        kept.paired(one.id, one.id, broker.registry.password(one.id))
    config = GatewayConfig(
        hall=HALL,
        host="127.0.0.1",
        port=broker.port,
        is_secure="tls" in more,
        web=None,
        ca=None,
        credentials=folder / "credentials.json",
        devices=entries,
    )
    clock = SystemClock()
    return Means(
        config=config, credentials=kept, around=Surroundings(clock=clock), clock=clock, ids=RandomIds(), **more
    )


class Running:
    """An agent that runs until the end of the block, as SIGTERM ends it."""

    def __init__(self, means_: Means) -> None:
        self.agent = Agent(means_)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Agent:
        self._task = asyncio.create_task(self.agent.run())
        return self.agent

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
