"""A journal row's bytes: read back as written, and no column changes without its hash."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.journal import rows
from hall_server.messages import Event, EventTypes, Recorded


class BellRung(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "bell.rung"
    bell: str
    note: str = ""

    @property
    def subject(self) -> str:
        return f"bell:{self.bell}"


AT = datetime(2026, 11, 23, 1, 2, 3, 456_789, tzinfo=UTC)


def recorded(seq: int = 7, *, note: str = "", command_id: str | None = "key-0001") -> Recorded:
    event = BellRung(bell="b1", note=note)
    day = date(2026, 11, 23)
    return Recorded(seq=seq, at=AT, business_day=day, event=event, actor="staff:s01", command_id=command_id)


@given(st.text(), st.none() | st.text(), st.integers(0, 10**15))
def test_a_row_is_read_back_as_it_was_written(note: str, command_id: str | None, seq: int) -> None:
    types = EventTypes()
    types.add(BellRung)
    written = recorded(seq, note=note, command_id=command_id)
    assert rows.read(tuple(rows.chained(written, rows.GENESIS)), types) == written


CHANGES = {
    "seq": 8,
    "at": rows.microseconds(AT + timedelta(microseconds=1)),
    "business_day": "2026-11-24",
    "type": "bell.cracked",
    "version": 2,
    "subject": "bell:b2",
    "actor": "staff:s02",
    "command_id": None,
    "payload": '{"bell":"b1","note":"quieter"}',
}


def test_every_column_is_tried_here() -> None:
    assert {*CHANGES, "hash"} == set(rows.Row._fields)


@pytest.mark.parametrize("column", CHANGES)
def test_no_column_changes_without_its_hash(column: str) -> None:
    row = rows.chained(recorded(), rows.GENESIS)
    forged = row._replace(**{column: CHANGES[column]})
    assert rows.row_hash(tuple(row[:-1]), rows.GENESIS) == row.hash
    assert rows.row_hash(tuple(forged[:-1]), rows.GENESIS) != row.hash


def test_the_row_before_is_part_of_the_hash() -> None:
    assert rows.chained(recorded(), rows.GENESIS).hash != rows.chained(recorded(), bytes([1]) * 32).hash


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_text_cannot_move_from_one_column_to_the_next(a: str, b: str, c: str, d: str) -> None:
    same = (a, b) == (c, d)
    assert (rows.row_hash((a, b), rows.GENESIS) == rows.row_hash((c, d), rows.GENESIS)) is same


@given(st.integers(0, 10**16).map(lambda us: AT + timedelta(microseconds=us)))
def test_times_keep_their_microseconds(at: datetime) -> None:
    assert rows.moment(rows.microseconds(at)) == at
