"""The file of an imported log: SQLite, never the hall's journal; written beside and then put in place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from cases.logs.report import LogReport, Spread
from hall_server.errors import Invalid, NotFound

FOLDER = "logs"
SUFFIX = ".db"
BATCH = 20_000
_FORMAT = 1
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE names (kind TEXT NOT NULL, no INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, no)) WITHOUT ROWID;
CREATE TABLE events (
    case_id TEXT NOT NULL, at INTEGER NOT NULL, line INTEGER NOT NULL, activity INTEGER NOT NULL,
    resource INTEGER NOT NULL, phase INTEGER NOT NULL, start INTEGER, due INTEGER, extra TEXT
);
CREATE TABLE cases (
    id TEXT PRIMARY KEY, department TEXT NOT NULL, events INTEGER NOT NULL, variant BLOB NOT NULL,
    throughput_us INTEGER NOT NULL, handling_us INTEGER, net_us INTEGER, due_at INTEGER, ended_at INTEGER,
    is_late INTEGER, over_us INTEGER, over_workdays INTEGER, light TEXT NOT NULL, facts TEXT NOT NULL, extra TEXT
) WITHOUT ROWID;
CREATE TABLE findings (
    rule TEXT NOT NULL, severity TEXT NOT NULL, case_id TEXT NOT NULL, department TEXT NOT NULL, details TEXT NOT NULL
);
CREATE TEMP TABLE spans (kind INTEGER NOT NULL, no INTEGER NOT NULL, us INTEGER NOT NULL);
"""
_BY_TIME = "SELECT case_id, at, activity, resource, phase, start, due, extra FROM events ORDER BY case_id, at, rowid"
_BY_FILE = "SELECT case_id, at, activity, resource, phase, start, due, extra FROM events ORDER BY case_id, rowid"
_S = 1_000_000


