"""Tables that a hall's file at the city holds beside those of the hall's own statistics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from city.figures.reading import Uncounted
from evaluation.messages import RatingEvent, RatingGiven
from evaluation.orders.messages import EVENTS as ORDER_EVENTS
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.directory.directory import Directory
from hall_server.directory.events import DirectoryEvent
from hall_server.messages import EventTypes, Recorded


class KnownDays:
    """Which days there are, which of them must be summed up anew, and what could not be read."""

    name: ClassVar[str] = "days"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("known_days", "days_to_sum", "ratings_to_sum", "lost_events")
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS known_days (day TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS days_to_sum (day TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS ratings_to_sum (rating TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS lost_events (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, version INTEGER NOT NULL);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """A day with something new; of a rating changed later, the rating, whose day is found when it is summed."""
        day, event = recorded.business_day.isoformat(), recorded.event
        if isinstance(event, Uncounted):
            if event.is_lost:
                yield "INSERT OR REPLACE INTO lost_events VALUES (?,?,?)", (recorded.seq, event.name, event.number)
            yield "INSERT OR IGNORE INTO known_days VALUES (?,?)", (day, recorded.seq)
            return
        yield "INSERT OR IGNORE INTO known_days VALUES (?,?)", (day, recorded.seq)
        if not isinstance(event, DirectoryEvent):
            yield "INSERT OR REPLACE INTO days_to_sum VALUES (?,?)", (day, recorded.seq)
        if isinstance(event, RatingEvent) and not isinstance(event, RatingGiven):
            yield "INSERT OR REPLACE INTO ratings_to_sum VALUES (?,?)", (event.rating, recorded.seq)
        elif isinstance(event, ORDER_EVENTS) and (rating := getattr(event, "rating", "")):
            yield "INSERT OR REPLACE INTO ratings_to_sum VALUES (?,?)", (rating, recorded.seq)


class DirectoryTable:
    """The hall's records, as its events left them; put into ``directory`` too, as they come."""

    name: ClassVar[str] = "directory"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[str, ...]] = ("directory",)
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS directory (
            subject TEXT PRIMARY KEY, seq INTEGER NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL,
            payload TEXT NOT NULL
        ) WITHOUT ROWID;
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """The record of an event."""
        event = recorded.event
        if isinstance(event, DirectoryEvent):
            self._directory.apply(event.item)
            payload = msgspec.json.encode(event).decode()
            row = (event.subject, recorded.seq, event.type, event.version, payload)
            yield "INSERT OR REPLACE INTO directory VALUES (?,?,?,?,?)", row


async def load_directory(views: Database, types: EventTypes, into: Directory) -> int:
    """Put the records of a hall's file into a directory; gives the seq of the newest."""
    found = await views.fetch("SELECT seq, type, version, payload FROM directory ORDER BY seq")
    for _, type_, version, payload in found:
        event = types.read(type_, version, payload)
        if isinstance(event, DirectoryEvent):
            into.apply(event.item)
    return max((seq for seq, *_ in found), default=0)
