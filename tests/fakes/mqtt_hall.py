"""A hall's MQTT side for tests: either broker behind one face, devices with credentials, a clock set by hand."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from hall_server.clock import Clock, SystemClock
from hall_server.errors import DomainError
from hall_server.ids import RandomIds
from hall_server.mqtt import credentials, mosquitto
from hall_server.mqtt.embedded import EmbeddedBroker
from hall_server.mqtt.link import AiomqttLink, Endpoint
from hall_server.mqtt.permissions import Denial
from hall_server.mqtt.router import DeviceRouter
from hall_server.mqtt.session import BrokerLimits
from hall_server.mqtt.simulated import SimulatedDevice
from hall_server.mqtt.tls import client_context, server_context
from tests.fakes.authority import Authority, Certified

HALL = "h1"
KEY = b"k" * 32
_CHECKOUT = Path(__file__).resolve().parents[2]


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2024, 5, 6, 1, 0, tzinfo=UTC)
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def move(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class Registry:
    """Generations of devices, as the device registry will keep them."""

    def __init__(self, *devices: str) -> None:
        self.known = dict.fromkeys(devices, 1)
        self.upcoming: dict[str, int] = {}

    def generation(self, device_id: str) -> int | None:
        return self.known.get(device_id)

    def generations(self, device_id: str) -> tuple[int, ...]:
        holding = (self.known.get(device_id), self.upcoming.get(device_id))
        return tuple(one for one in holding if one is not None)

    def password(self, device_id: str) -> str:
        return credentials.credential(KEY, device_id, self.known[device_id])


class Secure:
    """What a broker with TLS shows, and the authority that its clients trust."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.shown: Certified = self.authority.certify()

    def client(self) -> ssl.SSLContext:
        return client_context(self.authority.file)


class Broker(Protocol):
    """What the contract suite needs of a broker, whichever it is."""

    registry: Registry
    port: int
    secure: "Secure | None"

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def renew(self, device_id: str) -> None:
        """Makes the broker follow a change of the registry, and cut the device off."""

    def server_password(self) -> str: ...


class Embedded:
    """The broker inside the server."""

    def __init__(self, registry: Registry, limits: BrokerLimits | None = None, *, secure: Secure | None = None) -> None:
        self.registry = registry
        self.secure = secure
        self.denials: asyncio.Queue[tuple[str, Denial, str]] = asyncio.Queue()
        self.broker = EmbeddedBroker(
            gate=registry,
            device_key=KEY,
            hall=HALL,
            port=None if secure else 0,
            tls=server_context(secure.shown.certificate, secure.shown.key) if secure else None,
            limits=limits,
            on_denied=lambda device, what, topic: self.denials.put_nowait((device, what, topic)),
        )
        self.port = 0

    async def start(self) -> None:
        self.port = await self.broker.start()

    async def stop(self) -> None:
        await self.broker.stop()

    async def renew(self, device_id: str) -> None:
        self.broker.kick(device_id)

    def server_password(self) -> str:
        return self.broker.server_password


class Mosquitto:
    """A real Mosquitto process; stopping it is kill -9."""

    def __init__(self, registry: Registry, folder: Path, *, secure: Secure | None = None) -> None:
        self.registry = registry
        self.secure = secure
        self.said = folder.with_suffix(".log")
        self.said.parent.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.port = self.port or free_port()
        with self.said.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                "mosquitto", "-c", str(self._write().configuration), stdout=log, stderr=asyncio.subprocess.STDOUT
            )
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(0.02)  # there is nothing to await: the process says nothing when it listens

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    async def renew(self, device_id: str) -> None:
        self._write()
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def server_password(self) -> str:
        return credentials.server_credential(KEY)

    def _tls(self) -> mosquitto.Tls | None:
        if self.secure is None:
            return None
        shown = self.secure.shown
        return mosquitto.Tls(certificate=shown.certificate, key=shown.key, port=self.port, only=True)

    def _write(self) -> mosquitto.Written:
        rows = [(device, self.registry.password(device)) for device in self.registry.known]
        return mosquitto.write_configuration(
            self._folder,
            hall=HALL,
            port=self.port,
            credentials=[*rows, (credentials.SERVER_USER, self.server_password())],
            tls=self._tls(),
            run_as="root" if os.geteuid() == 0 else None,
        )


