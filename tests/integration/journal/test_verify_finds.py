"""Fault 37 in small: rows edited, deleted, inserted, reordered, cut — every one of them is found by `verify`."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hall_server.journal import rows
from hall_server.journal.verify import Report, verify
from hall_server.messages import EventTypes
from tests.fakes.bustle import bustle
from tests.fakes.hall import composed
from tests.fakes.queue_hall import QueueHall

TRIES = 120


class Safe:
    """A sound hall.db to make copies of."""

    def __init__(self, path: Path, types: EventTypes) -> None:
        self.path, self.types = path, types
        self.report = verify(path, types)

    def with_change(self, folder: Path, change: Callable[[sqlite3.Connection], object]) -> Report:
        """What `verify` says of a copy in which somebody changed something."""
        copy = folder / "forged.db"
        shutil.copyfile(self.path, copy)
        with sqlite3.connect(copy) as connection:
            change(connection)
        connection.close()
        return verify(copy, self.types)


@pytest.fixture
def safe(io_loop: Any, open_hall: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Safe:
    folder = tmp_path_factory.mktemp("safe")

    async def made() -> Path:
        hall: QueueHall = await open_hall()
        await bustle(hall, seed=5, steps=150)
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        await bustle(hall, seed=6, steps=60)
        await open_hall.close()  # type: ignore[attr-defined]  # set by the fixture
        return hall.server.data / "hall.db"

    path = io_loop.run_sync(made)
    return Safe(path, composed(folder, rooms=("hall_queue",)).types)


def test_what_nobody_touched_is_sound(safe: Safe) -> None:
    assert safe.report.sound
    assert safe.report.count > 1_300
    assert len(safe.report.head) == 64


def edits(seq: int, dice: random.Random) -> tuple[str, tuple[object, ...]]:
    """One column of one row, changed as little as possible."""
    column = dice.choice(rows.Row._fields[1:])
    value = {
        "at": "at + 1",
        "version": "version - 1",
        "hash": "randomblob(32)",
        "command_id": "coalesce(command_id, '') || 'x'",
        "payload": "replace(payload, '}', ' }')",
    }.get(column, f"{column} || ' '")
    return f"UPDATE journal SET {column} = {value} WHERE seq = ?", (seq,)  # noqa: S608  # column names of our own


def test_every_edit_of_any_column_is_found(safe: Safe, tmp_path: Path) -> None:
    dice = random.Random(1)
    for _ in range(TRIES):
        sql, parameters = edits(dice.randint(1, safe.report.count), dice)
        report = safe.with_change(tmp_path, lambda db, a=sql, b=parameters: db.execute(a, b))
        assert not report.sound, (sql, parameters)


def test_every_deleted_row_is_found_and_a_cut_end_by_the_head(safe: Safe, tmp_path: Path) -> None:
    dice = random.Random(2)
    for _ in range(TRIES):
        seq = dice.randint(1, safe.report.count - 1)
        report = safe.with_change(tmp_path, lambda db, a=seq: db.execute("DELETE FROM journal WHERE seq = ?", (a,)))
        assert f"rows {seq}..{seq} are missing" in report.findings
    report = safe.with_change(tmp_path, lambda db: db.execute("DELETE FROM journal WHERE seq > ?", (seq,)))
    assert report.head != safe.report.head


def test_every_inserted_row_is_found_even_with_a_hash_of_its_own(safe: Safe, tmp_path: Path) -> None:
    dice = random.Random(3)

    def insert(db: sqlite3.Connection, seq: int) -> None:
        db.execute("UPDATE journal SET seq = -seq - 1 WHERE seq > ?", (seq,))
        db.execute("UPDATE journal SET seq = -seq WHERE seq < 0")
        row = rows.Row(*db.execute("SELECT * FROM journal WHERE seq = ?", (seq,)).fetchone())
        forged = row._replace(seq=seq + 1)
        forged = forged._replace(hash=rows.row_hash(tuple(forged[:-1]), row.hash))
        db.execute("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)", forged)

    for _ in range(TRIES // 3):
        seq = dice.randint(1, safe.report.count - 1)
        report = safe.with_change(tmp_path, lambda db, a=seq: insert(db, a))
        assert any(f"row {seq + 2}: its hash" in finding for finding in report.findings)


def test_every_pair_of_rows_that_changed_places_is_found(safe: Safe, tmp_path: Path) -> None:
    dice = random.Random(4)

    def swap(db: sqlite3.Connection, one: int, other: int) -> None:
        for old, new in ((one, -1), (other, one), (-1, other)):
            db.execute("UPDATE journal SET seq = ? WHERE seq = ?", (new, old))

    for _ in range(TRIES // 2):
        one, other = dice.sample(range(1, safe.report.count + 1), 2)
        report = safe.with_change(tmp_path, lambda db, a=one, b=other: swap(db, a, b))
        assert any(f"row {min(one, other)}: its hash" in finding for finding in report.findings)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM journal_lasting WHERE seq = (SELECT max(seq) FROM journal_lasting)",
        "INSERT INTO journal_lasting VALUES (10000000, NULL, NULL)",
        "UPDATE journal_day SET first_seq = first_seq + 1 WHERE first_seq > 1",
        "DELETE FROM journal_day WHERE first_seq > 1",
        "INSERT INTO journal_day VALUES ('2026-11-29', 77)",
        "INSERT INTO replies VALUES (900001, 17, 'a', 'b', '', 0, '')",
    ],
)
def test_the_tables_beside_the_journal_agree_with_it(safe: Safe, tmp_path: Path, sql: str) -> None:
    assert not safe.with_change(tmp_path, lambda db: db.execute(sql)).sound


def test_a_row_of_an_unknown_type_is_a_finding_and_so_is_no_database(safe: Safe, tmp_path: Path) -> None:
    report = verify(safe.path, EventTypes())
    assert any("cannot be read" in finding for finding in report.findings)
    assert not verify(tmp_path / "nothing.db", safe.types).sound
    (tmp_path / "garbage.db").write_bytes(b"not a database" * 500)
    assert not verify(tmp_path / "garbage.db", safe.types).sound
