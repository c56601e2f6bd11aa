"""The table of the packages this hall took in, in views.db: for the window's list and for a package's parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from cases.packages.messages import PackageOpened
from cases.packages.model import Part
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_COLUMNS = "id, number, business_day, opened_at, window, ticket, kind, name, name_en, lead, parts"
_INSERT = f"INSERT OR REPLACE INTO packages ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608  # constants only
_ONE = f"SELECT {_COLUMNS} FROM packages WHERE id = ?"  # noqa: S608  # constants only
_WHERE = (
    "(:window IS NULL OR window = :window) AND (:day IS NULL OR business_day = :day)"
    " AND (:number IS NULL OR number LIKE :number ESCAPE '!')"
)
_LIST = f"SELECT {_COLUMNS} FROM packages WHERE {_WHERE} ORDER BY opened_at DESC, id DESC LIMIT :limit"  # noqa: S608  # as above


class PackageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A package as it was opened; what became of its parts, their cases say."""

    id: str
    number: str
    business_day: date
    opened_at: datetime
    window: str | None
    ticket: str | None
    kind: str
    name: str
    name_en: str
    lead: str
    parts: tuple[Part, ...]


class PackagesAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which packages are meant; ``number``: some of its letters."""

    window: str | None = None
    day: date | None = None
    number: str | None = None
    limit: int = 50

    def parameters(self) -> Any:  # sqlite3 takes a mapping where the port says sequence
        """What the query takes."""
        escaped = "".join(f"!{one}" if one in "!%_" else one for one in (self.number or "").upper())
        return {
            "window": self.window,
            "day": self.day.isoformat() if self.day else None,
            "number": f"%{escaped}%" if self.number else None,
            "limit": self.limit,
        }


class PackageTable:
    """One row a package."""

    name = "packages"
    types = frozenset({PackageOpened.type})
    version = 1
    tables: tuple[str, ...] = ("packages",)
    schema = """
        CREATE TABLE IF NOT EXISTS packages (
            id TEXT PRIMARY KEY, number TEXT NOT NULL, business_day TEXT NOT NULL, opened_at INTEGER NOT NULL,
            window TEXT, ticket TEXT, kind TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL,
            lead TEXT NOT NULL, parts BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS packages_day ON packages (business_day, window);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        match recorded.event:
            case PackageOpened() as event:
                yield (
                    _INSERT,
                    (
                        *(event.package, event.number, recorded.business_day.isoformat(), microseconds(recorded.at)),
                        *(event.window, event.ticket, event.kind, event.name, event.name_en, event.lead),
                        msgspec.json.encode(event.parts),
                    ),
                )
            case _:
                return


async def one(views: Database, package: str) -> PackageRow | None:
    """A package of any day."""
    found = await views.fetch(_ONE, (package,))
    return _read(found[0]) if found else None


async def some(views: Database, asked: PackagesAsked) -> list[PackageRow]:
    """The packages that are meant, the newest first."""
    return [_read(row) for row in await views.fetch(_LIST, asked.parameters())]


def _read(row: tuple[Any, ...]) -> PackageRow:
    named = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return PackageRow(
        **{
            **named,
            "business_day": date.fromisoformat(named["business_day"]),
            "opened_at": moment(named["opened_at"]),
            "parts": msgspec.json.decode(named["parts"], type=tuple[Part, ...]),
        }
    )
