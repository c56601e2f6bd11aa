"""Checks a hall's database without a running server: pages, chain of hashes, gaps, payloads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hall_server.errors import DomainError
from hall_server.journal import rows
from hall_server.journal.replies import key_of
from hall_server.messages import EventTypes

MAX_FINDINGS = 100


@dataclass(slots=True)
class Report:
    """What `verify` found.

    Attributes:
        count: how many journal rows were read.
        head: the hash of the last sound row, hexadecimal; kept elsewhere it also proves that no row was cut off.
        findings: one sentence per fault; empty when all is sound.
    """

    count: int = 0
    head: str = rows.GENESIS.hex()
    findings: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(path: Path, types: EventTypes) -> Report:
    """Read the whole database and say what is wrong with it.

    Args:
        path: ``hall.db``.
        types: all event types; a payload that none of them reads is a finding.
    """
    report = Report()
    if not path.exists():
        report.findings.append(f"{path} is missing")
        return report
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for finding in _findings(connection, types, report):
            report.findings.append(finding)
            if len(report.findings) >= MAX_FINDINGS:
                break
    except sqlite3.DatabaseError as exc:
        report.findings.append(f"the database cannot be read: {exc}")
    finally:
        connection.close()
    return report


def _findings(connection: sqlite3.Connection, types: EventTypes, report: Report) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"integrity_check: {line}"
    yield from _chain(connection, types, report)
    yield from _side_tables(connection)


def _chain(connection: sqlite3.Connection, types: EventTypes, report: Report) -> Iterator[str]:
    before, expected = rows.GENESIS, 1
    for raw in connection.execute("SELECT * FROM journal ORDER BY seq"):
        row = rows.Row(*raw)
        if row.seq != expected:
            yield f"rows {expected}..{row.seq - 1} are missing"
        if rows.row_hash(tuple(row[:-1]), before) != row.hash:
            yield f"row {row.seq}: its hash does not follow from the row before it"
        try:
            types.read(row.type, row.version, row.payload)
        except (DomainError, ValueError) as exc:
            yield f"row {row.seq}: {row.type} version {row.version} cannot be read: {exc}"
        if types.is_lasting(row.type) and not _is_listed(connection, row.seq):
            yield f"row {row.seq}: {row.type} is not in journal_lasting"
        before, expected = row.hash, row.seq + 1
        report.count += 1
        report.head = row.hash.hex()


def _side_tables(connection: sqlite3.Connection) -> Iterator[str]:
    wrong_days = connection.execute(
        "SELECT DISTINCT business_day FROM ("
        " SELECT business_day, first_seq FROM journal_day UNION ALL"
        " SELECT business_day, min(seq) FROM journal GROUP BY business_day"
        ") GROUP BY business_day, first_seq HAVING count(*) < 2"
    )
    for (day,) in wrong_days:
        yield f"journal_day {day}: does not begin where its first row is"
    for (seq,) in connection.execute("SELECT seq FROM journal_lasting EXCEPT SELECT seq FROM journal"):
        yield f"journal_lasting: row {seq} is not in the journal"
    for key, actor, command_id in connection.execute("SELECT key, actor, command_id FROM replies"):
        if key != key_of(actor, command_id):
            yield f"replies: the answer to {command_id} of {actor} lies under another's key"


def _is_listed(connection: sqlite3.Connection, seq: int) -> bool:
    return connection.execute("SELECT 1 FROM journal_lasting WHERE seq = ?", (seq,)).fetchone() is not None
