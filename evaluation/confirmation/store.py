"""The table of all sheets in views.db, made of events: who confirmed what is not in it, only that and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from evaluation.confirmation import messages as c
from evaluation.confirmation.model import SheetState
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_INSERT = (
    "INSERT OR REPLACE INTO confirmations (id, business_day, sent_at, window, staff, ticket, number, matter, hash,"
    " document, state) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
)
_END = "UPDATE confirmations SET state = ?, ended_at = ?, ink = ?, device = ?, said = ? WHERE id = ?"
_ERASED = "UPDATE confirmations SET erased = 1 WHERE id = ?"
_COLUMNS = (
    "id, business_day, sent_at, window, staff, ticket, number, matter, hash, document, state, ended_at, ink, device,"
    " said, erased"
)
_ONE = f"SELECT {_COLUMNS} FROM confirmations WHERE id = ?"  # noqa: S608  # constants only
_WHERE = (
    "business_day BETWEEN :first AND :last AND (:window IS NULL OR window = :window)"
    " AND (:number IS NULL OR number = :number)"
)
_LIST = f"SELECT {_COLUMNS} FROM confirmations WHERE {_WHERE} ORDER BY sent_at DESC, id LIMIT :limit OFFSET :offset"  # noqa: S608  # as above
_TOTAL = f"SELECT count(*) FROM confirmations WHERE {_WHERE}"  # noqa: S608  # as above
_KEPT = f"SELECT {_COLUMNS} FROM confirmations WHERE erased = 0 AND business_day < ?"  # noqa: S608  # as above
_OVER = f"{_KEPT} AND state = 'confirmed' LIMIT ?"
_ENDED = f"{_KEPT} AND state <> 'confirmed' LIMIT ?"
_KNOWN = "SELECT id, document FROM confirmations WHERE erased = 0 AND business_day >= ?"
_READ = "INSERT INTO confirmation_reads VALUES (?, ?)"
_READS = "SELECT why FROM confirmation_reads WHERE confirmation = ?"
_NO_READS = "DELETE FROM confirmation_reads WHERE confirmation = ?"


class SheetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet as managers see it: nothing of what it says."""

    id: str
    business_day: date
    sent_at: datetime
    window: str
    staff: str
    ticket: str
    number: str
    matter: str | None
    hash: str
    document: str | None
    state: SheetState
    ended_at: datetime | None
    ink: str | None
    device: str | None
    said: str | None
    erased: bool


class SheetsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which sheets are meant."""

    first: date
    last: date
    window: str | None = None
    number: str | None = None
    limit: int = 50
    offset: int = 0

    def parameters(self) -> Any:  # sqlite3 takes a mapping where the port says sequence
        """What the queries take."""
        return {**msgspec.structs.asdict(self), "first": self.first.isoformat(), "last": self.last.isoformat()}


class SheetTable:
    """One row a sheet; times in UTC microseconds. And the reasons of those who looked into one, by their ids."""

    name = "confirmations"
    types = frozenset(one.type for one in c.EVENTS)
    version = 2
    tables: tuple[str, ...] = ("confirmations", "confirmation_reads")
    schema = """
        CREATE TABLE IF NOT EXISTS confirmations (
            id TEXT PRIMARY KEY, business_day TEXT NOT NULL, sent_at INTEGER NOT NULL, window TEXT NOT NULL,
            staff TEXT NOT NULL, ticket TEXT NOT NULL, number TEXT NOT NULL, matter TEXT, hash TEXT NOT NULL,
            document TEXT, state TEXT NOT NULL, ended_at INTEGER, ink TEXT, device TEXT, said TEXT,
            erased INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS confirmations_day ON confirmations (business_day, window);
        CREATE INDEX IF NOT EXISTS confirmations_kept ON confirmations (business_day)
            WHERE erased = 0 AND state = 'confirmed';
        CREATE INDEX IF NOT EXISTS confirmations_ended ON confirmations (business_day)
            WHERE erased = 0 AND state <> 'confirmed';
        CREATE TABLE IF NOT EXISTS confirmation_reads (confirmation TEXT NOT NULL, why TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS confirmation_reads_of ON confirmation_reads (confirmation);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        match recorded.event:
            case c.ConfirmationSent() as e:
                day, at = recorded.business_day.isoformat(), microseconds(recorded.at)
                where = (e.window, e.staff, e.ticket, e.number, e.matter, e.hash, e.document)
                yield _INSERT, (e.confirmation, day, at, *where, SheetState.SENT.value)
            case c.ConfirmationConfirmed() as e:
                yield _ended(e, recorded, SheetState.CONFIRMED, ink=e.ink, device=e.device)
            case c.ConfirmationDisputed() as e:
                yield _ended(e, recorded, SheetState.DISPUTED, device=e.device, said=e.said)
            case c.ConfirmationRefused() as e:
                yield _ended(e, recorded, SheetState.REFUSED, device=e.device)
            case c.ConfirmationWithdrawn() as e:
                yield _ended(e, recorded, SheetState.WITHDRAWN)
            case c.ConfirmationTimedOut() as e:
                yield _ended(e, recorded, SheetState.TIMED_OUT)
            case c.ConfirmationRead() as e if e.why is not None:
                yield _READ, (e.confirmation, e.why)
            case c.ConfirmationErased() as e:
                yield _ERASED, (e.confirmation,)
                yield _NO_READS, (e.confirmation,)
            case _:
                return


async def one(views: Database, confirmation: str) -> SheetRow | None:
    """A sheet of any day."""
    found = await views.fetch(_ONE, (confirmation,))
    return _row(found[0]) if found else None


async def listed(views: Database, asked: SheetsAsked) -> tuple[list[SheetRow], int]:
    """The sheets meant, the newest first, a page of them, with how many there are."""
    [(total,)] = await views.fetch(_TOTAL, asked.parameters())
    return [_row(row) for row in await views.fetch(_LIST, asked.parameters())], total


async def over(views: Database, *, confirmed_before: date, others_before: date, limit: int) -> list[SheetRow]:
    """Sheets whose time of keeping is over."""
    found = await views.fetch(_OVER, (confirmed_before.isoformat(), limit))
    found += await views.fetch(_ENDED, (others_before.isoformat(), limit))
    return [_row(row) for row in found]


async def kept_ids(views: Database, since: date) -> set[str]:
    """Ids of the sheets and documents of some days that are still kept."""
    return {id_ for row in await views.fetch(_KNOWN, (since.isoformat(),)) for id_ in row if id_}


async def reasons(views: Database, confirmation: str) -> list[str]:
    """Ids in the vault of the reasons given for looking into a sheet."""
    return [why for (why,) in await views.fetch(_READS, (confirmation,))]


def _ended(
    event: c.SheetEvent,
    recorded: Recorded,
    state: SheetState,
    *,
    ink: str | None = None,
    device: str | None = None,
    said: str | None = None,
) -> Change:
    return _END, (state.value, microseconds(recorded.at), ink, device, said, event.confirmation)


def _row(row: tuple[Any, ...]) -> SheetRow:
    id_, day, sent, window, staff, ticket, number, matter, hash_, document, state, ended, ink, device, said, erased = (
        row
    )
    return SheetRow(
        id=id_,
        business_day=date.fromisoformat(day),
        sent_at=moment(sent),
        window=window,
        staff=staff,
        ticket=ticket,
        number=number,
        matter=matter,
        hash=hash_,
        document=document,
        state=SheetState(state),
        ended_at=moment(ended) if ended else None,
        ink=ink,
        device=device,
        said=said,
        erased=bool(erased),
    )
