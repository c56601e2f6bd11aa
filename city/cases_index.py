"""The index of cases at the city: kept up with the halls' journals and its own; tells each hall what it must hear."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cases.catalogue.model import Node
from cases.catalogue.shelf import Shelf
from cases.clocks.terms import Terms, closing_time
from cases.model import Case
from city import case_streams
from city import cases_rows as table
from city.case_relay import Conflicts, Place, Relay, Stream, read_stream
from city.casework import folded
from city.server import City
from city.sql import blocks
from city.store.down import Sending
from hall_server.directory.events import CalendarSaved
from hall_server.errors import DomainError, NotFound
from hall_server.journal.rows import microseconds
from hall_server.messages import Recorded

log = logging.getLogger(__name__)

BATCH = 500
SWEPT = 500
LOOK_AGAIN_S = 30.0
CHANNEL = "cases"
"""Other processes hear here that the table has changed; the payload is a case's id, or ""."""
CITY = ""
_case = msgspec.json.Decoder(Case).decode
_UNREADABLE = (DomainError, msgspec.MsgspecError, ValueError)


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Cases of a hall, or of the city ("")."""

    total: int = 0
    open: int = 0
    overdue: int = 0
    soon: int = 0
    conflicts: int = 0


class InTray(msgspec.Struct, frozen=True, kw_only=True):
    """A case with how urgent it is."""

    case: Case
    dues: table.Dues
    trouble: str | None


class CaseIndex:
    """Reads what is new of cases, folds each of them anew, and writes its row; the cursor moves with the work.

    Attributes:
        on_changed: told which cases changed, in this process or another; "": any.
    """

    def __init__(self, city: City, shelf: Shelf) -> None:
        self._city = city
        self._shelf = shelf
        self._sql = blocks("cases")
        self._epochs = blocks("events")["epochs"]
        self._news = asyncio.Event()
        self._zone = ZoneInfo(city.settings.timezone)
        self._all_stale_at: datetime | None = None
        self._relay = Relay(city)
        self._conflicts = Conflicts(city, shelf)
        self.on_changed: list[Callable[[str], None]] = []

    @classmethod
    def install(cls, city: City, shelf: Shelf) -> CaseIndex:
        """Install the index after casework and the link; others find it as ``city.rooms["case_index"]``."""
        index = cls(city, shelf)
        index._conflicts.install()
        city.listen("calendar of cases", lambda _: index.calendar_changed(), {CalendarSaved.type})
        city.on_start("case index", index.start)
        return index

    async def start(self) -> None:
        """Begin to follow."""
        database = self._city.database
        for channel in ("hall_events", "journal", "conflicts"):
            await database.listen(channel, lambda _: self._news.set())
        await database.listen(CHANNEL, self._tell)
        self._city.spawn(self._run(), "case index")

    # -- questions

    async def one(self, id_: str) -> Case:
        """A case as the table has it; `folded` of its stream is never behind.

        Raises:
            NotFound: ``case.unknown``.
        """
        found = await self._city.database.fetch(self._sql["one"], (id_,))
        if not found:
            raise NotFound("case.unknown", case=id_)
        return _case(found[0][0])

    async def numbered(self, number: str) -> Case | None:
        """The case with this 办件编号."""
        found = await self._city.database.fetch(self._sql["numbered"], (number,))
        return _case(found[0][0]) if found else None

    async def tray(self, department: str, *, is_over: bool = False, limit: int = 100, offset: int = 0) -> list[InTray]:
        """The cases of a department, the most urgent first."""
        asked = (department, int(is_over), limit, offset)
        return [_in_tray(row) for row in await self._city.database.fetch(self._sql["tray"], asked)]

    async def of_package(self, package: str) -> list[Case]:
        """The cases of a joint package."""
        return [_case(body) for (body,) in await self._city.database.fetch(self._sql["of_package"], (package,))]

    async def stream(self, id_: str) -> list[Recorded]:
        """The events of a case in turn, from its halls and the city; empty where there are none."""
        return [recorded for _, recorded in await read_stream(self._city, f"case:{id_}")]

    async def streams(self, ids: Sequence[str]) -> dict[str, list[Recorded]]:
        """The events of some cases in turn; one that cannot be read is not in it."""
        return await case_streams.streams(self._city, ids)

    async def open_after(self, id_: str, limit: int) -> list[str]:
        """The next open cases, by id."""
        return await case_streams.open_after(self._city, id_, limit)

    async def bodies_after(
        self, id_: str, limit: int, first: str, last: str, *, only_over: bool = False
    ) -> list[tuple[str, str]]:
        """The next cases by id, with their JSON, that were open on one of these days (YYYY-MM-DD)."""
        return await case_streams.bodies_after(self._city, id_, limit, first, last, only_over=only_over)

    async def bodies(self, first: str | None, last: str | None) -> list[str]:
        """Cases as JSON: the open ones, or those that were open on one of these days (YYYY-MM-DD)."""
        if first is None or last is None:
            found = await self._city.database.fetch(self._sql["open_bodies"])
        else:
            zone = self._zone
            since = microseconds(datetime.combine(date.fromisoformat(max(first, "1970-01-01")), time(), zone))
            found = await self._city.database.fetch(self._sql["bodies"], (last, since))
        return [str(body) for (body,) in found]

    async def counts(self) -> dict[str, Counts]:
        """How many cases there are, by the hall that received them; "": online."""
        return {
            hall: Counts(total=int(total), open=int(open_), overdue=int(over), soon=int(soon), conflicts=int(conflicts))
            for hall, total, open_, over, soon, conflicts in await self._city.database.fetch(self._sql["counts"])
        }

    async def conflicts(self, *, limit: int = 100) -> list[tuple[Case, str | None]]:
        """Cases that somebody must look at, and what the city has found and not yet put on record."""
        found = await self._city.database.fetch(self._sql["conflicts"], (limit,))
        return [(_case(body), trouble) for body, trouble in found]

    async def parked(self) -> list[tuple[str, str]]:
        """Cases with events of a newer program, and which."""
        return [(subject, reason) for subject, reason in await self._city.database.fetch(self._sql["parked"])]

    # -- keeping up

    def calendar_changed(self) -> None:
        """Due days of open cases may be others now."""
        self._all_stale_at = self._city.now()
        self._news.set()

    async def catch_up(self) -> None:
        """Take in everything that is here."""
        places = [CITY, *(record.id for record in await self._city.store.halls.everyone())]
        for place in places:
            while await self._advance(place):
                pass
        await self._conflicts.find(await self._city.database.fetch(self._sql["troubled"], (BATCH,)))
        await self._relay.send_again()

    async def sweep(self) -> int:
        """Count the lights of open cases anew where time, or the calendar, may have changed them; gives how many."""
        stale, swept = microseconds(self._stale_before()), 0
        while found := await self._city.database.fetch(self._sql["stale"], (stale, SWEPT)):
            now, terms = self._city.now(), self._terms()
            rows = await asyncio.to_thread(_lights, [body for (body,) in found], terms, now, self._nodes())
            await self._city.database.transact([(self._sql["lights"], rows)])
            swept += len(rows)
        if swept:
            await self._notify("")
        return swept

    async def make_anew(self) -> None:
        """Fold every case again, as after a change of the rules of this table; halls are not told again."""
        await self._city.database.transact([(self._sql["anew"], [()])])
        self._news.set()

    # -- inside

    async def _run(self) -> None:
        await self._unpark()
        while True:
            try:
                await self.catch_up()
                await self.sweep()
            except DomainError as exc:
                log.warning("the index of cases is behind: %s", exc, extra={"action": "cases.behind"})
            except Exception:  # the top of a loop: the next news tries again
                log.exception("the index of cases failed", extra={"action": "cases.failed"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
            self._news.clear()

    async def _advance(self, place: str) -> bool:
        """Take in the next events of a place; False where there are none."""
        epoch, seq, relayed = await self._cursor(place)
        head = await self._head(place, epoch)
        found = await self._read(place, epoch, seq, head)
        if not found and seq >= head:
            return await self._next_epoch(place, epoch, seq, relayed)
        last = found[-1][0] if len(found) == BATCH else head
        rows, sendings = [], list[Sending]()
        for subject in dict.fromkeys(row[3] for row in found):
            made = await self._made(subject)
            if made is None:
                continue
            stream, case = made
            rows.append(self._row(stream, case))
            seqs = {row[0] for row in found if row[3] == subject and row[0] > relayed}
            sendings += self._relay.sendings(Place(place, epoch), stream, case, seqs)
        await self._relay.want(place, found)
        moved = (epoch, last, max(last, relayed), place, epoch, seq)
        return await self._keep(rows, await self._relay.known(sendings), moved)

    async def _keep(self, rows: list[Any], sendings: Sequence[Sending], moved: tuple[Any, ...]) -> bool:
        """Write; where another process was faster nothing is written and the place is looked at again."""
        async with self._city.database.transaction() as begun:
            if not await begun.execute(self._sql["move"], moved):
                return True
            await begun.many(self._sql["put"], rows)
            await self._city.store.down.put(begun, tuple(sendings))
            for row in rows:
                await begun.notify(CHANNEL, row[0])
        return True

    async def _cursor(self, place: str) -> tuple[int, int, int]:
        found = await self._city.database.fetch(self._sql["cursor"], (place,))
        if not found:
            await self._city.database.transact([(self._sql["begin"], [(place, 0 if place == CITY else 1)])])
            found = await self._city.database.fetch(self._sql["cursor"], (place,))
        epoch, seq, relayed = found[0]
        return int(epoch), int(seq), int(relayed)

    async def _head(self, place: str, epoch: int) -> int:
        """The last seq of an epoch of a place."""
        if place == CITY:
            return (await self._city.log.head())[0]
        sql = "SELECT max(seq) FROM hall_events WHERE hall = ? AND epoch = ?"
        [(seq,)] = await self._city.database.fetch(sql, (place, epoch))
        return int(seq or 0)

    async def _read(self, place: str, epoch: int, seq: int, head: int) -> list[tuple[Any, ...]]:
        if place == CITY:
            return await self._city.database.fetch(self._sql["of_city"], (seq, head, BATCH))
        return await self._city.database.fetch(self._sql["of_hall"], (place, epoch, seq, head, BATCH))

    async def _next_epoch(self, place: str, epoch: int, seq: int, relayed: int) -> bool:
        if place == CITY:
            return False
        later = [row for row in await self._city.database.fetch(self._epochs, (place,)) if row[0] > epoch]
        if not later:
            return False
        number, after = later[-1]  # the newest stands first
        return await self._keep([], (), (number, after, min(relayed, after) if epoch else relayed, place, epoch, seq))

    async def _made(self, subject: str) -> tuple[Stream, Case] | None:
        """A case as its events leave it; one that this program cannot read is parked."""
        try:
            stream = await read_stream(self._city, subject)
            return stream, folded([one for _, one in stream], self._zone)
        except _UNREADABLE as exc:
            log.warning("%s is parked: %s", subject, type(exc).__name__, extra={"action": "cases.parked"})
            row = (subject, str(exc)[:200], microseconds(self._city.now()))
            await self._city.database.transact([(self._sql["park"], [row])])
            return None

    async def _unpark(self) -> None:
        """Try again what an older program could not read."""
        for subject, _ in await self.parked():
            with contextlib.suppress(*_UNREADABLE):
                stream = await read_stream(self._city, subject)
                row = self._row(stream, folded([one for _, one in stream], self._zone))
                unpark = (self._sql["unpark"], [(subject,)])
                await self._city.database.transact([(self._sql["put"], [row]), unpark])

    def _row(self, stream: Stream, case: Case) -> tuple[Any, ...]:
        now = self._city.now()
        edition = self._shelf.get(case.edition)
        trouble = table.trouble_of(case, (one.event for _, one in stream), edition)
        dues = table.dues_of(case, self._terms(), now, edition.nodes if edition else ())
        return table.row_of(case, dues, now, trouble)

    def _terms(self) -> Terms:
        directory = self._city.directory
        return Terms(calendar=directory.calendar, zone=self._zone, closes=closing_time(directory.hours))

    def _nodes(self) -> dict[str, tuple[Node, ...]]:
        """The steps of each edition."""
        return {one.key: one.nodes for one in self._shelf}

    def _stale_before(self) -> datetime:
        """When a light may have changed last: at midnight, at the close of the day, or with the calendar."""
        now, terms = self._city.now(), self._terms()
        local = now.astimezone(self._zone)
        marks = [datetime.combine(local.date(), time(), self._zone)]
        marks += [close for close in [terms.close_of(local.date())] if close <= now]
        marks += [self._all_stale_at] if self._all_stale_at is not None else []
        return max(marks)

    async def _notify(self, case: str) -> None:
        async with self._city.database.transaction() as begun:
            await begun.notify(CHANNEL, case)

    def _tell(self, case: str) -> None:
        for listener in self.on_changed:
            listener(case)


def _lights(
    bodies: list[str], terms: Terms, now: datetime, nodes: Mapping[str, tuple[Node, ...]]
) -> list[tuple[Any, ...]]:
    dues = [(one, table.dues_of(one, terms, now, nodes.get(one.edition, ()))) for one in map(_case, bodies)]
    return [(*table.lights_of(due, now), one.id, one.events) for one, due in dues]


def _in_tray(row: tuple[Any, ...]) -> InTray:
    body, light, due, statute, promise, is_provisional, is_overdue, trouble = row
    dues = {"light": light, "due": due, "statute": statute, "promise": promise}
    flags = {"is_provisional": bool(is_provisional), "is_overdue": bool(is_overdue)}
    return InTray(case=_case(body), dues=msgspec.convert({**dues, **flags}, table.Dues), trouble=trouble)
