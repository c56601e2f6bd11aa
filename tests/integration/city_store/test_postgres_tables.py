"""PostgreSQL behind the face of the SQLite database: parameters, lost connections, notices, one schema for all."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from city.sql import SCHEMA
from hall_server.database.connections import Appended
from hall_server.database.postgres import Postgres, numbered
from hall_server.database.tables import open_tables
from hall_server.errors import Unavailable
from tests.fakes.postgres import PostgresServer


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT ?", "SELECT $1"),
        ("a = ? AND b = '?' AND c = ?", "a = $1 AND b = '?' AND c = $2"),
        ("""'it''s ?' "odd?" ? -- why?\n?""", """'it''s ?' "odd?" $1 -- why?\n$2"""),
        ("/* ? */ ?", "/* ? */ $1"),
        ("no parameters", "no parameters"),
    ],
)
def test_question_marks_become_numbers_outside_texts(sql: str, expected: str) -> None:
    assert numbered(sql) == expected


@pytest.mark.gen_test
async def test_a_transaction_keeps_all_or_nothing(city_database: str) -> None:
    tables = await open_tables(city_database, SCHEMA)
    put = "INSERT INTO wanted (hash, hall, since, tries, state) VALUES (?, ?, ?, ?, ?)"
    row = ("a", "h", 1, 0, "wanted")
    with pytest.raises((asyncpg.UniqueViolationError, sqlite3.IntegrityError), match=r"(?i)unique"):
        await tables.transact([(put, [row]), (put, [row])])
    assert await tables.fetch("SELECT * FROM wanted") == []

    async def fails() -> None:
        async with tables.transaction() as begun:
            assert await begun.execute(put, row) == 1
            assert await begun.fetch("SELECT hash FROM wanted WHERE hall = ?", ("h",)) == [("a",)]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await tables.fetch("SELECT * FROM wanted") == []
    await tables.transact([(put, [row]), (put, [])])
    assert await tables.fetch("SELECT * FROM wanted") == [row]
    await tables.close()


@pytest.mark.gen_test
async def test_many_rows_come_in_with_the_row_that_says_so_or_not_at_all(city_database: str) -> None:
    tables = await open_tables(city_database, SCHEMA)
    heard: list[str] = []
    told = asyncio.Event()

    def listener(payload: str) -> None:
        heard.append(payload)
        told.set()

    await tables.listen("wanted", listener)
    await tables.transact(
        [("INSERT INTO case_cursors (place, epoch, seq, relayed) VALUES (?, ?, ?, ?)", [("h", 1, 0, 0)])]
    )
    hashes = [f"{number:04d}" for number in range(250)]  # more than one statement may take

    def appended(before: int, after: int, some: list[str]) -> Appended:
        return Appended(
            moved=("UPDATE case_cursors SET seq = ? WHERE place = ? AND seq = ?", (after, "h", before)),
            table="wanted",
            shared={"hall": "h", "since": 7},
            columns=("hash", "tries", "state"),
            rows=[(one, 0, "wanted") for one in some],
            notice=("wanted", f"to {after}"),
        )

    count, cursor = "SELECT count(*), min(since) FROM wanted WHERE hall = 'h'", "SELECT seq FROM case_cursors"
    assert await tables.append(appended(0, 250, hashes)) is True
    assert await tables.fetch(count) == [(250, 7)]
    assert await tables.append(appended(0, 251, ["new"])) is False  # somebody was faster
    with pytest.raises((asyncpg.UniqueViolationError, sqlite3.IntegrityError), match=r"(?i)unique"):
        await tables.append(appended(250, 252, ["new", hashes[-1]]))
    assert await tables.fetch(count) == [(250, 7)]
    assert await tables.fetch(cursor) == [(250,)]
    assert await tables.append(appended(250, 251, ["new"])) is True
    assert await tables.fetch(count + " AND hash = 'new'") == [(1, 7)]
    while heard[-1:] != ["to 251"]:
        told.clear()
        await asyncio.wait_for(told.wait(), 20)
    assert heard == ["to 250", "to 251"]
    await tables.close()


@pytest.mark.gen_test
async def test_several_processes_may_bring_the_schema_up_at_once(postgres: PostgresServer) -> None:
    url = postgres.fresh()
    opened = await asyncio.gather(*(open_tables(url, SCHEMA) for _ in range(4)))
    assert await opened[0].fetch("SELECT count(*) FROM halls") == [(0,)]
    for tables in opened:
        await tables.close()


@pytest.mark.gen_test
async def test_a_server_that_went_away_is_said_so_and_found_again(postgres: PostgresServer, tmp_path: Path) -> None:
    tables = await Postgres.open(postgres.fresh())
    heard: list[str] = []
    missed = asyncio.Event()

    def listener(payload: str) -> None:
        heard.append(payload)
        missed.set()

    await tables.listen("news", listener)
    async with tables.transaction() as begun:
        await begun.notify("news", "one")
    await asyncio.wait_for(missed.wait(), 20)
    assert heard == ["one"]
    missed.clear()
    postgres.kill()
    with pytest.raises(Unavailable) as refused:
        await tables.fetch("SELECT 1")
    assert refused.value.code == "database.unreachable"
    assert "onedoor" not in str(refused.value.fields)
    await asyncio.to_thread(postgres.start)
    assert await tables.fetch("SELECT 1") == [(1,)]
    await asyncio.wait_for(missed.wait(), 20)
    assert heard == ["one", ""], "something may have been missed meanwhile"
    await tables.close()


@pytest.mark.gen_test
async def test_a_wrong_parameter_is_not_taken_for_a_lost_connection(postgres: PostgresServer) -> None:
    tables = await Postgres.open(postgres.fresh())
    with pytest.raises(asyncpg.DataError):
        await tables.fetch("SELECT ?::bigint", ("no number",))
    await tables.close()
    with pytest.raises(Unavailable):
        await Postgres.open("postgresql://onedoor@127.0.0.1:1/none")
