"""Some weeks of a small hall, made by the keys people press: arrivals with peaks, waits, no-shows, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from attendance.messages import SaveShift, SetDepartment, SetRota, SignIn
from attendance.records import Rota, Shift
from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_queue.model import Channel
from hall_server.errors import DomainError
from hall_server.identity import Actor, Role
from hall_server.messages import Command
from hall_server.server import Server
from hall_server.web.accounts import Account
from tests.fakes.hall import HandClock, manager, opened, staff

ROOMS = ("hall_queue", "devices", "displays", "evaluation", "attendance", "dashboards")
WINDOWS = ("w01", "w02", "w03", "w05", "w06", "w10")
BUSY = {9: 3.0, 10: 4.5, 11: 3.5, 12: 0.6, 13: 1.2, 14: 4.0, 15: 3.5, 16: 2.0}
"""Arrivals in four minutes, by hour."""
STEP_S = 60
VISITOR = Actor(kind=Role.VISITOR, id="phone", roles=frozenset({Role.VISITOR}))
CHANNELS = (Channel.KIOSK, Channel.KIOSK, Channel.KIOSK, Channel.PHONE)
LEVELS = (1, 1, 1, 1, 2, 2, 3, 4)


@dataclass
class Days:
    """A hall whose days pass minute by minute."""

    server: Server
    clock: HandClock
    dice: Random
    until: dict[str, float] = field(default_factory=dict)

    async def day(self, *, crowd: float = 1.0, slow: float = 1.0) -> None:
        """From nine to five; ``crowd`` and ``slow`` times as many people and as much work."""
        for window in WINDOWS[: 4 + (self.dice.random() < 0.7) * 2]:
            await self._do(SignIn(), staff(f"s{window[1:]}"))
            await self._do(m.OpenWindow(window=window, staff=f"s{window[1:]}"))
            self.until[window] = 0.0
        for minute in range(8 * 60):
            self.clock.forward(seconds=STEP_S)
            await self._minute(9 + minute // 60, crowd, slow)
        for window in list(self.until):
            await self._do(m.FinishService(window=window))
            await self._do(m.CloseWindow(window=window))
            await self._do(SignIn(), staff(f"s{window[1:]}"))
        self.until.clear()

    async def _minute(self, hour: int, crowd: float, slow: float) -> None:
        lines = [line for line in ("business", "tax", "transport") if line in self.server.directory.lines]
        for _ in range(int(self.dice.expovariate(1) * BUSY[hour] / 4 * crowd + 0.5)):
            priority = "elderly" if self.dice.random() < 0.08 else None
            await self._do(
                m.IssueTicket(line=self.dice.choice(lines), priority=priority, channel=self.dice.choice(CHANNELS))
            )
        for window, until in list(self.until.items()):
            if self.clock.monotonic() >= until:
                await self._next(window, slow)

    async def _next(self, window: str, slow: float) -> None:
        queue = self.server.rooms["hall_queue"].queue
        served = queue.desk(window).ticket
        if served is not None:
            await self._do(m.FinishService(window=window))
            if self.dice.random() < 0.3:
                level = Level(self.dice.choice(LEVELS))
                given = GiveRating(ticket=served, level=level, channel=RatingChannel.PHONE)
                with suppress(DomainError):
                    await self.server.execute(given, actor=VISITOR)
        await self._do(m.CallNext(window=window))
        if queue.desk(window).ticket is None:
            return
        if self.dice.random() < 0.05:
            await self._do(m.RecallTicket(window=window))
            await self._do(m.PassTicket(window=window))
            return
        self.clock.forward(seconds=1)
        await self._do(m.StartService(window=window))
        self.until[window] = self.clock.monotonic() + self.dice.expovariate(1 / (420 * slow))

    async def _do(self, command: Command, actor: Actor | None = None) -> None:
        with suppress(DomainError):
            await self.server.execute(command, actor=actor or manager())


async def _shifts(server: Server, first: date) -> None:
    """Those who sit at the windows work from nine to five on weekdays; three of them stand on a department's sheet."""
    department = next(iter(server.directory.departments))
    await server.execute(
        SaveShift(shift=Shift(id="day", name="白班", name_en="Day", begin="09:00", end="17:00")), actor=manager()
    )
    for number, window in enumerate(WINDOWS):
        rota = Rota(from_day=first, week=(("day",),) * 5 + ((), ()))
        await server.execute(SetRota(staff=f"s{window[1:]}", rota=rota), actor=manager())
        if number < 3:
            await server.execute(SetDepartment(staff=f"s{window[1:]}", department=department), actor=manager())


MANAGER = {"name": "boss", "password": "correct horse battery"}
"""Who signs in; a hall made like this has no demonstration accounts."""


async def _account(server: Server) -> None:
    account = Account(id="boss", name="boss", display_name="Boss", number="001", password="", roles=(Role.MANAGER,))
    await server.rooms["web"].accounts.save(account, password=MANAGER["password"])


async def fill(data: Path, last: date, days: int, *, seed: int = 7, crowds: Sequence[float] = ()) -> None:
    """Working days up to ``last`` in a new hall's folder; the hall can then be started from it."""
    dice = Random(seed)
    wanted = [last - timedelta(days=n) for n in range(days * 2)]
    wanted = sorted([day for day in wanted if day.isoweekday() <= 5][:days])
    clock = HandClock(datetime(wanted[0].year, wanted[0].month, wanted[0].day, 1, tzinfo=UTC))
    settings = {"recall_gap_s": 0.0, "pass_after_s": 0.0, "tickets_per_minute": 100_000}
    async with opened(data, clock=clock, rooms=ROOMS, **settings) as server:
        await _account(server)
        await _shifts(server, wanted[0])
        hall = Days(server, clock, dice)
        for number, day in enumerate(wanted):
            opens = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            clock.forward(seconds=max(0.0, (opens - clock.now()).total_seconds()))
            await server.roll_day()
            await hall.day(crowd=crowds[number % len(crowds)] if crowds else dice.uniform(0.7, 1.2))
