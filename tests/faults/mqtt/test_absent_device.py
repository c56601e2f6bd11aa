"""Fault 18: a device is away through 1,500 commands; back, it shows the present and says nothing that is too old."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hall_server.ids import RandomIds
from hall_server.mqtt.commands import LIMIT_PER_DEVICE, Commands
from hall_server.mqtt.embedded_link import EmbeddedLink
from hall_server.mqtt.router import DeviceRouter
from tests.fakes.mqtt_hall import HALL, Embedded, HandClock, Registry, Watch, describe, device, served

COMMANDS = 1_500
TTL_S = 60.0


class Mouth:
    """What a speaker has said."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self._heard = Watch()

    async def __call__(self, do: str, args: dict[str, Any]) -> None:
        self.said.append(args["second"])
        self._heard(args["second"])

    async def until(self, second: int) -> None:
        await self._heard.until(lambda seen: second in seen)


@asynccontextmanager
async def inside(broker: Embedded, clock: HandClock) -> AsyncIterator[DeviceRouter]:
    """A router in the broker's own process, as a hall has it."""
    link = EmbeddedLink(broker.broker)
    router = DeviceRouter(hall=HALL, link=link, gate=broker.registry, clock=clock, ids=RandomIds(), describe=describe)
    link.start()
    router.start()
    yield router
    await router.stop()
    await link.stop()


def through(router: DeviceRouter, clock: HandClock) -> None:
    """One call and one picture a second, for as many seconds as there are commands."""
    for second in range(COMMANDS):
        router.command("d1", "speak", {"second": second}, ttl_s=TTL_S)
        router.show("d1", {"number": second})
        clock.move(1.0)
    router.sweep()


@pytest.mark.gen_test
async def test_a_device_that_was_away_shows_the_present_and_speaks_nothing_old() -> None:
    broker, clock, mouth = Embedded(Registry("d1")), HandClock(), Mouth()
    await broker.start()
    async with inside(broker, clock) as router:
        through(router, clock)
        assert len(router.waiting("d1")) <= LIMIT_PER_DEVICE
        async with device(broker, "d1", on_command=mouth, clock=clock) as back:
            assert await back.shown(bool) == {"number": COMMANDS - 1}
            await mouth.until(COMMANDS - 1)
            router.command("d1", "speak", {"second": COMMANDS}, ttl_s=TTL_S)
            await mouth.until(COMMANDS)
    assert min(mouth.said) > COMMANDS - TTL_S - 1
    assert len(mouth.said) == len(set(mouth.said))
    await broker.stop()


@pytest.mark.gen_test
async def test_control_without_an_end_of_their_time_old_calls_would_be_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    def sent_for_good(self: Commands, pending: Any, now: float) -> None:
        pending.deadline = now + TTL_S
        self._send_again(pending, now)

    monkeypatch.setattr(Commands, "_expire_or_send", sent_for_good)
    broker, clock, mouth = Embedded(Registry("d1")), HandClock(), Mouth()
    await broker.start()
    async with served(broker, clock=clock) as router:
        router.command("d1", "speak", {"second": 0}, ttl_s=TTL_S)
        clock.move(10 * TTL_S)
        async with device(broker, "d1", on_command=mouth, clock=clock):
            await asyncio.wait_for(mouth.until(0), 20)
    assert mouth.said == [0]
    await broker.stop()
