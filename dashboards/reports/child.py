"""The process in which a report is written: work as msgpack on standard input, how far it is on standard output."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from dashboards.reports.book import Book
from dashboards.reports.keeping import digest, write
from dashboards.reports.work import Said, Work

NICER = 10
"""Visitors are served meanwhile: the hall's own process goes first."""


def main() -> int:
    """Write one report."""
    work = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Work)
    if hasattr(os, "nice"):
        os.nice(NICER)
    gc.disable()  # a report is written once and the process ends
    content, pages = written(work.book, work.format, lambda done: _say(Said(done=done)))
    write(Path(work.path), content)
    _say(Said(done=1.0, size=len(content), pages=pages, sha256=digest(content)))
    return 0


def written(book: Book, format_: str, told: Callable[[float], None]) -> tuple[bytes, int]:
    """A book as a file, and how many pages it has; 0 where it has none."""
    if format_ == "pdf":
        from dashboards.reports.paper import pdf  # imported here: a spreadsheet needs no paper

        return pdf(book, told)
    if format_ == "csv":
        from dashboards.reports.plain import csv  # as above

        return csv(book), 0
    from dashboards.reports.sheets import xlsx  # as above

    return xlsx(book, told), 0


def _say(said: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
