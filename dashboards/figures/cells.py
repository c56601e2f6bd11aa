"""What many visits, stays and sittings are together: sums that can be added, and the keys they lie under; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from operator import add as plus
from typing import NamedTuple

import msgspec

CELLS_TABLES = ("visit_days", "visit_rows", "stay_rows", "sitting_rows", "visit_cells")
CELLS_SCHEMA = """
    CREATE TABLE IF NOT EXISTS visit_days (business_day TEXT PRIMARY KEY, visits INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS visit_rows (
        business_day TEXT NOT NULL, ticket TEXT NOT NULL, line TEXT NOT NULL, matter TEXT NOT NULL,
        window TEXT NOT NULL, staff TEXT NOT NULL, channel TEXT NOT NULL, priority TEXT NOT NULL,
        issued_at INTEGER NOT NULL, first_called_at INTEGER, ended_at INTEGER, end TEXT NOT NULL,
        is_in_vain INTEGER NOT NULL, waiting_us INTEGER NOT NULL, walking_us INTEGER NOT NULL,
        serving_us INTEGER NOT NULL, held_us INTEGER NOT NULL, calls INTEGER NOT NULL, recalls INTEGER NOT NULL,
        transfers INTEGER NOT NULL, holds INTEGER NOT NULL, promised_p50_s INTEGER, promised_p90_s INTEGER
    );
    CREATE INDEX IF NOT EXISTS visit_rows_day ON visit_rows (business_day);
    CREATE TABLE IF NOT EXISTS stay_rows (
        business_day TEXT NOT NULL, ticket TEXT NOT NULL, line TEXT NOT NULL, matter TEXT NOT NULL,
        window TEXT NOT NULL, staff TEXT NOT NULL, issued_at INTEGER NOT NULL, called_at INTEGER NOT NULL,
        started_at INTEGER, left_at INTEGER, end TEXT NOT NULL, recalls INTEGER NOT NULL,
        channel TEXT NOT NULL, priority TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS stay_rows_day ON stay_rows (business_day);
    CREATE TABLE IF NOT EXISTS sitting_rows (
        business_day TEXT NOT NULL, window TEXT NOT NULL, staff TEXT NOT NULL, slot TEXT NOT NULL,
        open_us INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS sitting_rows_day ON sitting_rows (business_day);
    CREATE TABLE IF NOT EXISTS visit_cells (
        cube TEXT NOT NULL, span TEXT NOT NULL, key TEXT NOT NULL, numbers BLOB NOT NULL, waits BLOB NOT NULL,
        PRIMARY KEY (cube, span, key)
    ) WITHOUT ROWID;
"""
"""``span`` is a day (2026-11-23) a month (2026-11) or a year; ``key`` the cube's dimensions joined by a tab."""


class Dim(StrEnum):
    """What facts are told apart by."""

    LINE = "line"
    MATTER = "matter"
    WINDOW = "window"
    STAFF = "staff"
    HOUR = "hour"  # in which the number was given, hall time
    WEEKDAY = "weekday"  # 1 Monday to 7 Sunday
    CHANNEL = "channel"  # where the number was taken
    PRIORITY = "priority"  # the class of priority it was taken with
    SLOT = "slot"  # half hour by the hall's clock, in which it happened: for staffing, never a filter


class Sums(msgspec.Struct, array_like=True):
    """What many are together; spans in microseconds. Every field can be added.

    Attributes:
        visits, called, served, in_vain, abandoned: visits; unended ones are the rest.
        wait_us: from the issue to the first call, of those called; waits: the same as a histogram (``waits.py``).
        held: visits put aside, held_us their time on hold.
        stays: calls to a window; recalled: those called more than once; sent_on: those that went elsewhere from there.
        started: stays that began, walk_us their way; served_stays: those that a person ended, serve_us their time.
        open_us: windows open and not paused.
        promised: called visits that were told a wait; kept: those that waited no longer than its p90; promise_error_us:
            how far the waits were from its p50, longer or shorter.
    """

    visits: int = 0
    called: int = 0
    served: int = 0
    in_vain: int = 0
    abandoned: int = 0
    wait_us: int = 0
    held: int = 0
    held_us: int = 0
    stays: int = 0
    recalled: int = 0
    sent_on: int = 0
    started: int = 0
    walk_us: int = 0
    served_stays: int = 0
    serve_us: int = 0
    open_us: int = 0
    promised: int = 0
    kept: int = 0
    promise_error_us: int = 0
    waits: int = 0


Numbers = list[int]
"""The fields of `Sums` in order, while they are added up."""
SIZE = len(Sums.__struct_fields__)


class Cube(NamedTuple):
    """Sums kept ready.

    Attributes:
        name: in the table. dims: what they are told apart by.
        has_open: whether the windows' open time is in it (a line or an hour has none of its own).

    The cube of half hours is made of facts of its own (``slots.py``): a stay's time lies in the half hours it took.
    """

    name: str
    dims: tuple[Dim, ...]
    has_open: bool


CUBES = (
    Cube("hall", (), True),
    Cube("line", (Dim.LINE,), True),
    Cube("weekday", (Dim.LINE, Dim.WEEKDAY), True),
    Cube("hour", (Dim.LINE, Dim.HOUR), False),
    Cube("window", (Dim.WINDOW, Dim.STAFF, Dim.LINE), True),
    Cube("matter", (Dim.LINE, Dim.MATTER), False),
    Cube("heat", (Dim.LINE, Dim.HOUR, Dim.WEEKDAY), False),
    Cube("channel", (Dim.LINE, Dim.CHANNEL, Dim.PRIORITY), False),
)
"""The smallest first: the first that knows all dimensions asked for is read."""
SLOTS = Cube("slot", (Dim.WEEKDAY, Dim.SLOT), True)
EVERY_CUBE = (*CUBES, SLOTS)


class Fact(NamedTuple):
    """One visit, stay or sitting: where it belongs, and its `Sums` in few words."""

    place: Mapping[Dim, str]
    adds: tuple[tuple[int, int], ...]  # which field, how much


def cube_for(dims: Iterable[Dim]) -> Cube | None:
    """The smallest cube that knows these dimensions; None: rows must be counted."""
    wanted = set(dims)
    return next((cube for cube in EVERY_CUBE if wanted <= set(cube.dims)), None)


def key_of(place: Mapping[Dim, str], dims: tuple[Dim, ...]) -> str:
    """The key of a place in a cube."""
    return "\t".join(place.get(dim, "") for dim in dims)


def add(into: dict[str, Numbers], key: str, adds: Iterable[tuple[int, int]]) -> None:
    """Add a fact."""
    numbers = into.get(key)
    if numbers is None:
        numbers = into[key] = [0] * SIZE
    for field, amount in adds:
        numbers[field] += amount


def merge(into: dict[str, Numbers], key: str, other: Iterable[int]) -> None:
    """Add the numbers of another cell."""
    known = into.get(key)
    into[key] = list(other) if known is None else list(map(plus, known, other))


def sums(numbers: Numbers | None) -> Sums:
    """The numbers under their names."""
    return Sums(*numbers) if numbers else Sums()
