"""The simulated devices: kiosk, pad, speaker and screens, each over MQTT alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from devices.simulated.accounts import Thing
from devices.simulated.floor import Floor
from devices.simulated.numbers import SpareNumbers
from devices.simulated.pace import Pace
from hall_server.clock import Clock
from hall_server.ids import Ids
from hall_server.mqtt.simulated import NotDone, RequestRefused, SimulatedDevice
from hall_server.mqtt.topics import Status

log = logging.getLogger(__name__)

RATED_PART = 0.6
THINKING_S = 6.0
LEVELS = (0.72, 0.18, 0.06, 0.03, 0.01)
"""How visitors rate: part of each level, 1 is best. Made up."""

SECONDS_PER_LETTER = 0.12
ANSWER_S = 3.0
"""A hall that needs longer to answer a kiosk is as good as away."""
ALONE_S = 30.0
"""How long a kiosk asks that has no numbers of its own."""
SLIP_S = 1.5
"""How long a slip takes to come out."""
RESERVE_S = 60.0
"""How often a kiosk looks whether it has numbers enough for a lost link."""
DOUBT_S = 300.0
"""How long a kiosk goes on asking what became of a wish that was not answered."""
_REMEMBERED = 200


class CannotDo(Exception):
    """The hall told a device something that this kind cannot do; the hall hears that it failed."""


class WrongClock:
    """A clock that may be set wrong (the Clock port).

    Attributes:
        skew_s: so many seconds it is fast.
    """

    def __init__(self, right: Clock) -> None:
        self._right = right
        self.skew_s = 0.0

    def now(self) -> datetime:
        """What it shows."""
        return self._right.now() + timedelta(seconds=self.skew_s)

    def monotonic(self) -> float:
        """Spans are right on any clock."""
        return self._right.monotonic()


class SimulatedThing:
    """A device of the hall, made for its kind."""

    def __init__(
        self,
        thing: Thing,
        *,
        hall: str,
        host: str,
        port: int,
        clock: Clock,
        ids: Ids,
        pace: Pace,
        store: Path | None = None,
        floor: Floor | None = None,
    ) -> None:
        """Prepares it; `start` connects.

        Args:
            thing: what it is and where.
            hall: id of the hall. host, port: of the broker.
            clock: the right time. ids: for what it asks. pace: of the people who use it.
            store: folder for what it keeps.
            floor: who looks at it; None: nobody.
        """
        self.thing = thing
        self.pace = pace
        self.clock = WrongClock(clock)
        self.floor = floor
        self.store = store
        self.device = SimulatedDevice(
            hall=hall,
            device_id=thing.id,
            kind=thing.kind,
            host=host,
            port=port,
            password=thing.password,
            clock=self.clock,
            ids=ids,
            on_command=self._told,
            on_show=self.on_show,
        )

    def start(self) -> None:
        """Switch it on."""
        self.device.start()

    async def stop(self) -> None:
        """Switch it off."""
        await self.device.stop()

    async def _told(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """What every kind can do: take a new credential, and show that it works."""
        match do:
            case "credential.renew":
                self.device.link.sign_in_with(str(args["credential"]))
                return None
            case "test":
                return {"simulated": True}
            case _:
                return await self.on_command(do, args)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Do what the hall says; this kind can do nothing.

        Raises:
            CannotDo: always; the hall is told that it failed.
        """
        raise CannotDo(do)

    def on_show(self, picture: Any) -> None:
        """Look at a new picture."""


