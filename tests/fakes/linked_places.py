"""A city with halls that are linked to it, for tests of what both know of a case."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from cases import messages as m
from cases.model import Case, Delivery, Given
from city.server import City
from hall_server.identity import Actor
from hall_server.server import Server
from tests.fakes.case_place import CLERK, edition
from tests.fakes.federated import drained, until
from tests.fakes.hall import HandClock, running
from tests.fakes.running_city import running_city

ROOMS = ("hall_queue", "evaluation", "attendance", "cases", "dashboards")


@dataclass
class Place:
    """A city and one hall; ``ports``: where each listens, the city's under ""."""

    city: City
    clock: HandClock
    halls: dict[str, Server] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    async def do(self, at: str, command: Any, by: Actor = CLERK) -> Case:
        """A command about cases at a hall, or at the city ("")."""
        server: Any = self.halls[at] if at else self.city
        return msgspec.json.decode(await server.execute(command, actor=by), type=Case)

    async def receive(self, at: str) -> Case:
        """Take an application in."""
        given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
        answers: Any = {"who": ("self",), "where": ("shop",)}
        wanted = m.ReceiveCase(edition="food@1", answers=answers, given=given, delivery=Delivery.WINDOW)
        return await self.do(at, wanted)

    async def index(self) -> None:
        """Let the city's table have everything that the hall has."""
        for server in self.halls.values():
            await drained(server)
        await self.city.rooms["case_index"].catch_up()

    async def at_hall(self, hall: str, case: str, holds: Callable[[Case], bool]) -> Case:
        """The case as a hall has it, once that holds."""
        known = self.halls[hall].rooms["cases"].cases.by_id
        await until(lambda: case in known and holds(known[case]))
        found: Case = known[case]
        return found


@asynccontextmanager
async def linked(folder: Path, database: str = "", **settings: Any) -> AsyncIterator[Place]:
    """A city, with these settings, and the hall ``a``."""
    clock = HandClock()
    async with running_city(folder / "city", database, clock=clock, **settings) as (city, port):
        place = Place(city, clock, ports={"": port})
        city.rooms["catalogue"].take(edition())
        token = await city.store.halls.register("a", "a 厅")
        keys = folder / "a" / "keys"
        keys.mkdir(parents=True)
        (keys / "city.token").write_text(token or "")
        (keys / "city.token").chmod(0o600)
        given = {"city_url": f"ws://127.0.0.1:{port}", "city_pace": 0, "hall": "a"}
        async with running(folder / "a", clock=clock, rooms=ROOMS, **given) as (server, own_port):
            server.rooms["cases"].editions.take(edition())
            place.halls["a"], place.ports["a"] = server, own_port
            yield place