class LogStore:
    """A log's file while it is written."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / (name + SUFFIX)
        self._part = folder / f".{name}.part"
        self._part.unlink(missing_ok=True)
        self._db = sqlite3.connect(self._part, isolation_level=None)
        self._part.chmod(0o600)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def __enter__(self) -> LogStore:
        """Write into it."""
        return self

    def __exit__(self, *_: object) -> None:
        """What is not put in place is thrown away."""
        self._db.close()
        self._part.unlink(missing_ok=True)

    def put_events(self, rows: list[tuple[Any, ...]]) -> None:
        """Keep events as they stand in the file."""
        self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def put_cases(self, rows: list[tuple[Any, ...]]) -> None:
        """Keep cases."""
        self._db.executemany(f"INSERT INTO cases VALUES ({', '.join('?' * 15)})", rows)  # noqa: S608  # marks only

    def put_findings(self, rows: list[tuple[Any, ...]]) -> None:
        """Keep what supervision found."""
        self._db.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?)", rows)

    def put_spans(self, rows: list[tuple[int, int, int]]) -> None:
        """Keep how long things took, until they are counted."""
        self._db.executemany("INSERT INTO spans VALUES (?, ?, ?)", rows)

    def last_at(self) -> int | None:
        """The last moment of the log."""
        return self._one("SELECT max(at) FROM events")

    def first_at(self) -> int | None:
        """The first moment of the log."""
        return self._one("SELECT min(at) FROM events")

    def by_case(self, *, in_file_order: bool) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """The events of each case."""
        cursor = self._db.cursor()
        cursor.arraysize = 2_000
        for case, rows in groupby(cursor.execute(_BY_FILE if in_file_order else _BY_TIME), key=itemgetter(0)):
            yield case, list(rows)

    def spread(self, column: str) -> Spread:
        """How a column of the cases is spread, in seconds."""
        table = f"FROM cases WHERE {column} IS NOT NULL"  # the name of a column of this file, not from outside
        n, total, least, most = self._db.execute(
            f"SELECT count(*), sum({column}), min({column}), max({column}) {table}"  # as above
        ).fetchone()
        if not n:
            return Spread(n=0)

        def ranked(rank: int) -> int:
            sql = f"SELECT {column} {table} ORDER BY {column} LIMIT 1 OFFSET ?"  # as above
            return int(self._db.execute(sql, (rank,)).fetchone()[0])

        median, p90 = (between(ranked, n, share) / _S for share in (50, 90))
        return Spread(n=n, mean=total / n / _S, median=median, p90=p90, least=least / _S, most=most / _S)

    def spreads(self, kind: int) -> dict[int, Spread]:
        """The spreads of one kind of spans, by what they are of; one of them is held at a time."""
        rows = self._db.execute("SELECT no, us FROM spans WHERE kind = ? ORDER BY no, us", (kind,))
        return {no: spread([us for _, us in group]) for no, group in groupby(rows, key=itemgetter(0))}

    def top_variants(self, most: int) -> list[tuple[int, str]]:
        """How many cases each has, the most first, and one of its cases."""
        sql = "SELECT count(*), min(id) FROM cases GROUP BY variant ORDER BY 1 DESC, 2 LIMIT ?"
        return [(int(count), str(case)) for count, case in self._db.execute(sql, (most,))]

    def events_of(self, case: str) -> list[tuple[int, int]]:
        """Activity and phase of a case's events, by their times."""
        sql = "SELECT activity, phase FROM events WHERE case_id = ? ORDER BY at, rowid"
        return self._db.execute(sql, (case,)).fetchall()

    def count(self, sql: str) -> int:
        """A number."""
        return int(self._one(sql) or 0)

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows."""
        return self._db.execute(sql, parameters).fetchall()

    def index(self) -> None:
        """Make what follows quick."""
        self._db.execute("CREATE INDEX events_case ON events (case_id, at)")

    def finish(self, report: LogReport, names: dict[str, Iterable[str]]) -> None:
        """Write what it comes to, and put the file in its place in one step."""
        for kind, each in names.items():
            self._db.executemany("INSERT INTO names VALUES (?, ?, ?)", [(kind, no, one) for no, one in enumerate(each)])
        rows = [("format", str(_FORMAT)), ("report", msgspec.json.encode(report).decode())]
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        self._db.execute("COMMIT")
        self._db.close()
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self.path)

    def _one(self, sql: str) -> int | None:
        found = self._db.execute(sql).fetchone()[0]
        return None if found is None else int(found)


def spread(ordered: list[int]) -> Spread:
    """The spread of spans in microseconds, in order."""
    n = len(ordered)
    if not n:
        return Spread(n=0)
    median, p90 = (between(ordered.__getitem__, n, share) / _S for share in (50, 90))
    return Spread(n=n, mean=sum(ordered) / n / _S, median=median, p90=p90, least=ordered[0] / _S, most=ordered[-1] / _S)


def between(ranked: Callable[[int], int], n: int, share: int) -> float:
    """The value below which so many hundredths lie, between the two nearest (numpy's ``linear``)."""
    whole, part = divmod((n - 1) * share, 100)
    low = ranked(whole)
    return low if not part else low + (ranked(whole + 1) - low) * part / 100


def read_report(path: Path) -> LogReport:
    """The report of an imported log.

    Raises:
        NotFound: ``log.unknown``. Invalid: ``log.file_broken``.
    """
    if not path.is_file():
        raise NotFound("log.unknown", log=path.stem)
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            [(body,)] = db.execute("SELECT value FROM meta WHERE key = 'report'").fetchall()
        finally:
            db.close()
        return msgspec.json.decode(body, type=LogReport)
    except (sqlite3.Error, ValueError, msgspec.MsgspecError) as exc:
        raise Invalid("log.file_broken", log=path.stem) from exc


def logs_in(data: Path) -> tuple[Path, ...]:
    """The files of imported logs under a server's data."""
    return tuple(sorted((data / FOLDER).glob(f"[!.]*{SUFFIX}")))