class Kiosk(SimulatedThing):
    """Gives numbers out; without the server from a block of its own, which it hands in afterwards (domain rule 22)."""

    def __init__(self, thing: Thing, **more: Any) -> None:
        super().__init__(thing, **more)
        self.spare = SpareNumbers(self.store / f"{thing.id}.json", self.clock) if self.store else None
        self.has_paper = True
        self.on_handed_in: Callable[[dict[str, Any]], None] = lambda answer: None
        self.on_unseen: Callable[[dict[str, Any]], None] = lambda ticket: None
        self._ids: Ids = more["ids"]
        self._doubts: set[asyncio.Task[None]] = set()
        self._linked = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Switch it on."""
        if self.spare is not None:
            self.device.link.on_connect(self._linked.set)
            self._keeper = asyncio.create_task(self._keep(self.spare), name=f"spare numbers of {self.thing.id}")
        super().start()

    async def stop(self) -> None:
        """Switch it off."""
        tasks = [*self._doubts, *([self._keeper] if self._keeper is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await super().stop()

    async def take(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """Take a number for a matter or a line; None where the hall said no, or is away and no number is left."""
        try:
            return await self.issue(wanted)
        except RequestRefused as exc:
            log.info("no number: %s", exc.code, extra={"action": "simulate.no_number"})
        return None

    async def issue(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """As `take`.

        Raises:
            RequestRefused: the hall said no.
        """
        if self.spare is not None and not self.device.link.is_connected:
            return self._take_alone(wanted)
        timeout_s = ANSWER_S if self.spare is not None else ALONE_S
        asked, id_ = {**wanted, "channel": "kiosk"}, self._ids.new()
        try:
            ticket: dict[str, Any] = await self.device.request(
                "ticket.issue", asked, request_id=id_, timeout_s=timeout_s
            )
        except TimeoutError:
            self._doubt(asked, id_)
            return self._take_alone(wanted)
        return ticket

    def _doubt(self, asked: dict[str, Any], id_: str) -> None:
        """Find out whether the hall gave a number that nobody has seen, and have that one given up."""

        async def find_out() -> None:
            with contextlib.suppress(RequestRefused, TimeoutError):
                self.on_unseen(await self.device.request("ticket.issue", asked, request_id=id_, timeout_s=DOUBT_S))

        task = asyncio.create_task(find_out(), name=f"doubt at {self.thing.id}")
        self._doubts.add(task)
        task.add_done_callback(self._doubts.discard)

    def paper(self, *, is_out: bool) -> None:
        """Run out of paper, or get a new roll."""
        self.has_paper = not is_out
        self.device.say_state(Status.FAULT if is_out else Status.ONLINE, {"paper": "out" if is_out else "ok"})

    async def hand_in(self) -> None:
        """Bring everything that was given without the server.

        Raises:
            RequestRefused: the server said no.
            TimeoutError: it is away again.
        """
        while self.spare is not None and self.spare.pending:
            answer = await self.device.request("tickets.hand_in", self.spare.to_hand_in(), timeout_s=ANSWER_S)
            self.spare.answered(answer)
            for one in answer["tickets"]:
                self.on_handed_in(one)

    async def reserve(self) -> None:
        """Fill the numbers up.

        Raises:
            RequestRefused: the server said no.
            TimeoutError: it is away again.
        """
        if self.spare is not None:
            asked = {"session": self.spare.session}
            self.spare.reserved(await self.device.request("numbers.reserve", asked, timeout_s=ANSWER_S))

    def _take_alone(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        number = self.spare.give(wanted["line"], wanted.get("matter")) if self.spare and "line" in wanted else None
        if number is None:
            log.warning("no number in time", extra={"action": "simulate.no_number"})
            return None
        self._linked.set()  # what was given now is to be handed in, also if the link was never noticed to be gone
        return {"number": number, "line": wanted["line"], "offline": True}

    async def _keep(self, spare: SpareNumbers) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._linked.wait(), RESERVE_S)
            self._linked.clear()
            if not self.device.link.is_connected:
                continue
            try:
                await self.hand_in()
                await self.reserve()
            except TimeoutError:
                self._linked.set()  # and again at once: each try has waited already
            except RequestRefused as exc:
                log.warning("no spare numbers: %s", exc.code, extra={"action": "simulate.spare"})


class Pad(SimulatedThing):
    """Asks for the rating; most visitors give one."""

    def __init__(self, thing: Thing, **more: Any) -> None:
        super().__init__(thing, **more)
        self.given = 0
        self._asked: OrderedDict[tuple[str, str | None], None] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def on_show(self, picture: Any) -> None:
        """Notice a matter of a visit that may be rated."""
        rating = picture.get("rating") if isinstance(picture, dict) else None
        if not rating:
            return
        asked = (rating["ticket"], rating["matters"][0]["matter"])
        if asked in self._asked:
            return
        self._asked[asked] = None
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        if self.pace.chance(RATED_PART):
            task = asyncio.create_task(self._rate(*asked), name=f"rating at {self.thing.id}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Switch it off, in the middle of a visitor's thoughts too."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await super().stop()

    async def _rate(self, ticket: str, matter: str | None) -> None:
        await self.pace.span(THINKING_S)
        level = self.pace.dice.choices(range(1, 6), LEVELS)[0]
        named = {"matter": matter} if matter else {}
        with contextlib.suppress(RequestRefused, TimeoutError):  # too late, or rated on the phone
            await self.device.request("rating.give", {"ticket": ticket, "level": level, "channel": "pad", **named})
            self.given += 1


class Speaker(SimulatedThing):
    """Says what it is told, one announcement after another."""

    def __init__(self, thing: Thing, **more: Any) -> None:
        super().__init__(thing, **more)
        self.said: list[str] = []
        self._mouth = asyncio.Lock()

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Speak.

        Raises:
            CannotDo: it was told anything else.
        """
        if do != "speak":
            raise CannotDo(do)
        text = str(args.get("text", ""))
        async with self._mouth:
            await self.pace.exactly(len(text) * SECONDS_PER_LETTER / self.pace.speed)
        self.said = [*self.said, text][-_REMEMBERED:]
        return {"text": text}


