"""The tables of work orders in views.db: one row an order as it stands, and one row for each of its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
from evaluation.orders import messages as m
from evaluation.orders.model import AppealState, Category, State
from hall_server.database.connections import Database
from hall_server.database.projections import Change
from hall_server.journal.rows import microseconds, moment
from hall_server.messages import Event, Recorded

_STEP = "INSERT OR REPLACE INTO review_steps (seq, review, at, actor, type, payload) VALUES (?,?,?,?,?,?)"
_OPENED = (
    "INSERT OR REPLACE INTO reviews (id, rating, ticket, business_day, opened_at, window, staff, department, matter,"
    " level, named, contact_due, fix_due, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_STEPS = "SELECT seq, at, actor, type, payload FROM review_steps WHERE review = ? ORDER BY seq"
_ROW = (
    "id, rating, business_day, opened_at, window, staff, department, matter, level, state, category, excluded, appeal,"
    " closed_at, published_at, published_text"
)
_FOUND = (
    f"SELECT {_ROW} FROM reviews WHERE business_day BETWEEN ? AND ? AND (? IS NULL OR staff = ?)"  # noqa: S608  # constants only
    " AND (? = 0 OR state IN ('published', 'unpublished', 'taken_back')) ORDER BY opened_at DESC, id LIMIT ? OFFSET ?"
)
_COUNT = (
    "SELECT count(*) FROM reviews WHERE business_day BETWEEN ? AND ? AND (? IS NULL OR staff = ?)"
    " AND (? = 0 OR state IN ('published', 'unpublished', 'taken_back'))"
)
_RATING = "SELECT level, channel, aspects, reasons, text, at, case_number, marks, ticket FROM ratings WHERE id = ?"
_OWN = (
    "SELECT id, business_day, at, window, matter, level, aspects, reasons, text, marks FROM ratings"
    " WHERE staff = ? AND business_day >= ? ORDER BY at DESC, id LIMIT ?"
)
_encode = msgspec.json.Encoder().encode

Updates = Callable[[Any, int], dict[str, Any]]
_UPDATES: dict[type[Event], Updates] = {
    m.OrderLevelChanged: lambda e, _: {"level": int(e.level)},
    m.OrderNamed: lambda _, __: {"named": 1},
    m.OrderTakenBack: lambda _, __: {"state": State.TAKEN_BACK},
    m.VisitorContacted: lambda _, at: {"state": State.CONTACTED, "contacted_at": at},
    m.OrderCategorised: lambda e, _: {"state": State.UNDER_WAY, "category": e.category, **_limit(e.fix_due)},
    m.ExclusionAsked: lambda e, _: {"state": State.REVIEW, "category": e.category},
    m.ExclusionDecided: lambda e, at: (
        {"state": State.FIXED, "excluded": 1, "fixed_at": at}
        if e.is_excluded
        else {"state": State.CONTACTED, "category": None}
    ),
    m.OrderExtended: lambda e, _: _limit(e.fix_due),
    m.OrderFixed: lambda _, at: {"state": State.FIXED, "fixed_at": at},
    m.OrderRevisited: lambda e, at: {
        "state": State.REVISITED,
        "revisited_at": at,
        "revisit_satisfied": None if e.is_satisfied is None else int(e.is_satisfied),
    },
    m.OrderReopened: lambda e, _: {
        "state": State.CONTACTED,
        "reopened": 1,
        "fixed_at": None,
        "category": None,
        **_limit(e.fix_due),
    },
    m.OrderClosed: lambda _, at: {"state": State.CLOSED, "closed_at": at},
    m.ResultPublished: lambda e, at: {"state": State.PUBLISHED, "published_at": at, "published_text": e.text},
    m.ResultWithheld: lambda _, __: {"state": State.UNPUBLISHED},
    m.AppealMade: lambda _, __: {"appeal": AppealState.OPEN},
    m.AppealAnswered: lambda e, _: {"appeal": AppealState.UPHELD if e.is_upheld else AppealState.REJECTED},
}


class ReviewTable:
    """Times in UTC microseconds; a step's payload names words by their ids in the vault."""

    name = "reviews"
    types = frozenset(one.type for one in m.EVENTS)
    version = 1
    tables: tuple[str, ...] = ("reviews", "review_steps")
    schema = """
        CREATE TABLE IF NOT EXISTS reviews (
            id TEXT PRIMARY KEY, rating TEXT NOT NULL, ticket TEXT NOT NULL, business_day TEXT NOT NULL,
            opened_at INTEGER NOT NULL, window TEXT NOT NULL, staff TEXT, department TEXT, matter TEXT,
            level INTEGER NOT NULL, named INTEGER NOT NULL, contact_due INTEGER NOT NULL, contacted_at INTEGER,
            fix_due INTEGER NOT NULL, fixed_at INTEGER, category TEXT, excluded INTEGER NOT NULL DEFAULT 0,
            appeal TEXT NOT NULL DEFAULT 'none', revisited_at INTEGER, revisit_satisfied INTEGER,
            reopened INTEGER NOT NULL DEFAULT 0, closed_at INTEGER, published_at INTEGER, published_text TEXT,
            state TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS reviews_day ON reviews (business_day);
        CREATE INDEX IF NOT EXISTS reviews_staff ON reviews (staff, business_day);
        CREATE TABLE IF NOT EXISTS review_steps (
            seq INTEGER PRIMARY KEY, review TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
            type TEXT NOT NULL, payload BLOB NOT NULL
        );
        CREATE INDEX IF NOT EXISTS review_steps_of ON review_steps (review, seq);
    """

    def changes(self, recorded: Recorded) -> Iterable[Change]:
        """What an event changes in the tables."""
        event, at = recorded.event, microseconds(recorded.at)
        if not isinstance(event, m.OrderEvent | m.PhoneOpened):
            return
        yield _STEP, (recorded.seq, event.order, at, recorded.actor, event.type, _encode(event))
        if isinstance(event, m.OrderOpened):
            yield _OPENED, _opened(event, recorded)
        elif (updates := _UPDATES.get(type(event))) is not None:
            changed = updates(event, at)
            names = ", ".join(f"{name} = ?" for name in changed)
            yield f"UPDATE reviews SET {names} WHERE id = ?", (*changed.values(), event.order)  # noqa: S608  # names above


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step of an order: what happened, who did it, and what it carried (words by their ids)."""

    seq: int
    at: datetime
    actor: str
    type: str
    payload: dict[str, Any]


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list."""

    id: str
    rating: str
    business_day: date
    opened_at: datetime
    window: str
    staff: str | None
    department: str | None
    matter: str | None
    level: Level
    state: State
    category: Category | None
    is_excluded: bool
    appeal: AppealState
    closed_at: datetime | None
    published_at: datetime | None
    published_text: str | None


class RatingSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The rating behind an order; ``text`` is an id in the vault."""

    level: Level
    channel: RatingChannel
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    at: datetime
    case: str | None
    marks: tuple[Mark, ...]
    ticket: str


class OwnRating(msgspec.Struct, frozen=True, kw_only=True):
    """A rating somebody was given; ``text`` is an id in the vault."""

    id: str
    business_day: date
    at: datetime
    window: str
    matter: str | None
    level: Level
    aspects: tuple[Aspect, ...]
    reasons: tuple[Reason, ...]
    text: str | None
    marks: tuple[Mark, ...]


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders are meant: opened on these days, about somebody or anybody, those that are over or all."""

    first: date
    last: date
    staff: str | None = None
    only_over: bool = False
    limit: int = 50
    offset: int = 0


async def steps(views: Database, order: str) -> list[StepRow]:
    """The whole history of an order, the oldest first."""
    return [
        StepRow(seq=seq, at=moment(at), actor=actor, type=type_, payload=msgspec.json.decode(payload))
        for seq, at, actor, type_, payload in await views.fetch(_STEPS, (order,))
    ]


async def found(views: Database, meant: Meant) -> tuple[list[ReviewRow], int]:
    """The orders meant, the newest first, a page of them, with how many there are."""
    which = (meant.first.isoformat(), meant.last.isoformat(), meant.staff, meant.staff, int(meant.only_over))
    [(total,)] = await views.fetch(_COUNT, which)
    return [_row(row) for row in await views.fetch(_FOUND, (*which, meant.limit, meant.offset))], total


async def one(views: Database, order: str) -> ReviewRow | None:
    """An order, over or not."""
    rows = await views.fetch(f"SELECT {_ROW} FROM reviews WHERE id = ?", (order,))  # noqa: S608  # constants only
    return _row(rows[0]) if rows else None


async def rating(views: Database, id_: str) -> RatingSeen | None:
    """The rating with this id."""
    for level, channel, aspects, reasons, text, at, case, marks, ticket in await views.fetch(_RATING, (id_,)):
        return RatingSeen(
            level=Level(level),
            channel=RatingChannel(channel),
            aspects=tuple(map(Aspect, aspects.split())),
            reasons=tuple(map(Reason, reasons.split())),
            text=text,
            at=moment(at),
            case=case,
            marks=tuple(map(Mark, marks.split())),
            ticket=ticket,
        )
    return None


async def own_ratings(views: Database, staff: str, since: date, *, limit: int) -> list[OwnRating]:
    """The ratings somebody was given since a day, the newest first."""
    return [
        OwnRating(
            id=id_,
            business_day=date.fromisoformat(day),
            at=moment(at),
            window=window,
            matter=matter,
            level=Level(level),
            aspects=tuple(map(Aspect, aspects.split())),
            reasons=tuple(map(Reason, reasons.split())),
            text=text,
            marks=tuple(map(Mark, marks.split())),
        )
        for id_, day, at, window, matter, level, aspects, reasons, text, marks in await views.fetch(
            _OWN, (staff, since.isoformat(), limit)
        )
    ]


def _limit(due: datetime | None) -> dict[str, int]:
    return {} if due is None else {"fix_due": microseconds(due)}


def _opened(event: m.OrderOpened, recorded: Recorded) -> tuple[Any, ...]:
    day, at = recorded.business_day.isoformat(), microseconds(recorded.at)
    about = (event.order, event.rating, event.ticket, day, at, event.window, event.staff, event.department)
    dues = (microseconds(event.contact_due), microseconds(event.fix_due))
    return (*about, event.matter, int(event.level), int(event.person is not None), *dues, State.OPENED)


def _row(row: tuple[Any, ...]) -> ReviewRow:
    id_, rating_, day, opened_at, window, staff, department, matter, level, state, category, excluded, *rest = row
    appeal, closed_at, published_at, text = rest
    return ReviewRow(
        id=id_,
        rating=rating_,
        business_day=date.fromisoformat(day),
        opened_at=moment(opened_at),
        window=window,
        staff=staff,
        department=department,
        matter=matter,
        level=Level(level),
        state=State(state),
        category=Category(category) if category else None,
        is_excluded=bool(excluded),
        appeal=AppealState(appeal),
        closed_at=moment(closed_at) if closed_at else None,
        published_at=moment(published_at) if published_at else None,
        published_text=text,
    )
