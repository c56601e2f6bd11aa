"""A hall in which a visit is rated badly, with the words of those who work on its order: for tests of work orders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from evaluation.orders import messages as m
from evaluation.orders.model import Category, How, Order, Result
from hall_server.database.vault import Person
from hall_server.errors import DomainError
from hall_server.identity import Actor, Role, visitor
from tests.fakes.hall import HandClock, manager, opened, running, staff
from tests.fakes.visits import ROOMS, OnePad, Visits

PHONE = "13812345678"
NOTE = "n1"
CLERK = staff("s01", "w01")
RATED_MANAGER = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.MANAGER, Role.STAFF}))
FIRST, SECOND = manager("m01"), manager("m02")


class ReviewedHall(Visits):
    """A hall with window w01, where s01 sits; m01 and m02 manage it."""

    @property
    def orders(self) -> Any:
        return self.server.rooms["evaluation"].orders.orders

    @property
    def watch(self) -> Any:
        return self.server.rooms["evaluation"].orders.watch

    async def rate(self, level: int = 5, *, phone: str | None = None, **more: Any) -> str:
        """A visit is served and rated; gives the rating's id."""
        if self.desk().state == "closed":
            await self.open()
        ticket = await self.serve()
        person = await self.server.vault.person(Person(phone=phone)) if phone else None
        given = {"ticket": ticket.id, "level": Level(level), "channel": RatingChannel.PHONE, "person": person, **more}
        made = await self.do(GiveRating(**given), actor=visitor("v"))
        return str(made["id"])

    async def bad(self, level: int = 5, *, phone: str | None = None) -> str:
        """The id of the order that a bad rating opens."""
        return str(self.orders.of(await self.rate(level, phone=phone)).id)

    def order(self, id_: str) -> Order:
        found: Order = self.orders.by_id[id_]
        return found

    async def act(self, order: str, kind: type[m.OrderCommand], *, by: Actor = FIRST, **fields: Any) -> Any:
        """A step by somebody who has seen the order as it stands."""
        seen = fields.pop("seen", self.order(order).step)
        return await self.do(kind(order=order, seen=seen, **fields), actor=by)

    async def contacted(self, order: str, *, by: Actor = FIRST) -> None:
        how = How.PHONE if self.order(order).named else How.LOOKED_INTO
        await self.act(order, m.ContactVisitor, by=by, how=how, is_reached=True, note=NOTE)

    async def put_right(self, order: str, *, by: Actor = FIRST) -> None:
        """Contacted, found clear, put right."""
        await self.contacted(order, by=by)
        await self.act(order, m.Categorise, by=by, category=Category.CLEAR, note=NOTE)
        await self.act(order, m.FixOrder, by=by, note=NOTE)

    async def revisited(self, order: str, result: Result = Result.SATISFIED, *, by: Actor = FIRST) -> None:
        await self.act(order, m.RevisitVisitor, by=by, how=How.PHONE, result=result, note=NOTE)

    async def refused(self, kind: type[DomainError], code: str, order: str, command: Any, **fields: Any) -> DomainError:
        """A step that is refused and changes nothing."""
        before, seq = self.order(order), self.server.journal.seq
        with pytest.raises(kind) as found:
            await self.act(order, command, **fields)
        assert (found.value.code, self.order(order), self.server.journal.seq) == (code, before, seq)
        return found.value

    async def events(self, kind: str) -> list[tuple[Any, ...]]:
        """Subject and payload of a type in the journal."""
        await self.server.settled()
        return await self.server.database.fetch(
            "SELECT subject, payload FROM journal WHERE type = ? ORDER BY seq", (kind,)
        )

    async def projected(self) -> None:
        await self.server.settled()
        await self.server.projector.catch_up()


@asynccontextmanager
async def reviewed(data: Path, clock: HandClock | None = None, **settings: object) -> AsyncIterator[ReviewedHall]:
    """Its rules work and its edges are closed."""
    clock = clock or HandClock()
    async with opened(data, clock=clock, rooms=ROOMS, **settings) as server:
        yield ReviewedHall(server, clock)


@asynccontextmanager
async def speaking(data: Path, clock: HandClock | None = None) -> AsyncIterator[ReviewedHall]:
    """The same hall over HTTP."""
    clock = clock or HandClock()
    async with running(data, clock=clock, rooms=ROOMS) as (server, port):
        server.device_gate = OnePad()
        yield ReviewedHall(server, clock, port)
