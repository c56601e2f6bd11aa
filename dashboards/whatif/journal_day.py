"""Reads one day of a hall's journal, read only, in a process beside the hall."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dashboards.whatif.model import Day
from dashboards.whatif.recording import READ, Recording
from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import Rulebook
from hall_server.directory.events import WindowSaved
from hall_server.errors import UnknownEvent
from hall_server.journal import rows
from hall_server.messages import EventTypes, Recorded
from hall_server.settings import load

_LASTING = (
    "SELECT * FROM journal WHERE seq IN (SELECT seq FROM journal_lasting WHERE seq < ?) AND type IN ({}) ORDER BY seq"
)
_DAY = "SELECT * FROM journal WHERE seq BETWEEN ? AND ? AND business_day = ? AND type IN ({}) ORDER BY seq"
_LAST_SEQ = 2**62


def read_day(path: Path, day: date, *, timezone: str, rules: Mapping[str, Any]) -> Day:
    """The record of a day; without visitors where the journal has none.

    Args:
        path: the journal, which may be written to meanwhile.
        timezone: the hall's.
        rules: what the hall's file says about rules, by name.
    """
    rulebook = Rulebook(load(None, timezone=timezone, **rules))
    recording = Recording(day, ZoneInfo(timezone), rulebook)
    types = EventTypes()
    types.add(*READ)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        bounds = connection.execute("SELECT first_seq FROM journal_day WHERE business_day = ?", (day.isoformat(),))
        first = next((seq for (seq,) in bounds), None)
        if first is None:
            return recording.play(())
        after = "SELECT min(first_seq) FROM journal_day WHERE first_seq > ?"
        (last,) = connection.execute(after, (first,)).fetchone()
        lasting = [RulesSaved.type, WindowSaved.type]
        recording.before(_read(connection, types, _LASTING, (first,), lasting))
        names = [cls.type for cls in READ]
        return recording.play(_read(connection, types, _DAY, (first, last or _LAST_SEQ, day.isoformat()), names))


def _read(
    connection: sqlite3.Connection, types: EventTypes, sql: str, given: tuple[object, ...], names: list[str]
) -> Iterator[Recorded]:
    """Rows as events; those that this program cannot read are left out."""
    asked = sql.format(",".join("?" * len(names)))
    for row in connection.execute(asked, (*given, *names)):
        try:
            yield rows.read(row, types)
        except (UnknownEvent, msgspec.DecodeError):
            continue
