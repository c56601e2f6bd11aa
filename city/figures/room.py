"""Keeps every hall's figures up with its journal; of several processes on one data folder one writes, all read."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from city.figures.day_sums import DayTable
from city.figures.facts import Facts, HallFacts
from city.figures.followed import FollowedHall
from hall_server.errors import DomainError, NotFound, Unavailable
from hall_server.lock import DataLock
from hall_server.settings import Settings

if TYPE_CHECKING:
    from city.server import City
    from city.web.link import Heard

log = logging.getLogger(__name__)

VIEWS = "views"
PAUSE_S = 0.2
"""Between two rounds: rows that come one by one are taken in together."""
LOOK_AGAIN_S = 30.0
_GOAL_CHANGED = "INSERT OR REPLACE INTO days_to_sum SELECT day, seq FROM known_days"


class FiguresRoom:
    """``city.rooms["figures"]``.

    Attributes:
        days: sums of days of all halls. facts: what halls said of themselves.
        on_summed: told of which hall the sums changed.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._halls: dict[str, FollowedHall] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._known: dict[str, HallFacts] = {}
        self._dirty: set[str] = set()
        self._news = asyncio.Event()
        self._lock: DataLock
        self._is_writer = False
        self._running: asyncio.Task[object] | None = None
        self._being_opened: set[asyncio.Task[None]] = set()
        self.days: DayTable
        self.facts: Facts
        self.on_summed: list[Callable[[str], None]] = []

    async def start(self) -> None:
        """Begin to follow the halls."""
        city = self._city
        self.days, self.facts = DayTable(city.database), Facts(city.database)
        self._known = await self.facts.everyone()
        self._lock = DataLock(city.data / VIEWS)
        self._is_writer = self._take_lock()
        link = city.rooms["federation"]
        link.on_taken.append(self.news)
        link.on_heard.append(self._heard)
        self._running = city.spawn(self._run(), "figures of halls")

    async def stop(self) -> None:
        """Close the files."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await asyncio.gather(*self._being_opened, return_exceptions=True)
        for hall in self._halls.values():
            await hall.close()
        self._lock.release()

    def news(self, hall: str) -> None:
        """Something of a hall was taken in; ``""``: perhaps of all."""
        self._dirty.add(hall)
        self._news.set()

    async def of(self, hall: str) -> FollowedHall:
        """A hall whose figures are asked for, up to date.

        Raises:
            NotFound: ``federation.unknown``.
        """
        followed = await self._opened(hall)
        await followed.up_to_date()
        return followed

    def known(self, hall: str) -> HallFacts | None:
        """What a hall said of itself."""
        return self._known.get(hall)

    async def read_facts(self) -> None:
        """Another process, or a person, has changed what is known."""
        self._known = await self.facts.everyone()

    async def catch_up(self) -> None:
        """Take in everything that is here (the process that writes), and sum it up."""
        for record in await self._city.store.halls.everyone():
            await self._follow(record.id)

    # -- inside

    async def _run(self) -> None:
        self._dirty.add("")
        while True:
            dirty, self._dirty = self._dirty, set()
            await self._round(dirty)
            if not self._dirty:
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
                    await asyncio.sleep(PAUSE_S)
            if not self._dirty:
                self._dirty.add("")

    async def _round(self, dirty: set[str]) -> None:
        if not self._is_writer and not self._take_over():
            return
        try:
            every = [record.id for record in await self._city.store.halls.everyone()] if "" in dirty else dirty
            for hall in sorted(every):
                await self._follow(hall)
        except DomainError as exc:  # the database is away: the next round looks again
            log.warning("figures of halls: %s", exc, extra={"action": "figures.behind"})
        except Exception:  # the top of a loop: one hall's fault must not end the others' figures
            log.exception("figures of halls failed", extra={"action": "figures.failed"})

    async def _follow(self, hall: str) -> None:
        if not self._is_writer:
            return
        followed = await self._opened(hall)
        await followed.catch_up()
        some = 0
        while many := await self.days.sum_up(followed):
            some += many
        if some:
            async with self._city.database.transaction() as begun:
                await begun.notify("hall_days", hall)
            for listener in self.on_summed:
                listener(hall)

    async def _opened(self, hall: str) -> FollowedHall:
        async with self._opening.setdefault(hall, asyncio.Lock()):
            if hall not in self._halls:
                await self._city.store.halls.one(hall)  # refuses one that is unknown
                facts = self._known.get(hall)
                followed = FollowedHall(
                    self._city,
                    hall,
                    self._city.data / VIEWS,
                    settings=facts.settings if facts else Settings(),
                    is_writer=self._is_writer,
                )
                opening = asyncio.create_task(self._open(followed), name="file of a hall's figures")
                self._being_opened.add(opening)
                opening.add_done_callback(self._being_opened.discard)
                await asyncio.shield(opening)  # a file half opened would never be closed
            return self._halls[hall]

    async def _open(self, followed: FollowedHall) -> None:
        await followed.open()
        self._halls[followed.id] = followed

    def _take_lock(self) -> bool:
        try:
            self._lock.take()
        except Unavailable:
            return False
        return True

    def _take_over(self) -> bool:
        """Write from now on, where the process that did so has ended; open files are opened anew."""
        if not self._take_lock():
            return False
        self._is_writer = True
        for followed in self._halls.values():
            self._city.spawn(followed.close(), "figures of a hall")
        self._halls.clear()
        return True

    def _heard(self, heard: Heard) -> None:
        known = self._known.get(heard.hall)
        said = HallFacts(
            name_en=heard.now.name_en,
            timezone=heard.now.timezone,
            goal_min=heard.now.goal_min,
            latitude=known.latitude if known else None,
            longitude=known.longitude if known else None,
        )
        if said != known:
            self._known[heard.hall] = said
            self._city.spawn(self._settle(heard.hall, said), "facts of a hall")

    async def _settle(self, hall: str, facts: HallFacts) -> None:
        await self.facts.know(hall, facts)
        with contextlib.suppress(NotFound):
            followed = await self._opened(hall)
            followed.settle(facts.settings)
            if self._is_writer:
                await followed.views.transact([(_GOAL_CHANGED, [()])])
                self.news(hall)
