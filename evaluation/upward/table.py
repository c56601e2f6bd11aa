"""The outbox upward: one row a rating and revision, made of the journal, so that a rebuild forgets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from evaluation.messages import RatingChanged, RatingDetailed, RatingEvent, RatingGiven, RatingMarked
from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
from evaluation.upward.messages import FieldFault, UpwardAnswered, UpwardSentAgain
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Recorded


class State(StrEnum):
    """Where a record stands."""

    PENDING = "pending"  # to be sent
    ACCEPTED = "accepted"  # the platform has it
    REFUSED = "refused"  # the platform does not take it as it is
    SUPERSEDED = "superseded"  # a newer revision stands in its place, and this one never arrived


class RecordKind(StrEnum):
    """Why a record is sent."""

    ORIGINAL = "original"  # the rating was given
    SUPPLEMENT = "supplement"  # the visitor said why
    CORRECTION = "correction"  # the visitor rated anew
    MARK = "mark"  # it was marked, or a mark was taken back


_KEPT = (
    "at, business_day, ticket, window, staff, matter, level, channel, aspects, reasons, text, case_number, marks, times"
)
_INSERT = (
    f"INSERT OR REPLACE INTO upward (rating, revision, state, kind, {_KEPT})"  # noqa: S608  # constants only
    " VALUES (?,1,'pending','original',?,?,?,?,?,?,?,?,?,?,?,?,?,1)"
)
_LAST = "rating = ?1 AND revision = (SELECT max(revision) FROM upward WHERE rating = ?1)"
_REVISE = (
    f"INSERT INTO upward (rating, revision, state, kind, {_KEPT}) SELECT rating, revision + 1, 'pending', ?2, at,"  # noqa: S608  # constants only
    " business_day, ticket, window, staff, matter, coalesce(?3, level), channel, coalesce(?4, aspects),"
    " coalesce(?5, reasons), CASE WHEN ?4 IS NULL THEN text ELSE ?6 END, case_number,"
    " CASE WHEN ?7 IS NULL THEN marks ELSE trim(replace(' ' || marks || ' ', ' ' || ?7 || ' ', ' ') || ?8) END,"
    f" times + ?9 FROM upward WHERE {_LAST}"
)
_SUPERSEDE = (
    "UPDATE upward SET state = 'superseded', faults = NULL WHERE rating = ?1 AND state IN ('pending', 'refused')"
    " AND revision < (SELECT max(revision) FROM upward WHERE rating = ?1)"
)
_ACCEPT = "UPDATE upward SET state = 'accepted', answered_at = ?, faults = NULL WHERE rating = ? AND revision = ?"
_REFUSE = (
    "UPDATE upward SET state = 'refused', answered_at = ?, faults = ?"
    " WHERE rating = ? AND revision = ? AND state = 'pending'"
)
_AGAIN = "UPDATE upward SET state = 'pending', faults = NULL WHERE state = 'refused'"
_AGAIN_ONE = f"{_AGAIN} AND rating = ?"
_AGAIN_DAY = "UPDATE upward SET state = 'pending' WHERE state = 'accepted' AND business_day = ?"

_COLUMNS = f"rating, revision, kind, {_KEPT}"
_DUE = (
    f"SELECT {_COLUMNS} FROM upward WHERE state = 'pending' AND at <= ? AND business_day >= ?"  # noqa: S608  # constants only
    " ORDER BY at, rating, revision LIMIT ?"
)
_OPEN = (
    "SELECT state, count(*), min(at) FROM upward WHERE state IN ('pending', 'refused') AND business_day >= ?"
    " GROUP BY state"
)
_LAST_ACCEPTED = "SELECT max(answered_at) FROM upward WHERE state = 'accepted'"
_DONE = "SELECT state, count(*) FROM upward WHERE state IN ('accepted', 'superseded') GROUP BY state"
_REFUSED = (
    "SELECT u.rating, u.revision, u.business_day, u.at, u.window, u.level, u.answered_at, u.faults, t.number"
    " FROM upward u LEFT JOIN tickets t ON t.id = u.ticket"
    " WHERE u.state = 'refused' AND u.business_day >= ? ORDER BY u.at DESC, u.rating LIMIT ?"
)
_TAKEN = "SELECT rating, min(at) FROM upward WHERE state = 'accepted' AND at >= ? AND at < ? GROUP BY rating"
_NUMBERS = "SELECT id, number FROM tickets WHERE id IN (SELECT value FROM json_each(?))"


class OutboxTable:
    """One row a record; times in UTC microseconds, ``text`` an id in the vault, ``faults`` JSON."""

    name = "upward"
    types = frozenset(
        one.type for one in (RatingGiven, RatingDetailed, RatingChanged, RatingMarked, UpwardAnswered, UpwardSentAgain)
    )
    version = 1
    tables: tuple[str, ...] = ("upward",)
    schema = """
        CREATE TABLE IF NOT EXISTS upward (
            rating TEXT NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL, kind TEXT NOT NULL,
            at INTEGER NOT NULL, business_day TEXT NOT NULL, ticket TEXT NOT NULL, window TEXT NOT NULL, staff TEXT,
            matter TEXT, level INTEGER NOT NULL, channel TEXT NOT NULL, aspects TEXT NOT NULL, reasons TEXT NOT NULL,
            text TEXT, case_number TEXT, marks TEXT NOT NULL, times INTEGER NOT NULL, answered_at INTEGER, faults TEXT,
            PRIMARY KEY (rating, revision)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS upward_state ON upward (state, at);
        CREATE INDEX IF NOT EXISTS upward_answered ON upward (state, answered_at);
        CREATE INDEX IF NOT EXISTS upward_given ON upward (at);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the outbox."""
        match recorded.event:
            case RatingGiven() as e:
                at, day = microseconds(recorded.at), recorded.business_day.isoformat()
                about = (e.rating, at, day, e.ticket, e.window, e.staff, e.matter, int(e.level), e.channel)
                yield _INSERT, (*about, *_said(e), e.case, " ".join(e.marks))
            case RatingDetailed() as e:
                yield from _revised(e.rating, RecordKind.SUPPLEMENT, said=_said(e))
            case RatingChanged() as e:
                yield from _revised(e.rating, RecordKind.CORRECTION, level=int(e.level), said=_said(e), times=1)
            case RatingMarked() as e:
                yield from _revised(e.rating, RecordKind.MARK, mark=e.mark, on=e.on)
            case UpwardAnswered() as e:
                yield from _answered(e, microseconds(recorded.at))
            case UpwardSentAgain(day=None, ratings=()):
                yield _AGAIN, ()
            case UpwardSentAgain(day=None) as e:
                yield from ((_AGAIN_ONE, (rating,)) for rating in e.ratings)
            case UpwardSentAgain(day=date() as again):
                yield _AGAIN_DAY, (again.isoformat(),)
            case _:
                return


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A record to be sent, as the rating stood at this revision."""

    rating: str
    revision: int
    kind: RecordKind
    at: datetime
    business_day: date
    ticket: str
    window: str
    staff: str | None
    matter: str | None
    level: Level
    channel: RatingChannel
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    case: str | None
    marks: tuple[Mark, ...]
    times: int


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A record the platform does not take, as the manager reads of it."""

    rating: str
    revision: int
    number: str | None
    business_day: date
    at: datetime
    window: str
    level: Level
    answered_at: datetime | None
    faults: tuple[FieldFault, ...]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many records stand where.

    Attributes:
        oldest_pending_at: when the oldest rating that waits was given.
        last_accepted_at: when the platform last took something.
    """

    pending: int = 0
    accepted: int = 0
    refused: int = 0
    superseded: int = 0
    oldest_pending_at: datetime | None = None
    last_accepted_at: datetime | None = None


async def due(views: Database, *, before: datetime, since: str, limit: int) -> list[Row]:
    """Records to be sent of ratings given up to a time and not before a day, the oldest first."""
    return [_row(row) for row in await views.fetch(_DUE, (microseconds(before), since, limit))]


async def standing(views: Database, *, since: str, is_whole: bool = True) -> Standing:
    """How the outbox stands.

    Args:
        views: where it lies.
        since: what waits or was refused of earlier days is left out.
        is_whole: count also what is done, which is most of the table.
    """
    found = {state: (many, oldest) for state, many, oldest in await views.fetch(_OPEN, (since,))}
    done: dict[str, int] = dict(await views.fetch(_DONE)) if is_whole else {}
    [(last,)] = await views.fetch(_LAST_ACCEPTED)
    pending, oldest = found.get(State.PENDING, (0, None))
    return Standing(
        pending=pending,
        accepted=done.get(State.ACCEPTED, 0),
        refused=found.get(State.REFUSED, (0, None))[0],
        superseded=done.get(State.SUPERSEDED, 0),
        oldest_pending_at=_moment(oldest),
        last_accepted_at=_moment(last),
    )


async def refused(views: Database, *, since: str, limit: int) -> list[RefusedRow]:
    """The records that were refused, the newest first."""
    return [_refused(row) for row in await views.fetch(_REFUSED, (since, limit))]


async def taken(views: Database, begin: datetime, end: datetime) -> list[datetime]:
    """When each rating was given that the platform has, from a time to before another."""
    return [moment(at) for _, at in await views.fetch(_TAKEN, (microseconds(begin), microseconds(end)))]


async def numbers(views: Database, tickets: Sequence[str]) -> dict[str, str]:
    """Ticket → its number."""
    return dict(await views.fetch(_NUMBERS, (msgspec.json.encode(tickets).decode(),)))


def _revised(
    rating: str,
    kind: RecordKind,
    *,
    level: int | None = None,
    said: tuple[str, str, str | None] | None = None,
    mark: Mark | None = None,
    on: bool = False,
    times: int = 0,
) -> Iterable[Change]:
    aspects, reasons, text = said or (None, None, None)
    yield _REVISE, (rating, kind, level, aspects, reasons, text, mark, f" {mark}" if on else "", times)
    yield _SUPERSEDE, (rating,)


def _answered(event: UpwardAnswered, at: int) -> Iterable[Change]:
    yield from ((_ACCEPT, (at, one.rating, one.revision)) for one in event.accepted)
    for one in event.refused:
        yield _REFUSE, (at, msgspec.json.encode(one.faults).decode(), one.rating, one.revision)


def _said(event: RatingEvent) -> tuple[str, str, str | None]:
    return " ".join(event.aspects), " ".join(event.reasons), event.text


def _row(row: tuple[Any, ...]) -> Row:
    rating, revision, kind, at, day, ticket, window, staff, matter, level, channel, *rest = row
    aspects, reasons, text, case, marks, times = rest
    return Row(
        rating=rating,
        revision=revision,
        kind=RecordKind(kind),
        at=moment(at),
        business_day=date.fromisoformat(day),
        ticket=ticket,
        window=window,
        staff=staff,
        matter=matter,
        level=Level(level),
        channel=RatingChannel(channel),
        aspects=tuple(map(Aspect, aspects.split())),
        reasons=tuple(map(Reason, reasons.split())),
        text=text,
        case=case,
        marks=tuple(map(Mark, marks.split())),
        times=times,
    )


def _refused(row: tuple[Any, ...]) -> RefusedRow:
    rating, revision, day, at, window, level, answered, faults, number = row
    return RefusedRow(
        rating=rating,
        revision=revision,
        number=number,
        business_day=date.fromisoformat(day),
        at=moment(at),
        window=window,
        level=Level(level),
        answered_at=_moment(answered),
        faults=msgspec.json.decode(faults or "[]", type=tuple[FieldFault, ...]),
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)
