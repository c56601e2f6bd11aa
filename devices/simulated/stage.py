"""Builds a simulation: its devices, people and windows, connected with each other and with a running hall."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from devices.simulated import fitting, fleet, things
from devices.simulated.accounts import Accounts, Person
from devices.simulated.arrivals import Arrival, ArrivalDay
from devices.simulated.client import HallClient, Refusal
from devices.simulated.figures import Figures
from devices.simulated.floor import Floor
from devices.simulated.ledger import Ledger
from devices.simulated.options import Options
from devices.simulated.pace import DayClock, Pace
from devices.simulated.people import Visitors
from devices.simulated.phone import watch
from devices.simulated.staff import Clerk
from devices.simulated.things import Kiosk, SimulatedThing
from devices.simulated.trainee import Trainee
from devices.simulated.troubles import Troubles
from devices.simulated.visitors import World
from hall_server.clock import SystemClock
from hall_server.errors import NotFound
from hall_server.ids import RandomIds

HOST = "127.0.0.1"
HTTP_PORT, MQTT_PORT = 8080, 1883
BEFORE_FIRST_S = 60.0
AFTER_LAST_S = 900.0
"""Staff come so long before the first visitor of a recorded day; doors close so long after the last, seconds."""
MATTERS_OF_A_LINE = 25
SESSION_S = 300.0

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Simulated:
    """A simulation as it runs.

    Attributes:
        manager: signed in, where the accounts have one. issued_before: numbers the hall had given before.
        is_recorded: it plays a recorded day, which has an end.
    """

    things: tuple[SimulatedThing, ...]
    clerks: tuple[Clerk, ...]
    visitors: Visitors
    ledger: Ledger
    figures: Figures
    troubles: Troubles
    day: DayClock
    trainee: Trainee | None
    manager: HallClient
    base: str
    floor: Floor
    topics: list[str]
    has_manager: bool
    is_recorded: bool
    issued_before: int = 0

    @property
    def kiosks(self) -> list[Kiosk]:
        """The devices that give numbers."""
        return [one for one in self.things if isinstance(one, Kiosk)]

    async def look(self) -> None:
        """See what the boards' own pages show, and what the trainee does, for as long as this runs."""
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(self.base, self.topics, lambda _, picture: self.floor.see_board(picture)))
            if self.has_manager:
                group.create_task(self._stay_signed_in())
            if self.trainee is not None:
                see, topic, manager = self.trainee.see, f"desk/{self.trainee.window}", self.manager
                group.create_task(watch(self.base, [topic], lambda _, desk: see(desk), headers=lambda: manager.cookie))

    async def _stay_signed_in(self) -> None:
        """A session that nobody uses ends; this one watches."""
        while True:
            await asyncio.sleep(SESSION_S)
            with contextlib.suppress(Refusal):
                await self.manager.get("session")


@asynccontextmanager
async def staged(options: Options, people: Accounts, day: ArrivalDay | None, say: Say) -> AsyncIterator[Simulated]:
    """Everything, ready to begin; the devices are switched off afterwards.

    Raises:
        NotFound: ``window.unknown``: the trainee's window.
    """
    dice = random.Random(options.seed)  # noqa: S311  # rolls for people, guards nothing
    http = AsyncHTTPClient(force_instance=True, max_clients=len(people.staff) + 60)
    builder = _Builder(options, people, dice, http, say)
    try:
        yield await builder.built(day)
    finally:
        await asyncio.gather(*(one.stop() for one in builder.things), return_exceptions=True)
        http.close()


