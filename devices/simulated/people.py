"""Simulated visitors, who take numbers at the kiosks, and staff, who call and serve them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from devices.simulated.accounts import Person
from devices.simulated.client import HallClient, Refusal
from devices.simulated.pace import Pace
from devices.simulated.things import Kiosk

log = logging.getLogger(__name__)

KNOWS_MATTER = 0.6
AT_KIOSKS = 50
SERVICE_S = 110.0
WALK_S = 12.0
LOOK_AGAIN_S = 4.0
ABSENT = 0.05
PAUSES = 0.02
PAUSE_S = 240.0
RULE_S = 3.0
"""How long to wait, in real seconds, before trying again what a rule of the hall has put off."""

PATIENCE = 25
"""Tries before a number whose visitor is not there is served after all."""


class Visitors:
    """Come by the pattern of the day and take a number each."""

    def __init__(self, kiosks: Sequence[Kiosk], hall: dict[str, Any], pace: Pace) -> None:
        """``hall``: the answer of ``GET /api/v1/hall``."""
        self._kiosks = kiosks
        self._hall = hall
        self._pace = pace
        self._at_kiosks: set[asyncio.Task[None]] = set()
        self.came = 0
        self.tickets: list[str] = []

    async def come(self) -> None:
        """Let visitors come for as long as this runs."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            while True:
                await asyncio.sleep(min(3600.0, self._pace.next_arrival_s(loop.time() - start, came=self.came)))
                if len(self._at_kiosks) < AT_KIOSKS:
                    task = asyncio.create_task(self._one(), name="visitor")
                    self._at_kiosks.add(task)
                    task.add_done_callback(self._at_kiosks.discard)
        finally:
            for task in self._at_kiosks:
                task.cancel()
            await asyncio.gather(*self._at_kiosks, return_exceptions=True)

    async def _one(self) -> None:
        wanted, zone = self._wish()
        near = [kiosk for kiosk in self._kiosks if kiosk.thing.zone == zone] or list(self._kiosks)
        self.came += 1
        ticket = await self._pace.dice.choice(near).take(wanted)
        if ticket is not None:
            self.tickets = [*self.tickets, str(ticket["number"])][-1000:]

    def _wish(self) -> tuple[dict[str, Any], str | None]:
        zones = {line["id"]: line["zone"] for line in self._hall["lines"]}
        matters = self._hall["frequent"]
        if matters and self._pace.chance(KNOWS_MATTER):
            matter = self._pace.dice.choice(matters)
            return {"matter": matter["id"], "line": matter["line"]}, zones.get(matter["line"])
        line = self._pace.dice.choice(self._hall["lines"])
        return {"line": line["id"]}, line["zone"]


class Clerk:
    """One member of staff at a window: calls, serves, finishes, rests now and then."""

    def __init__(self, person: Person, hall: HallClient, pace: Pace) -> None:
        self._person = person
        self._hall = hall
        self._pace = pace
        self.served = 0

    async def work(self) -> None:
        """Serve for as long as this runs; whatever the hall refuses, the clerk looks at the desk again."""
        while True:
            try:
                await self._hall.sign_in(self._person.name, self._person.password)
                await self._press("open")
                while True:
                    await self._next()
            except Refusal as exc:
                log.info("%s: %s", self._person.window, exc, extra={"action": "simulate.refused"})
                await self._pace.exactly(RULE_S)

    async def _next(self) -> None:
        desk = await self._hall.get(f"windows/{self._person.window}")
        ticket = desk["ticket"]
        if desk["state"] == "paused":
            await self._press("resume")
        elif ticket is None:
            await self._call()
        elif ticket["state"] == "called":
            await self._meet()
        else:
            await self._pace.span(SERVICE_S)
            await self._press("finish")
            self.served += 1

    async def _call(self) -> None:
        if self.served and self._pace.chance(PAUSES):
            await self._press("pause", {"reason": "break", "anyway": True})
            await self._pace.span(PAUSE_S)
            await self._press("resume")
        try:
            await self._press("call")
        except Refusal as exc:
            if exc.code != "queue.empty":
                raise
            await self._pace.span(LOOK_AGAIN_S)

    async def _meet(self) -> None:
        await self._pace.span(WALK_S)
        if self._pace.chance(ABSENT) and await self._give_up():
            return
        await self._press("start")

    async def _give_up(self) -> bool:
        """Call again and then pass, as soon as the hall's rules let it; they are not hurried by the simulation."""
        for _ in range(PATIENCE):
            for key in ("recall", "pass"):
                try:
                    await self._press(key)
                except Refusal as exc:
                    if exc.status not in {403, 409}:
                        raise
                    continue
                if key == "pass":
                    return True
            await self._pace.exactly(RULE_S)
        return False

    async def _press(self, key: str, body: dict[str, Any] | None = None) -> Any:
        return await self._hall.post(f"windows/{self._person.window}/{key}", body)
