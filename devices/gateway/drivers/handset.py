"""Handset and rater (叫号器, 评价器) on RS-485: keys become the window's keys, ratings become ratings.

A key is worth five seconds: what cannot be done by then is dropped with a beep, or a number would be called that nobody
waits for any more. A rating is kept until the hall has it, while the agent runs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.protocols.errors import HardwareError
from devices.gateway.protocols.ft68 import Func, Key
from devices.gateway.protocols.handset_keys import Desk, Keypad, Press
from devices.gateway.protocols.lines import check_address
from devices.gateway.protocols.rs485_bus import BUSES, Health, Station, Timing, Told
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

KIND = DeviceKind.HANDSET
KEY_S = 5.0
"""A key is worth so long."""
WRONG, RIGHT = 3, 1
"""Beeps."""
MOST_RATINGS = 50
"""Kept while the hall is away; the oldest goes."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The handset's own lines in gateway.toml; its address is the bus's port or ``tcp://host:port``.

    Attributes:
        bus_address: 1 to 247, set with the switches of the handset.
        keys: the maker's code of a key → ours, both hexadecimal; what is not named stays as it is.
        ratings: the maker's value → level 1 (best) to 5; what is not named stays as it is.
        windows: what a clerk types after 转移 → window's id.
        baud: of the port. reply_s, rest_s, dead_s, retry_s: see `Timing`.
    """

    bus_address: Annotated[int, Meta(ge=1, le=247)]
    keys: dict[str, str] = {}
    ratings: dict[str, int] = {}
    windows: dict[str, str] = {}
    baud: int = 9600
    reply_s: float = 0.15
    rest_s: float = 0.01
    dead_s: float = 2.0
    retry_s: float = 3.0


class Handset:
    """One handset (the Driver port)."""

    def __init__(self, address: str, options: Options) -> None:
        """Opens nothing yet."""
        self._path, self._options = address, options
        self._keypad = Keypad(options.windows)
        self._desk = Desk()
        self._station: Station | None = None
        self._ratings: deque[dict[str, Any]] = deque(maxlen=MOST_RATINGS)
        self._has_rating = asyncio.Event()
        self._health: Health | None = None

    async def run(self, hall: HallSide) -> None:
        """Serve the handset until cancelled."""
        wanted = self._options
        timing = Timing(reply_s=wanted.reply_s, rest_s=wanted.rest_s, dead_s=wanted.dead_s, retry_s=wanted.retry_s)
        ratings = asyncio.create_task(self._hand_in(hall), name=f"ratings of {hall.device_id}")
        try:
            async with BUSES.station(self._path, wanted.bus_address, baud=wanted.baud, timing=timing) as station:
                self._station = station
                self._write_back()
                await self._listen(hall, station)
        except HardwareError as exc:
            hall.say_state(Status.FAULT, {"reason": exc.code})
            raise
        finally:
            self._station = None
            ratings.cancel()
            await asyncio.gather(ratings, return_exceptions=True)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """``beep`` and ``test``: beep once.

        Raises:
            NotDone: the handset is away, or it is something else.
        """
        if do not in {"beep", "test"}:
            raise NotDone("unknown_command")
        if self._station is None or self._health is None or self._health.fault is not None:
            raise NotDone("away")
        self._station.beep(RIGHT)
        return None

    def on_show(self, picture: Any) -> None:
        """Write the number and the people waiting back to the handset."""
        self._desk.shown(picture)
        self._write_back()

    # -- inside

    async def _listen(self, hall: HallSide, station: Station) -> None:
        while True:
            news = await station.news.get()
            match news:
                case Health():
                    self._say(hall, news)
                case Told(func=Func.RATING):
                    self._rated(hall, news.value)
                case Told():
                    await self._pressed(hall, station, news)

    def _say(self, hall: HallSide, health: Health) -> None:
        self._health = health
        if health.fault is None:
            hall.say_state(Status.ONLINE, {"bus_address": self._options.bus_address})
        else:
            hall.say_state(Status.FAULT, {"reason": health.fault, "bus_address": self._options.bus_address})

    async def _pressed(self, hall: HallSide, station: Station, told: Told) -> None:
        press = self._keypad.press(self._key(told.value), self._desk)
        if press is None:
            return
        try:
            if isinstance(press, str):
                raise NotDone(press)
            self._desk.answered(await self._ask(hall, press, told.at + KEY_S))
            station.beep(RIGHT)
        except (RequestRefused, NotDone, TimeoutError) as exc:
            station.beep(WRONG)
            reason = exc.code if isinstance(exc, RequestRefused) else str(exc) or "no_answer"
            hall.report("key.refused", {"key": f"{told.value:02x}", "reason": reason})
        self._write_back()

    async def _ask(self, hall: HallSide, press: Press, until: float) -> Any:
        if until <= asyncio.get_running_loop().time():
            raise NotDone("too_late")
        async with asyncio.timeout_at(until):
            return await hall.request(press.do, press.args, timeout_s=KEY_S)

    def _rated(self, hall: HallSide, value: int) -> None:
        level = self._options.ratings.get(str(value), value)
        if not 1 <= level <= 5:
            hall.report("rating.unknown", {"value": value})
            return
        about = {"ticket": self._desk.rating_ticket, "matter": self._desk.rating_matter}
        self._ratings.append({"level": level, "channel": "handset", **{k: v for k, v in about.items() if v}})
        self._has_rating.set()

    async def _hand_in(self, hall: HallSide) -> None:
        """Hand ratings in, the oldest first, each until the hall has said yes or no."""
        while True:
            await self._has_rating.wait()
            while self._ratings:
                rating = self._ratings[0]
                try:
                    await hall.request("rating.give", rating)
                except RequestRefused as exc:
                    hall.report("rating.refused", {"reason": exc.code})
                except TimeoutError:
                    if "ticket" in rating:
                        continue  # it still reaches its visit
                if self._ratings and self._ratings[0] is rating:
                    self._ratings.popleft()
            self._has_rating.clear()

    def _key(self, code: int) -> int:
        return int(self._options.keys.get(f"{code:02x}", f"{code:02x}"), 16)

    def _write_back(self) -> None:
        if self._station is not None:
            self._station.show(self._desk.number, self._desk.waiting)


def made(address: str, options: Options, around: Surroundings) -> Handset:
    """A driver for the agent."""
    return Handset(address, options)


def check(address: str, options: Options) -> None:
    """Refuse an address or a table of keys that cannot be one.

    Raises:
        ValueError: it says why.
    """
    check_address(address)
    known = {*Key, *range(Key.DIGIT_0, Key.DIGIT_9 + 1)}
    for theirs, ours in options.keys.items():
        if len(theirs) != 2 or theirs != theirs.lower() or not 0 <= int(theirs, 16) <= 0xFF:
            raise ValueError(f"key {theirs} is not two small hexadecimal digits")
        if int(ours, 16) not in known:
            raise ValueError(f"key {ours} is none of ours")
