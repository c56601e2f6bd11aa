"""A hall whose ratings go up to a simulated platform, over real HTTP, at the pace of the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient

from evaluation.intake import TEXT_KIND
from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating, RatingMarked
from evaluation.model import Level, Mark, RatingChannel, Reason
from evaluation.simulated.platform import Books, SimulatedPlatform
from evaluation.simulated.trouble import Trouble
from evaluation.upward.client import HttpPlatform
from evaluation.upward.pusher import Pusher
from evaluation.upward.reconcile import Reconciler
from hall_queue import messages as m
from hall_server.identity import visitor
from hall_server.messages import Command
from hall_server.outcome import Context, Outcome
from hall_server.server import Server
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import ROOMS, Visits

TOKEN = "token-of-this-hall"


class PutMark(Command, frozen=True, kw_only=True):
    """A mark as it stands in the journal, whoever decided on it."""

    rating: str
    on: bool


def put_mark(command: PutMark, context: Context) -> Outcome:
    event = RatingMarked(rating=command.rating, mark=Mark.EXCLUDED, on=command.on)
    return Outcome(events=(event,), reply=lambda: {"id": command.rating})


@dataclass
class UpwardHall:
    """The hall, its way upward and what waits at the other end."""

    visits: Visits
    platform: SimulatedPlatform
    port: int
    pusher: Pusher
    reconciler: Reconciler

    @property
    def server(self) -> Server:
        return self.visits.server

    @property
    def clock(self) -> HandClock:
        return self.visits.clock

    def matter(self) -> str:
        """A matter of the line that w01 serves."""
        return next(one.id for one in self.server.directory.matters.values() if one.line == "business" and one.active)

    async def serve(self, *, matter: str | None = None) -> str:
        """A visit to its end; gives the ticket's id."""
        line = None if matter else "business"
        issued = await self.visits.do(m.IssueTicket(matter=matter, line=line))
        await self.visits.do(m.CallNext(window="w01"))
        await self.visits.do(m.StartService(window="w01"))
        self.clock.forward(minutes=5)
        await self.visits.do(m.FinishService(window="w01"))
        return str(issued["id"])

    async def rate(self, level: int = 1, *, text: str | None = None, has_matter: bool = True) -> tuple[str, str]:
        """A visit that is rated; gives the rating's and the ticket's id."""
        ticket = await self.serve(matter=self.matter() if has_matter else None)
        kept = None
        if text is not None:
            kept = self.server.ids.new()
            await self.server.vault.keep_text(TEXT_KIND, kept, text)
        give = GiveRating(ticket=ticket, level=Level(level), channel=RatingChannel.PHONE, text=kept)
        made = await self.visits.do(give, actor=visitor("v"))
        return str(made["id"]), ticket

    async def rate_many(self, many: int) -> list[str]:
        return [(await self.rate(1 + n % 5))[0] for n in range(many)]

    async def change(self, rating: str, ticket: str, level: int) -> None:
        await self.visits.do(ChangeRating(rating=rating, ticket=ticket, level=Level(level)), actor=visitor("v"))

    async def explain(self, rating: str, ticket: str) -> None:
        detail = AddRatingDetail(rating=rating, ticket=ticket, reasons=(Reason.SLOW,))
        await self.visits.do(detail, actor=visitor("v"))

    async def mark(self, rating: str, *, on: bool = True) -> None:
        await self.visits.do(PutMark(rating=rating, on=on))

    def later(self) -> None:
        """The time in which visitors may change their ratings passes."""
        self.clock.forward(seconds=self.server.settings.upward_after_s)

    async def push(self, rounds: int = 200) -> list[float]:
        """Send until nothing is due or something fails; gives the wait after each round."""
        waits: list[float] = []
        while not waits or (waits[-1] == 0 and len(waits) < rounds):
            waits.append(await self.pusher.round())
        return waits

    async def goes_wrong(self, **how: Any) -> None:
        await self.platform.set_trouble(Trouble(**how))

    async def ledger(self) -> Ledger:
        url = f"http://127.0.0.1:{self.port}/ledger"
        answer = await AsyncHTTPClient(force_instance=True).fetch(url, headers={"Authorization": f"Bearer {TOKEN}"})
        return msgspec.json.decode(answer.body, type=Ledger)

    async def states(self) -> Counter[str]:
        await self.server.projector.reached(self.server.journal.committed)
        return Counter(dict(await self.server.views.fetch("SELECT state, count(*) FROM upward GROUP BY state")))  # type: ignore[arg-type]  # pairs


class Ledger(msgspec.Struct):
    """What the platform has stored, and every arrival with what became of it."""

    records: list[dict[str, str]]
    arrivals: list[tuple[str, str]]

    def doubles(self) -> list[str]:
        """Keys that were stored more than once: what must never be."""
        many = Counter(record["key"] for record in self.records)
        return sorted(key for key, count in many.items() if count > 1)

    def last(self, rating: str) -> dict[str, str]:
        """The highest revision of a rating."""
        mine = [record for record in self.records if record["uniqueId"].endswith(f":{rating}")]
        return max(mine, key=lambda record: int(record["revision"]))

    def ratings(self) -> set[str]:
        return {record["uniqueId"].partition(":")[2] for record in self.records}


@asynccontextmanager
async def upward_hall(
    data: Path,
    *,
    clock: HandClock | None = None,
    token: str | None = TOKEN,
    answer_s: float = 30.0,
    **settings: Any,
) -> AsyncIterator[UpwardHall]:
    """A running hall beside a running platform; the test sends, nothing is sent by itself."""
    clock = clock or HandClock()
    platform = SimulatedPlatform(await Books.open(data / "platform.db"), token=TOKEN)
    port = platform.listen()
    given = {"upward_batch": 20, "upward_after_s": 660, **settings}
    sender = HttpPlatform(f"http://127.0.0.1:{port}", token=token, answer_s=answer_s)
    try:
        async with running(data / "hall", clock=clock, rooms=ROOMS, **given) as (server, http_port):
            server.handle(PutMark, put_mark)
            visits = Visits(server, clock, http_port)
            await visits.open()
            pusher = Pusher(server, sender, server.rooms["evaluation"].intake.text, jitter=lambda most: most)
            server.rooms["upward"].pusher = pusher
            server.rooms["upward"].reconciler = Reconciler(server, sender)
            yield UpwardHall(visits, platform, port, pusher, server.rooms["upward"].reconciler)
    finally:
        sender.close()
        await platform.stop()
