"""What goes wrong in a hall now and then: paper, a hung pad, a wrong clock, lost links, the broker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shlex
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

from devices.simulated.ledger import Ledger
from devices.simulated.pace import Pace
from devices.simulated.things import Kiosk, Printer, SimulatedThing
from hall_server.errors import Invalid

log = logging.getLogger(__name__)

EVERY_S = 2400.0
"""About so often each trouble comes, in the simulation's seconds."""
LEAST_S = 6.0
"""Real seconds a trouble lasts at least: the hall shall have seen it."""
BACK_WITHIN_S = 10.0
"""Asked of all devices after the broker died."""
GIVEN_UP_S = 120.0


class Trouble(StrEnum):
    """What can go wrong."""

    PAPER = "paper"  # a printer or a kiosk runs out of it
    PAD = "pad"  # a pad hangs: it is connected and says nothing
    CLOCK = "clock"  # a device's clock is wrong
    LINKS = "links"  # all connections break at once, as when a switch or the broker dies


def named(words: str) -> tuple[Trouble, ...]:
    """Troubles by their words, with commas between; ``all``: every one.

    Raises:
        Invalid: ``simulate.trouble_unknown``.
    """
    if words.strip() == "all":
        return tuple(Trouble)
    try:
        return tuple(Trouble(word.strip()) for word in words.split(",") if word.strip())
    except ValueError as exc:
        raise Invalid("simulate.trouble_unknown", known=", ".join(Trouble), given=words[:60]) from exc


class Troubles:
    """Lets things go wrong.

    Attributes:
        back_s: after each loss of all links, real seconds until the last device was back.
    """

    def __init__(self, things: Sequence[SimulatedThing], pace: Pace, ledger: Ledger) -> None:
        self.back_s: list[float] = []
        self._things = things
        self._pace = pace
        self._ledger = ledger
        self._does: dict[Trouble, Callable[[], Awaitable[None]]] = {
            Trouble.PAPER: self._paper,
            Trouble.PAD: self._pad,
            Trouble.CLOCK: self._clock,
            Trouble.LINKS: self._links,
        }

    async def come(self, kind: Trouble) -> None:
        """One after the other, for as long as this runs."""
        while True:
            await self._pace.span(EVERY_S)
            self._ledger.counts[f"trouble {kind.value}"] += 1
            await self._does[kind]()

    async def restart_broker(self, command: str, after_s: float) -> None:
        """Run what restarts the broker once, so many real seconds from now, and see all devices come back."""
        await asyncio.sleep(after_s)
        process = await asyncio.create_subprocess_exec(*shlex.split(command))
        self._ledger.counts["trouble broker"] += 1
        await process.wait()
        await self._come_back()

    async def _paper(self) -> None:
        users: list[Kiosk | Printer] = [one for one in self._things if isinstance(one, (Kiosk, Printer))]
        if not users:
            return
        one = self._pace.dice.choice(users)
        one.paper(is_out=True)
        try:
            await self._lasts(600.0)
        finally:
            one.paper(is_out=False)

    async def _pad(self) -> None:
        one = self._one("pad")
        if one is None:
            return
        one.device.hang()
        try:
            await self._lasts(900.0)
        finally:
            one.device.hang(is_hung=False)

    async def _clock(self) -> None:
        one = self._pace.dice.choice(list(self._things))
        one.clock.skew_s = self._pace.dice.choice((-1.0, 1.0)) * self._pace.dice.uniform(40.0, 4000.0)
        try:
            await self._lasts(1800.0)
        finally:
            one.clock.skew_s = 0.0

    async def _links(self) -> None:
        for one in self._things:
            one.device.link.cut()
        await asyncio.sleep(0)
        await self._come_back()

    async def _come_back(self) -> None:
        """Wait for all; who has not noticed the loss yet counts as there."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVEN_UP_S):
                await asyncio.sleep(0.05)
                for one in self._things:
                    await one.device.link.connected()
        self.back_s.append(loop.time() - begun)
        missing = sum(not one.device.link.is_connected for one in self._things)
        if missing:
            self._ledger.faults.append(f"{missing} devices did not come back within {GIVEN_UP_S:.0f} s")

    async def _lasts(self, typical_s: float) -> None:
        await asyncio.sleep(max(LEAST_S, self._pace.about(typical_s) / self._pace.speed))

    def _one(self, kind: str) -> SimulatedThing | None:
        found = [one for one in self._things if one.thing.kind == kind]
        return self._pace.dice.choice(found) if found else None
