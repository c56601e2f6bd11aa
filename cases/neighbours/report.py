"""The reconciliation report: per day and neighbour what was pushed, acknowledged, answered, and what is silent."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec

from cases.neighbours import requests as r
from cases.neighbours.model import WAITS_FOR_PEOPLE, Accepted, Kind
from cases.neighbours.payments import refund_id
from hall_server.errors import Unavailable
from hall_server.journal.rows import microseconds, moment
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.table import Letter, State

if TYPE_CHECKING:
    from cases.neighbours.room import Room

DAYS_MOST = 366
_DAY = timedelta(days=1)
LETTERS_MOST = 200
_WAITING = "SELECT neighbour, count(*), min(at) FROM outbox WHERE state = 'waiting' GROUP BY neighbour"
_FAILED = (
    "SELECT id, neighbour, kind, subject, state, reason, at, next_at, tries FROM outbox"
    " WHERE state IN ('rejected', 'given_up') AND answered_at >= ? ORDER BY answered_at DESC LIMIT ?"
)
_QUESTIONS = frozenset(str(one.__struct_config__.tag) for one in r.QUESTIONS)
_RATINGS = (
    "SELECT business_day, state, count(*) FROM upward WHERE business_day >= ? AND business_day <= ?"
    " GROUP BY business_day, state"
)


class DayRow(msgspec.Struct, frozen=True, kw_only=True):
    """A day's requests to a neighbour.

    Attributes:
        pushed: requested. acknowledged: accepted. dropped: not wanted any more. waiting: not answered yet.
        results: whose result came. silent: without answer or result for the neighbour's ``silent_days``.
        without_licence: granted there, and no licence has come.
    """

    day: date
    neighbour: str
    kind: str
    pushed: int = 0
    acknowledged: int = 0
    rejected: int = 0
    given_up: int = 0
    dropped: int = 0
    waiting: int = 0
    results: int = 0
    silent: int = 0
    without_licence: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction on which the two sides do not agree.

    Attributes:
        what: ``missing_there``, ``unknown_here``, ``other_amount``; ``not_told``: paid there, and nobody told us;
            ``not_cancelled``: called off here, and it can still be paid there; ``cancelled_there``: the other way
            round; ``not_given_back``: the platform keeps money that we want to go back.
    """

    day: date
    neighbour: str
    transaction: str
    what: str
    ours: str = ""
    theirs: str = ""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A day compared with what a neighbour says; ``fault``: why it was not."""

    day: date
    neighbour: str
    is_equal: bool
    ours: int = 0
    theirs: int = 0
    differences: tuple[Difference, ...] = ()
    fault: str = ""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a neighbour: how much, since when the oldest; how many failed of late, and why the last one."""

    waiting: int = 0
    oldest: datetime | None = None
    failed: int = 0
    last_fault: str = ""


class LetterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request without what it says."""

    id: str
    neighbour: str
    kind: str
    subject: str
    state: State
    reason: str
    at: datetime
    next_at: datetime
    tries: int


async def queues(room: Room, *, since: datetime) -> dict[str, Queue]:
    """The queues of all neighbours; failures since a moment."""
    fetch = room.centre.database.fetch
    found = {name: Queue() for name in room.ways}
    for name, many, oldest in await fetch(_WAITING):
        found[str(name)] = Queue(waiting=int(many), oldest=moment(int(oldest)))
    for one in await failed(room, since=since, limit=LETTERS_MOST):
        known = found.get(one.neighbour, Queue())
        fault = known.last_fault or one.reason
        found[one.neighbour] = msgspec.structs.replace(known, failed=known.failed + 1, last_fault=fault)
    return found


async def failed(room: Room, *, since: datetime, limit: int) -> list[LetterShown]:
    """Requests that were refused or given up since a moment, the latest first."""
    rows_ = await room.centre.database.fetch(_FAILED, (microseconds(since), limit))
    return [
        LetterShown(
            id=str(row[0]),
            neighbour=str(row[1]),
            kind=str(row[2]),
            subject=str(row[3]),
            state=State(row[4]),
            reason=str(row[5]),
            at=moment(int(row[6])),
            next_at=moment(int(row[7])),
            tries=int(row[8]),
        )
        for row in rows_
    ]


async def rows(room: Room, first: date, last: date) -> list[DayRow]:
    """The report of some days, oldest first; the way of the ratings stands beside the others."""
    letters = await room.outbox.between(_begin(room, first), _begin(room, last + _DAY))
    grouped: dict[tuple[date, str], list[Letter]] = defaultdict(list)
    for one in letters:
        grouped[one.at.astimezone(room.zone).date(), one.neighbour].append(one)
    now = room.centre.now()
    found = [_row(room, day, name, some, now) for (day, name), some in grouped.items()]
    found += await _ratings(room, first, last)
    return sorted(found, key=lambda one: (one.day, one.neighbour))


async def compare(room: Room, name: str, day: date) -> Compared:
    """Ask a neighbour what it has of a day and say where the two sides differ."""
    letters = await room.outbox.between(_begin(room, day), _begin(room, day + _DAY))
    mine = [one for one in letters if one.neighbour == name and one.kind not in _QUESTIONS]
    ours = {one.id: one for one in mine if one.state is State.ACCEPTED}
    try:
        theirs = await room.held(name, day)
        differences = [_difference(day, name, id_, "missing_there") for id_ in ours.keys() - theirs]
        unknown = [id_ for id_ in theirs - ours.keys() if await _is_unknown(room, id_)]
        differences += [_difference(day, name, id_, "unknown_here") for id_ in unknown]
        if room.ways[name].kind is Kind.PAYMENT:
            differences += await _amounts(room, name, day, ours)
    except (NoAnswer, Unavailable) as fault:
        return Compared(day=day, neighbour=name, is_equal=False, ours=len(ours), fault=str(fault))
    ordered = tuple(sorted(differences, key=lambda one: (one.what, one.transaction)))
    return Compared(
        day=day, neighbour=name, is_equal=not ordered, ours=len(ours), theirs=len(theirs), differences=ordered
    )


def as_csv(found: list[DayRow]) -> str:
    """The report as a table with a heading; a program that opens it takes no cell for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(DayRow.__struct_fields__)
    writer.writerows([_plain(value) for value in msgspec.structs.astuple(one)] for one in found)
    return out.getvalue()