class _Builder:
    def __init__(
        self, options: Options, people: Accounts, dice: random.Random, http: AsyncHTTPClient, say: Say
    ) -> None:
        self.things: tuple[SimulatedThing, ...] = ()
        self._options, self._people, self._dice, self._http, self._say = options, people, dice, http, say
        self._base = f"http://{HOST}:{options.http_port or HTTP_PORT}"
        self._store = options.accounts.parent / "simulated"
        self._ids = RandomIds()
        self._pace = Pace(speed=options.speed, visitors_per_hour=options.visitors_per_hour, dice=dice)

    async def built(self, day: ArrivalDay | None) -> Simulated:
        """All parts."""
        options, manager = self._options, self._client()
        boss = self._people.manager
        if boss is not None:
            await manager.sign_in(boss.name, boss.password)
        hall = await manager.get("hall")
        lines = {one["id"]: (await manager.get(f"windows/{one['id']}"))["lines"] for one in hall["windows"]}
        if options.trainee is not None and options.trainee not in lines:
            raise NotFound("window.unknown", window=options.trainee)
        staff = [one for one in self._people.staff if one.window in lines and one.window != options.trainee]
        ledger = Ledger()
        floor = Floor(ledger, lines=lines)
        self.things = await self._devices(hall, manager if boss else None, floor)
        fitted = self._fitted(day, hall, [lines[one.window or ""] for one in staff])
        clock = _clock(fitted, options.speed)
        world = await self._world(hall, manager, floor)
        made = Simulated(
            things=self.things,
            clerks=self._clerks(staff, floor, clock),
            visitors=Visitors(world, clock, fitted),
            ledger=ledger,
            figures=Figures(
                ledger, self.things, day=clock, waiting=lambda: sum(floor.waiting.values()), speed=options.speed
            ),
            troubles=Troubles(self.things, self._pace, ledger),
            day=clock,
            trainee=Trainee(options.trainee, ledger, floor.end) if options.trainee else None,
            manager=manager,
            base=self._base,
            floor=floor,
            topics=[f"board/{zone['id']}" for zone in hall["zones"]][:20],
            has_manager=boss is not None,
            is_recorded=fitted is not None,
        )
        if boss is not None:
            made.issued_before = (await manager.get("manager"))["totals"]["issued"]
        if options.trainee:
            prompter = _Prompter(options.trainee, world, self._say)
            floor.on_stand, floor.on_ask = prompter.stands, prompter.asks
        return made

    def _client(self) -> HallClient:
        return HallClient(self._http, self._base, ids=self._ids, dice=self._dice)

    async def _devices(
        self, hall: dict[str, Any], manager: HallClient | None, floor: Floor
    ) -> tuple[SimulatedThing, ...]:
        own = await fleet.grown(
            self._people.devices, self._options.devices, hall=hall, manager=manager, store=self._store
        )
        if manager is not None:
            await fleet.place_printers(manager, own)
        return tuple(
            things.made(
                one,
                hall=hall["id"],
                host=HOST,
                port=self._options.mqtt_port or MQTT_PORT,
                clock=SystemClock(),
                ids=self._ids,
                pace=self._pace,
                store=self._store,
                floor=floor,
            )
            for one in own
        )

    def _fitted(
        self, day: ArrivalDay | None, hall: dict[str, Any], windows: Sequence[Sequence[str]]
    ) -> list[Arrival] | None:
        if day is None:
            return None
        found = fitting.fit(
            day.arrivals, lines=hall["lines"], windows=windows, scale=self._options.scale, dice=self._dice
        )
        self._say(f"  {len(found.arrivals)} visitors come, {found.scale:.2f} for a row")
        if found.is_foreign:
            for word, lines in found.words.items():
                self._say(f"  {word or '–'} → {', '.join(lines)}")
        return found.arrivals

    async def _world(self, hall: dict[str, Any], manager: HallClient, floor: Floor) -> World:
        matters = {
            line["id"]: (await manager.get(f"matters?line={line['id']}&limit={MATTERS_OF_A_LINE}"))["matters"]
            for line in hall["lines"]
        }
        kiosks = [one for one in self.things if isinstance(one, Kiosk)]
        world = World(
            hall=hall,
            matters=matters,
            kiosks=kiosks,
            client=self._client,
            base=self._base,
            floor=floor,
            ledger=floor.ledger,
            pace=self._pace,
            habits=self._options.habits,
        )
        for kiosk in kiosks:
            kiosk.on_handed_in, kiosk.on_unseen = world.handed_in, world.unseen
        return world

    def _clerks(self, staff: Sequence[Person], floor: Floor, clock: DayClock) -> tuple[Clerk, ...]:
        habits = self._options.habits
        return tuple(
            Clerk(one, self._client(), self._pace, floor=floor, day=clock, habits=habits, turn=number)
            for number, one in enumerate(staff)
        )


class _Prompter:
    """Tells a trainee who stands at their window and what for: what a visitor would say."""

    def __init__(self, window: str, world: World, say: Say) -> None:
        self._window, self._world, self._say = window, world, say
        self._names = {one["id"]: one["name"] for own in world.matters.values() for one in own}

    def asks(self, window: str, ticket: str) -> None:
        """Somebody has come back and asks to be called."""
        entry = self._world.ledger.entries.get(ticket)
        if window == self._window and entry is not None:
            self._say(f"» {entry.number} 回来了，请再次呼叫 is back and asks to be called")

    def stands(self, window: str, ticket: str) -> None:
        """Somebody has come to a window."""
        visitor, entry = self._world.floor.visitors.get(ticket), self._world.ledger.entries.get(ticket)
        if window != self._window or visitor is None or entry is None:
            return
        words = [f"{entry.number} 到了窗口 is at your window"]
        if visitor.true_matter:
            name = self._names.get(visitor.true_matter, visitor.true_matter)
            words.append(f"取错号，要办“{name}”，请转办 wrong line, transfer")
        elif visitor.needs_form:
            words.append("需要填表，请挂起 has a form to fill in, hold")
        if visitor.service_s:
            words.append(f"约需 {visitor.service_s / 60:.0f} 分钟 takes about {visitor.service_s / 60:.0f} min")
        self._say("» " + " · ".join(words))


def _clock(fitted: Sequence[Arrival] | None, speed: float) -> DayClock:
    if not fitted:
        return DayClock(speed=speed)
    first, last = fitted[0].at_s, fitted[-1].at_s
    return DayClock(speed=speed, begins_s=max(0.0, first - BEFORE_FIRST_S), closes_s=last + AFTER_LAST_S)
