"""Kiosks from which tickets flow without a pause, over HTTP and MQTT, and what each has promised to its visitors."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devices.simulated.accounts import Thing
from devices.simulated.numbers import SpareNumbers
from devices.simulated.pace import Pace
from devices.simulated.things import Kiosk
from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from tests.fakes.killed_hall import Cut, Http

BETWEEN_S = 0.03
ANSWER_S = 3.0


class Flow:
    """Takes a number again and again, with the link or without it.

    Attributes:
        online, offline: the numbers its visitors hold, with when they got them.
    """

    def __init__(self, name: str, lines: tuple[str, ...], *, seed: int) -> None:
        self.name = name
        self.online: dict[str, datetime] = {}
        self.offline: dict[str, datetime] = {}
        self.twice: list[str] = []
        self._lines = lines
        self._dice = random.Random(seed)
        self._task: asyncio.Task[None] | None = None
        self.is_open = True

    async def begin(self) -> None:
        """Let visitors come."""
        self._task = asyncio.create_task(self._flow(), name=f"visitors at {self.name}")

    async def end(self) -> None:
        """Let no more come; the kiosk goes on handing in."""
        self.is_open = False
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Switch the kiosk off."""
        self.is_open = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def spare(self) -> SpareNumbers:
        """What it keeps."""
        raise NotImplementedError

    async def one(self, line: str) -> tuple[str, bool] | None:
        """A number for a visitor and whether the kiosk gave it alone."""
        raise NotImplementedError

    async def _flow(self) -> None:
        while self.is_open:
            found = await self.one(self._dice.choice(self._lines))
            if found is not None:
                number, is_alone = found
                if number in self.online or number in self.offline:
                    self.twice.append(number)
                (self.offline if is_alone else self.online)[number] = datetime.now(UTC)
            await asyncio.sleep(BETWEEN_S)


class MqttFlow(Flow):
    """The simulated kiosk that ships with the product."""

    def __init__(self, thing: Thing, port: int, store: Path, lines: tuple[str, ...], *, seed: int) -> None:
        super().__init__(thing.id, lines, seed=seed)
        dice = random.Random(seed)
        self.kiosk = Kiosk(
            thing,
            hall="demo",
            host="127.0.0.1",
            port=port,
            clock=SystemClock(),
            ids=RandomIds(),
            pace=Pace(speed=1.0, visitors_per_hour=0.0, dice=dice),
            store=store,
        )

    @property
    def spare(self) -> SpareNumbers:
        assert self.kiosk.spare is not None
        return self.kiosk.spare

    async def begin(self) -> None:
        self.kiosk.start()
        await super().begin()

    async def close(self) -> None:
        await super().close()
        await self.kiosk.stop()

    async def one(self, line: str) -> tuple[str, bool] | None:
        ticket = await self.kiosk.take({"line": line})
        return (ticket["number"], ticket.get("offline", False)) if ticket else None


class HttpFlow(Flow):
    """A kiosk that speaks HTTP, and remembers which of its hand-ins were not answered."""

    def __init__(self, thing: Thing, port: int, store: Path, lines: tuple[str, ...], *, seed: int) -> None:
        super().__init__(thing.id, lines, seed=seed)
        self._spare = SpareNumbers(store / f"{thing.id}.json", SystemClock())
        self._link = Http(port, thing.id, thing.password)
        self._keeper: asyncio.Task[None] | None = None
        self._keeping = Http(port, thing.id, thing.password)

    @property
    def spare(self) -> SpareNumbers:
        return self._spare

    async def begin(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name=f"spare numbers of {self.name}")
        await super().begin()

    async def close(self) -> None:
        await super().close()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._link.cut()
        self._keeping.cut()

    async def one(self, line: str) -> tuple[str, bool] | None:
        try:
            ticket = await self._ask(self._link, "tickets", {"line": line, "channel": "kiosk"})
        except (Cut, TimeoutError):
            self._link.cut()
            number = self._spare.give(line)
            return (number, True) if number else None
        return ticket["number"], False

    async def _ask(self, link: Http, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_S):
            status, reply = await link.ask("POST", f"/api/v1/{path}", body, key=secrets.token_hex(12))
        assert status in {200, 201}, reply
        return dict(reply)

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(Cut, TimeoutError):
                while self._spare.pending:
                    self._spare.answered(await self._ask(self._keeping, "kiosk/hand-in", self._spare.to_hand_in()))
                self._spare.reserved(await self._ask(self._keeping, "kiosk/numbers", {"session": self._spare.session}))
                await asyncio.sleep(10 * BETWEEN_S)
                continue
            self._keeping.cut()
            await asyncio.sleep(BETWEEN_S)