def _row(room: Room, day: date, name: str, letters: list[Letter], now: datetime) -> DayRow:
    way = room.ways.get(name)
    silent_before = now - _DAY * (way.place.silent_days if way else 2)
    states = [one.state for one in letters]
    return DayRow(
        day=day,
        neighbour=name,
        kind=way.kind if way else "",
        pushed=len(letters),
        acknowledged=states.count(State.ACCEPTED),
        rejected=states.count(State.REJECTED),
        given_up=states.count(State.GIVEN_UP),
        dropped=states.count(State.DROPPED),
        waiting=states.count(State.WAITING),
        results=sum(one.result_at is not None for one in letters),
        silent=sum(_is_silent(one, silent_before) for one in letters),
        without_licence=sum(one.result == "granted" for one in letters),
    )


def _is_silent(one: Letter, before: datetime) -> bool:
    return is_owed(one) and one.at < before


def is_owed(one: Letter) -> bool:
    """Whether the neighbour has yet to answer, or to say what came of it."""
    waits = one.awaits and one.result_at is None and one.kind not in WAITS_FOR_PEOPLE
    return one.state is State.WAITING or (one.state is State.ACCEPTED and waits)


async def _is_unknown(room: Room, id_: str) -> bool:
    """Whether this place has never sent it; one of another day or with a lost answer is known."""
    return await room.outbox.one(id_) is None


async def _amounts(room: Room, name: str, day: date, ours: dict[str, Letter]) -> list[Difference]:
    asked = r.PaymentsOfDay(day=day)
    reply = await room.ways[name].neighbour.send(asked, transaction=f"paid-{day}-{room.centre.ids.new()}")
    if not isinstance(reply, Accepted):
        return []
    found = []
    for paid in msgspec.json.decode(reply.result, type=r.PaymentsFound).payments:
        letter = ours.get(paid.transaction)
        ordered = room.opened(letter) if letter is not None else None
        if letter is None or not isinstance(ordered, r.OrderPayment):
            continue
        if ordered.amount_cents != paid.amount_cents:
            found.append(
                _difference(day, name, letter.id, "other_amount", f"{ordered.amount_cents}", f"{paid.amount_cents}")
            )
        if what := _disagrees(letter, paid):
            found.append(_difference(day, name, letter.id, what, letter.result, _stands(paid)))
        elif paid.paid_cents > paid.refunded_cents and await room.outbox.one(refund_id(letter.id)) is not None:
            found.append(_difference(day, name, letter.id, "not_given_back", letter.result, _stands(paid)))
    return found


def _disagrees(letter: Letter, paid: r.Paid) -> str:
    """How what we know of an order differs from what the platform says; empty: it does not."""
    if paid.paid_cents and letter.result != "paid":
        return "not_told"
    if paid.is_cancelled == (letter.result == "cancelled") or paid.paid_cents:
        return ""
    return "cancelled_there" if paid.is_cancelled else "not_cancelled"


def _stands(paid: r.Paid) -> str:
    if paid.paid_cents:
        return "refunded" if paid.refunded_cents >= paid.paid_cents else "paid"
    return "cancelled" if paid.is_cancelled else "open"


async def _ratings(room: Room, first: date, last: date) -> list[DayRow]:
    """好差评: what `evaluation.upward` sends, from its own table."""
    upward, views = room.centre.rooms.get("upward"), getattr(room.centre, "views", None)
    if upward is None or views is None:
        return []
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for day, state, many in await views.fetch(_RATINGS, (first.isoformat(), last.isoformat())):
        counts[day][state] = int(many)
    return [
        DayRow(
            day=date.fromisoformat(day),
            neighbour="rating",
            kind=Kind.RATING,
            pushed=sum(some.values()),
            acknowledged=some.get("accepted", 0),
            rejected=some.get("refused", 0),
            dropped=some.get("superseded", 0),
            waiting=some.get("pending", 0),
        )
        for day, some in counts.items()
    ]


def _difference(day: date, name: str, id_: str, what: str, ours: str = "", theirs: str = "") -> Difference:
    return Difference(day=day, neighbour=name, transaction=id_, what=what, ours=ours, theirs=theirs)


def _begin(room: Room, day: date) -> datetime:
    return datetime.combine(day, time(), room.zone)


def _plain(value: object) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
