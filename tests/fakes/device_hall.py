"""A demonstration hall with its devices and either broker, for tests of what devices see, hear and ask."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices.messages import RegisterDevice, RevokeDevice, RotateCredential
from devices.model import DeviceKind
from devices.outside_broker import broker_configuration
from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from hall_server.mqtt.credentials import credential
from hall_server.mqtt.router import DeviceRouter
from hall_server.mqtt.simulated import SimulatedDevice
from hall_server.server import Server
from tests.fakes.hall import running
from tests.fakes.mqtt_hall import Watch, free_port
from tests.fakes.visits import Visits

ROOMS = ("hall_queue", "devices", "displays", "evaluation")
LOOK_S = 0.02
PLACES = {"window-screen": "window", "pad": "window", "handset": "window", "led": "window"}


class Outside:
    """A Mosquitto process with the files the hall writes for it."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port
        self._process: asyncio.subprocess.Process | None = None

    def write(self, server: Server) -> Path:
        run_as = "root" if os.geteuid() == 0 else None
        written = broker_configuration(server, self._folder, port=self._port, host="127.0.0.1", run_as=run_as)
        return written.configuration

    async def start(self, server: Server) -> None:
        """Start it, and wait until it listens."""
        nothing = asyncio.subprocess.DEVNULL
        file = self.write(server)
        self._process = await asyncio.create_subprocess_exec("mosquitto", "-c", file, stdout=nothing, stderr=nothing)
        while not await self._listens():  # noqa: ASYNC110  # another process sets no event here
            await asyncio.sleep(LOOK_S)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            assert self._process is not None
            assert self._process.returncode is None, "mosquitto has ended"
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


@dataclass
class DeviceHall(Visits):
    """A hall that listens on HTTP and MQTT."""

    outside: Outside | None = None
    _devices: list[SimulatedDevice] = field(default_factory=list)

    async def register(self, kind: str, place: str) -> str:
        """Let a device in; gives its id."""
        where = {PLACES.get(kind, "zone"): place}
        device = await self.do(RegisterDevice(kind=DeviceKind(kind), **where))
        return str(device["id"])

    async def rotate(self, device: str) -> None:
        await self.do(RotateCredential(device=device))

    async def revoke(self, device: str) -> None:
        await self.do(RevokeDevice(device=device))

    @property
    def router(self) -> DeviceRouter:
        assert self.server.router is not None
        return self.server.router

    async def present(self, device: str) -> None:
        """Wait until the hall has heard of a device."""
        heard = Watch()
        self.router.on_presence(heard)
        if self.router.presence(device) is None:
            await heard.until(lambda seen: any(one.device == device for one in seen))

    def password(self, device: str) -> str:
        return credential(self.server.keys.device, device, self.server.device_gate.generation(device) or 1)

    def simulate(self, device: str, **more: Any) -> SimulatedDevice:
        """A device that is not connected yet; it is stopped with the hall."""
        wanted = {"kind": "any", "clock": SystemClock(), "ids": RandomIds(), "password": self.password(device), **more}
        made = SimulatedDevice(hall="demo", device_id=device, host="127.0.0.1", port=self.server.mqtt_port, **wanted)
        self._devices.append(made)
        return made

    async def device(self, kind: str, place: str, **more: Any) -> SimulatedDevice:
        """A registered and connected device."""
        made = self.simulate(await self.register(kind, place), kind=kind, **more)
        made.start()
        await made.link.connected()
        return made

    async def stop_devices(self) -> None:
        await asyncio.gather(*(device.stop() for device in self._devices))


@asynccontextmanager
async def device_hall(
    data: Path, broker: str = "embedded", *, rooms: tuple[str, ...] = ROOMS, within_s: float = 150, **settings: Any
) -> AsyncIterator[DeviceHall]:
    """A running hall with the broker named; the block ends in time, which is never a measure."""
    clock: Any = SystemClock()
    outside = Outside(data / "mosquitto", free_port()) if broker == "mosquitto" else None
    if outside is not None:
        settings |= {"mqtt_broker": "external", "mqtt_port": outside._port}
    async with asyncio.timeout(within_s), contextlib.AsyncExitStack() as stack:
        server, port = await stack.enter_async_context(running(data / "hall", clock=clock, rooms=rooms, **settings))
        hall = DeviceHall(server=server, clock=clock, port=port, outside=outside)
        if outside is not None:
            await outside.start(server)
            stack.push_async_callback(outside.stop)
        stack.push_async_callback(hall.stop_devices)
        yield hall
