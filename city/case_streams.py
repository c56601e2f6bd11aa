"""Many cases at once for whoever goes through all of them: some ids at a time, and their events in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import msgspec

from city.journal import in_turn
from city.server import City
from hall_server.errors import DomainError
from hall_server.journal import rows
from hall_server.journal.rows import microseconds
from hall_server.messages import EventTypes, Recorded

_OPEN = "SELECT id FROM cases WHERE is_over = 0 AND id > ? ORDER BY id LIMIT ?"
_BODIES = (
    "SELECT id, body FROM cases WHERE received_on <= ? AND (ended_at IS NULL OR ended_at >= ?) AND id > ?"
    " ORDER BY id LIMIT ?"
)
_OVER = (
    "SELECT id, body FROM cases WHERE is_over = 1 AND received_on <= ? AND ended_at >= ? AND id > ? ORDER BY id LIMIT ?"
)
_COLUMNS = "seq, at, business_day, type, version, subject, actor, command_id, payload, hash"
_EPOCH = "1970-01-01"
_OWN = 10
"""So many columns has an event of the city's own journal; a hall's has its hall behind them."""


async def open_after(city: City, id_: str, limit: int) -> list[str]:
    """The next open cases, by id."""
    return [str(found) for (found,) in await city.database.fetch(_OPEN, (id_, limit))]


async def bodies_after(
    city: City, id_: str, limit: int, first: str, last: str, *, only_over: bool = False
) -> list[tuple[str, str]]:
    """The next cases by id, with their JSON, that were open on one of these days (YYYY-MM-DD)."""
    sql = _OVER if only_over else _BODIES
    since = microseconds(datetime.combine(date.fromisoformat(max(first, _EPOCH)), time(), city.log.zone))
    return [(str(key), str(body)) for key, body in await city.database.fetch(sql, (last, since, id_, limit))]


async def streams(city: City, ids: Sequence[str]) -> dict[str, list[Recorded]]:
    """The events of cases in turn, from their halls and the city; one that cannot be read is not in it."""
    if not ids:
        return {}
    subjects = tuple(f"case:{one}" for one in ids)
    marks = ",".join("?" * len(subjects))
    of_halls = f"SELECT {_COLUMNS}, hall, epoch FROM hall_events WHERE subject IN ({marks}) AND subject >= 'case:' AND subject < 'case;' ORDER BY at, hall, epoch, seq"  # noqa: E501, S608  # marks only; the index wants the range in so many words
    of_city = f"SELECT {_COLUMNS} FROM journal WHERE subject IN ({marks}) ORDER BY seq"  # noqa: S608  # as above
    halls = await city.database.fetch(of_halls, subjects)
    own = await city.database.fetch(of_city, subjects)
    return await asyncio.to_thread(_read, halls, own, city.types)


def _read(halls: Sequence[Sequence[Any]], own: Sequence[Sequence[Any]], types: EventTypes) -> dict[str, list[Recorded]]:
    places: dict[str, list[tuple[str, Recorded]]] = {}
    unread: set[str] = set()
    for row in (*halls, *own):
        id_ = str(row[5]).removeprefix("case:")
        try:
            recorded = rows.read(tuple(row[:10]), types)
        except (DomainError, msgspec.MsgspecError):
            unread.add(id_)
            continue
        places.setdefault(id_, []).append((str(row[10]) if len(row) > _OWN else "", recorded))
    return {id_: in_turn(some) for id_, some in places.items() if id_ not in unread}
