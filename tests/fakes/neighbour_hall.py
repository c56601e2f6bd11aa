"""A hall without a city, and the simulated neighbours that its cases go to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cases import messages as m
from cases.model import Case, Outcome
from cases.neighbours import Neighbours as Room
from cases.neighbours.simulated.server import Neighbours
from hall_server.server import Server
from tests.fakes.case_place import CLERK, EXAMINER, LEADER
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import neighbours, places

ROOMS = ("hall_queue", "displays", "evaluation", "cases")


@dataclass
class NeighbourHall:
    """A hall whose steps of cases ask something of neighbours; tests make their own kind of it."""

    server: Server
    port: int
    clock: HandClock
    others: Neighbours

    @property
    def room(self) -> Room:
        """Its room of neighbours."""
        found: Room = self.server.rooms["neighbours"]
        return found

    def case(self, id_: str) -> Case:
        """A case as it stands."""
        found: Case = self.server.rooms["cases"].cases.get(id_)
        return found

    async def do(self, case: Case, command: type[m.CaseCommand], *, by: Any = CLERK, **values: Any) -> Case:
        """Take a step, having seen the case as it stands."""
        await self.server.execute(command(case=case.id, **{"seen": self.case(case.id).step, **values}), actor=by)
        return self.case(case.id)

    async def decided(self, case: Case) -> Case:
        """Examined and granted, by two people."""
        await self.do(case, m.ExamineCase, by=EXAMINER, opinion="符合", proposes=Outcome.GRANTED)
        return await self.do(case, m.DecideCase, by=LEADER, outcome=Outcome.GRANTED)


Kind = TypeVar("Kind", bound=NeighbourHall)


@asynccontextmanager
async def neighbour_hall(kind: type[Kind], path: Path, *, asks: Collection[str] | None = None) -> AsyncIterator[Kind]:
    """Begin it, with these neighbours in its settings, or all of them."""
    clock = HandClock()
    async with neighbours(path / "others", clock) as (others, at):
        every = places(at, path / "others")
        settings = {name: place for name, place in every.items() if asks is None or name in asks}
        async with running(path / "hall", clock=clock, rooms=ROOMS, neighbours=settings) as (server, port):
            yield kind(server, port, clock, others)
