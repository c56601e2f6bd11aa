"""The tables of days that are summed up: writing a day, reading cells and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from dashboards.figures import waits
from dashboards.figures.cells import CUBES, EVERY_CUBE, SLOTS, Cube, Fact, Numbers, add, key_of, merge
from dashboards.figures.facts import F, Sitting, facts_of
from dashboards.figures.slots import slot_facts_of
from dashboards.figures.visits import Stay, Visit
from hall_server.database.connections import Database, Statement

_marks = ",".join
_CELL = "INSERT OR REPLACE INTO visit_cells VALUES (?,?,?,?,?)"
_VISIT = f"INSERT INTO visit_rows VALUES (?,{_marks('?' * len(Visit.__struct_fields__))})"  # noqa: S608  # constants only
_STAY = f"INSERT INTO stay_rows VALUES (?,{_marks('?' * len(Stay.__struct_fields__))})"  # noqa: S608  # constants only
_SITTING = "INSERT INTO sitting_rows VALUES (?,?,?,?,?)"
_CELLS = "SELECT key, numbers, waits, span FROM visit_cells WHERE cube = ? AND span"
_MONTHS = f"{_CELLS} IN (SELECT value FROM json_each(?))"  # noqa: S608  # constants only
_DAYS = f"{_CELLS} BETWEEN ? AND ?"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[int]).decode

CellRow = tuple[str, bytes, bytes, str]
"""Key, numbers, waits, span."""
Cells = dict[str, dict[str, Numbers]]
"""Cube → key → numbers."""


class DayRows(NamedTuple):
    """What a day consists of."""

    visits: Sequence[Visit]
    stays: Sequence[Stay]
    sittings: Sequence[Sitting]


def day_cells(day: date, rows: DayRows, zone: ZoneInfo) -> Cells:
    """The cells of every cube that a day makes."""
    what = (day, rows.visits, rows.stays, rows.sittings, zone)
    return {**cells_of(facts_of(*what)), **cells_of(slot_facts_of(*what), (SLOTS,))}


def cells_of(facts: Iterable[Fact], cubes: tuple[Cube, ...] = CUBES) -> Cells:
    """The cells of cubes that some facts make."""
    found: Cells = {cube.name: {} for cube in cubes}
    for place, adds in facts:
        is_open = adds[0][0] == F["open_us"]
        for cube in cubes:
            if cube.has_open or not is_open:
                add(found[cube.name], key_of(place, cube.dims), adds)
    return found


async def rolled_cells(views: Database, day: date) -> dict[str, Cells]:
    """The cells of a day's month and of its year as they stand."""
    return {span: await _rolled(views, span) for span in (f"{day:%Y-%m}", f"{day:%Y}")}


async def _rolled(views: Database, span: str) -> Cells:
    found: Cells = {}
    for cube in EVERY_CUBE:
        rows = await views.fetch(_MONTHS, (_of_month(cube), _encode_json([span])))
        found[cube.name] = {key: numbers_of(numbers, packed) for key, numbers, packed, _ in rows}
    return found


def closing(day: date, rows: DayRows, cells: Cells, rolled: dict[str, Cells]) -> list[Statement]:
    """The transaction that turns the steps of a day into rows and cells; its month and year in ``rolled`` grow."""
    for whole in rolled.values():
        for name, some in cells.items():
            for key, numbers in some.items():
                merge(whole[name], key, numbers)
    text = day.isoformat()
    by_day = [_row(f"{name}:d", text, key, found) for name, some in cells.items() for key, found in some.items()]
    by_month = [
        _row(f"{name}:m", span, key, whole[name][key])
        for span, whole in rolled.items()
        for name, some in cells.items()
        for key in some
    ]
    statements: list[Statement] = [
        (_VISIT, [(text, *msgspec.structs.astuple(visit)) for visit in rows.visits]),
        (_STAY, [(text, *msgspec.structs.astuple(stay)) for stay in rows.stays]),
        (_SITTING, [(text, *msgspec.structs.astuple(sitting)) for sitting in rows.sittings]),
        (_CELL, [*by_day, *by_month]),
        ("INSERT INTO visit_days VALUES (?,?)", [(text, len(rows.visits))]),
        ("DELETE FROM visit_steps WHERE business_day = ?", [(text,)]),
    ]
    return [(sql, some) for sql, some in statements if some]


async def summed_days(views: Database, first: str = "", last: str = "9999") -> frozenset[str]:
    """The days between two that are summed up."""
    found = await views.fetch("SELECT business_day FROM visit_days WHERE business_day BETWEEN ? AND ?", (first, last))
    return frozenset(day for (day,) in found)


async def days_with_visits(views: Database) -> tuple[str, str] | None:
    """The first and the last day on which there was a visit."""
    found = await views.fetch(
        "SELECT min(day), max(day) FROM (SELECT min(business_day) day FROM visit_days WHERE visits > 0"
        " UNION ALL SELECT max(business_day) FROM visit_days WHERE visits > 0"
        " UNION ALL SELECT min(business_day) FROM visit_steps UNION ALL SELECT max(business_day) FROM visit_steps)"
    )
    first, last = found[0]
    return (first, last) if first is not None else None


async def visited_days(views: Database, first: date, last: date) -> list[str]:
    """The days between two on which numbers were given, summed up or not."""
    between = (first.isoformat(), last.isoformat())
    found = await views.fetch(
        "SELECT business_day FROM visit_days WHERE visits > 0 AND business_day BETWEEN ? AND ?"
        " UNION SELECT DISTINCT business_day FROM visit_steps WHERE kind = 'issued' AND business_day BETWEEN ? AND ?"
        " ORDER BY 1",
        between * 2,
    )
    return [day for (day,) in found]


async def cell_rows(views: Database, cube: Cube, months: Sequence[str], days: Sequence[tuple[str, str]]) -> list[Any]:
    """Cells of whole months and years and of stretches of days, not decoded."""
    found: list[Any] = []
    if months:
        found += await views.fetch(_MONTHS, (_of_month(cube), _encode_json(months)))
    for first, last in days:
        found += await views.fetch(_DAYS, (f"{cube.name}:d", first, last))
    return found


async def day_rows(views: Database, day: str) -> DayRows:
    """The rows of a day that is summed up."""
    visits, stays, sittings = [
        await views.fetch(f"SELECT {', '.join(kind.__struct_fields__)} FROM {table} WHERE business_day = ?", (day,))  # noqa: S608  # constants only
        for kind, table in ((Visit, "visit_rows"), (Stay, "stay_rows"), (Sitting, "sitting_rows"))
    ]
    return DayRows([Visit(*row) for row in visits], [Stay(*row) for row in stays], [Sitting(*row) for row in sittings])


def numbers_of(numbers: bytes, packed: bytes) -> Numbers:
    """The numbers of a cell."""
    return [*_decode(numbers), waits.unpacked(packed)]


def _row(cube: str, span: str, key: str, numbers: Numbers) -> tuple[str, str, str, bytes, bytes]:
    return cube, span, key, _encode(numbers[:-1]), waits.packed(numbers[-1])


def _of_month(cube: Cube) -> str:
    return f"{cube.name}:m"


def _encode_json(values: Sequence[str]) -> str:
    return msgspec.json.encode(values).decode()
