"""Event logs for tests: the same cases written as CSV and as XES, and read in again."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

import msgspec

from cases.figures.facts import CaseFacts
from cases.logs.importing import LogImport, facts_in
from cases.logs.mapping import Mapping, checked
from cases.logs.report import LogReport

HEAD = ("case:concept:name", "concept:name", "time:timestamp", "org:resource", "lifecycle:transition")
OF_CASE = ("case:deadline", "case:department")


class Happened(NamedTuple):
    """An event of a made-up log."""

    activity: str
    at: datetime
    resource: str = ""
    lifecycle: str = ""


class Trace(NamedTuple):
    """A case of a made-up log."""

    case: str
    events: Sequence[Happened]
    deadline: str = ""
    department: str = ""


def mapping(**changes: object) -> Mapping:
    """The mapping of these logs."""
    columns = {"deadline": ["case:deadline"], "department": ["case:department"]}
    return checked(msgspec.convert({"name": "tried", "columns": columns, **changes}, type=Mapping))


def write_csv(path: Path, traces: Sequence[Trace], *, separator: str = ",", encoding: str = "utf-8") -> Path:
    """As a table, a row an event."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow((*HEAD, *OF_CASE))
        for trace in traces:
            for one in trace.events:
                row = (trace.case, one.activity, one.at.isoformat(), one.resource, one.lifecycle)
                writer.writerow((*row, trace.deadline, trace.department))
    return path


def write_xes(path: Path, traces: Sequence[Trace]) -> Path:
    """As XES."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">']
    for trace in traces:
        of_case = {"concept:name": trace.case, "deadline": trace.deadline, "department": trace.department}
        parts.append(f"<trace>{_strings(of_case)}")
        for one in trace.events:
            of_event = {"concept:name": one.activity, "org:resource": one.resource}
            if one.lifecycle:
                of_event["lifecycle:transition"] = one.lifecycle
            when = f'<date key="time:timestamp" value="{one.at.isoformat()}"/>'
            parts.append(f"<event>{_strings(of_event)}{when}</event>")
        parts.append("</trace>")
    path.write_text("\n".join([*parts, "</log>"]), encoding="utf-8")
    return path


def read_in(path: Path, data: Path, given: Mapping | None = None, *, strict: bool = False) -> LogReport:
    """Import it."""
    return LogImport(path, given or mapping(), data, strict=strict).run()


def facts(data: Path, name: str = "tried") -> list[CaseFacts]:
    """What was kept of its cases."""
    db = sqlite3.connect(data / "logs" / f"{name}.db")
    try:
        return list(facts_in(db.execute("SELECT facts FROM cases ORDER BY id").fetchall()))
    finally:
        db.close()


def _strings(values: dict[str, str]) -> str:
    return "".join(f"<string key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in values.items())