def trusted(broker: Broker) -> ssl.SSLContext | None:
    """What a client of this broker speaks TLS with."""
    return broker.secure.client() if broker.secure else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_link(broker: Broker, client_id: str | None = None) -> AiomqttLink:
    """The hall's own connection."""
    return AiomqttLink(
        Endpoint(
            host="127.0.0.1",
            port=broker.port,
            user=credentials.SERVER_USER,
            password=broker.server_password(),
            client_id=client_id,
            tls=trusted(broker),
        )
    )


def describe(error: DomainError, language: str) -> str:
    return f"{language} {error.code}"


@contextlib.asynccontextmanager
async def served(
    broker: Broker,
    *,
    prepare: Callable[[DeviceRouter], None] = lambda router: None,
    clock: Clock | None = None,
    messages_per_s: float = 20.0,
) -> AsyncIterator[DeviceRouter]:
    """A router connected to a running broker."""
    link = server_link(broker)
    router = DeviceRouter(
        hall=HALL,
        link=link,
        gate=broker.registry,
        clock=clock or SystemClock(),
        ids=RandomIds(),
        describe=describe,
        messages_per_s=messages_per_s,
    )
    prepare(router)
    link.start()
    router.start()
    try:
        await link.connected()
        yield router
    finally:
        await router.stop()
        await link.stop()


@contextlib.asynccontextmanager
async def device(broker: Broker, device_id: str, **more: Any) -> AsyncIterator[SimulatedDevice]:
    """A connected device."""
    simulated = simulate(broker, device_id, **more)
    simulated.start()
    try:
        await simulated.link.connected()
        yield simulated
    finally:
        await simulated.stop()


def simulate(broker: Broker, device_id: str, **more: Any) -> SimulatedDevice:
    """A device that is not connected yet."""
    usual = {"kind": "window-screen", "clock": SystemClock(), "ids": RandomIds(), "tls": trusted(broker)}
    settings: dict[str, Any] = {**usual, **more}
    return SimulatedDevice(
        hall=HALL,
        device_id=device_id,
        host="127.0.0.1",
        port=broker.port,
        password=broker.registry.password(device_id),
        **settings,
    )


class Watch:
    """Collects what a listener is told and waits for what is wanted."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self._news = asyncio.Event()

    def __call__(self, *told: Any) -> None:
        self.seen.append(told[0] if len(told) == 1 else told)
        self._news.set()

    async def until(self, holds: Callable[[list[Any]], bool], within_s: float = 90.0) -> list[Any]:
        async with asyncio.timeout(within_s):
            while not holds(self.seen):
                self._news.clear()
                await self._news.wait()
        return self.seen


async def tool(
    name: str, broker: Broker, user: str, *args: str, password: str | None = None
) -> asyncio.subprocess.Process:
    """mosquitto_pub or mosquitto_sub, as a vendor would run it."""
    return await asyncio.create_subprocess_exec(
        name,
        *("-h", "127.0.0.1", "-p", str(broker.port), "-i", user, "-u", user),
        *("-P", broker.registry.password(user) if password is None else password, *args),
        *(("--cafile", str(broker.secure.authority.file)) if broker.secure else ()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def device_process(broker: Broker, device_id: str, *, keepalive_s: int) -> asyncio.subprocess.Process:
    """A device in a process of its own, to be killed or stopped."""
    program = (
        "import asyncio, sys\n"
        "from hall_server.clock import SystemClock\n"
        "from hall_server.ids import RandomIds\n"
        "from hall_server.mqtt.simulated import SimulatedDevice\n"
        "from hall_server.mqtt.tls import client_context\n"
        "async def main(port, device_id, password, keepalive_s, authority=None):\n"
        "    tls = client_context(authority) if authority else None\n"
        "    device = SimulatedDevice(hall='h1', device_id=device_id, kind='board', host='127.0.0.1', port=int(port),\n"
        "        password=password, clock=SystemClock(), ids=RandomIds(), keepalive_s=int(keepalive_s), tls=tls)\n"
        "    device.start()\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main(*sys.argv[1:]))\n"
    )
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", program, str(broker.port), device_id, broker.registry.password(device_id), str(keepalive_s)),
        *((str(broker.secure.authority.file),) if broker.secure else ()),
        env={**os.environ, "PYTHONPATH": str(_CHECKOUT)},
    )


async def ended(process: asyncio.subprocess.Process) -> None:
    """Ends a process of ours, stopped or not."""
    if process.returncode is None:
        process.kill()
    await process.wait()


Answer = Callable[[str, str, dict[str, Any]], Awaitable[object]]
