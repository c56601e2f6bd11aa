"""The table of all ratings in views.db, made of events, and the questions managers ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from evaluation.messages import RatingChanged, RatingDetailed, RatingEvent, RatingGiven, RatingMarked
from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded

_INSERT = (
    "INSERT OR REPLACE INTO ratings (id, ticket, business_day, at, window, staff, line, matter, level, channel, actor,"
    " aspects, reasons, text, case_number, person, marks) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_MARK = "UPDATE ratings SET marks = trim(replace(' ' || marks || ' ', ' ' || ? || ' ', ' ') || ?) WHERE id = ?"
_DETAIL = "UPDATE ratings SET aspects=?, reasons=?, text=?, person=coalesce(?, person) WHERE id=?"
_CHANGE = (
    "UPDATE ratings SET level=?, changed_at=?, aspects=?, reasons=?, text=?, person=coalesce(?, person) WHERE id=?"
)
_COUNTS = (
    "SELECT level, count(*), sum(marks = ''), sum(instr(:active, ' ' || channel || ' ') > 0) FROM ratings"
    " WHERE business_day BETWEEN :first AND :last AND (:window IS NULL OR window = :window)"
    " AND (NOT :marked OR marks <> '') GROUP BY level"
)
_TOTAL = (
    "SELECT count(*) FROM ratings"
    " WHERE business_day BETWEEN :first AND :last AND level >= :least AND (:window IS NULL OR window = :window)"
    " AND (NOT :marked OR marks <> '')"
)
_ROW = (
    "SELECT id, ticket, business_day, at, window, staff, line, matter, level, channel, aspects, reasons, text,"
    " changed_at, case_number, person, marks FROM ratings"
)
_ONE = f"{_ROW} WHERE id = ?"
_LIST = (
    f"{_ROW}"
    " WHERE business_day BETWEEN :first AND :last AND level >= :least AND (:window IS NULL OR window = :window)"
    " AND (NOT :marked OR marks <> '')"
    " ORDER BY at DESC, id LIMIT :limit OFFSET :offset"
)


_ACTIVE = f" {' '.join(channel for channel in RatingChannel if channel.is_active)} "


class RatingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rating as managers read it; ``text`` is what the visitor wrote, plain text."""

    id: str
    ticket: str
    business_day: date
    at: datetime
    window: str
    staff: str | None
    line: str
    matter: str | None
    level: Level
    channel: RatingChannel
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    changed_at: datetime | None
    case: str | None = None
    has_phone: bool = False
    marks: tuple[Mark, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which ratings are meant: days from ``first`` to ``last``, a window or all, levels from ``least`` to 5.

    Attributes:
        marked: only those with a mark.
    """

    first: date
    last: date
    window: str | None = None
    least: int = 1
    marked: bool = False
    limit: int = 50
    offset: int = 0

    def parameters(self) -> dict[str, Any]:
        """What the queries take."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {**msgspec.structs.asdict(self), **days, "active": _ACTIVE}


class RatingTable:
    """One row a rating, as it stands after changes; times in UTC microseconds, ``text`` an id in the vault."""

    name = "ratings"
    types = frozenset(one.type for one in (RatingGiven, RatingDetailed, RatingChanged, RatingMarked))
    version = 3
    tables: tuple[str, ...] = ("ratings",)
    schema = """
        CREATE TABLE IF NOT EXISTS ratings (
            id TEXT PRIMARY KEY, ticket TEXT NOT NULL, business_day TEXT NOT NULL, at INTEGER NOT NULL,
            window TEXT NOT NULL, staff TEXT, line TEXT NOT NULL, matter TEXT, level INTEGER NOT NULL,
            channel TEXT NOT NULL, actor TEXT NOT NULL, aspects TEXT NOT NULL, reasons TEXT NOT NULL, text TEXT,
            changed_at INTEGER, case_number TEXT, person TEXT, marks TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS ratings_day ON ratings (business_day, level);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the table."""
        at = microseconds(recorded.at)
        match recorded.event:
            case RatingGiven() as e:
                day = recorded.business_day.isoformat()
                about = (e.rating, e.ticket, day, at, e.window, e.staff, e.line, e.matter, int(e.level), e.channel)
                *said, person = _said(e)
                yield _INSERT, (*about, recorded.actor, *said, e.case, person, " ".join(e.marks))
            case RatingDetailed() as e:
                yield _DETAIL, (*_said(e), e.rating)
            case RatingChanged() as e:
                yield _CHANGE, (int(e.level), at, *_said(e), e.rating)
            case RatingMarked() as e:
                yield _MARK, (e.mark, f" {e.mark}" if e.on else "", e.rating)
            case _:
                return


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many ratings of each level, 1 to 5: all, those without a mark, and those that came unasked (主动评价)."""

    raw: list[int]
    valid: list[int]
    active: list[int]


async def counts(views: Database, asked: Asked) -> Counts:
    """The counts of the ratings meant, whatever their level."""
    found = {level: (raw, valid, active) for level, raw, valid, active in await views.fetch(_COUNTS, _named(asked))}
    raw, valid, active = ([found.get(int(level), (0, 0, 0))[place] for level in Level] for place in range(3))
    return Counts(raw=raw, valid=valid, active=active)


async def one(views: Database, rating: str) -> RatingRow | None:
    """A rating by its id."""
    found = await views.fetch(_ONE, (rating,))
    return _row(found[0]) if found else None


async def listed(views: Database, asked: Asked) -> tuple[list[RatingRow], int]:
    """The ratings meant, the newest first, a page of them, with how many there are; texts are ids in the vault."""
    [(total,)] = await views.fetch(_TOTAL, _named(asked))
    return [_row(row) for row in await views.fetch(_LIST, _named(asked))], total


def _named(asked: Asked) -> Any:  # sqlite3 takes a mapping where the port says sequence
    return asked.parameters()


def _said(event: RatingEvent) -> tuple[str, str, str | None, str | None]:
    return " ".join(event.aspects), " ".join(event.reasons), event.text, event.person


def _row(row: tuple[Any, ...]) -> RatingRow:
    id_, ticket, day, at, window, staff, line, matter, level, channel, aspects, reasons, text, *rest = row
    changed, case, person, marks = rest
    return RatingRow(
        id=id_,
        ticket=ticket,
        business_day=date.fromisoformat(day),
        at=moment(at),
        window=window,
        staff=staff,
        line=line,
        matter=matter,
        level=Level(level),
        channel=RatingChannel(channel),
        aspects=tuple(map(Aspect, aspects.split())),
        reasons=tuple(map(Reason, reasons.split())),
        text=text,
        changed_at=moment(changed) if changed else None,
        case=case,
        has_phone=person is not None,
        marks=tuple(map(Mark, marks.split())),
    )
