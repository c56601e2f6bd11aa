"""An RS-485 bus with its one master: several devices of the gateway share one serial port.

Each device is a `Station` with its address. The bus opens the port with the first station and closes it with the last;
it asks one station after the other, writes what is to be shown, and asks one that does not answer only now and then, so
that a dead handset does not slow the living.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable

import msgspec

from devices.gateway.protocols.errors import HardwareError, LineLost
from devices.gateway.protocols.ft68 import Frame, Frames, Func, encode, shown
from devices.gateway.protocols.lines import Line, open_line

MISSES = 3
"""So many polls without an answer, and a station counts as dead."""
_WAITING_EVENTS = 32
_HIGHEST = 247


class AddressTaken(HardwareError):
    """Two devices of the gateway have the same address on one bus."""

    code = "address_taken"


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a bus goes, seconds: wait for an answer, rest between two frames, ask the dead, open again."""

    reply_s: float = 0.15
    rest_s: float = 0.01
    dead_s: float = 2.0
    retry_s: float = 3.0


class Told(msgspec.Struct, frozen=True):
    """What a station has told: ``KEY`` or ``RATING`` with its value, and when, by the loop's clock."""

    func: Func
    value: int
    at: float


class Health(msgspec.Struct, frozen=True):
    """How a station is now: None, or the code of what is wrong."""

    fault: str | None


class Station:
    """One address; made by `Buses.station`.

    Attributes:
        news: what it tells and how it is; the oldest goes where nobody listens.
    """

    def __init__(self, address: int) -> None:
        self.address = address
        self.news: asyncio.Queue[Told | Health] = asyncio.Queue()
        self._wanted: bytes | None = None
        self._beeps = 0
        self._is_shown = False
        self._taken = 0  # number of its last event; 0: none
        self._misses = 0
        self._health: Health | None = None
        self.ask_at = 0.0

    def show(self, number: str, waiting: int) -> None:
        """Have a number and people waiting shown; the newest counts, and comes again after the station was away."""
        wanted = shown(number, waiting)
        if wanted != self._wanted:
            self._wanted, self._is_shown = wanted, False

    def beep(self, times: int) -> None:
        """Have it beep."""
        self._beeps = times

    # -- for the bus

    def question(self) -> Frame:
        """What to send to it now."""
        if self._beeps:
            return Frame(self.address, Func.BEEP, bytes((self._beeps,)))
        if self._wanted is not None and not self._is_shown:
            return Frame(self.address, Func.SHOW, self._wanted)
        return Frame(self.address, Func.POLL, bytes((self._taken,)))

    def answered(self, asked: Frame, answer: Frame) -> None:
        """Take its answer."""
        if self._misses >= MISSES:
            self._is_shown = False  # it may have been without current
        self._misses = 0
        self.say(Health(None))
        if answer.func == Func.DONE:
            self._done(asked)
        elif answer.func in (Func.KEY, Func.RATING) and len(answer.data) == 2:
            number, value = answer.data
            if number != self._taken:
                self._tell(Told(Func(answer.func), value, asyncio.get_running_loop().time()))
            self._taken = number

    def missed(self, now: float, dead_s: float) -> None:
        """It did not answer."""
        self._misses += 1
        if self._misses >= MISSES:
            self.say(Health("no_answer"))
            self.ask_at = now + dead_s

    def say(self, health: Health) -> None:
        """Tell how it is, where that is new."""
        if health != self._health:
            self._health = health
            self._tell(health)

    def _done(self, asked: Frame) -> None:
        if asked.func == Func.BEEP:
            self._beeps = 0
        elif asked.func == Func.SHOW and asked.data == self._wanted:
            self._is_shown = True

    def _tell(self, news: Told | Health) -> None:
        if self.news.qsize() >= _WAITING_EVENTS:
            self.news.get_nowait()
        self.news.put_nowait(news)


class Bus:
    """One port and its stations."""

    def __init__(self, path: str, baud: int, timing: Timing) -> None:
        self._path, self._baud, self._timing = path, baud, timing
        self.stations: dict[int, Station] = {}
        self._frames = Frames()

    async def run(self) -> None:
        """Ask the stations until cancelled; opens the port again after it was lost."""
        while True:
            try:
                line = await open_line(self._path, baud=self._baud)
            except LineLost as exc:
                self._all_say(Health(exc.code))
            else:
                await self._serve(line)
            await asyncio.sleep(self._timing.retry_s)

    async def _serve(self, line: Line) -> None:
        try:
            for turn in itertools.count():
                await self._round(line, turn)
        except LineLost as exc:
            self._all_say(Health(exc.code))
        finally:
            await line.close()

    async def _round(self, line: Line, turn: int) -> None:
        now = asyncio.get_running_loop().time()
        for station in [one for one in self.stations.values() if one.ask_at <= now]:
            asked = station.question()
            answer = await self._ask(line, asked)
            if answer is None:
                station.missed(now, self._timing.dead_s)
            else:
                station.answered(asked, answer)
            await asyncio.sleep(self._timing.rest_s)
        await asyncio.sleep(self._timing.rest_s)

    async def _ask(self, line: Line, frame: Frame) -> Frame | None:
        """The answer of the station that was asked; None where it says nothing in time."""
        self._frames.clear()
        await line.write(encode(frame))
        try:
            async with asyncio.timeout(self._timing.reply_s):
                while True:
                    if answer := _of(frame.address, self._frames.feed(await line.read())):
                        return answer
        except TimeoutError:
            return None

    def _all_say(self, health: Health) -> None:
        for station in self.stations.values():
            station.say(health)


def _of(address: int, frames: Iterable[Frame]) -> Frame | None:
    """The answer of a station; our own words come back as an echo, and others may be late."""
    return next((one for one in frames if one.address == address and one.func & 0x80), None)


class Buses:
    """The ports of this process: each is opened once, however many devices hang on it."""

    def __init__(self) -> None:
        self._running: dict[tuple[int, str], tuple[Bus, asyncio.Task[None]]] = {}

    @contextlib.asynccontextmanager
    async def station(self, path: str, address: int, *, baud: int, timing: Timing) -> AsyncIterator[Station]:
        """Be one station of the bus at a port.

        Args:
            path: the port; whoever comes first says how fast it goes.
            address: 1 to 247.
            baud, timing: of the bus.

        Raises:
            AddressTaken: another device has it.
        """
        key = (id(asyncio.get_running_loop()), path)
        if key not in self._running:
            bus = Bus(path, baud, timing)
            self._running[key] = bus, asyncio.create_task(bus.run(), name=f"bus {path}")
        bus, task = self._running[key]
        if address in bus.stations:
            raise AddressTaken(f"address {address} of {path} is taken")
        station = bus.stations[address] = Station(address)
        try:
            yield station
        finally:
            del bus.stations[address]
            if not bus.stations:
                del self._running[key]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


BUSES = Buses()
"""A serial port belongs to the whole process, so this does too."""
