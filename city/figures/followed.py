"""One hall as its statistics know it, at the city: its file of tables, kept up with its journal."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attendance.store import PresenceTable
from city.figures.reading import HallJournal, counted_types
from city.figures.tables import DirectoryTable, KnownDays, load_directory
from dashboards.figures import Room as StatisticsRoom
from dashboards.figures.closing import DayCloser
from dashboards.figures.pictures import StatisticsPictures
from dashboards.figures.source import Source
from dashboards.figures.steps import VisitTables
from evaluation.figures.pictures import FigurePictures
from evaluation.figures.source import FigureSource
from evaluation.orders.facts import facts
from evaluation.orders.store import ReviewTable
from evaluation.store import RatingTable
from hall_queue.served_store import ServedTable
from hall_server.database.connections import Database
from hall_server.database.projections import Projector
from hall_server.directory.directory import Directory
from hall_server.settings import Settings

if TYPE_CHECKING:
    from city.server import City
    from hall_server.journal.journal import Journal
    from hall_server.server import Server

log = logging.getLogger(__name__)

REACHED_WITHIN_S = 10.0
LOOK_S = 0.1


class FollowedHall:
    """What `dashboards.figures` and `evaluation.figures` ask of their hall's server, of a hall that is far away.

    Attributes:
        id: the hall's. views: its file. is_writer: whether this process keeps the file up; others only read it.
    """

    def __init__(self, city: City, hall: str, folder: Path, *, settings: Settings, is_writer: bool) -> None:
        self._city = city
        self.id = hall
        self.is_writer = is_writer
        self.settings = settings
        self.directory = Directory()
        self.rooms: dict[str, Any] = {"attendance": None}
        self._folder = folder
        self._types = counted_types()
        self.journal = HallJournal(city.database, city.store.events, hall, self._types)
        self.views: Database
        self.projector: Projector | ReadProjector
        self._last_day: date | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Open the hall's file; one that a newer program can read more of is made anew, as is one of another epoch."""
        await self.journal.look()
        path = self._folder / f"{self.id}.{self.journal.epoch}.db"
        if self.is_writer:
            await asyncio.to_thread(self._remove, f"{self.id}.*.db*", path.name)
        self.views = self.journal.views = await Database.open(path, synchronous="NORMAL")
        if self.is_writer and await self._can_read_more():
            log.info("figures of %s are made anew", self.id, extra={"action": "figures.rebuild"})
            await self.views.close()
            await asyncio.to_thread(self._remove, f"{path.name}*", "")
            self.views = self.journal.views = await Database.open(path, synchronous="NORMAL")
        self.projector = await self._projector() if self.is_writer else ReadProjector(self.views)
        if self.is_writer:
            await self._know()
        self.settle(self.settings)

    def settle(self, settings: Settings) -> None:
        """Count with these settings of the hall from now on."""
        self.settings = settings
        server = cast("Server", self)  # it has what the statistics ask of one
        closer = DayCloser(server)
        source = Source(server, closer)
        nobody = lambda staff: ""  # noqa: E731  # names of staff stay in the hall
        pictures = StatisticsPictures(source, self.directory, nobody, settings.wait_goal_min)
        self.rooms["statistics"] = StatisticsRoom(source, closer, pictures)
        ratings = FigureSource(lambda: self.views, self.directory, facts)
        self.rooms["figures"] = FigurePictures(ratings, self.directory, nobody, self.now)

    async def close(self) -> None:
        """Close the file."""
        await self.views.close()

    # -- what the statistics ask of a server

    def now(self) -> datetime:
        """The city's time."""
        return self._city.now()

    @property
    def business_day(self) -> date:
        """The day the hall is in, as far as the city has heard; the city's own before anything was."""
        return self._last_day or self._city.business_day

    async def settled(self) -> None:
        """See how far the hall is."""
        await self.journal.look()

    # -- keeping up

    async def catch_up(self) -> None:
        """Take in what came since (the writing process only), and sum up the days that are over."""
        if not isinstance(self.projector, Projector):
            return
        async with self._turn:
            epoch = self.journal.epoch
            await self.journal.look()
            if self.journal.epoch != epoch:
                await self._begin_anew()
            await self.projector.catch_up()
            await self._know_day()
        await self.rooms["statistics"].closer.close_days()

    async def up_to_date(self) -> None:
        """Wait until the tables show what is here of the hall."""
        if self.is_writer:
            await self.catch_up()
            return
        async with self._turn:
            epoch = self.journal.epoch
            await self.journal.look()
            if self.journal.epoch != epoch:
                await self._begin_anew()
        await self.projector.reached(self.journal.committed)
        await self._know()

    async def _know(self) -> None:
        """Read what is kept in memory: the hall's records, and which day it is in."""
        await load_directory(self.views, self._types, self.directory)
        await self._know_day()

    async def _know_day(self) -> None:
        found = await self.views.fetch("SELECT max(day) FROM known_days")
        if found[0][0] is not None:
            self._last_day = date.fromisoformat(found[0][0])

    async def _begin_anew(self) -> None:
        """The hall was restored from a copy: its present line of events has another file."""
        await self.views.close()
        self.directory, self._last_day = Directory(), None
        await self.open()

    async def _projector(self) -> Projector:
        projector = Projector(self.views, cast("Journal", self.journal))  # it reads as one
        for projection in (
            *(KnownDays(), DirectoryTable(self.directory), VisitTables(), PresenceTable()),
            *(RatingTable(), ReviewTable(), ServedTable(lambda ticket: "")),
        ):
            projector.add(projection)
        await projector.open()
        return projector

    async def _can_read_more(self) -> bool:
        """Whether this program reads events that an older one had to pass over."""
        if not await self.views.fetch("SELECT 1 FROM sqlite_master WHERE name = 'lost_events'"):
            return False
        lost = await self.views.fetch("SELECT DISTINCT type, version FROM lost_events")
        return any(self.journal.can_read(type_, version) for type_, version in lost)

    def _remove(self, pattern: str, but: str) -> None:
        for file in self._folder.glob(pattern):
            if not but or not file.name.startswith(but):
                file.unlink(missing_ok=True)


class ReadProjector:
    """How far another process has brought the tables."""

    def __init__(self, views: Database) -> None:
        self._views = views
        self._seqs: dict[str, int] = {}

    async def reached(self, seq: int) -> None:
        """Wait until all tables show the journal up to a seq, but not for ever: what is there is shown then."""
        for _ in range(int(REACHED_WITHIN_S / LOOK_S)):
            self._seqs = {name: at for name, at in await self._views.fetch("SELECT name, seq FROM cursors")}
            if min(self._seqs.values(), default=0) >= seq:
                return
            await asyncio.sleep(LOOK_S)

    def stands(self, name: str) -> int:
        """Up to which seq the tables of a projection show the journal, at least."""
        return self._seqs.get(name, 0)
