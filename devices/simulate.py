"""``run.py simulate``: fills a running demonstration hall with devices, visitors and staff."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient

from devices.simulated import accounts, things
from devices.simulated.client import HallClient
from devices.simulated.pace import Pace
from devices.simulated.people import Clerk, Visitors
from hall_server.clock import SystemClock
from hall_server.errors import Invalid
from hall_server.ids import RandomIds

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
HTTP_PORT, MQTT_PORT = 8080, 1883
FOUNDING_S, LOOK_AGAIN_S = 30.0, 0.5
"""How long a demonstration hall may take to be made, and how often to look, seconds."""

FIRST = ("kiosk", "pad", "window-screen", "speaker", "board")
"""Which kinds come first where not all devices are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to simulate.

    Attributes:
        accounts: the demonstration's ``demo-accounts.json``.
        http_port, mqtt_port: of the hall on this machine; None: the usual ones.
        devices: how many devices; None: all.
        visitors_per_hour: on the average of the simulated day.
        speed: how many times faster than real people are.
        duration_s: real seconds; None: until it is told to stop.
        seed: for the same day again.
    """

    accounts: Path
    http_port: int | None = None
    mqtt_port: int | None = None
    devices: int | None = None
    visitors_per_hour: float = 360.0
    speed: float = 1.0
    duration_s: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a simulation has done so far."""

    things: tuple[things.SimulatedThing, ...]
    clerks: tuple[Clerk, ...]
    visitors: Visitors


async def simulate(options: Options, *, on_begin: Callable[[Simulated], None] = lambda simulated: None) -> None:
    """Run until the time is over or this is cancelled; waits for the hall to be there.

    Args:
        options: what to simulate.
        on_begin: is given the simulated devices and people once they are there.

    Raises:
        Invalid: the accounts cannot be read, also not after a while.
    """
    people = await _accounts(options.accounts)
    dice = random.Random(options.seed)  # noqa: S311  # rolls for people, guards nothing
    pace = Pace(speed=options.speed, visitors_per_hour=options.visitors_per_hour, dice=dice)
    http = AsyncHTTPClient(force_instance=True, max_clients=len(people.staff) + 10)
    base, ids = f"http://{HOST}:{options.http_port or HTTP_PORT}", RandomIds()

    def client() -> HallClient:
        return HallClient(http, base, ids=ids, dice=dice)

    made: tuple[things.SimulatedThing, ...] = ()
    try:
        hall = await client().get("hall")
        port = options.mqtt_port or MQTT_PORT
        store = options.accounts.parent / "simulated"
        made = tuple(
            things.made(
                thing, hall=hall["id"], host=HOST, port=port, clock=SystemClock(), ids=ids, pace=pace, store=store
            )
            for thing in _chosen(people.devices, options.devices)
        )
        clerks = tuple(Clerk(person, client(), pace) for person in people.staff if person.window)
        visitors = Visitors([one for one in made if isinstance(one, things.Kiosk)], hall, pace)
        on_begin(Simulated(things=made, clerks=clerks, visitors=visitors))
        await _run(made, clerks, visitors, options.duration_s)
        log.info(
            "simulated %s visitors, %s visits finished",
            visitors.came,
            sum(clerk.served for clerk in clerks),
            extra={"action": "simulate.end"},
        )
    finally:
        await asyncio.gather(*(one.stop() for one in made), return_exceptions=True)
        http.close()


async def _accounts(file: Path) -> accounts.Accounts:
    """The sign-ins; a hall that is being made has not written them yet."""
    for _ in range(int(FOUNDING_S / LOOK_AGAIN_S)):
        with contextlib.suppress(Invalid):
            return await asyncio.to_thread(accounts.read, file)
        await asyncio.sleep(LOOK_AGAIN_S)
    return await asyncio.to_thread(accounts.read, file)


async def _run(
    made: tuple[things.SimulatedThing, ...], clerks: tuple[Clerk, ...], visitors: Visitors, duration_s: float | None
) -> None:
    for one in made:
        one.start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(duration_s), asyncio.TaskGroup() as group:
            for clerk in clerks:
                group.create_task(clerk.work())
            if any(isinstance(one, things.Kiosk) for one in made):
                group.create_task(visitors.come())


def _chosen(devices: tuple[accounts.Thing, ...], most: int | None) -> list[accounts.Thing]:
    """The devices to simulate, of each kind some, where not all are wanted."""
    if most is None or most >= len(devices):
        return list(devices)
    seen: dict[str, int] = {}
    ranked = []
    for device in devices:
        nth = seen[device.kind] = seen.get(device.kind, 0) + 1
        ranked.append((nth, FIRST.index(device.kind) if device.kind in FIRST else len(FIRST), device))
    return [device for *_, device in sorted(ranked, key=lambda entry: entry[:2])[: max(0, most)]]
