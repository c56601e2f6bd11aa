"""A busy day lived through by a real hall on a clock of its own: visitors, clerks with habits, breaks; for what-if."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import log
from typing import TYPE_CHECKING, Any

import msgspec

from hall_queue import messages as m
from hall_queue.model import Channel
from hall_server.errors import DomainError, Refused
from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from hall_server.server import Server

MANAGER = Actor(kind=Role.STAFF, id="bench", roles=frozenset({Role.STAFF, Role.MANAGER}))
OPEN_S, CLOSE_S, LAST_S = 9 * 3_600.0, 17 * 3_600.0, 16.5 * 3_600.0
BREAK_S = 3_600.0
NO_SHOW, LEAVES, HELD, PRIORITY = 0.03, 0.02, 0.01, 0.04


class DayClock:
    """A clock that the day moves."""

    def __init__(self, day: date, *, zone_h: float = 8.0) -> None:
        self.midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=zone_h)
        self.seconds = OPEN_S - 600.0

    def now(self) -> datetime:
        """The moment."""
        return self.midnight + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Seconds since the day began."""
        return self.seconds


class LivedDay:
    """Plays visitors and clerks against a hall, command by command."""

    def __init__(self, server: Server, clock: DayClock, *, tickets: int, load: float = 0.95, seed: int = 1) -> None:
        """Prepare a day.

        Args:
            load: how much work comes, of what the windows can do.
        """
        self._server, self._clock = server, clock
        self._random = random.Random(seed)  # chance, no secret
        self._steps: list[tuple[float, int, str, str]] = []
        self._count = 0
        self._windows = sorted(server.directory.windows)
        self._lines = sorted({line for window in server.directory.windows.values() for line in window.lines})
        hours = (CLOSE_S - OPEN_S - BREAK_S) * len(self._windows)
        self._service_s = hours * load / tickets - 25.0
        for at in self._arrivals(tickets):
            self._later(at, "came", "")
        for number, window in enumerate(self._windows):
            self._later(OPEN_S + self._random.uniform(-120, 300), "open", window)
            begin = 11.5 * 3_600 + (number % 3) * 2_700
            self._later(begin, "break", window)
            self._later(begin + BREAK_S, "resume", window)
            self._later(CLOSE_S, "close", window)

    async def live(self) -> None:
        """Live through the day."""
        while self._steps:
            at, _, what, id_ = heapq.heappop(self._steps)
            self._clock.seconds = max(at, self._clock.seconds)
            await getattr(self, f"_{what}")(id_)

    def _arrivals(self, tickets: int) -> Iterator[float]:
        """Two crowds, one before noon and one after."""
        for _ in range(tickets):
            top = 10.2 if self._random.random() < 0.6 else 14.5
            yield min(LAST_S, max(OPEN_S, self._random.gauss(top, 1.1) * 3_600))

    # -- people

    async def _came(self, _: str) -> None:
        chance = self._random.random
        line = self._lines[min(int(chance() ** 1.3 * len(self._lines)), len(self._lines) - 1)]
        priority = "elderly" if chance() < PRIORITY else None
        reply = await self._do(m.IssueTicket(line=line, channel=Channel.KIOSK, priority=self._known(priority)))
        if reply is not None and chance() < LEAVES:
            self._later(self._clock.seconds + self._random.uniform(300, 2_400), "left", reply["id"])
        for window in self._windows:
            desk = self._server.rooms["hall_queue"].queue.desk(window)
            if desk.state.value == "idle" and line in self._server.directory.windows[window].lines:
                self._later(self._clock.seconds + self._random.uniform(1, 8), "call", window)
                return

    def _known(self, priority: str | None) -> str | None:
        hall = self._server.directory.hall
        found = [one.id for one in hall.priorities] if hall else []
        return found[0] if priority and found else None

    async def _left(self, ticket: str) -> None:
        await self._do(m.CancelTicket(ticket=ticket))

    # -- windows

    async def _open(self, window: str) -> None:
        await self._do(m.OpenWindow(window=window))
        self._later(self._clock.seconds + 3, "call", window)

    async def _break(self, window: str) -> None:
        if await self._do(m.PauseWindow(window=window, anyway=True)) is None:
            self._later(self._clock.seconds + 20, "break", window)

    async def _resume(self, window: str) -> None:
        if await self._do(m.ResumeWindow(window=window)) is not None:
            self._later(self._clock.seconds + 3, "call", window)

    async def _close(self, window: str) -> None:
        waiting = self._server.rooms["hall_queue"].queue.waiting
        lines = self._server.directory.windows[window].lines
        late = self._clock.seconds > CLOSE_S + 5_400
        if (not late and any(waiting.count(line) for line in lines)) or (
            await self._do(m.CloseWindow(window=window, alone="leave")) is None  # type: ignore[arg-type]  # its value
        ):
            self._later(self._clock.seconds + 30, "close", window)

    async def _call(self, window: str) -> None:
        if await self._do(m.CallNext(window=window)) is None:
            return
        if self._random.random() < NO_SHOW:
            self._later(self._clock.seconds + 20, "recall", window)
        else:
            self._later(self._clock.seconds + self._random.uniform(5, 40), "start", window)

    async def _recall(self, window: str) -> None:
        await self._do(m.RecallTicket(window=window))
        self._later(self._clock.seconds + 32, "pass", window)

    async def _pass(self, window: str) -> None:
        await self._do(m.PassTicket(window=window))
        self._later(self._clock.seconds + 3, "call", window)

    async def _start(self, window: str) -> None:
        await self._do(m.StartService(window=window))
        spread = 0.6
        service_s = self._random.lognormvariate(log(self._service_s) - spread**2 / 2, spread)
        is_held = self._random.random() < HELD
        self._later(self._clock.seconds + service_s, "hold" if is_held else "finish", window)

    async def _hold(self, window: str) -> None:
        await self._do(m.HoldTicket(window=window, minutes=10))
        self._later(self._clock.seconds + 3, "call", window)

    async def _finish(self, window: str) -> None:
        await self._do(m.FinishService(window=window))
        self._later(self._clock.seconds + self._random.uniform(2, 15), "call", window)

    # -- small moves

    def _later(self, at: float, what: str, id_: str) -> None:
        self._count += 1
        heapq.heappush(self._steps, (at, self._count, what, id_))

    async def _do(self, command: Any) -> Any:
        """The reply, or None where the hall refuses."""
        try:
            return msgspec.json.decode(await self._server.execute(command, actor=MANAGER))
        except Refused:
            return None
        except DomainError as exc:
            raise RuntimeError(f"{command}: {exc.code} {exc.fields}") from exc
