"""Devices of a hall over MQTT, run on a loop of their own so that a test with a browser can wait for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self

from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from hall_server.mqtt.simulated import SimulatedDevice
from hall_server.mqtt.topics import Status

WITHIN_S = 15.0


class Things:
    """Simulated devices; every wait is bounded."""

    def __init__(self, hall: str, port: int) -> None:
        self._hall = hall
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="devices", daemon=True)
        self._devices: list[SimulatedDevice] = []
        self._thread.start()

    def connect(self, account: dict[str, str]) -> Thing:
        """Switch a device of ``demo-accounts.json`` on."""
        return Thing(self, self.run(self._connected(account)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the devices' loop, in bounded time."""
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, WITHIN_S), self._loop).result()

    async def _connected(self, account: dict[str, str]) -> SimulatedDevice:
        commands: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

        async def note(do: str, args: dict[str, Any]) -> None:
            commands.put_nowait((do, args))

        device = SimulatedDevice(
            hall=self._hall,
            device_id=account["id"],
            kind=account["kind"],
            host="127.0.0.1",
            port=self._port,
            password=account["password"],
            clock=SystemClock(),
            ids=RandomIds(),
            on_command=note,
        )
        device.commands = commands  # type: ignore[attr-defined]  # the test's own, beside the device
        device.start()
        self._devices.append(device)
        await device.link.connected()
        return device

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for device in self._devices:
            self.run(device.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WITHIN_S)
        self._loop.close()


class Thing:
    """One device as a test sees it."""

    def __init__(self, things: Things, device: SimulatedDevice) -> None:
        self._things = things
        self._device = device

    def shows(self, is_it: Callable[[Any], bool]) -> Any:
        """Its picture, once it is one for which ``is_it`` holds."""
        return self._things.run(self._device.shown(is_it))

    def is_told(self) -> tuple[str, dict[str, Any]]:
        """The next command it got: what to do, and with what."""
        told: tuple[str, dict[str, Any]] = self._things.run(self._device.commands.get())  # type: ignore[attr-defined]
        return told

    def asks(self, do: str, args: dict[str, Any]) -> Any:
        """The answer to a request."""
        return self._things.run(self._device.request(do, args))

    def says(self, detail: dict[str, Any]) -> None:
        """Speak of its own state."""

        async def say() -> None:
            self._device.say_state(Status.ONLINE, detail)

        self._things.run(say())
