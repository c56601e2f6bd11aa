"""``run.py import-log``: imports a log and says what it comes to."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from cases.logs.faults import StrictStop
from cases.logs.importing import LogImport
from cases.logs.mapping import Mapping, checked, read_mapping
from cases.logs.report import LogReport, lines

FAILED = 1


def run(given: argparse.Namespace, say: Callable[[str], None] = print) -> int:
    """Import a log; 1 where the file is not whole, or a row is broken and none may be."""
    mapping = read_mapping(given.mapping) if given.mapping else checked(Mapping())
    try:
        report = LogImport(given.file, mapping, given.data, strict=given.strict).run()
    except StrictStop as exc:
        say(f"STOPPED {exc}")
        return FAILED
    for line in lines(report):
        say(line)
    if given.report:
        _write(given.report, report)
    return 0 if report.is_whole else FAILED


def _write(path: Path, report: LogReport) -> None:
    if path.suffix.lower() == ".json":
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    else:
        path.write_text("\n".join(lines(report, faults=len(report.faults))) + "\n", encoding="utf-8")