class Printer(SimulatedThing):
    """Takes each job once and prints it, as long as it has paper."""

    def __init__(self, thing: Thing, **more: Any) -> None:
        super().__init__(thing, **more)
        self.printed = 0
        self.has_paper = True
        self._head = asyncio.Lock()

    def paper(self, *, is_out: bool) -> None:
        """Run out of paper, or get a new roll."""
        self.has_paper = not is_out
        detail = {"paper": "out", "reason": "paper_out"} if is_out else {"paper": "ok"}
        self.device.say_state(Status.FAULT if is_out else Status.ONLINE, detail)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Print.

        Raises:
            CannotDo: it was told anything else. NotDone: it has no paper. RequestRefused: another process has the job.
        """
        if not do.startswith("print."):
            raise CannotDo(do)
        async with self._head:
            if not self.has_paper:
                raise NotDone("paper_out")
            await self.device.request("print.claim", {"job": args["job"]}, timeout_s=ALONE_S)
            await self.pace.exactly(SLIP_S / self.pace.speed)
        self.printed += 1
        return None


class Board(SimulatedThing):
    """People look at it."""

    def on_show(self, picture: Any) -> None:
        """See who is called, and how many wait."""
        if self.floor is not None:
            self.floor.see_board(picture)


class WindowScreen(SimulatedThing):
    """People look at it."""

    def on_show(self, picture: Any) -> None:
        """See who is called."""
        if self.floor is not None:
            self.floor.see_window(picture)


KINDS: dict[str, type[SimulatedThing]] = {
    "kiosk": Kiosk,
    "selfservice": Kiosk,
    "pad": Pad,
    "speaker": Speaker,
    "printer": Printer,
    "board": Board,
    "window-screen": WindowScreen,
}
"""Kinds that do something; all others only show."""


def made(thing: Thing, **more: Any) -> SimulatedThing:
    """The simulated device of a kind."""
    return KINDS.get(thing.kind, SimulatedThing)(thing, **more)
